//! The transfers of an account: what is offered to it, what it offers, and what a watch has reported.

pub mod commands;
pub mod draw;
pub mod state;
pub mod words;
