//! A certificate, what is attached to it, and whether it can be transferred.

pub(super) mod attachment;
pub(super) mod description;
pub(super) mod device;
pub(super) mod readiness;
pub(super) mod x509;
