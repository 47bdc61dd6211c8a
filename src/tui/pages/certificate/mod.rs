//! The details of one certificate.

pub mod details;
pub mod draw;
pub mod words;
