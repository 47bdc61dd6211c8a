//! The commands, one file each or one for those that are alike.

pub(super) mod act;
pub(super) mod apply;
pub(super) mod journal;
pub(super) mod list;
pub(super) mod pem;
pub(super) mod plan;
pub(super) mod reference;
pub(super) mod runs;
pub(super) mod show;
#[cfg(feature = "simulator")]
pub(super) mod simulator;
#[cfg(test)]
#[cfg(feature = "simulator")]
mod tests;
