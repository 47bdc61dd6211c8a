//! Where something is: accounts, regions, partitions, control planes, and ARNs.

pub(super) mod account;
pub(super) mod arn;
pub(super) mod book;
pub(super) mod last_accounts;
pub(super) mod location;
pub(super) mod partition;
pub(super) mod region;
