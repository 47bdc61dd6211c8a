//! Plans: how they are made, shown and applied.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::cli::arguments::{
    connecting::{Connecting, beginning},
    meant::{Confirming, Meant, Saying, message},
};

/// `certferry plan`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct PlanArguments {
    #[command(flatten)]
    pub(in crate::cli) meant: Meant,

    /// The recipient: the account's number, or its name in the settings.
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "hand_over", add = ArgValueCompleter::new(accounts))]
    pub(in crate::cli) to: Option<String>,

    /// What the recipient reads with the offer, up to 128 characters.
    #[arg(long, value_name = "TEXT", value_parser = message)]
    pub(in crate::cli) message: Option<String>,

    /// Hand them over: carry each transfer through in the account of `--peer-profile`, until its device works there.
    #[arg(long)]
    pub(in crate::cli) hand_over: bool,

    /// Which certificates are activated there; otherwise the settings say it, or those that were active.
    #[arg(long, value_name = "WHICH", requires = "hand_over")]
    pub(in crate::cli) activate: Option<Activate>,

    /// What becomes of those whose thing is there and differs.
    #[arg(long, value_name = "HOW", requires = "hand_over")]
    pub(in crate::cli) differing_things: Option<Differing>,

    /// What becomes of a policy whose name is taken there by another content: `NAME=theirs`, `NAME=leave-out`, or
    /// `NAME=create:OTHER` to create it under another name.
    #[arg(long, value_name = "POLICY=CHOICE", requires = "hand_over")]
    pub(in crate::cli) choose: Vec<String>,

    /// The file to write the plan into.
    #[arg(short, long, value_name = "FILE", value_parser = plan_file)]
    pub(in crate::cli) output: PathBuf,

    /// Write over a file that is there.
    #[arg(long)]
    pub(in crate::cli) force: bool,

    #[command(flatten)]
    pub(in crate::cli) connecting: Connecting,

    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

/// Which certificates are activated in the recipient's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Activate {
    /// Those that were active.
    AsBefore,
    /// All.
    Yes,
    /// None.
    No,
}

/// What becomes of certificates whose thing is there and differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Differing {
    /// They are left out.
    LeaveOut,
    /// They are attached to the thing that is there.
    Use,
}

/// `certferry show`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ShowArguments {
    /// The plan's file; `-` reads standard input.
    #[arg(value_name = "PLAN")]
    pub(in crate::cli) plan: PathBuf,

    /// Every step of every certificate.
    #[arg(long)]
    pub(in crate::cli) steps: bool,

    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

/// `certferry apply`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ApplyArguments {
    /// The plan's file.
    #[arg(value_name = "PLAN")]
    pub(in crate::cli) plan: PathBuf,

    /// Go on without the certificates that have changed since the plan was made.
    #[arg(long)]
    pub(in crate::cli) skip_changed: bool,

    #[command(flatten)]
    pub(in crate::cli) confirming: Confirming,

    #[command(flatten)]
    pub(in crate::cli) connecting: Connecting,

    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

/// The accounts of the settings that begin so, by number or name.
fn accounts(typed: &std::ffi::OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, crate::cli::names::accounts())
}

/// The file of a plan. It is looked at before it is applied, so it is not handed through a pipe.
fn plan_file(path: &str) -> Result<PathBuf, String> {
    match path {
        "-" => Err("a plan is kept in a file: name one".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}
