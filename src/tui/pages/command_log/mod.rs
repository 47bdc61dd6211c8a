//! The command log, open.

pub mod commands;
pub mod draw;
pub mod view;
pub mod words;
