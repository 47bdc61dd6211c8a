//! What is said before an order is given: how many, what of them, to whom, how long.

use std::time::Duration;

use crate::{
    app::{App, page::Role, pages},
    domain::{
        AccountId, CertificateId, Change, ConsoleStatus, Failure, Operation, Order, Surveyed, Work,
        shortest_time,
    },
};

use super::{
    Form, FormText,
    transfer::{Recipient, message_remark},
};

/// From this many certificates on, digits are typed to confirm.
const MANY: usize = 11;

/// What an order is for, before account, message or reason are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Deactivate, detach, transfer.
    PrepareAndTransfer,
    /// Transfer what is ready.
    Transfer,
    /// Take offers back.
    RevokeTransfer,
    /// Take what is offered.
    Accept,
    /// Take what is offered and activate it.
    AcceptAndActivate,
    /// Send back what is offered.
    Reject,
    /// Attach again what runs detached.
    PutBack,
    /// Go on with stopped runs.
    Resume,
    /// Leave the certificates as stopped runs left them.
    LeaveAsIs,
    /// Let devices connect.
    Activate,
    /// Stop devices from connecting.
    Deactivate,
}

impl Kind {
    /// The kinds that a menu over marked certificates offers, in its order.
    pub const MENU: [Self; 9] = [
        Self::PrepareAndTransfer,
        Self::Transfer,
        Self::RevokeTransfer,
        Self::Accept,
        Self::AcceptAndActivate,
        Self::Reject,
        Self::PutBack,
        Self::Activate,
        Self::Deactivate,
    ];

    /// The kind of an order that was given.
    pub const fn of(work: &Work) -> Self {
        match work {
            Work::PrepareAndTransfer { .. } => Self::PrepareAndTransfer,
            Work::Resume => Self::Resume,
            Work::PutBack => Self::PutBack,
            Work::LeaveAsIs => Self::LeaveAsIs,
            Work::Change(change) => match change {
                Change::Activate => Self::Activate,
                Change::Deactivate => Self::Deactivate,
                Change::Transfer { .. } => Self::Transfer,
                Change::Accept { activate: true } => Self::AcceptAndActivate,
                Change::Accept { activate: false } => Self::Accept,
                Change::Reject { .. } => Self::Reject,
                Change::CancelTransfer => Self::RevokeTransfer,
            },
        }
    }

    /// Its words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PrepareAndTransfer => "Prepare and transfer",
            Self::Transfer => "Transfer the ready ones",
            Self::RevokeTransfer => "Revoke transfer",
            Self::Accept => "Accept transfer",
            Self::AcceptAndActivate => "Accept transfer and activate",
            Self::Reject => "Reject transfer",
            Self::PutBack => "Put back",
            Self::Resume => "Resume",
            Self::LeaveAsIs => "Leave as is",
            Self::Activate => "Activate",
            Self::Deactivate => "Deactivate",
        }
    }

    /// Whether it can do anything with a certificate of this status.
    pub const fn applies_to(self, status: ConsoleStatus) -> bool {
        use ConsoleStatus as S;
        match self {
            Self::PrepareAndTransfer => {
                matches!(status, S::Active | S::Inactive | S::PendingActivation)
            }
            Self::Transfer => matches!(status, S::Inactive),
            Self::RevokeTransfer => matches!(status, S::Transferred),
            Self::Accept | Self::AcceptAndActivate | Self::Reject => {
                matches!(status, S::PendingTransfer)
            }
            Self::PutBack | Self::Resume | Self::LeaveAsIs => true,
            Self::Activate => matches!(status, S::Inactive | S::PendingActivation),
            Self::Deactivate => matches!(status, S::Active | S::PendingActivation),
        }
    }

    /// Whether the attachments decide about it, so that they are looked at first.
    pub const fn needs_survey(self) -> bool {
        matches!(self, Self::PrepareAndTransfer | Self::Transfer)
    }
}

/// An order that is being written.
#[derive(Debug)]
pub struct OrderDraft {
    /// What it is for.
    pub kind: Kind,
    /// The own account.
    pub account: AccountId,
    /// The certificates it applies to.
    pub certificates: Vec<CertificateId>,
    /// How many marked ones it does not apply to.
    pub left_out: usize,
    /// What was seen of them so far.
    pub seen: Vec<Surveyed>,
    /// Those that could not be looked at.
    pub unseen: Vec<(CertificateId, Box<Failure>)>,
    /// Whether the survey is over, or none is needed.
    pub surveyed: bool,
}

