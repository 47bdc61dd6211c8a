//! What dialogs ask.

mod ask;
pub mod batch;
pub mod confirmation;
pub mod left;
mod names_there;
