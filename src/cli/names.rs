//! The names of this computer that are completed on the command line.

use crate::{
    aws::{self, Wire},
    cli::{appearance, runtime::runtime, settings::configuration},
    domain::AccountId,
};

/// The profiles of the AWS configuration. What is wrong with it is said elsewhere.
pub(super) fn profiles() -> Vec<String> {
    let wire = Wire::Aws {
        endpoint_url: None,
        helper: None,
    };
    let Ok(runtime) = runtime() else {
        return Vec::new();
    };
    let profiles = runtime.block_on(aws::profiles(&wire));
    let names = profiles.usable.into_iter();
    names.map(|(name, _)| name).collect()
}

/// The accounts of the settings, each by its name and by its number.
pub(super) fn accounts() -> Vec<String> {
    let Ok((config, _)) = configuration() else {
        return Vec::new();
    };
    let both = |(account, name): (AccountId, &str)| [name.to_owned(), account.to_string()];
    config.accounts.names().flat_map(both).collect()
}

/// The themes there are.
pub(super) fn themes() -> Vec<String> {
    appearance::names()
}
