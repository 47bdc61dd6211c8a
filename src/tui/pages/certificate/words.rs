//! The tab Details: everything `DescribeCertificate` returns, in words.

use crate::{
    domain::{
        AccountId, Check, ConsoleStatus, DecodedCertificate, Description, RunState, Timestamp,
        text::{counted_attachments, visible, width},
    },
    tui::{
        keymap::Command,
        known::{context::Context, remote::Picture, side::SideShows},
        layout::details_areas,
        pages::certificate::details::{Details, Tab},
        text::{
            moments::{ago, as_of, away, moment},
            prose::{LABEL_COLUMNS, Prose, Role},
            words::{failure_text, holder, standing},
        },
    },
};

/// What the tab Details says. What decides about a transfer comes first, so that it is in sight on a
/// small screen.
pub fn details(cx: &Context<'_>, details: &Details) -> Prose {
    let mut page = Prose::default();
    let status = cx.status(details.id);
    let description = match details.description.picture() {
        Picture::Ready(description) => Some(description),
        Picture::Stale(description, at, failure) => {
            let text = format!(
                "As of {}; refresh failed: {}.",
                as_of(at, cx.now),
                failure.summary()
            );
            page.text(Role::Bad, text);
            Some(description)
        }
        _ => None,
    };
    page.fact("ID", details.id.to_string());
    page.fact("Status", format!("{} {}", status.symbol(), status.label()));
    there(cx, details, &mut page);
    if let Some(description) = description {
        let account = |account: AccountId| cx.setup.config.accounts.describe(account);
        // AWS does not document what the owner fields name in transfer, so the transfer's own data is shown.
        if !status.in_transfer() {
            page.fact_if("Owner", description.owner.map(account));
            page.fact_if("Previously", description.previous_owner.map(account));
        }
        returned(cx, details, description, &mut page);
    }
    // What is offered has nothing attached.
    let waits = [ConsoleStatus::Transferred, ConsoleStatus::PendingTransfer];
    if !waits.contains(&status) {
        attached(cx, details, &mut page);
    }
    transfer(cx, details, description, &mut page);
    if !matches!(
        status,
        ConsoleStatus::Transferred | ConsoleStatus::PendingTransfer
    ) {
        readiness(cx, details, &mut page);
    }
    match (description, details.description.picture()) {
        (Some(description), _) => {
            certificate(cx, details, description, &mut page);
            record(cx, description, &mut page);
            pem(description, &mut page);
        }
        (None, Picture::Failed(f)) => {
            page.gap();
            failure_text(&mut page, f, cx.session.signing());
        }
        (None, _) => {
            page.gap();
            page.text(Role::Quiet, "Loading the description…");
        }
    }
    page
}

/// What the other side shows of it.
fn there(cx: &Context<'_>, details: &Details, page: &mut Prose) {
    let Some(peer) = cx.peer else {
        return;
    };
    let unlike = cx.unlike_there(details.id).is_some();
    let place = peer.session.place(&cx.setup.config.accounts);
    let text = match peer.shows(details.id) {
        SideShows::Row(status) => {
            let at = peer.list.listing().at();
            let as_of = at.map_or_else(String::new, |at| format!(", as of {}", as_of(at, cx.now)));
            format!("{} {} in {place}{as_of}", status.symbol(), status.label())
        }
        SideShows::Nothing if unlike => format!("not in {place}"),
        SideShows::Nothing | SideShows::NotKnown => return,
    };
    let role = if unlike { Role::Bad } else { Role::Plain };
    page.labelled("Other side", role, text);
}

/// What a certificate lacks that a run took or that came back from a transfer, as far as the journal
/// knows.
fn returned(cx: &Context<'_>, details: &Details, description: &Description, page: &mut Prose) {
    let Some(record) = details.record() else {
        let asked = details.restorable.value().is_some();
        if asked && description.came_back() && details.is_known_bare() {
            page.text(
                Role::Bad,
                "Came back from a transfer, inactive and with nothing attached. The journal has \
                 nothing to put back.",
            );
        }
        return;
    };
    if record.state.is_open() {
        // The record was read while a run of this process was under way: it is out of date.
        if cx.is_running(details.id) {
            return page.text(Role::Plain, "A run of this certferry works on it.");
        }
        let who = if record.claimed {
            "Another certferry works on it"
        } else {
            "Half-way"
        };
        let by = record.holder.as_ref().map(|it| holder(it, cx.now));
        let by = by.map_or_else(String::new, |by| format!(" ({by})"));
        let text = format!("{who}{by}: {}.", standing(record));
        return page.text(Role::Bad, text);
    }
    // While it is offered to another account, its attachments are missing on purpose.
    if !description.came_back() {
        return;
    }
    let waits = details.policies.is_waiting() || details.things.is_waiting();
    if waits {
        return;
    }
    let (policies, things, status) = details.lacks(record);
    let lacks = match (counted_attachments(policies, things), status) {
        (Some(lacks), _) => format!("without its {lacks}"),
        (None, true) => "inactive".to_owned(),
        (None, false) => return,
    };
    if record.state == RunState::LeftAsIs {
        let text = format!("Came back {lacks}, and was left as it is.");
        return page.text(Role::Quiet, text);
    }
    if record
        .returned
        .is_some_and(|returned| returned != description.edition())
    {
        let text =
            "Somebody has changed it since it came back: it may be out of service on purpose.";
        page.text(Role::Bad, text);
    }
    let actions = cx.key(Command::Actions);
    let text = format!("Came back {lacks}: put back? {actions}, Put back.");
    page.text(Role::Bad, text);
}