impl OrderDraft {
    /// A draft; nothing of its certificates is seen yet.
    pub fn new(
        kind: Kind,
        account: AccountId,
        certificates: Vec<CertificateId>,
        left_out: usize,
    ) -> Self {
        Self {
            kind,
            account,
            certificates,
            left_out,
            seen: Vec::new(),
            unseen: Vec::new(),
            surveyed: !kind.needs_survey(),
        }
    }

    fn asks_recipient(&self) -> bool {
        matches!(self.kind, Kind::PrepareAndTransfer | Kind::Transfer)
    }

    fn asks_digits(&self) -> bool {
        self.certificates.len() >= MANY
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

    /// The surveyed certificates that the order would name: those it applies to.
    fn wanted(&self) -> impl Iterator<Item = &Surveyed> {
        self.seen.iter().filter(|seen| match self.kind {
            Kind::Transfer => {
                seen.status == ConsoleStatus::Inactive
                    && seen.policies.is_empty()
                    && seen.things.is_empty()
            }
            kind => kind.applies_to(seen.status),
        })
    }

    /// The certificates that the order would name.
    fn chosen(&self) -> Vec<CertificateId> {
        if self.kind.needs_survey() {
            self.wanted().map(|seen| seen.id).collect()
        } else {
            self.certificates.clone()
        }
    }

    fn recipient(&self, form: &Form, app: &App) -> Recipient {
        Recipient::typed(form.typed(0), self.account, &app.setup.book)
    }

    /// The order, when nothing is missing.
    pub(super) fn order(&self, form: &Form) -> Option<Order> {
        let to = || AccountId::parse(form.typed(0)).ok();
        let work = match self.kind {
            Kind::PrepareAndTransfer => Work::PrepareAndTransfer {
                to: to()?,
                message: form.optional(1),
            },
            Kind::Transfer => Work::Change(Change::Transfer {
                to: to()?,
                message: form.optional(1),
            }),
            Kind::RevokeTransfer => Work::Change(Change::CancelTransfer),
            Kind::Accept => Work::Change(Change::Accept { activate: false }),
            Kind::AcceptAndActivate => Work::Change(Change::Accept { activate: true }),
            Kind::Reject => Work::Change(Change::Reject {
                reason: form.optional(0),
            }),
            Kind::PutBack => Work::PutBack,
            Kind::Resume => Work::Resume,
            Kind::LeaveAsIs => Work::LeaveAsIs,
            Kind::Activate => Work::Change(Change::Activate),
            Kind::Deactivate => Work::Change(Change::Deactivate),
        };
        Some(Order {
            account: self.account,
            work,
            certificates: self.chosen(),
            seen: self.seen.clone(),
        })
    }

    /// What the dialog says now.
    pub(super) fn text(&self, form: &Form, app: &App) -> FormText {
        let chosen = self.chosen();
        let n = chosen.len();
        let certificates = |n: usize| {
            if n == 1 {
                "1 certificate".to_owned()
            } else {
                format!("{n} certificates")
            }
        };
        let mut intro = vec![match self.certificates.as_slice() {
            [one] => format!("{} in {}.", one.short(), app.place()),
            all => format!("{} in {}.", certificates(all.len()), app.place()),
        }];
        if self.left_out > 0 {
            intro.push(format!(
                "{} more marked: left out, since it does not apply to them.",
                self.left_out
            ));
        }
        let mut remarks = Vec::new();
        let mut problems = Vec::new();
        let mut typed_account = Some(self.account);
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
            let (remark, problem) = digits(form.typed(remarks.len()), typed_account, self);
            remarks.push(remark);
            problems.push(problem);
        }
        let mut outlook = self.outlook(app, &chosen);
        if self.surveyed && n == 0 {
            problems.push(Some(
                "There is no certificate that this applies to.".to_owned(),
            ));
        }
        if !self.surveyed {
            let text = format!(
                "Looking at what is attached: {} of {}…",
                self.seen.len().saturating_add(self.unseen.len()),
                self.certificates.len()
            );
            outlook.push((Role::Quiet, text.clone()));
            problems.push(Some(text));
        }
        FormText {
            title: self.kind.label().to_owned(),
            intro,
            remarks,
            outlook,
            cancel: "Cancel",
            confirm: self.kind.label(),
            problem: problems.into_iter().flatten().next(),
        }
    }

