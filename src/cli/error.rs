//! Why certferry ends before or without its screen.

use std::{io, path::PathBuf};

use crate::{
    config::Mistake,
    domain::{
        Failure, Finder, FinderError, ListError, PlanFileError,
        text::{counted, sentence, visible},
    },
    tui::terminal,
};

/// Why certferry ended before or without its screen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A configuration file has mistakes.
    #[error("{} has mistakes:{}", .0.display(), listed(.1))]
    Configuration(PathBuf, Vec<Mistake>),
    /// There is no theme of that name.
    #[error("{}: there is no such theme; there are {}. certferry themes says more", visible(.0), .1.join(", "))]
    NoTheme(String, Vec<String>),
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
    /// AWS, the credentials or the journal: what failed, and what to do about it.
    #[error("{}", failed(.0, .1))]
    Failed(Box<Failure>, String),
    /// No certificates are named.
    #[error("no certificates are named: name them, or say --select FILE or --filter WORDS")]
    NothingChosen,
    /// The filter is empty.
    #[error("--filter is empty, which would mean every certificate: nothing was done")]
    EmptyFilter,
    /// The filter has a word that means nothing.
    #[error("--filter: {}", filter_words(.0, *.1))]
    Filter(String, FinderError),
    /// What the filter names is not there.
    #[error("{}: there is no such {} in this account and region", .0, .0.word())]
    NoSuch(Finder),
    /// A list cannot be read as one.
    #[error("{}: {}", .0.display(), .1)]
    List(PathBuf, ListError),
    /// None of what was named is there.
    #[error("no certificate of this account is meant by that: nothing was done")]
    NothingFound,
    /// Some of what was named is not there.
    #[error(
        "nothing was done: {} not found or not clear. --skip-missing goes on with the others",
        counted(*.0, "line is", "lines are")
    )]
    Missing(usize),
    /// The action applies to no certificate.
    #[error("{0}: it applies to none of them. Nothing was done")]
    AppliesToNone(&'static str),
    /// None of the certificates has a run that could be put back.
    #[error(
        "Put back: no run in the journal of this computer has taken anything from them that is not back. Nothing was done; \
         `certferry history` shows the runs"
    )]
    NothingTaken,
    /// None of the certificates has a run that is not finished.
    #[error(
        "Resume: none of them has an unfinished run. Nothing was done; `certferry runs` shows those there are"
    )]
    NothingUnfinished,
    /// Nothing is left to be planned.
    #[error("there is nothing to plan: no certificate is left. No file was written")]
    NothingToPlan,
    /// A file is not a plan.
    #[error("{}: {}", .0.display(), .1)]
    Plan(PathBuf, PlanFileError),
    /// A file is there already.
    #[error("{} is there already; --force writes over it", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("{} cannot be written: {}", .0.display(), .1)]
    NotWritten(PathBuf, io::Error),
    /// An account is not one that could be meant.
    #[error("{}: {}", visible(.0), .1)]
    Account(String, String),
    /// A choice is not written as one.
    #[error(
        "--choose {}: NAME=theirs, NAME=leave-out or NAME=create:OTHER is needed",
        visible(.0)
    )]
    Choice(String),
    /// There are more certificates than a plan can have.
    #[error(transparent)]
    TooLongAPlan(PlanFileError),
    /// A choice is of no policy, or cannot be made.
    #[error("--choose {}: {}", visible(.0), .1)]
    ChoiceDoesNotFit(String, String),
    /// What is to be opened on the screen is no file.
    #[error(
        "{} is no command, and there is no plan of that name. certferry --help names the commands",
        visible(&.0.display().to_string())
    )]
    NoCommand(PathBuf),
    /// The account that receives them is not open.
    #[error(
        "a hand-over needs the recipient's account too: --peer-profile names the profile that leads there"
    )]
    NoPeer,
    /// A connection leads elsewhere than a plan says.
    #[error("the plan is for {0}, and the credentials lead to {1}: nothing was done")]
    OtherPlace(String, String),
    /// It was not confirmed.
    #[error("not confirmed: {0}. Nothing was done")]
    NotConfirmed(String),
    /// The terminal cannot be drawn on.
    #[error(
        "{0}. These do the same without a screen: certferry list, inbox, outbox, plan, show, apply, accept, reject, \
         revoke-transfer, put-back, activate, deactivate, history, runs, resume. certferry COMMAND --help says how"
    )]
    NoScreen(String),
    /// What was asked for could not be printed.
    #[error("cannot print: {0}")]
    Output(io::Error),
}

/// What is wrong with a filter: with a word of it, or with all of it.
fn filter_words(word: &str, why: FinderError) -> String {
    if word.is_empty() {
        why.to_string()
    } else {
        format!("{}: {why}", visible(word))
    }
}

/// A failure in two lines: what it is and what to do about it, and what AWS or the client said of it.
fn failed(failure: &Failure, advice: &str) -> String {
    let mut said = format!("{}. {advice}", sentence(&failure.summary()));
    let facts = [
        ("", Some(failure.message.as_str())),
        ("AWS's code ", failure.code.as_deref()),
        ("request id ", failure.request_id.as_deref()),
    ];
    let facts = facts.into_iter().filter_map(|(what, it)| {
        let it = visible(it.filter(|it| !it.is_empty())?);
        Some(format!("{what}{it}"))
    });
    let facts: Vec<String> = facts.collect();
    if !facts.is_empty() {
        said.push_str("\n  ");
        said.push_str(&facts.join("; "));
    }
    said
}

/// Mistakes, a line for each and more where one has more.
fn listed(mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter();
    let lines = lines.map(|it| format!("\n  {}", it.to_string().replace('\n', "\n  ")));
    lines.collect()
}
