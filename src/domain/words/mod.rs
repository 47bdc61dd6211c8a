//! Moments, batches, runs and steps in words that every front uses.

pub mod moments;
pub mod progress;
pub mod runs;