/// What AWS keeps of it beside status and owner.
fn record(cx: &Context<'_>, description: &Description, page: &mut Prose) {
    let date = |at: Timestamp| format!("{} ({})", moment(at), ago(at, cx.now));
    page.gap();
    page.text(Role::Heading, "Record");
    page.fact_if("Created", description.created.map(date));
    page.fact_if("Modified", description.modified.map(date));
    page.fact_if(
        "Version",
        description.version.map(|version| version.to_string()),
    );
    page.fact_if("Mode", description.mode.as_deref().map(mode));
    page.fact_if("CA", description.ca_id.as_deref().map(visible));
    page.fact_if("ARN", description.arn.as_deref().map(visible));
    page.fact_if("Generation", description.generation.as_deref().map(visible));
}

/// `certificateMode` in words.
fn mode(mode: &str) -> String {
    match mode {
        "DEFAULT" => "DEFAULT: of a CA registered in this account, or of AWS".to_owned(),
        "SNI_ONLY" => "SNI_ONLY: registered without a CA, devices must send SNI".to_owned(),
        other => visible(other).into_owned(),
    }
}

fn transfer(
    cx: &Context<'_>,
    details: &Details,
    description: Option<&Description>,
    page: &mut Prose,
) {
    let outgoing = cx.list.outgoing(details.id);
    let data = description.map(|d| &d.transfer);
    let started = data
        .and_then(|d| d.started)
        .or(outgoing.and_then(|o| o.started));
    if started.is_none() && outgoing.is_none() {
        return;
    }
    page.gap();
    page.text(Role::Heading, "Transfer");
    match cx.status(details.id) {
        ConsoleStatus::Transferred => {
            let to = outgoing
                .and_then(|o| o.to)
                .or(description.and_then(|d| d.owner));
            let to = to.map_or_else(
                || "another account".to_owned(),
                |to| cx.setup.config.accounts.describe(to),
            );
            page.fact("To", format!("{to}, not accepted yet"));
        }
        ConsoleStatus::PendingTransfer => {
            let from = description.and_then(|d| d.previous_owner);
            let from = from.map_or_else(
                || "another account".to_owned(),
                |a| cx.setup.config.accounts.describe(a),
            );
            page.fact(
                "From",
                format!("{from}: accept or reject it in the Actions"),
            );
        }
        _ => {}
    }
    let told = |at: Timestamp| format!("{} ({})", moment(at), ago(at, cx.now));
    // Which way it goes stands above it.
    let offered = |at: Timestamp| format!("{}, {}", ago(at, cx.now), moment(at));
    page.fact_if("Offered", started.map(offered));
    let message = data
        .and_then(|d| d.message.as_deref())
        .or(outgoing.and_then(|o| o.message.as_deref()));
    page.fact_if("Message", message.map(visible));
    if let Some(data) = data {
        page.fact_if("Accepted", data.accepted.map(told));
        page.fact_if("Rejected", data.rejected.map(told));
        if let Some(reason) = &data.reject_reason {
            page.labelled("Reason", Role::Bad, visible(reason));
        }
    }
}

fn certificate(cx: &Context<'_>, details: &Details, description: &Description, page: &mut Prose) {
    let decoded = match &details.decoded {
        None => None,
        Some(Ok(decoded)) => Some(decoded),
        Some(Err(why)) => {
            page.gap();
            page.text(
                Role::Bad,
                format!("The certificate cannot be decoded: {}.", visible(why)),
            );
            None
        }
    };
    page.gap();
    page.text(Role::Heading, "Certificate");
    page.fact_if("Subject", decoded.map(|d| visible(&d.subject)));
    page.fact_if("Issuer", decoded.map(|d| visible(&d.issuer)));
    let not_before = decoded
        .and_then(|d| d.not_before)
        .or(description.not_before);
    let not_after = decoded.and_then(|d| d.not_after).or(description.not_after);
    if let (Some(from), Some(until)) = (not_before, not_after) {
        let (role, remark) = validity(from, until, cx.now);
        page.labelled(
            "Valid",
            role,
            format!("{} to {}: {remark}", from.date(), until.date()),
        );
    }
    if let Some(decoded) = decoded {
        decoded_facts(details, decoded, page);
    }
}

/// One that expires sooner is warned of.
const EXPIRES_SOON: time::Duration = time::Duration::days(30);

