//! From a menu over a dialog to a batch.

mod actions;
mod beginning;
mod handing_over;
mod lists;
mod menus;
mod ordering;
mod palette;
mod plans;
pub(super) mod stopping;
