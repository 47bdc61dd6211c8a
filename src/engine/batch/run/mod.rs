//! A run: claimed in the journal, executed stage by stage, each step written down before and after.

mod arrive;
pub(super) mod claim;
pub(super) mod execute;
pub(super) mod send;
mod step;
mod waits;
