//! What a batch's dialog says of what will happen.

use std::collections::BTreeMap;

use crate::{
    domain::{
        AccountId, Action, CertificateId, ConsoleStatus, LooksAt, Reason, looking_left,
        text::{counted_attachments, visible},
    },
    tui::{
        confirm::batch::{draft::Draft, one::undo_of_transfer},
        dialogs::form::{Form, Said},
        keymap::Command,
        known::context::Context,
        text::{
            prose::Role,
            words::{certificates, seconds},
        },
    },
};

/// How many certificates are named one by one.
const NAMED: usize = 3;

impl Draft {
    /// What it is about, and where.
    pub(super) fn intro(&self, cx: &Context<'_>) -> Vec<Said> {
        let which = certificates(self.selection.certificates.len());
        let mut intro = vec![Said::plain("In", format!("{which} in {}", cx.place()))];
        intro.extend(self.not_among_them());
        intro
    }

    /// What was marked and is not in the batch, and what is in it out of sight.
    pub(super) fn not_among_them(&self) -> Vec<Said> {
        let mut intro = Vec::new();
        if let Some((n, why)) = self.selection.left_out() {
            let are = if n == 1 { "is" } else { "are" };
            let text = format!("{n} more marked {are} left out: {why}.");
            intro.push(Said::plain("", text));
        }
        if self.hidden > 0 {
            let (are, them) = if self.hidden == 1 {
                ("is", "it")
            } else {
                ("are", "them")
            };
            let n = self.hidden;
            let text = format!("{n} of them {are} out of sight: the filter hides {them}.");
            intro.push(Said::warn("", text));
        }
        intro
    }

    /// What is being looked at, and for how long.
    pub(super) fn looking(&self, cx: &Context<'_>) -> String {
        let row = self.selection.action.row();
        if self.one().is_some() && row.looks_at == LooksAt::Attachments {
            return "Looking at what is attached…".to_owned();
        }
        if self.selection.action.row().looks_at == LooksAt::Journal
            && self.selection.records.is_empty()
        {
            return "Looking into the journal…".to_owned();
        }
        let all = match self.selection.action.row().looks_at {
            LooksAt::Journal => (self.selection.records.iter())
                .filter(|it| self.selection.is_refused(it.before.certificate))
                .count()
                .saturating_add(self.selection.restorable().count()),
            _ => self.selection.certificates.len(),
        };
        let looked_at = (self.selection.looks.len())
            .saturating_add(self.selection.planned.len())
            .saturating_add(self.selection.not_looked_at.len());
        let left = looking_left(all.saturating_sub(looked_at), cx.setup.config.pace);
        let left = match left {
            Some(time) => format!(", about {} left", seconds(time)),
            None => String::new(),
        };
        let what = match self.selection.action.row().looks_at {
            LooksAt::Steps => "Looking at what is left to do",
            LooksAt::Journal => "Looking at how it stands",
            _ => "Looking at what is attached",
        };
        format!("{what}: {looked_at} of {all}{left}…")
    }

    /// Why there is nothing that it could be done with.
    pub(super) fn none_left(&self) -> String {
        if let Some(why) = self.one_impossible() {
            return why;
        }
        match (
            self.selection.action,
            self.selection.not_looked_at.first(),
            self.selection.records.as_slice(),
        ) {
            (_, Some((_, failure)), _) => format!("Not possible: {}.", failure.summary()),
            (Action::PutBack, ..) if !self.selection.planned.is_empty() => {
                let why = self
                    .selection
                    .planned
                    .iter()
                    .find_map(|it| it.steps.as_ref().err());
                let why = why.map_or_else(String::new, ToString::to_string);
                format!("Not possible: {}.", visible(&why))
            }
            (Action::Resume, ..) if !self.selection.planned.is_empty() => {
                "None of them can go on: put back, or leave as is.".to_owned()
            }
            (Action::PutBack, None, []) if self.selection.certificates.len() > 1 => {
                "Nothing is left to be put back.".to_owned()
            }
            (Action::PutBack, None, []) => "The journal has nothing to put back.".to_owned(),
            (Action::PutBack, None, [record]) if record.claimed => {
                "Another certferry works on it.".to_owned()
            }
            _ => "There is no certificate that this applies to.".to_owned(),
        }
    }

