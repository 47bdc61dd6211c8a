//! What is done to one certificate or to a thousand: what is asked before.

pub mod all;
pub mod draft;
mod fields;
mod hand_over;
mod one;
mod outlook;
pub mod plan;
mod remarks;
mod runs;
pub mod suggested;
