//! `certferry pem`: the certificates that the journal has kept from before a change that cannot be undone.

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
};

use crate::{
    cli::error::Error,
    domain::{Change, Record, RunState, text::visible},
    journal::{self, Journal, Options},
};

/// Prints the PEM of a certificate, or lists all that are kept.
pub(in crate::cli) fn run(id: Option<&str>) -> Result<(), Error> {
    let path = journal::default_path().map_err(Error::Journal)?;
    // Looking makes no journal.
    let kept = if path.exists() {
        let journal = Journal::open(&path, &Options::default()).map_err(Error::Journal)?;
        journal.kept().map_err(Error::Journal)?
    } else {
        Vec::new()
    };
    let text = match id {
        Some(id) => pem(&kept, id)?,
        None => kept.iter().map(line).collect(),
    };
    let mut out = io::stdout().lock();
    (out.write_all(text.as_bytes()).and_then(|()| out.flush())).map_err(Error::Output)
}

/// The PEM of the certificate whose id begins so.
fn pem(kept: &[Record], id: &str) -> Result<String, Error> {
    let wanted = id.to_ascii_lowercase();
    let begins = |it: &&Record| it.before.certificate.to_string().starts_with(&wanted);
    let found: Vec<&Record> = kept.iter().filter(begins).collect();
    let ids: BTreeSet<_> = found.iter().map(|it| it.before.certificate).collect();
    let pem = found.first().and_then(|it| it.before.pem.as_deref());
    match (pem, ids.len()) {
        (Some(_), 2..) => Err(Error::Ambiguous(id.to_owned())),
        (Some(pem), _) => {
            let lines: Vec<_> = pem.lines().map(visible).collect();
            Ok(lines.join("\n") + "\n")
        }
        (None, _) => Err(Error::NotKept(id.to_owned())),
    }
}

/// Which certificate it is, where and when it was changed, and how.
fn line(record: &Record) -> String {
    let changes = record.steps.iter().filter_map(|it| it.step.change());
    let changes: Vec<String> = changes.map(Change::words).collect();
    let how = if record.state == RunState::Done {
        ""
    } else {
        " (not done, as far as is known)"
    };
    format!(
        "{}  {}  {}  {}{how}\n",
        record.before.certificate,
        moment(record),
        visible(&record.before.place.words()),
        changes.join(", "),
    )
}

/// When it was changed, by the clock of UTC.
fn moment(record: &Record) -> String {
    let (at, time) = (record.began.date(), record.began.time());
    format!("{at} {:02}:{:02} UTC", time.hour(), time.minute())
}
