//! Texts: prose in rows, moments in words, and what several pages say.

pub mod difference;
pub mod prose;
pub mod search;
pub mod words;

pub use crate::domain::words::moments;
