//! The dialog of a batch: what is asked before work on one certificate or on a thousand begins.

mod estimate;
mod kind;
mod outlook;
mod runs;

use std::collections::{BTreeMap, HashSet};

use crate::{
    domain::{
        AccountId, Batch, CertificateId, Change, ConsoleStatus, Failure, Look, Place, Planned,
        Procedure, Record, RunState,
    },
    tui::{App, page::Role},
};

use super::{
    Form, FormText,
    transfer::{Recipient, message_remark},
};
pub(crate) use estimate::seconds;
pub use kind::{Kind, Looks};

/// From this many certificates on, digits are typed to confirm.
const MANY: usize = 11;

/// A batch that is being written.
#[derive(Debug)]
pub struct Draft {
    /// What it is for.
    pub kind: Kind,
    /// Where the certificates are.
    pub place: Place,
    /// The certificates it applies to.
    pub certificates: Vec<CertificateId>,
    /// How many marked ones it does not apply to.
    pub left_out: usize,
    /// How many of the certificates the filter hides.
    pub hidden: usize,
    /// What was seen of them so far.
    pub looks: Vec<Look>,
    /// Those that could not be looked at.
    pub not_looked_at: Vec<(CertificateId, Box<Failure>)>,
    /// What the journal has of them: the runs to go on with, or by which they are put back.
    pub records: Vec<Record>,
    /// What would be done with the runs that are gone on with.
    pub planned: Vec<Planned>,
    /// Those of them with which nothing can be done.
    pub refused: HashSet<CertificateId>,
    /// Those that devices use.
    pub in_service: HashSet<CertificateId>,
    /// Whether everything that decides about it was looked at.
    pub looked: bool,
}

impl Draft {
    /// A draft; nothing of its certificates is seen yet.
    pub fn new(kind: Kind, place: Place, certificates: Vec<CertificateId>) -> Self {
        Self {
            kind,
            place,
            certificates,
            left_out: 0,
            hidden: 0,
            looks: Vec::new(),
            not_looked_at: Vec::new(),
            records: Vec::new(),
            planned: Vec::new(),
            refused: HashSet::new(),
            in_service: HashSet::new(),
            looked: kind.looks_at() == Looks::Nothing,
        }
    }

    fn asks_recipient(&self) -> bool {
        matches!(self.kind, Kind::PrepareAndTransfer | Kind::Transfer)
    }

    /// Many certificates ask for it, and transfers that are gone on with, as their recipient is not
    /// typed.
    fn asks_digits(&self) -> bool {
        self.certificates.len() >= MANY || !self.resumed_for().is_empty()
    }

    /// To whom the runs transfer that are gone on with.
    fn resumed_for(&self) -> BTreeMap<AccountId, usize> {
        let mut to = BTreeMap::new();
        if self.kind == Kind::Resume {
            for account in self.records.iter().filter_map(Record::recipient) {
                let count: &mut usize = to.entry(account).or_default();
                *count = count.saturating_add(1);
            }
        }
        to
    }

