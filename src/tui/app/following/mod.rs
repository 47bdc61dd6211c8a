//! What answers and reports change.

mod answers;
mod batch_log;
mod batches;
mod changed;
mod doubts;
mod unfinished;
mod wording;
