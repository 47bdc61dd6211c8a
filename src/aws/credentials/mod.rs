//! Who signs: roles, sign-ins, and the signer that watches whose key it is.

pub(super) mod refusals;
pub(super) mod roles;
pub(super) mod signer;
pub(super) mod sources;
