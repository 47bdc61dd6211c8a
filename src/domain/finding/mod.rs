//! How certificates are found: by words, by what AWS has of them, and from a list.

pub(in crate::domain) mod accounting;
pub(in crate::domain) mod filter;
pub(in crate::domain) mod finder;
pub(in crate::domain) mod found;
pub(in crate::domain) mod language;
pub(in crate::domain) mod saved;
pub(in crate::domain) mod typed;
pub(in crate::domain) mod understood;
mod vague;
pub(in crate::domain) mod wanted;

#[cfg(test)]
mod tests;
