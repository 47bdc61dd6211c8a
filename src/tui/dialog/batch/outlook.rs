//! What a batch's dialog says of what will happen.

use std::collections::BTreeMap;

use crate::{
    domain::{
        AccountId, CertificateId, ConsoleStatus,
        text::{counted, counted_attachments, visible},
    },
    tui::{App, keymap::Command, page::Role},
};

use super::{Draft, Kind, Looks, estimate::looking_left, seconds};

/// How many certificates are named one by one.
const NAMED: usize = 3;

impl Draft {
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
            (self.looks.len())
                .saturating_add(self.planned.len())
                .saturating_add(self.not_looked_at.len()),
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
        match (
            self.kind,
            self.not_looked_at.first(),
            self.records.as_slice(),
        ) {
            (_, Some((_, failure)), _) => format!("Not possible: {}.", failure.summary()),
            (Kind::PutBack, ..) if !self.planned.is_empty() => {
                let why = self.planned.iter().find_map(|it| it.steps.as_ref().err());
                let why = why.map_or("", String::as_str);
                format!("Not possible: {}.", visible(why))
            }
            (Kind::Resume, ..) if !self.planned.is_empty() => {
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
                let not_ready = self.looks.len().saturating_sub(chosen);
                if not_ready > 0 {
                    let text = format!("{not_ready} of them are not ready and stay as they are.");
                    lines.push((Role::Plain, text));
                }
            }
            Looks::Journal => {
                let unknown = (self.certificates.len())
                    .saturating_sub(self.records.len())
                    .saturating_sub(self.not_looked_at.len());
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
        if self.not_looked_at.len() > 3 {
            let text = format!(
                "{} could not be looked at, among them:",
                self.not_looked_at.len()
            );
            lines.push((Role::Bad, text));
        }
        for (id, failure) in self.not_looked_at.iter().take(3) {
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
            (self.planned.iter()).filter_map(|it| Some((it.id, it.steps.as_ref().err()?)));
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

pub(super) fn certificates(n: usize) -> String {
    counted(n, "certificate", "certificates")
}
