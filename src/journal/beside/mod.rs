//! The files beside the journal: the audit, and what is remembered for the eye.

pub(super) mod audit;
pub(super) mod filters;
pub(super) mod first_steps;
mod json_file;
pub(super) mod last_accounts;
pub(super) mod names;
