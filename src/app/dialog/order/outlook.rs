//! What an order's dialog says of what will happen.

use std::collections::BTreeMap;

use crate::{
    app::{
        App,
        keymap::Command,
        page::Role,
        pages::{remark, step},
    },
    domain::{
        AccountId, CertificateId, CertificateStatus, ConsoleStatus, Record, Remark, Step,
        text::{counted, counted_attachments, visible},
    },
};

use super::{super::transfer::listed, Kind, Looks, OrderDraft, estimate::looking_left, seconds};

/// How many certificates are named one by one.
const NAMED: usize = 3;
/// How many remarks are said one by one.
const REMARKS: usize = 5;

impl OrderDraft {
    /// What it is about, and where.
    pub(super) fn intro(&self, app: &App) -> Vec<String> {
        let which = match self.certificates.as_slice() {
            [one] => one.short(),
            all => certificates(all.len()),
        };
        let mut intro = vec![format!("{which} in {}.", app.place())];
        if self.left_out > 0 {
            intro.push(format!(
                "{} more marked: left out, since it does not apply to them now.",
                self.left_out
            ));
        }
        if self.hidden > 0 {
            let (are, them) = if self.hidden == 1 {
                ("is", "it")
            } else {
                ("are", "them")
            };
            let n = self.hidden;
            intro.push(format!(
                "{n} of them {are} out of sight: the filter hides {them}."
            ));
        }
        intro
    }

    /// What is being looked at, and for how long.
    pub(super) fn looking(&self, app: &App) -> String {
        if self.kind.looks_at() == Looks::Journal && self.records.is_empty() {
            return "Looking into the journal…".to_owned();
        }
        let all = match self.kind.looks_at() {
            Looks::Journal => (self.records.iter())
                .filter(|it| self.is_refused(it.before.certificate))
                .count()
                .saturating_add(self.restorable().count()),
            _ => self.certificates.len(),
        };
        let (all, seen) = (
            all,
            (self.seen.len())
                .saturating_add(self.foreseen.len())
                .saturating_add(self.unseen.len()),
        );
        let left = looking_left(all.saturating_sub(seen), app.setup.pace);
        let left = match left {
            Some(time) => format!(", about {} left", seconds(time)),
            None => String::new(),
        };
        let what = match self.kind.looks_at() {
            Looks::Steps => "Looking at what is left to do",
            Looks::Journal => "Looking at how it stands",
            _ => "Looking at what is attached",
        };
        format!("{what}: {seen} of {all}{left}…")
    }

    /// Why there is nothing that it could be done with.
    pub(super) fn none_left(&self) -> String {
        match (self.kind, self.unseen.first(), self.records.as_slice()) {
            (_, Some((_, failure)), _) => format!("Not possible: {}.", failure.summary()),
            (Kind::PutBack, ..) if !self.foreseen.is_empty() => {
                let why = self.foreseen.iter().find_map(|it| it.steps.as_ref().err());
                let why = why.map_or("", String::as_str);
                format!("Not possible: {}.", visible(why))
            }
            (Kind::Resume, ..) if !self.foreseen.is_empty() => {
                "None of them can go on: put back, or leave as is.".to_owned()
            }
            (Kind::PutBack, None, []) => "The journal has nothing to put back.".to_owned(),
            (Kind::PutBack, None, [record]) if record.claimed => {
                "Another certferry works on it.".to_owned()
            }
            _ => "There is no certificate that this applies to.".to_owned(),
        }
    }

    /// What will happen.
    pub(super) fn outlook(&self, app: &App, chosen: &[CertificateId]) -> Vec<(Role, String)> {
        let mut lines = self.left_as_they_are(chosen.len());
        if chosen.is_empty() {
            lines.push((Role::Bad, self.none_left()));
            return lines;
        }
        if self.certificates.len() > 1 {
            lines.push((Role::Plain, named(app, chosen)));
        }
        match self.kind {
            Kind::PutBack => lines.extend(self.put_back(app)),
            Kind::Resume => lines.extend(self.resume(app)),
            Kind::Accept | Kind::AcceptAndActivate | Kind::Reject => {
                lines.extend(senders(app, chosen));
            }
            _ => {}
        }
        lines.push((Role::Plain, self.what()));
        let pace = app.setup.pace;
        if let Some(time) = self.estimate(chosen.len(), pace) {
            let percent = (pace * 100.0).round();
            let things = self.wanted().any(|seen| !seen.things.is_empty());
            let slow = if self.kind == Kind::PrepareAndTransfer && things {
                ", and what AWS takes to detach the things: some seconds"
            } else {
                ""
            };
            let time = seconds(time);
            let text = format!(
                "About {time} at {percent} % of the published quotas{slow}. Longer when others use them."
            );
            lines.push((Role::Quiet, text));
        }
        lines
    }

