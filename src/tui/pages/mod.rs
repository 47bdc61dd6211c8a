//! What the texts say.

mod batch;
mod details;
mod help;

use crate::domain::{
    CertificateId, Failure, PolicyDocument, Signing, ThingAttributes, Timestamp,
    text::{sentence, visible},
};

use super::{
    App, Picture,
    dialog::{Content, Reader},
    log::{Entry, Outcome},
    page::{Page, Role},
};

pub use batch::{
    batch_row, batch_title, csv, file_stamp, holder, item_line, procedure_label, recipient, remark,
    rest, standing, step, steps,
};
pub use details::details;

/// What an open text says now.
pub fn reader(app: &App, reader: &Reader) -> Page {
    match &reader.content {
        Content::Help => help::help(&app.setup.keymap),
        Content::Page(page) => page.clone(),
        Content::Item(request, id) => app
            .batch(*request)
            .and_then(|run| Some(batch::item(app, run, run.item(*id)?)))
            .unwrap_or_default(),
        Content::Remote(page, _) => match page.picture() {
            Picture::Ready(page) | Picture::Stale(page, ..) => page.clone(),
            Picture::Failed(failure) => {
                let mut page = Page::default();
                self::failure(&mut page, failure, app.session.signing());
                page
            }
            Picture::Loading(_) | Picture::Unasked => {
                let mut page = Page::default();
                page.text(Role::Quiet, "Loading…");
                page
            }
        },
    }
}

/// How many rows a list of certificates has at most: nobody reads more of them.
const LISTED: usize = 10_000;

/// Certificates, a row each, with how they stand.
pub fn certificates(app: &App, ids: &[CertificateId]) -> Page {
    let mut page = Page::default();
    for id in ids.iter().take(LISTED) {
        let status = app.status(*id);
        let line = format!("{id}  {} {}", status.symbol(), status.label());
        page.text(Role::Plain, line);
    }
    match ids.len().saturating_sub(LISTED) {
        0 => {}
        n => page.text(Role::Quiet, format!("And {n} more.")),
    }
    page
}

/// A failure, with all a person needs to act on it or to ask for help.
pub fn failure(page: &mut Page, failure: &Failure, signing: Signing<'_>) {
    let summary = sentence(&failure.summary());
    page.text(Role::Bad, format!("{summary}."));
    if failure.refuted {
        page.text(Role::Plain, "AWS was asked afterwards: it was not done.");
    }
    page.gap();
    page.text(Role::Plain, failure.advice(signing));
    page.gap();
    page.fact("Tried", failure.operation.name());
    page.fact_if("AWS's code", failure.code.as_deref().map(visible));
    for (i, line) in failure.message.lines().enumerate() {
        page.fact(if i == 0 { "Message" } else { "" }, visible(line));
    }
    page.fact_if("Request id", failure.request_id.as_deref().map(visible));
}

/// How many names of a list are said one by one.
const NAMES: usize = 5;

