//! What dialogs ask.

mod ask;
pub mod batch;
pub mod confirmation;
mod names_there;