    /// Those that were looked at and to which it does not apply, and those that could not be.
    fn left_as_they_are(&self, chosen: usize) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        match self.kind.looks_at() {
            Looks::Attachments => {
                let not_ready = self.seen.len().saturating_sub(chosen);
                if not_ready > 0 {
                    let text = format!("{not_ready} of them are not ready and stay as they are.");
                    lines.push((Role::Plain, text));
                }
            }
            Looks::Journal => {
                let unknown = (self.certificates.len())
                    .saturating_sub(self.records.len())
                    .saturating_sub(self.unseen.len());
                let claimed = self.records.iter().filter(|it| it.claimed).count();
                let in_service = self.records.iter().filter(|it| self.in_service(it));
                let left = (self.records.iter()).filter(|it| self.left_on_purpose(it));
                for (n, why) in [
                    (unknown, "the journal has nothing to put back"),
                    (claimed, "another certferry works on them"),
                    (
                        left.count(),
                        "left as they were on purpose, to be put back one by one",
                    ),
                    (
                        in_service.count(),
                        "in service again, to be put back one by one",
                    ),
                ] {
                    if n > 0 && self.certificates.len() > 1 {
                        lines.push((Role::Plain, format!("{n} left out: {why}.")));
                    }
                }
                lines.extend(self.refused_lines("be put back"));
            }
            Looks::Steps => lines.extend(self.refused_lines("go on")),
            Looks::Nothing => {}
        }
        if self.unseen.len() > 3 {
            let text = format!("{} could not be looked at, among them:", self.unseen.len());
            lines.push((Role::Bad, text));
        }
        for (id, failure) in self.unseen.iter().take(3) {
            let text = format!(
                "{} could not be looked at: {}.",
                id.short(),
                failure.summary()
            );
            lines.push((Role::Bad, text));
        }
        lines
    }

    /// Those with which nothing can be done, and why.
    fn refused_lines(&self, what: &str) -> Vec<(Role, String)> {
        if self.certificates.len() == 1 && self.kind == Kind::PutBack {
            // It is all that the dialog says then.
            return Vec::new();
        }
        let refused =
            (self.foreseen.iter()).filter_map(|it| Some((it.id, it.steps.as_ref().err()?)));
        let line = |(id, why): (CertificateId, &String)| {
            let text = format!("{} cannot {what}: {}.", id.short(), visible(why));
            (Role::Bad, text)
        };
        let mut lines: Vec<_> = refused.clone().take(NAMED).map(line).collect();
        if let n @ 1.. = refused.count().saturating_sub(NAMED) {
            lines.push((Role::Bad, format!("And {n} more cannot {what}.")));
        }
        lines
    }

    /// What they had, and which offers are taken back for it.
    fn put_back(&self, app: &App) -> Vec<(Role, String)> {
        let records: Vec<&Record> = self.restorable().collect();
        let had = match records.as_slice() {
            [one] => format!("It had: {}.", had(one)),
            all => {
                let sum = |n: fn(&Record) -> usize| all.iter().map(|it| n(it)).sum::<usize>();
                let active = sum(|it| usize::from(it.before.status == CertificateStatus::Active));
                let had = counted_attachments(
                    sum(|it| it.before.policies.len()),
                    sum(|it| it.before.things.len()),
                );
                format!(
                    "{} had {} in all; {active} were active.",
                    certificates(all.len()),
                    had.unwrap_or_else(|| "nothing attached".to_owned()),
                )
            }
        };
        let mut lines = vec![(Role::Bad, had)];
        let lost = |it: &&&Record| !is_restorable(it.before.status);
        match (records.iter().filter(lost).count(), records.as_slice()) {
            (0, _) => {}
            (_, [one]) => {
                let status = ConsoleStatus::of(one.before.status, Some(false)).label();
                let text = format!("It was {status}: AWS gives that to nobody a second time.");
                lines.push((Role::Bad, text));
            }
            (n, _) => {
                let text = format!("{n} had a status that AWS gives to nobody a second time.");
                lines.push((Role::Bad, text));
            }
        }
        lines.extend(self.put_back_now());
        let offered =
            |it: &&&Record| app.status(it.before.certificate) == ConsoleStatus::Transferred;
        match (records.iter().filter(offered).count(), records.as_slice()) {
            (0, _) => {}
            (_, [one]) => {
                let to = app
                    .list
                    .outgoing(one.before.certificate)
                    .and_then(|it| it.to);
                let to = to.map_or_else(
                    || "another account".to_owned(),
                    |to| app.setup.book.describe(to),
                );
                let text = format!("It is offered to {to}: that offer is taken back first.");
                lines.push((Role::Bad, text));
            }
            (n, _) => {
                let text = format!("{n} of them are offered to others: taken back first.");
                lines.push((Role::Bad, text));
            }
        }
        lines
    }

    /// What putting back does as they stand now: of one certificate each step, of many how much; and
    /// what stays otherwise than it was.
    fn put_back_now(&self) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        let steps = || {
            self.foreseen
                .iter()
                .flat_map(|it| it.steps.iter().flatten())
        };
        let words = match self.foreseen.as_slice() {
            [_] => steps().map(step).collect(),
            _ => does(steps),
        };
        let text = if words.is_empty() {
            "All of it is there already.".to_owned()
        } else {
            format!("Does: {}.", words.join(", "))
        };
        lines.push((Role::Plain, text));
        let mut remarks: BTreeMap<String, usize> = BTreeMap::new();
        for it in self.foreseen.iter().flat_map(|it| &it.remarks) {
            // Of the status it is said above.
            if !matches!(it, Remark::StatusNotRestorable(_)) {
                let n = remarks.entry(remark(it)).or_default();
                *n = n.saturating_add(1);
            }
        }
        let more = remarks.len().saturating_sub(REMARKS);
        for (words, n) in remarks.into_iter().take(REMARKS) {
            let of = match n {
                1 => String::new(),
                n => format!(", of {}", certificates(n)),
            };
            lines.push((Role::Bad, format!("But {words}{of}.")));
        }
        if more > 0 {
            lines.push((Role::Bad, format!("And {more} more that stay otherwise.")));
        }
        lines
    }

    /// What would be done: of one run each step, of many how much, and to whom they go.
    fn resume(&self, app: &App) -> Vec<(Role, String)> {
        let possible: Vec<(CertificateId, &Vec<Step>)> = (self.foreseen.iter())
            .filter_map(|it| Some((it.id, it.steps.as_ref().ok()?)))
            .collect();
        if let ([record], [(_, steps)]) = (self.records.as_slice(), possible.as_slice()) {
            // What somebody has undone since is done again, and said.
            let settled = |wanted: &Step| {
                (record.steps.iter()).any(|it| it.step == *wanted && it.state.is_settled())
            };
            // Looks and waits change nothing.
            let arn = record.before.arn();
            let changes = steps.iter().filter(|it| it.mutation(&arn).is_some());
            let words = changes.map(|it| {
                let again = if settled(it) { " again" } else { "" };
                format!("{}{again}", step(it))
            });
            let words: Vec<String> = words.collect();
            let text = if words.is_empty() {
                "Nothing is left to change: it looks once more, and ends the run.".to_owned()
            } else {
                format!("Left to do: {}.", words.join(", "))
            };
            return vec![(Role::Bad, text)];
        }
        let all = || possible.iter().flat_map(|(_, steps)| steps.iter());
        let does = does(all);
        let mut lines = Vec::new();
        if !does.is_empty() {
            lines.push((Role::Bad, format!("First {}.", does.join(", "))));
        }
        let mut to: BTreeMap<AccountId, usize> = BTreeMap::new();
        for it in all() {
            if let Step::Transfer { to: account, .. } = it {
                let n = to.entry(*account).or_default();
                *n = n.saturating_add(1);
            }
        }
        lines.extend(to.into_iter().map(|(account, n)| {
            let account = app.setup.book.describe(account);
            let text = format!("Transfers {} to {account}.", certificates(n));
            (Role::Bad, text)
        }));
        let back = |record: &&Record| {
            record.recipient().is_none()
                && possible
                    .iter()
                    .any(|(id, _)| *id == record.before.certificate)
        };
        match self.records.iter().filter(back).count() {
            0 => {}
            n => lines.push((Role::Bad, format!("Puts {} back.", certificates(n)))),
        }
        lines
    }

    fn what(&self) -> String {
        match self.kind {
            Kind::PrepareAndTransfer => return self.attachments(),
            Kind::Transfer => "Offers them to the account. Nothing is attached to them.",
            Kind::RevokeTransfer => {
                "Cancels their transfers: they come back inactive and with nothing attached. This \
                 is not the irreversible Revoke."
            }
            Kind::Accept => "They arrive inactive, with no policies and no things.",
            Kind::AcceptAndActivate => {
                "They are activated at once; they have no policies and no things yet."
            }
            Kind::Reject => "They go back to their senders, inactive.",
            Kind::PutBack => "Attaches what is missing of it, and gives back the former status.",
            Kind::Resume => "Goes on where it stopped, and does nothing else.",
            Kind::LeaveAsIs => {
                "Changes nothing: what was deactivated and detached stays so. certferry does not ask \
                 about it again; each can still be put back, alone."
            }
            Kind::Activate => "Devices can connect with them.",
            Kind::Deactivate => "Devices using them are disconnected within minutes.",
        }
        .to_owned()
    }

    fn attachments(&self) -> String {
        let (mut certificates, mut policies, mut things, mut active) =
            (0_usize, 0_usize, 0_usize, 0_usize);
        for seen in self.wanted() {
            certificates = certificates.saturating_add(1);
            policies = policies.saturating_add(seen.policies.len());
            things = things.saturating_add(seen.things.len());
            active = active.saturating_add(usize::from(seen.status != ConsoleStatus::Inactive));
        }
        let mut does = Vec::new();
        if active > 0 {
            does.push(format!("deactivates {active}"));
        }
        if let Some(detached) = counted_attachments(policies, things) {
            does.push(format!("detaches {detached} in all"));
        }
        let first = if does.is_empty() {
            "All of them are ready".to_owned()
        } else {
            format!("First {}", does.join(", "))
        };
        let devices = if active > 0 {
            " Devices using them are disconnected within minutes."
        } else {
            ""
        };
        format!(
            "{first}; then offers {certificates} to the account.{devices} All of it is written down \
             first, so that it can be put back."
        )
    }
}

