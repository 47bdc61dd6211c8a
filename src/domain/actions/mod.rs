//! What can be done to certificates, from the table of actions to the runs in the journal.

pub(super) mod action;
mod against;
pub(super) mod batch;
pub(super) mod change;
pub(super) mod command_line;
pub(super) mod estimate;
pub(super) mod operation;
pub(super) mod reason;
pub(super) mod resource;
pub(super) mod run;
pub(super) mod run_state;
pub(super) mod selection;
mod table;
pub(super) mod tally;
