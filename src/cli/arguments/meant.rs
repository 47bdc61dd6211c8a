//! Which certificates are meant.

use std::path::PathBuf;

use clap::Args;

use crate::domain::MESSAGE_LIMIT;

/// Which certificates are meant: by their names, by a list, by a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Meant {
    /// Certificates: ids or the beginnings of them, ARNs, names of things, PEM files.
    #[arg(value_name = "CERTIFICATE", help_heading = "Which certificates")]
    pub names: Vec<String>,

    /// A list of them, one a line, or a table (CSV) whose head names a column `certificate_id`, `arn` or `thing`; `-`
    /// reads standard input. A PEM file with certificates is one too.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "names",
        help_heading = "Which certificates"
    )]
    pub select: Option<PathBuf>,

    /// Those that match all of these words, as behind `/` on the screen: part of an id, `status:active`, `to:4444`,
    /// `from:fleet-eu`, `device:NAME`, `age:>30d`, `offered:>3d`, `expires:<30d`, `expired`, `thing:NAME`, `group:NAME`
    /// (`group:NAME/` with the groups below it), `type:NAME`, `policy:NAME`, `ca:ID`. `not` stands before a word or a
    /// bracket, `or` between words: `status:active (group:lyon or to:4444) not age:<1d`. What is not known matches neither a
    /// word nor its opposite. What could match nearly everything, such as `not group:lyon` alone, changes nothing.
    #[arg(long, value_name = "WORDS", help_heading = "Which certificates")]
    pub filter: Option<String>,

    /// Go on with the others where some of those that are named are not found.
    #[arg(long, help_heading = "Which certificates")]
    pub skip_missing: bool,
}

/// The confirmation of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Confirming {
    /// Ask nothing: do it for this account. It must be the recipient of what is transferred, or else the account that
    /// the certificates are in.
    #[arg(long, value_name = "ACCOUNT")]
    pub yes: Vec<String>,
}

/// How it is said what happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub struct Saying {
    /// Print JSON, a line for each thing that is said.
    #[arg(long)]
    pub json: bool,
}

/// A message or a reason that AWS takes.
pub(super) fn message(text: &str) -> Result<String, String> {
    match text.chars().count() {
        0..=MESSAGE_LIMIT => Ok(text.to_owned()),
        n => Err(format!(
            "it has {n} characters, and AWS takes {MESSAGE_LIMIT}"
        )),
    }
}