    fn outlook(&self, app: &App, chosen: &[CertificateId]) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        if self.kind.needs_survey() && self.surveyed {
            let not_ready = self.seen.len().saturating_sub(chosen.len());
            if not_ready > 0 {
                let text = format!("{not_ready} of them are not ready and stay as they are.");
                lines.push((Role::Plain, text));
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
        }
        if let [one] = self.certificates.as_slice()
            && let Some(named) = pages::named(app, self.kind, *one)
        {
            lines.push((Role::Bad, named));
        }
        let what = match self.kind {
            Kind::PrepareAndTransfer => self.attachments(),
            Kind::Transfer => "Offers them to the account. Nothing is attached to them.".to_owned(),
            Kind::RevokeTransfer => "Cancels their transfers: they come back inactive and with \
                                     nothing attached. This is not the irreversible Revoke."
                .to_owned(),
            Kind::Accept => "They arrive inactive, with no policies and no things.".to_owned(),
            Kind::AcceptAndActivate => {
                "They are activated at once; they have no policies and no things yet.".to_owned()
            }
            Kind::Reject => "They go back to their senders, inactive.".to_owned(),
            Kind::PutBack => "Attaches again what the latest run detached, and gives back the \
                              former status. An offer that is not accepted yet is taken back."
                .to_owned(),
            Kind::Resume => "Goes on where it stopped, after a look at how it stands.".to_owned(),
            Kind::LeaveAsIs => "Changes nothing. certferry will not ask about it again.".to_owned(),
            Kind::Activate => "Devices can connect with them.".to_owned(),
            Kind::Deactivate => "Devices using them are disconnected within minutes.".to_owned(),
        };
        lines.push((Role::Plain, what));
        if let Some(time) = self.estimate(app, chosen) {
            let percent = (app.setup.pace * 100.0).round();
            let text = format!(
                "About {}, at {percent} % of the published quotas.",
                seconds(time)
            );
            lines.push((Role::Quiet, text));
        }
        lines
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
        format!(
            "Deactivates {active}, detaches {policies} policies and {things} things in all, and \
             offers {certificates} to the account. Devices using them are disconnected within minutes. \
             All of it is written down first, so that it can be put back."
        )
    }

    /// The shortest time that the quotas allow.
    fn estimate(&self, app: &App, chosen: &[CertificateId]) -> Option<Duration> {
        if chosen.len() < 2 {
            return None;
        }
        let each = |operation| vec![operation; chosen.len()];
        let operations = match self.kind {
            Kind::PrepareAndTransfer => self.planned(),
            Kind::Transfer => each(Operation::TransferCertificate),
            Kind::RevokeTransfer => each(Operation::CancelCertificateTransfer),
            Kind::Accept | Kind::AcceptAndActivate => each(Operation::AcceptCertificateTransfer),
            Kind::Reject => each(Operation::RejectCertificateTransfer),
            Kind::Activate | Kind::Deactivate => each(Operation::UpdateCertificate),
            Kind::PutBack | Kind::Resume | Kind::LeaveAsIs => return None,
        };
        Some(shortest_time(operations, app.setup.pace))
    }

    /// Every call of the plans, counted from what is attached.
    fn planned(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for seen in self.wanted() {
            operations.extend([
                Operation::DescribeCertificate,
                Operation::ListAttachedPolicies,
                Operation::ListPrincipalThings,
                Operation::TransferCertificate,
            ]);
            if seen.status != ConsoleStatus::Inactive {
                operations.push(Operation::UpdateCertificate);
            }
            operations.extend(seen.policies.iter().map(|_| Operation::DetachPolicy));
            operations.extend(seen.things.iter().map(|_| Operation::DetachThingPrincipal));
            // The look whether all of it is gone.
            if !seen.policies.is_empty() || !seen.things.is_empty() {
                operations.push(Operation::ListAttachedPolicies);
                operations.push(Operation::ListPrincipalThings);
            }
        }
        operations
    }
}

/// The last four digits of the account that it is about, typed to confirm.
fn digits(
    typed: &str,
    account: Option<AccountId>,
    draft: &OrderDraft,
) -> ((Role, String), Option<String>) {
    let whose = if draft.asks_recipient() {
        "the recipient's account"
    } else {
        "this account"
    };
    let matches = account.is_some_and(|account| {
        !typed.is_empty() && account.to_string().chars().skip(8).collect::<String>() == typed
    });
    if matches {
        return ((Role::Good, "matches".to_owned()), None);
    }
    let text = format!("the last 4 digits of {whose}, to confirm");
    let problem = format!("Type {text}.");
    let role = if typed.chars().count() >= 4 {
        Role::Bad
    } else {
        Role::Quiet
    };
    ((role, text), Some(problem))
}

/// `14 s`, `3 min 20 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let all = time.as_secs_f64().ceil();
    let all = Duration::from_secs_f64(all).as_secs();
    match (all / 60, all % 60) {
        (0, s) => format!("{s} s"),
        (min, 0) => format!("{min} min"),
        (min, s) => format!("{min} min {s} s"),
    }
}