    /// What will happen.
    pub(super) fn outlook(
        &self,
        form: &Form,
        cx: &Context<'_>,
        chosen: &[CertificateId],
    ) -> Vec<Said> {
        let mut told: Vec<Said> = self.left_as_they_are(chosen.len());
        if chosen.is_empty() {
            told.push((Role::Bad, self.none_left()).into());
            return told;
        }
        if self.selection.certificates.len() > 1 {
            told.push(Said::plain("Which", named(cx, chosen)));
        }
        match self.selection.action {
            Action::PutBack => told.extend(self.put_back(cx)),
            Action::Resume => told.extend(self.resume(cx)),
            action if action.answers_an_offer() => told.extend(senders(cx, chosen)),
            _ => {}
        }
        match self.selection.action {
            Action::StartTransfer => told.extend(self.prepared(form, cx)),
            action => told.push(Said::plain(
                "Then",
                action.row().effect.trim_end_matches('.'),
            )),
        }
        let pace = cx.setup.config.pace;
        if let Some(time) = self.selection.estimate(chosen.len(), pace) {
            let percent = (pace * 100.0).round();
            let things = self.selection.wanted().any(|look| !look.things.is_empty());
            let slow = if self.selection.action == Action::StartTransfer && things {
                ", and some seconds that AWS takes for the things"
            } else {
                ""
            };
            let time = seconds(time);
            let text = format!("about {time} at {percent} % of the published quotas{slow}");
            told.push(Said::quiet("Time", text));
        }
        told
    }

    /// Those that were looked at and to which it does not apply, and those that could not be.
    fn left_as_they_are(&self, chosen: usize) -> Vec<Said> {
        let mut lines: Vec<(Role, String)> = Vec::new();
        match self.selection.action.row().looks_at {
            LooksAt::Attachments => {
                let not_ready = self.selection.looks.len().saturating_sub(chosen);
                if not_ready > 0 {
                    let text = format!("{not_ready} of them are not ready and stay as they are.");
                    lines.push((Role::Plain, text));
                }
            }
            LooksAt::Journal => {
                let unknown = (self.selection.certificates.len())
                    .saturating_sub(self.selection.records.len())
                    .saturating_sub(self.selection.not_looked_at.len());
                let claimed = self
                    .selection
                    .records
                    .iter()
                    .filter(|it| it.claimed)
                    .count();
                let against = |why: Reason| {
                    let all = self.selection.records.iter();
                    all.filter(|it| self.selection.against_many(it) == Some(why.clone()))
                        .count()
                };
                for (n, why) in [
                    (unknown, "the journal has nothing to put back"),
                    (claimed, "another certferry works on them"),
                    (
                        against(Reason::LeftOnPurpose),
                        "left as they were on purpose, to be put back one by one",
                    ),
                    (
                        against(Reason::InService),
                        "in service again, to be put back one by one",
                    ),
                ] {
                    if n > 0 && self.selection.certificates.len() > 1 {
                        lines.push((Role::Plain, format!("{n}: {why}.")));
                    }
                }
                lines.extend(self.refused_lines("be put back"));
            }
            LooksAt::Steps => lines.extend(self.refused_lines("go on")),
            LooksAt::Nothing => {}
        }
        if self.selection.not_looked_at.len() > 3 {
            let text = format!(
                "{} could not be looked at, among them:",
                self.selection.not_looked_at.len()
            );
            lines.push((Role::Bad, text));
        }
        for (id, failure) in self.selection.not_looked_at.iter().take(3) {
            let text = format!(
                "{} could not be looked at: {}.",
                id.short(),
                failure.summary()
            );
            lines.push((Role::Bad, text));
        }
        let mut told: Vec<Said> = lines.into_iter().map(Said::from).collect();
        if let Some(first) = told.first_mut() {
            first.word = "Left out";
        }
        told
    }

