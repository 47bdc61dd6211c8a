//! Plans as files: made on one day, shown, and applied on another, when they still hold.

pub(in crate::domain) mod changes;
pub(in crate::domain) mod file;
mod form;
mod form_parts;
mod reading;
mod recipe_form;
pub(in crate::domain) mod steps;
#[cfg(test)]
mod tests;
