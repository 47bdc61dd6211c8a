//! Starts certferry: arguments in, exit code out.

use std::process::ExitCode;

use certferry::{cli::Arguments, run};
use clap::Parser;

fn main() -> ExitCode {
    match run::run(&Arguments::parse()) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            eprintln!("certferry: {error}");
            ExitCode::from(2)
        }
    }
}