/// What steps of several certificates do, in numbers.
fn does<'a, I: Iterator<Item = &'a Step>>(steps: impl Fn() -> I) -> Vec<String> {
    let count = |is: fn(&Step) -> bool| steps().filter(|it| is(it)).count();
    let mut does = Vec::new();
    match count(|it| matches!(it, Step::CancelTransfer)) {
        0 => {}
        n => does.push(format!("takes {} back", counted(n, "offer", "offers"))),
    }
    match count(|it| matches!(it, Step::Deactivate)) {
        0 => {}
        n => does.push(format!("deactivates {n}")),
    }
    if let Some(detached) = counted_attachments(
        count(|it| matches!(it, Step::DetachPolicy(_))),
        count(|it| matches!(it, Step::DetachThing(_))),
    ) {
        does.push(format!("detaches {detached}"));
    }
    if let Some(attached) = counted_attachments(
        count(|it| matches!(it, Step::AttachPolicy(_))),
        count(|it| matches!(it, Step::AttachThing(_))),
    ) {
        does.push(format!("attaches {attached}"));
    }
    match count(|it| matches!(it, Step::Activate)) {
        0 => {}
        n => does.push(format!("activates {n}")),
    }
    does
}

/// The first certificates by name, and the key that shows the rest.
fn named(app: &App, chosen: &[CertificateId]) -> String {
    let first: Vec<String> = chosen
        .iter()
        .take(NAMED)
        .map(CertificateId::short)
        .collect();
    let more = match chosen.len().saturating_sub(first.len()) {
        0 => String::new(),
        n => {
            let key = app.setup.keymap.key(Command::ListAll);
            format!(" and {n} more: {key} shows all")
        }
    };
    format!("{}{more}.", first.join(", "))
}

