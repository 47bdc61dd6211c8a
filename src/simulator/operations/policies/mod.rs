//! Policies and their versions.

pub(super) mod policy;
pub(super) mod versions;