    pub(super) fn fields(&self) -> &'static [&'static str] {
        match (
            self.asks_recipient(),
            self.kind == Kind::Reject,
            self.asks_digits(),
        ) {
            (true, _, true) => &["Account", "Message", "Last 4 digits"],
            (true, _, false) => &["Account", "Message"],
            (_, true, true) => &["Reason", "Last 4 digits"],
            (_, true, false) => &["Reason"],
            (_, _, true) => &["Last 4 digits"],
            _ => &[],
        }
    }

    /// The certificates of a look that the batch would name: those it applies to.
    fn wanted(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(|seen| match self.kind {
            Kind::Transfer => {
                seen.status == ConsoleStatus::Inactive
                    && seen.policies.is_empty()
                    && seen.things.is_empty()
            }
            kind => kind.applies_to(seen.status),
        })
    }

    /// Whether a certificate was left as it is on purpose: then it is put back alone, not among
    /// others.
    fn left_on_purpose(&self, record: &Record) -> bool {
        self.certificates.len() > 1 && record.state == RunState::LeftAsIs
    }

    /// Whether a certificate is in service again: then nothing is attached to it among others.
    fn in_service(&self, record: &Record) -> bool {
        self.certificates.len() > 1
            && !record.state.is_open()
            && !self.left_on_purpose(record)
            && self.in_service.contains(&record.before.certificate)
    }

    /// The runs that the batch would put back.
    fn restorable(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| {
            !record.claimed
                && !self.left_on_purpose(record)
                && !self.in_service(record)
                && !self.is_refused(record.before.certificate)
        })
    }

    /// Whether a look has shown that nothing can be done with a certificate.
    fn is_refused(&self, id: CertificateId) -> bool {
        self.refused.contains(&id)
    }

    /// Takes what would be done with a certificate.
    pub fn plan(&mut self, planned: Planned) {
        if planned.steps.is_err() {
            self.refused.insert(planned.id);
        }
        self.planned.push(planned);
    }

    /// The certificates that the batch would name.
    pub fn chosen(&self) -> Vec<CertificateId> {
        match self.kind.looks_at() {
            Looks::Attachments => self.wanted().map(|seen| seen.id).collect(),
            Looks::Journal => {
                let ids = self.restorable().map(|record| record.before.certificate);
                ids.collect()
            }
            Looks::Steps => {
                let possible = self.planned.iter().filter(|it| it.steps.is_ok());
                possible.map(|it| it.id).collect()
            }
            Looks::Nothing => self.certificates.clone(),
        }
    }

    fn recipient(&self, form: &Form, app: &App) -> Recipient {
        Recipient::typed(form.typed(0), self.place.account, &app.setup.book)
    }

    /// The batch, when nothing is missing.
    pub(super) fn batch(&self, form: &Form, app: &App) -> Option<Batch> {
        let to = || AccountId::parse(form.typed(0)).ok();
        let procedure = match self.kind {
            Kind::PrepareAndTransfer => Procedure::PrepareAndTransfer {
                to: to()?,
                message: form.optional(1),
            },
            Kind::Transfer => Procedure::Change(Change::Transfer {
                to: to()?,
                message: form.optional(1),
            }),
            Kind::RevokeTransfer => Procedure::Change(Change::CancelTransfer),
            Kind::Accept => Procedure::Change(Change::Accept { activate: false }),
            Kind::AcceptAndActivate => Procedure::Change(Change::Accept { activate: true }),
            Kind::Reject => Procedure::Change(Change::Reject {
                reason: form.optional(0),
            }),
            Kind::PutBack => Procedure::PutBack,
            Kind::Resume => Procedure::Resume,
            Kind::LeaveAsIs => Procedure::LeaveAsIs,
            Kind::Activate => Procedure::Change(Change::Activate),
            Kind::Deactivate => Procedure::Change(Change::Deactivate),
        };
        let certificates = self.chosen();
        let shown = match procedure {
            Procedure::Change(
                Change::Accept { .. } | Change::Reject { .. } | Change::CancelTransfer,
            ) => certificates.iter().map(|id| app.shown(*id)).collect(),
            _ => Vec::new(),
        };
        Some(Batch {
            place: self.place.clone(),
            procedure,
            certificates,
            looks: self.looks.clone(),
            planned: self.planned.clone(),
            shown,
        })
    }

    /// What the dialog says now.
    pub(super) fn text(&self, form: &Form, app: &App) -> FormText {
        let chosen = self.chosen();
        let mut remarks = Vec::new();
        let mut problems = Vec::new();
        let mut typed_account = Some(self.place.account);
        if self.asks_recipient() {
            let to = self.recipient(form, app);
            let (message, message_problem) = message_remark(form.typed(1));
            remarks.extend([to.remark, message]);
            problems.extend([to.problem, message_problem]);
            typed_account = to.account;
        } else if self.kind == Kind::Reject {
            let (message, problem) = message_remark(form.typed(0));
            remarks.push(message);
            problems.push(problem);
        }
        if self.asks_digits() {
            let resumed: Vec<AccountId> = self.resumed_for().into_keys().collect();
            let accounts = if resumed.is_empty() {
                typed_account.into_iter().collect()
            } else {
                resumed
            };
            let (remark, problem) = digits(form.typed(remarks.len()), &accounts, self);
            remarks.push(remark);
            problems.push(problem);
        }
        let mut outlook = Vec::new();
        if self.looked {
            outlook = self.outlook(app, &chosen);
            if chosen.is_empty() {
                problems.push(Some(self.none_left()));
            }
        } else {
            let text = self.looking(app);
            outlook.push((Role::Quiet, text.clone()));
            problems.push(Some(text));
        }
        FormText {
            title: self.kind.label().to_owned(),
            intro: self.intro(app),
            remarks,
            outlook,
            cancel: "Cancel",
            confirm: self.kind.label(),
            problem: problems.into_iter().flatten().next(),
        }
    }
}

/// The last four digits of the accounts that it is about, typed to confirm.
fn digits(typed: &str, accounts: &[AccountId], draft: &Draft) -> ((Role, String), Option<String>) {
    let whose = match (draft.kind, accounts.len()) {
        (Kind::PrepareAndTransfer | Kind::Transfer, _) => "the recipient's account",
        (Kind::Resume, 2..) => "each recipient's account",
        (Kind::Resume, _) if draft.resumed_for().len() == 1 => "the recipient's account",
        _ => "this account",
    };
    let wanted = accounts.iter().map(AccountId::last_four);
    let mut wanted: Vec<String> = wanted.collect();
    let mut given: Vec<&str> = typed.split_whitespace().collect();
    wanted.sort_unstable();
    given.sort_unstable();
    let matches = !wanted.is_empty() && given == wanted;
    if matches {
        return ((Role::Good, "matches".to_owned()), None);
    }
    let text = format!("the last 4 digits of {whose}, to confirm");
    let problem = Some(format!("Type {text}."));
    let remark = match (typed.chars().count(), accounts) {
        (0..4, _) => (Role::Quiet, text),
        (_, []) => (Role::Bad, "type the account first".to_owned()),
        _ => (
            Role::Bad,
            format!("does not match: type the last 4 digits of {whose}"),
        ),
    };
    (remark, problem)
}
