//! What answers and reports change.

mod answers;
mod batch_log;
mod batches;
mod belongings;
mod changed;
mod doubts;
mod filter;
mod history;
mod inventory;
mod names;
mod unfinished;
mod watching;
mod wording;
