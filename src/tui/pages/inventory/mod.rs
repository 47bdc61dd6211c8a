//! What exists in the account besides certificates, and the filters that were saved: to look at, and to find
//! certificates by.

pub mod commands;
pub mod draw;
pub mod entries;
pub mod in_full;
pub mod shelf;
pub mod state;
pub mod words;
