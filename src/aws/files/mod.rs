//! The AWS configuration files, read as the AWS CLI reads them.

pub(super) mod chain;
mod ini;
pub(super) mod profiles;
