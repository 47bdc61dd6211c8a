//! What a shell asks to complete what is typed: profiles and accounts besides certferry's own words.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::{CompleteEnv, env::Shells};

use crate::{
    aws::{self, Wire},
    cli::{Arguments, error::Error, settings::configuration},
    domain::AccountId,
};

/// The variable by which a shell asks.
const VARIABLE: &str = "CERTFERRY_COMPLETE";

/// Answers a shell that asks what could be typed, and ends then; does nothing when none asks.
pub fn answer_a_shell() {
    CompleteEnv::with_factory(Arguments::command)
        .var(VARIABLE)
        .complete();
}

/// Prints what a shell needs to ask.
///
/// # Errors
///
/// It cannot be printed.
pub(super) fn print(shell: &str) -> Result<(), Error> {
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(shell) else {
        return Ok(());
    };
    let name = env!("CARGO_PKG_NAME");
    let mut out = io::stdout().lock();
    let written = shell.write_registration(VARIABLE, name, name, name, &mut out);
    written.and_then(|()| out.flush()).map_err(Error::Output)
}

/// The profiles of the AWS configuration. What is wrong with it is said elsewhere.
pub(super) fn profiles() -> Vec<String> {
    let wire = Wire::Aws {
        endpoint_url: None,
        helper: None,
    };
    let Ok(runtime) = super::runtime::runtime() else {
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
