//! Why something failed: its kind with a stable code, and its words for people.

mod failed;
mod permissions;
mod words;

pub use crate::domain::failure::failed::Failure;
pub use crate::domain::failure::failed::FailureKind;
pub use crate::domain::failure::failed::ends_signing;
pub use crate::domain::failure::words::READ_ONLY;
pub use crate::domain::failure::words::Signing;
