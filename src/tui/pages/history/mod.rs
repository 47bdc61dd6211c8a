//! The runs of the journal: every transfer that was prepared, everything put back, every change for ever.

pub mod commands;
pub mod draw;
pub mod state;
pub mod words;
