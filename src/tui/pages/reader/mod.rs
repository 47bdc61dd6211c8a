//! Texts to read.

pub mod commands;
pub mod draw;
mod help;
pub mod state;
pub mod texts;
