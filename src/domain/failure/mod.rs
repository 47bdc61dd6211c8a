//! Why something failed: its kind with a stable code, and its words for people.

mod failed;
mod words;

pub use failed::{Failure, FailureKind, ends_signing};
pub use words::{READ_ONLY, Signing};