/// The first names of a list, and how many more there are.
pub fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(NAMES).map(|name| visible(name)).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// `2026-01-02 10:15 UTC`.
pub fn moment(at: Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// `10:15:02 UTC`: when something was looked at that may be otherwise soon.
pub fn second(at: Timestamp) -> String {
    let (hour, minute, second) = at.to_offset(time::UtcOffset::UTC).to_hms();
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

/// `10:15 UTC` for a moment of today, else with its date.
pub fn as_of(at: Timestamp, now: Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    if at.date() == now.to_offset(time::UtcOffset::UTC).date() {
        format!("{:02}:{:02} UTC", at.hour(), at.minute())
    } else {
        moment(at)
    }
}

/// How long ago: `just now`, `4 min`, `3 h`, `12 d`.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    in_unit(at, now, "just now", [" d", " h", " min"])
}

/// How long ago, as short as the column of a small screen needs it: `now`, `4m`, `3h`, `12 d`.
pub fn short_age(at: Timestamp, now: Timestamp) -> String {
    in_unit(at, now, "now", [" d", "h", "m"])
}

/// A time in the largest unit that it fills.
fn in_unit(at: Timestamp, now: Timestamp, none: &str, [d, h, min]: [&str; 3]) -> String {
    let passed = now - at;
    match (
        passed.whole_days(),
        passed.whole_hours(),
        passed.whole_minutes(),
    ) {
        (days, ..) if days > 0 => format!("{days}{d}"),
        (_, hours, _) if hours > 0 => format!("{hours}{h}"),
        (.., minutes) if minutes > 0 => format!("{minutes}{min}"),
        _ => none.to_owned(),
    }
}

/// How a change in the command log went, in a word or two.
pub fn log_word(entry: &Entry) -> (Role, &'static str) {
    match &entry.outcome {
        Outcome::UnderWay => (Role::Quiet, "waiting"),
        Outcome::Done(_) | Outcome::Confirmed => (Role::Good, "done"),
        Outcome::Lost => (Role::Bad, "not known"),
        Outcome::Failed(failure) => {
            let word = match (failure.ambiguous, failure.refuted) {
                (true, _) => "not known",
                (false, true) => "not done",
                (false, false) => "failed",
            };
            (Role::Bad, word)
        }
    }
}

/// All of the command log, the newest change first.
pub fn command_log(app: &App) -> Page {
    let mut page = Page::default();
    for entry in app.log.entries().rev() {
        log_entry(entry, &mut page);
        page.gap();
    }
    page
}

/// A change in the command log, in full.
pub fn log_entry(entry: &Entry, page: &mut Page) {
    let outcome = match &entry.outcome {
        Outcome::UnderWay => "waiting for AWS…".to_owned(),
        Outcome::Done(None) => "done".to_owned(),
        Outcome::Done(Some(id)) => format!("done, request id {}", visible(id)),
        Outcome::Confirmed => "done; the answer was lost, AWS's state shows it".to_owned(),
        Outcome::Lost => "not known whether done: an error in certferry lost the answer".to_owned(),
        Outcome::Failed(failure) => {
            let id = failure.request_id.as_deref().map(visible);
            let id = id.map_or_else(String::new, |id| format!(", request id {id}"));
            let how = match (failure.ambiguous, failure.refuted) {
                (true, _) => "not known whether done".to_owned(),
                (false, true) => format!("not done as of {}", second(entry.known)),
                (false, false) => "failed".to_owned(),
            };
            format!("{how}: {}{id}", failure.summary())
        }
    };
    let place = visible(&entry.place);
    page.text(
        log_word(entry).0,
        format!("{}  {place}  {outcome}", moment(entry.at)),
    );
    page.text(Role::Plain, entry.line.as_str());
}

/// What this session's runs leave on the way, for when the program ends.
pub fn left_open(app: &App) -> Option<String> {
    // The demo's journal ends with it.
    if app.setup.simulator {
        return None;
    }
    let n = app.left_open();
    let left = crate::domain::text::counted(n, "certificate is", "certificates are");
    (n > 0).then(|| {
        format!("{left} on the way: the next start offers to resume or to put back what stopped")
    })
}

/// The changes of which nobody knows whether they were made, for when the program ends.
pub fn unknown_changes(app: &App) -> Vec<String> {
    app.log
        .entries()
        .filter_map(|entry| {
            let why = match &entry.outcome {
                Outcome::UnderWay => "AWS had not answered".to_owned(),
                Outcome::Failed(failure) if failure.ambiguous => failure.summary(),
                Outcome::Lost => "its answer was lost".to_owned(),
                _ => return None,
            };
            let place = visible(&entry.place);
            Some(format!("{place}: {why}: {}", visible(&entry.line)))
        })
        .collect()
}

/// A policy's document, indented for reading when it is JSON.
pub fn policy(policy: &PolicyDocument) -> Page {
    let mut page = Page::default();
    let version = policy
        .version
        .as_deref()
        .map_or_else(String::new, |version| {
            format!("Default version {}", visible(version))
        });
    page.text(Role::Quiet, version);
    page.gap();
    let parsed = serde_json::from_str::<serde_json::Value>(&policy.document);
    let document = parsed
        .and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or_else(|_| policy.document.clone());
    for line in document.lines() {
        page.text(Role::Plain, visible(line));
    }
    page
}

/// A thing's type and attributes.
pub fn thing(thing: &ThingAttributes) -> Page {
    let mut page = Page::default();
    page.fact("Name", visible(&thing.name));
    let type_name = thing.type_name.as_deref().map_or("none".into(), visible);
    page.fact("Type", type_name);
    page.fact_if("Version", thing.version.map(|version| version.to_string()));
    page.gap();
    page.text(Role::Heading, "Attributes");
    if thing.attributes.is_empty() {
        page.text(Role::Quiet, "None.");
    }
    for (name, value) in &thing.attributes {
        page.fact(&visible(name), visible(value));
    }
    page
}

/// What the recipient of a transfer needs to know: AWS tells them nothing.
pub fn note(app: &App, id: CertificateId) -> String {
    let from = app.session.account();
    let from = from.map_or_else(
        || "another account".to_owned(),
        |a| app.setup.book.describe(a),
    );
    let region = app.session.region();
    let transfer = app.list.outgoing(id);
    let to = transfer.and_then(|transfer| transfer.to);
    let to = to.map_or_else(|| "your account".to_owned(), |a| app.setup.book.describe(a));
    let message = transfer
        .and_then(|transfer| transfer.message.as_deref())
        .map_or_else(String::new, |message| {
            format!("\nMessage: {}", visible(message))
        });
    format!(
        "AWS account {from} offers you an AWS IoT certificate in region {region}, for {to}.\n\
         Certificate id: {id}{message}\n\
         To accept it: aws iot accept-certificate-transfer --certificate-id {id} --region {region}\n\
         To reject it: aws iot reject-certificate-transfer --certificate-id {id} --region {region}\n\
         Once accepted it is inactive and has no policies and no things: attach your own, then \
         activate it."
    )
}

/// What is said of a certificate that was offered.
pub fn offered(app: &App, page: &mut Page) {
    let copy = app.setup.keymap.key(super::keymap::Command::CopyText);
    page.text(
        Role::Plain,
        format!(
            "It is theirs once they accept it; until then, Revoke transfer takes it back. AWS does \
             not tell them: {copy} copies a note."
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_in_the_largest_unit() {
        let now = time::macros::datetime!(2026-11-24 12:00 UTC);
        for (ago, said) in [
            (time::Duration::seconds(-5), "just now"),
            (time::Duration::seconds(59), "just now"),
            (time::Duration::minutes(59), "59 min"),
            (time::Duration::hours(23), "23 h"),
            (time::Duration::days(326), "326 d"),
        ] {
            assert_eq!(age(now - ago, now), said);
            let short = said.replace("just ", "").replace(" min", "m");
            assert_eq!(short_age(now - ago, now), short.replace(" h", "h"));
        }
        assert_eq!(moment(now), "2026-11-24 12:00 UTC");
        assert_eq!(as_of(now - time::Duration::hours(2), now), "10:00 UTC");
        assert_eq!(
            as_of(now - time::Duration::hours(20), now),
            "2026-11-23 16:00 UTC"
        );
    }

    #[test]
    fn a_document_that_is_not_json_is_shown_as_it_is() {
        let policy = |document: &str| {
            super::policy(&PolicyDocument {
                name: "p".to_owned(),
                version: Some("3".to_owned()),
                document: document.to_owned(),
            })
            .plain()
        };
        assert_eq!(
            policy("{\"b\":1,\"a\":2}"),
            "Default version 3\n\n{\n  \"b\": 1,\n  \"a\": 2\n}"
        );
        assert_eq!(policy("\u{1b}[2J"), "Default version 3\n\n\\x1b[2J");
    }
}
