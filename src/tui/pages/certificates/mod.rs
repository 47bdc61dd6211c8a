//! The certificates of an account.

pub mod draw;
pub mod list;
