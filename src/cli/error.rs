//! Why certferry ends before or without its screen.

use std::{io, path::PathBuf};

use crate::{config::Mistake, domain::text::visible, tui::terminal};

/// Why certferry ended before or without its screen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A configuration file has mistakes.
    #[error("{} has mistakes:{}", .0.display(), listed(.1))]
    Configuration(PathBuf, Vec<Mistake>),
    /// A configuration file cannot be read.
    #[error("cannot read {}: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// The screen could not begin or go on.
    #[error(transparent)]
    Terminal(terminal::TerminalError),
    /// The runtime could not be started.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    /// The demo or the simulator is asked for.
    #[cfg(not(feature = "simulator"))]
    #[error("{}", super::arguments::NO_SIMULATOR)]
    NoSimulator,
    /// The log cannot be written.
    #[error("the log {} cannot be written: {}", .0.display(), .1)]
    Log(PathBuf, io::Error),
    /// There is no place for the log.
    #[error("there is no place for the log: set HOME or XDG_STATE_HOME, or name a file with --log")]
    NoLogFolder,
    /// What is to be logged makes no sense.
    #[error(
        "CERTFERRY_LOG makes no sense: {0}; write a level, such as debug, or info,certferry=trace"
    )]
    LogLevels(String),
    /// The simulator's two accounts are one.
    #[error("{0} cannot be both the source and the recipient")]
    OneAccount(String),
    /// The simulator's fleet could not be made.
    #[cfg(feature = "simulator")]
    #[error(transparent)]
    Fleet(crate::simulator::SetupError),
    /// The simulator has no port.
    #[cfg(feature = "simulator")]
    #[error(transparent)]
    Server(crate::simulator::ServerError),
    /// The journal cannot be read.
    #[error("the journal: {0}")]
    Journal(crate::journal::JournalError),
    /// The journal has not kept a certificate with such an id.
    #[error("the journal has kept no certificate whose id begins with {}", visible(.0))]
    NotKept(String),
    /// Several certificates that the journal has kept have such an id.
    #[error("several ids begin with {}: write more of it", visible(.0))]
    Ambiguous(String),
    /// What was asked for could not be printed.
    #[error("cannot print: {0}")]
    Output(io::Error),
}

/// Mistakes, a line for each and more where one has more.
fn listed(mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter();
    let lines = lines.map(|it| format!("\n  {}", it.to_string().replace('\n', "\n  ")));
    lines.collect()
}
