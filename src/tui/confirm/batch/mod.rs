//! What is done to one certificate or to a thousand: what is asked before.

pub mod all;
pub mod draft;
mod fields;
mod one;
mod outlook;
mod remarks;
mod runs;
