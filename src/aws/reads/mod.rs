//! What is asked of AWS IoT without changing anything, and its pages.

mod certificates;
pub(super) mod finding;
mod named;
pub(super) mod page;
mod registry;
