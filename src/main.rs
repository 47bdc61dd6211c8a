//! Starts certferry: arguments in, exit code out.

use std::{
    env,
    io::{Write as _, stderr},
    process::ExitCode,
};

use certferry::cli::{self, Arguments, SubCommand};

fn main() -> ExitCode {
    cli::answer_a_shell();
    let arguments = Arguments::of(env::args_os()).unwrap_or_else(|error| error.exit());
    if let Some(SubCommand::CredentialHelper { command }) = &arguments.command {
        return cli::credential_helper(command);
    }
    // After a hang-up nobody reads what is written here, which is no reason to panic.
    match cli::run(&arguments) {
        Ok(ended) => {
            for change in &ended.unknown {
                let _ = writeln!(
                    stderr(),
                    "certferry: not known whether this was done: {}",
                    cli::shown(change)
                );
            }
            if let Some(left) = &ended.left_open {
                let _ = writeln!(stderr(), "certferry: {}", cli::shown(left));
            }
            ExitCode::from(ended.code())
        }
        Err(error) => {
            let _ = writeln!(stderr(), "certferry: {}", cli::shown(&error.to_string()));
            ExitCode::from(2)
        }
    }
}
