//! The certificates of an account.

pub mod commands;
pub mod draw;
pub mod list;
