//! What a shell asks to complete what is typed.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::{CompleteEnv, env::Shells};

use crate::cli::{arguments::Arguments, error::Error};

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
