//! What the benches share.

#![allow(dead_code, reason = "each bench uses a part of it")]

pub(crate) mod desk;
pub(crate) mod peers;
pub(crate) mod pty;
pub(crate) mod served;
pub(crate) mod table;
pub(crate) mod ten_lines;

use std::error::Error;

/// What a bench comes to. What goes wrong ends it, and is printed.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The value in the middle; of an even number, the higher one of the two there. `None` of none.
pub(crate) fn median<T: PartialOrd + Copy>(values: &[T]) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    sorted.get(sorted.len() / 2).copied()
}
