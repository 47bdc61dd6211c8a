//! Texts: prose in rows, moments in words, and what several pages say.

pub mod moments;
pub mod prose;
pub mod words;
