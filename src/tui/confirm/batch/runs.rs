//! What a batch's dialog says of runs: what was taken is put back, or the rest is done.

use std::collections::BTreeMap;

use crate::{
    domain::{
        AccountId, Attachment, CertificateId, CertificateStatus, Change, ConsoleStatus, Record,
        Remark, Step,
        text::{counted, counted_attachments, visible},
    },
    tui::{
        confirm::batch::draft::Draft,
        dialogs::form::Said,
        known::context::Context,
        text::words::{certificates, listed, remark, step},
    },
};

/// How many remarks are said one by one.
const REMARKS: usize = 5;

impl Draft {
    /// What they had, and which offers are taken back for it.
    pub(super) fn put_back(&self, cx: &Context<'_>) -> Vec<Said> {
        let records: Vec<&Record> = self.selection.restorable().collect();
        let had = match records.as_slice() {
            [one] => had(one),
            all => {
                let sum = |n: fn(&Record) -> usize| all.iter().map(|it| n(it)).sum::<usize>();
                let active = sum(|it| usize::from(it.before.status == CertificateStatus::Active));
                let had = counted_attachments(
                    sum(|it| it.before.policies.len()),
                    sum(|it| it.before.things.len()),
                );
                format!(
                    "{} had {} in all; {active} were active",
                    certificates(all.len()),
                    had.unwrap_or_else(|| "nothing attached".to_owned()),
                )
            }
        };
        let mut told = vec![Said::plain("Had", had)];
        let lost = |it: &&&Record| !is_restorable(it.before.status);
        match (records.iter().filter(lost).count(), records.as_slice()) {
            (0, _) => {}
            (_, [one]) => {
                let status = ConsoleStatus::of(one.before.status, Some(false)).label();
                let text = format!("it was {status}: AWS gives that to nobody a second time");
                told.push(Said::warn("Lost", text));
            }
            (n, _) => {
                let text = format!("{n} had a status that AWS gives to nobody a second time");
                told.push(Said::warn("Lost", text));
            }
        }
        told.extend(self.put_back_now());
        let offered =
            |it: &&&Record| cx.status(it.before.certificate) == ConsoleStatus::Transferred;
        match (records.iter().filter(offered).count(), records.as_slice()) {
            (0, _) => {}
            (_, [one]) => {
                let to = cx
                    .list
                    .outgoing(one.before.certificate)
                    .and_then(|it| it.to);
                let to = to.map_or_else(
                    || "another account".to_owned(),
                    |to| cx.setup.config.accounts.describe(to),
                );
                let text = format!("it is offered to {to}: that offer is taken back");
                told.push(Said::warn("First", text));
            }
            (n, _) => {
                let text = format!("{n} of them are offered to others: taken back");
                told.push(Said::warn("First", text));
            }
        }
        told
    }

    /// What putting back does as they stand now: of one certificate each step, of many how much; and
    /// what stays otherwise than it was.
    fn put_back_now(&self) -> Vec<Said> {
        let steps = || {
            self.selection
                .planned
                .iter()
                .flat_map(|it| it.steps.iter().flatten())
        };
        let words = match self.selection.planned.as_slice() {
            [_] => steps().map(step).collect(),
            _ => does(steps),
        };
        let mut told = vec![if words.is_empty() {
            Said::plain("Does", "nothing: all of it is there already")
        } else {
            Said::plain("Does", words.join(" · "))
        }];
        let mut remarks: BTreeMap<String, usize> = BTreeMap::new();
        for it in self.selection.planned.iter().flat_map(|it| &it.remarks) {
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
            told.push(Said::warn("But", format!("{words}{of}")));
        }
        if more > 0 {
            told.push(Said::warn(
                "",
                format!("and {more} more that stay otherwise"),
            ));
        }
        told
    }

    /// What would be done: of one run each step, of many how much, and to whom they go.
    pub(super) fn resume(&self, cx: &Context<'_>) -> Vec<Said> {
        let possible: Vec<(CertificateId, &Vec<Step>)> = (self.selection.planned.iter())
            .filter_map(|it| Some((it.id, it.steps.as_ref().ok()?)))
            .collect();
        if let ([record], [(_, steps)]) = (self.selection.records.as_slice(), possible.as_slice()) {
            // What somebody has undone since is done again, and said.
            let over = |wanted: &Step| {
                (record.steps.iter()).any(|it| it.step == *wanted && it.state.is_over())
            };
            // Looks and waits change nothing.
            let changes = steps.iter().filter(|it| it.changes());
            let words = changes.map(|it| {
                let again = if over(it) { " again" } else { "" };
                format!("{}{again}", step(it))
            });
            let words: Vec<String> = words.collect();
            return vec![if words.is_empty() {
                let text = "nothing to change: it looks once more, and ends the run";
                Said::plain("Left", text)
            } else {
                Said::plain("Left", words.join(" · "))
            }];
        }
        let all = || possible.iter().flat_map(|(_, steps)| steps.iter());
        let does = does(all);
        let mut lines = Vec::new();
        if !does.is_empty() {
            lines.push(Said::plain("First", does.join(" · ")));
        }
        let mut to: BTreeMap<AccountId, usize> = BTreeMap::new();
        for it in all() {
            if let Step::Change(Change::Transfer { to: account, .. }) = it {
                let n = to.entry(*account).or_default();
                *n = n.saturating_add(1);
            }
        }
        lines.extend(to.into_iter().map(|(account, n)| {
            let account = cx.setup.config.accounts.describe(account);
            let text = format!("{} to {account}", certificates(n));
            Said::warn("Transfers", text)
        }));
        let back = |record: &&Record| {
            record.recipient().is_none()
                && possible
                    .iter()
                    .any(|(id, _)| *id == record.before.certificate)
        };
        match self.selection.records.iter().filter(back).count() {
            0 => {}
            n => lines.push(Said::plain("Puts back", certificates(n))),
        }
        lines
    }
}

/// What steps of several certificates do, in numbers.
fn does<'a, I: Iterator<Item = &'a Step>>(steps: impl Fn() -> I) -> Vec<String> {
    let count = |is: fn(&Step) -> bool| steps().filter(|it| is(it)).count();
    let mut does = Vec::new();
    match count(|it| matches!(it, Step::Change(Change::CancelTransfer))) {
        0 => {}
        n => does.push(format!("takes {} back", counted(n, "offer", "offers"))),
    }
    match count(|it| matches!(it, Step::Change(Change::Deactivate))) {
        0 => {}
        n => does.push(format!("deactivates {n}")),
    }
    if let Some(detached) = counted_attachments(
        count(|it| matches!(it, Step::Change(Change::Detach(Attachment::Policy(_))))),
        count(|it| matches!(it, Step::Change(Change::Detach(Attachment::Thing(_))))),
    ) {
        does.push(format!("detaches {detached}"));
    }
    if let Some(attached) = counted_attachments(
        count(|it| matches!(it, Step::Change(Change::Attach(Attachment::Policy(_))))),
        count(|it| matches!(it, Step::Change(Change::Attach(Attachment::Thing(_))))),
    ) {
        does.push(format!("attaches {attached}"));
    }
    match count(|it| matches!(it, Step::Change(Change::Activate))) {
        0 => {}
        n => does.push(format!("activates {n}")),
    }
    does
}

/// Whether the API can give a certificate this status.
const fn is_restorable(status: CertificateStatus) -> bool {
    !matches!(
        status,
        CertificateStatus::PendingActivation | CertificateStatus::RegisterInactive
    )
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
