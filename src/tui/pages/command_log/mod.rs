//! The command log, open.

pub mod draw;
pub mod view;
pub mod words;
