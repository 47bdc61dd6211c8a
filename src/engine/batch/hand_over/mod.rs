//! Hand-overs: both halves, what is created once for many, and its removal.

pub(super) mod halves;
pub(super) mod made;
pub(super) mod removal;
