//! Things: attached to certificates, in groups, and in the registry.

pub(super) mod attached;
pub(super) mod groups;
pub(super) mod registry;
