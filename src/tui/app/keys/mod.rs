//! Keys and pasted text: who gets them, and what commands do.

mod commands;
mod input;
