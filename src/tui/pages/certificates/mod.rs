//! The certificates of an account.

mod columns;
pub mod commands;
pub mod draw;
pub mod list;
mod states;
