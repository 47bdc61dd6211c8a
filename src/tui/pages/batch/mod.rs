//! A batch and how far it came.

pub mod commands;
pub mod draw;
pub mod report;
pub mod state;
pub mod words;
