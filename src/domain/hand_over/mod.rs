//! A hand-over: what a certificate needs in the recipient's account until its device works there.

pub(super) mod arrival;
pub(super) mod granted;
pub(super) mod mapping;
pub(super) mod proof;
pub(super) mod recipe;
#[cfg(test)]
mod tests;
