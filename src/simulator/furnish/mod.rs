//! The world from outside the API: furnishing it, making things go wrong, looking at it.

mod access;
mod faults;
pub(in crate::simulator) mod fleet;
mod groups;
pub(in crate::simulator) mod inspect;
mod roles;
pub(in crate::simulator) mod setup;
