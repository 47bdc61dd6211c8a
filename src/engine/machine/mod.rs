//! The computer that the engine stands on: its clock, and what is kept on its disk.

pub(super) mod audit;
pub(super) mod file;
pub(super) mod filters;
pub(super) mod ledger;
pub(super) mod list;
pub(super) mod names;
pub(super) mod system;
