//! Keys and pasted text: who gets them, and what commands do.

mod commands;
mod counts;
mod forms;
mod input;
mod mouse;
mod on_top;
mod row;
