//! An AWS IoT control plane in memory.
