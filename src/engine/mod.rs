//! The background task: takes requests, answers with replies. Everything that waits happens here.
//!
//! Each request is a task of its own. Reads can be cancelled; changes run to their end. A panic in
//! a request's task fails that request and no other.

mod batch;
mod busy;
mod changes;
mod connections;
mod facade;
mod finding;
mod handle;
mod inventory;
mod listing;
mod looking;
mod machine;
mod naming;
mod replies;
mod request;
mod survey;
mod tasks;

pub use facade::Engine;
pub use handle::{Handle, Settings, spawn};
pub use machine::ledger::JournalPlace;
pub use machine::list::{LONGEST_LIST, files_of, read_text};
pub use machine::system::{DiskFault, Machine, SimulatedMachine};
