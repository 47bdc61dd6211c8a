//! A batch and how far it came.

pub mod commands;
pub mod draw;
pub mod notes;
pub mod pace;
pub mod report;
pub mod rows;
pub mod state;
pub mod table;
pub mod timeline;
pub mod words;