/// Whether a certificate is valid, and what is left of that.
fn validity(from: Timestamp, until: Timestamp, now: Timestamp) -> (Role, String) {
    if until <= now {
        return (Role::Bad, format!("expired {}", away(until, now)));
    }
    if from > now {
        return (Role::Bad, format!("not valid yet, but {}", away(from, now)));
    }
    let role = if until - now < EXPIRES_SOON {
        Role::Warn
    } else {
        Role::Plain
    };
    (role, format!("expires {}", away(until, now)))
}

/// Names in about two rows, and how many more there are, on a tab with this key.
fn named(names: &[String], room: usize, key: &str) -> String {
    let most = room
        .saturating_mul(2)
        .saturating_sub(" and 999 more: 2".len());
    let mut text = String::new();
    for (n, name) in names.iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        let wide = width(&text).saturating_add(width(name)).saturating_add(2);
        if n > 0 && wide > most {
            let more = names.len().saturating_sub(n);
            return format!("{text} and {more} more: {key}");
        }
        text = format!("{text}{comma}{name}");
    }
    text
}

/// What is attached, by name.
fn attached(cx: &Context<'_>, details: &Details, page: &mut Prose) {
    let area = details_areas(cx.areas.details.unwrap_or_default());
    let [_, _, content] = area;
    let room = usize::from(content.width).saturating_sub(LABEL_COLUMNS);
    for (tab, label) in [(Tab::Policies, "Policies"), (Tab::Things, "Things")] {
        let names: Vec<String> = details
            .rows(tab)
            .iter()
            .map(|row| match row.remark.as_str() {
                "" => visible(row.of.name()).into_owned(),
                remark => format!("{} ({remark})", visible(row.of.name())),
            })
            .collect();
        match details.count(tab) {
            None => {}
            Some(0) => page.labelled(label, Role::Quiet, "none"),
            Some(_) => page.fact(label, named(&names, room, &cx.key(tab.command()))),
        }
    }
}

/// The certificate itself, as a file would have it.
fn pem(description: &Description, page: &mut Prose) {
    if let Some(pem) = &description.pem {
        page.gap();
        page.text(Role::Heading, "PEM");
        page.document(pem.lines().map(|line| visible(line)));
    }
}

fn decoded_facts(details: &Details, decoded: &DecodedCertificate, page: &mut Prose) {
    page.fact("Serial", visible(&decoded.serial));
    page.fact("Key", visible(&decoded.key));
    page.fact("Signature", visible(&decoded.signature));
    if decoded.sha256 == details.id.to_string() {
        page.labelled(
            "SHA-256",
            Role::Plain,
            "is the certificate's id, as it should be",
        );
    } else {
        page.labelled(
            "SHA-256",
            Role::Bad,
            format!("{}: not the certificate's id", decoded.sha256),
        );
    }
}

fn readiness(cx: &Context<'_>, details: &Details, page: &mut Prose) {
    page.gap();
    page.text(Role::Heading, "Ready for transfer?");
    if cx.status(details.id) == ConsoleStatus::Revoked {
        page.text(Role::Bad, "✗ revoked: it can never be transferred");
        return;
    }
    for (what, failure) in [
        ("policies", details.policies.failure()),
        ("things", details.things.failure()),
    ] {
        if let Some(failure) = failure {
            let text = format!("Its {what} could not be listed: {}.", failure.summary());
            page.text(Role::Bad, text);
        }
    }
    for (what, check, remark) in cx.subject(details.id).readiness.checks() {
        let (role, symbol) = match check {
            Check::Passed => (Role::Good, "✓"),
            // It is still to be done, and no failure.
            Check::Failed => (Role::Warn, "✗"),
            Check::Unknown => (Role::Quiet, "?"),
        };
        let gap = " ".repeat(18_usize.saturating_sub(what.len()));
        let remark = if remark.is_empty() { "yes" } else { &remark };
        page.text(role, format!("{symbol} {what}{gap}{remark}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_the_validity_is_told() {
        let now = time::macros::datetime!(2026-11-24 12:00 UTC);
        let day = time::Duration::days;
        for (from, until, role, said) in [
            (-100, 23, Role::Warn, "expires in 23 days"),
            (-100, 40, Role::Plain, "expires in 40 days"),
            (-100, 9_000, Role::Plain, "expires in 24 years"),
            (-100, -3, Role::Bad, "expired 3 days ago"),
            (2, 400, Role::Bad, "not valid yet, but in 2 days"),
        ] {
            let words = validity(now + day(from), now + day(until), now);
            assert_eq!(words, (role, said.to_owned()));
        }
    }

    #[test]
    fn as_many_names_stand_there_as_fit_in_two_rows() {
        let names: Vec<String> = (1..=10).map(|n| format!("policy-{n}")).collect();
        assert_eq!(named(&names[..2], 30, "2"), "policy-1, policy-2");
        let said = named(&names, 30, "2");
        assert_eq!(said, "policy-1, policy-2, policy-3, policy-4 and 6 more: 2");
        assert_eq!(named(&names[..1], 2, "2"), "policy-1");
    }
}