    /// Those with which nothing can be done, and why.
    fn refused_lines(&self, what: &str) -> Vec<(Role, String)> {
        if self.selection.certificates.len() == 1 && self.selection.action == Action::PutBack {
            // It is all that the dialog says then.
            return Vec::new();
        }
        let refused = (self.selection.planned.iter())
            .filter_map(|it| Some((it.id, it.steps.as_ref().err()?)));
        let line = |(id, why): (CertificateId, &Reason)| {
            let text = format!(
                "{} cannot {what}: {}.",
                id.short(),
                visible(&why.to_string())
            );
            (Role::Bad, text)
        };
        let mut lines: Vec<_> = refused.clone().take(NAMED).map(line).collect();
        if let n @ 1.. = refused.count().saturating_sub(NAMED) {
            lines.push((Role::Bad, format!("And {n} more cannot {what}.")));
        }
        lines
    }

    /// What is done before many are offered, and what it means.
    fn prepared(&self, form: &Form, cx: &Context<'_>) -> Vec<Said> {
        let (mut certificates, mut policies, mut things, mut active) =
            (0_usize, 0_usize, 0_usize, 0_usize);
        for look in self.selection.wanted() {
            certificates = certificates.saturating_add(1);
            policies = policies.saturating_add(look.policies.len());
            things = things.saturating_add(look.things.len());
            active = active.saturating_add(usize::from(look.status != ConsoleStatus::Inactive));
        }
        let mut does = Vec::new();
        if active > 0 {
            does.push(format!("deactivates {active}"));
        }
        if let Some(detached) = counted_attachments(policies, things) {
            does.push(format!("detaches {detached}"));
        }
        let mut told = Vec::new();
        if does.is_empty() {
            let text = "all of them are inactive and nothing is attached";
            told.push(Said {
                role: Role::Good,
                ..Said::plain("Ready", text)
            });
        }
        let to = self.recipient_words(form, cx);
        does.push(format!("offers {certificates} to {to}"));
        told.push(Said::plain("Does", does.join(" · ")));
        if active > 0 {
            let text = format!("the devices of {active}, within minutes");
            told.push(Said::warn("Offline", text));
        }
        told.push(undo_of_transfer());
        told
    }

    /// To whom it goes, as far as that is typed.
    pub(super) fn recipient_words(&self, form: &Form, cx: &Context<'_>) -> String {
        let to = self.recipient(form, cx).account;
        to.map_or_else(
            || "the account".to_owned(),
            |to| cx.setup.config.accounts.describe(to),
        )
    }
}

/// The first certificates by name, and the key that shows the rest.
fn named(cx: &Context<'_>, chosen: &[CertificateId]) -> String {
    let first: Vec<String> = chosen
        .iter()
        .take(NAMED)
        .map(CertificateId::short)
        .collect();
    let more = match chosen.len().saturating_sub(first.len()) {
        0 => String::new(),
        n => {
            let key = cx.key(Command::ListAll);
            format!(" and {n} more: {key} shows all")
        }
    };
    format!("{}{more}", first.join(", "))
}

/// Who offers them: an unexpected sender must not go unnoticed among many.
fn senders(cx: &Context<'_>, chosen: &[CertificateId]) -> Vec<Said> {
    let mut senders: BTreeMap<(Option<AccountId>, bool), usize> = BTreeMap::new();
    for id in chosen {
        let from = cx.list.get(*id).and_then(|facts| facts.from);
        let asked = !cx.list.lacks_description(*id);
        let count = senders.entry((from, asked)).or_default();
        *count = count.saturating_add(1);
    }
    let line = |((from, asked), n): ((Option<AccountId>, bool), usize)| {
        let (role, from) = match from {
            Some(from) if cx.setup.config.accounts.name(from).is_some() => {
                (Role::Plain, cx.setup.config.accounts.describe(from))
            }
            Some(from) => (Role::Bad, format!("{} unknown account", from.grouped())),
            None if asked => (Role::Bad, "a sender that AWS does not tell".to_owned()),
            None => (Role::Quiet, "a sender that is not known yet".to_owned()),
        };
        (role, format!("{} from {from}", certificates(n)))
    };
    let mut told: Vec<Said> = senders.into_iter().map(|it| line(it).into()).collect();
    if let Some(first) = told.first_mut() {
        first.word = "Offered";
    }
    told
}
