//! What certificates would lose in a transfer: which of them are alike, what they share, what needs attention.

pub mod choosing;
pub mod commands;
pub mod detail;
pub mod draw;
pub mod state;
pub mod words;
