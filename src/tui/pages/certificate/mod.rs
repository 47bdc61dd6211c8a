//! The details of one certificate.

pub mod commands;
pub mod details;
pub mod draw;
pub mod since;
pub mod words;