/// Whether the API can give a certificate this status.
const fn is_restorable(status: CertificateStatus) -> bool {
    !matches!(
        status,
        CertificateStatus::PendingActivation | CertificateStatus::RegisterInactive
    )
}

/// Who offers them: one that nobody expects must not slip through among others.
fn senders(app: &App, chosen: &[CertificateId]) -> Vec<(Role, String)> {
    let mut senders: BTreeMap<Option<AccountId>, usize> = BTreeMap::new();
    for id in chosen {
        let from = app.list.get(*id).and_then(|facts| facts.from);
        let count = senders.entry(from).or_default();
        *count = count.saturating_add(1);
    }
    let line = |(from, n): (Option<AccountId>, usize)| {
        let (role, from) = match from {
            Some(from) if app.setup.book.name(from).is_some() => {
                (Role::Plain, app.setup.book.describe(from))
            }
            Some(from) => (Role::Bad, format!("{} unknown account", from.grouped())),
            None => (
                Role::Bad,
                "a sender that is not known yet: see their rows".to_owned(),
            ),
        };
        (role, format!("{} from {from}.", certificates(n)))
    };
    senders.into_iter().map(line).collect()
}

fn certificates(n: usize) -> String {
    counted(n, "certificate", "certificates")
}

/// What a certificate had, by name.
fn had(record: &Record) -> String {
    let before = &record.before;
    let things: Vec<String> = before.things.iter().map(|it| it.name.clone()).collect();
    let mut had = Vec::new();
    for (one, many, names) in [
        ("policy", "policies", &before.policies),
        ("thing", "things", &things),
    ] {
        match names.as_slice() {
            [] => {}
            [name] => had.push(format!("{one} {}", visible(name))),
            names => had.push(format!("{many} {}", listed(names))),
        }
    }
    if had.is_empty() {
        had.push("nothing attached".to_owned());
    }
    if before.status == CertificateStatus::Active {
        had.push("it was active".to_owned());
    }
    had.join("; ")
}
