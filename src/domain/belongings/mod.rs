//! What a certificate has beside itself, and what of that a transfer would leave behind.

pub(super) mod document;
pub(super) mod export;
mod look;
mod meaning;
mod once;
pub(super) mod parts;
pub(super) mod survey;
