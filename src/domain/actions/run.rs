//! A run: the steps that prepare and transfer one certificate, or that put it back, and how far
//! they came. What the journal keeps.

use std::collections::BTreeMap;

use crate::domain::{
    actions::{
        change::{Change, Mutation, Shows},
        operation::Operation,
        run_state::RunState,
    },
    certificate::{
        attachment::{PolicyEdition, ThingRef},
        description::{CertificateId, CertificateStatus, ConsoleStatus, Edition},
        readiness::Readiness,
    },
    clock::Timestamp,
    failure::{Failure, FailureKind},
    hand_over::proof::Proof,
    place::{account::AccountId, arn::CertificateArn, location::Place},
};

/// Numbers the runs of a journal; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

/// Numbers the batches of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub i64);

/// What a batch of transfers was confirmed for and has not begun, since its process is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotBegun {
    /// The batch.
    pub batch: BatchId,
    /// The recipient.
    pub to: AccountId,
    /// What the recipient reads. Foreign text.
    pub message: Option<String>,
    /// Whether it is a batch of hand-overs.
    pub hand_over: bool,
    /// When it was confirmed.
    pub began: Timestamp,
    /// The certificates of which nothing was changed.
    pub certificates: Vec<CertificateId>,
}

/// A certificate before anything of it was changed: what can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// Where it is, with the account that owns it.
    pub place: Place,
    /// The certificate.
    pub certificate: CertificateId,
    /// Its status.
    pub status: CertificateStatus,
    /// The names of its policies. Foreign text.
    pub policies: Vec<String>,
    /// What its policies said, as far as that could be read.
    pub policy_editions: BTreeMap<String, PolicyEdition>,
    /// Its things, each with how it holds the certificate. Foreign text.
    pub things: Vec<ThingRef>,
    /// The newest run of it when it began to be looked at, or 0 where there was none: with a newer one
    /// none is begun. Not kept, and `None` where nobody looked.
    pub newest_run: Option<RunId>,
    /// The certificate itself, when it is about to be changed for ever: with it, it could be registered
    /// again. Foreign text.
    pub pem: Option<String>,
}

impl Before {
    /// The certificate's ARN in the account that owns it.
    pub fn arn(&self) -> CertificateArn {
        self.place.arn(self.certificate)
    }

    /// Its status, as one that is not in transfer, and how much is attached.
    pub fn readiness(&self) -> Readiness {
        Readiness {
            status: ConsoleStatus::of(self.status, Some(false)),
            policies: Some(self.policies.len()),
            things: Some(self.things.len()),
        }
    }

    /// Whether there is nothing to put back: AWS returns a certificate inactive and with nothing
    /// attached, and that is how it was.
    pub fn is_bare(&self) -> bool {
        self.policies.is_empty()
            && self.things.is_empty()
            && self.status != CertificateStatus::Active
    }
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Detach everything and offer the certificate to another account.
    PrepareAndTransfer,
    /// Make the certificate again what it was before a run.
    PutBack {
        /// That run; `None` once the journal has dropped it.
        of: Option<RunId>,
    },
    /// Make a single change that cannot be undone.
    FinalChange,
    /// The recipient's half of a hand-over: take the certificate, and give it what its device needs there.
    SetUp {
        /// The run that offers it, at its place; `None` once the journal has dropped it.
        of: Option<RunId>,
    },
}

impl Purpose {
    /// Whether it makes the certificate again what it was.
    pub const fn puts_back(self) -> bool {
        matches!(self, Self::PutBack { .. })
    }

    /// Whether it is the recipient's half of a hand-over.
    pub const fn sets_up(self) -> bool {
        matches!(self, Self::SetUp { .. })
    }
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Changes something.
    Change(Change),
    /// Waits until AWS lists no policy and no thing.
    AwaitDetached,
    /// Checks that AWS lists the transfer among the outgoing ones.
    Confirm {
        /// The recipient.
        to: AccountId,
    },
    /// Waits until things that may still be being detached are gone from AWS's list, or have
    /// stayed in it for so long that they were never detached.
    AwaitLists,
    /// Checks that AWS lists what was attached.
    SeeAttached,
    /// Waits until the certificate is offered by this account.
    AwaitOffer {
        /// The sender.
        from: AccountId,
    },
    /// Tests that the device is allowed what its policies say.
    Prove(Proof),
}

impl Step {
    /// The change it makes; `None` for a step that only looks or waits.
    pub const fn change(&self) -> Option<&Change> {
        match self {
            Self::Change(change) => Some(change),
            Self::AwaitDetached
            | Self::AwaitLists
            | Self::SeeAttached
            | Self::Confirm { .. }
            | Self::AwaitOffer { .. }
            | Self::Prove(_) => None,
        }
    }

    /// The change it makes of a certificate.
    pub fn mutation(&self, certificate: &CertificateArn) -> Option<Mutation> {
        self.change()
            .map(|change| change.clone().of(certificate.clone()))
    }

    /// The API operations it calls when all goes well, each at least once.
    pub fn operations(&self) -> Vec<Operation> {
        match self {
            Self::Change(change) => vec![change.operation()],
            Self::AwaitDetached | Self::SeeAttached => vec![
                Operation::ListAttachedPolicies,
                Operation::ListPrincipalThings,
            ],
            Self::AwaitLists => vec![Operation::ListPrincipalThings],
            Self::Confirm { .. } => vec![Operation::ListOutgoingCertificates],
            Self::AwaitOffer { .. } => vec![Operation::DescribeCertificate],
            Self::Prove(_) => vec![Operation::TestAuthorization],
        }
    }

    /// Whether it changes something, rather than to look or to wait.
    pub const fn changes(&self) -> bool {
        self.change().is_some()
    }

    /// Whether the step does no harm when it is made a second time. One that does must not be
    /// sent again before AWS was asked whether it was made.
    pub fn repeatable(&self) -> bool {
        match self.change() {
            Some(change) => change.repeatable(),
            None => true,
        }
    }
}

/// Why a step failed, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFailure {
    /// What kind of failure it was.
    pub kind: FailureKind,
    /// In a few words. Foreign text.
    pub text: String,
    /// Whether the step may have had its effect although it failed.
    pub ambiguous: bool,
}

impl From<&Failure> for StepFailure {
    fn from(failure: &Failure) -> Self {
        Self {
            kind: failure.kind,
            text: failure.in_short(),
            ambiguous: failure.ambiguous,
        }
    }
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// Not begun.
    Planned,
    /// Begun: whether its call was sent, and with which effect, is not known.
    Begun(Timestamp),
    /// Done.
    Done(Timestamp),
    /// What it is about does not exist any more; there is nothing to do.
    Gone(Timestamp),
    /// Failed.
    Failed(Timestamp, StepFailure),
}

impl StepState {
    /// Whether what comes after it may go on.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Gone(_))
    }

    /// When it came to this state; `None` while it is not begun.
    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Planned => None,
            Self::Begun(at) | Self::Done(at) | Self::Gone(at) | Self::Failed(at, _) => Some(*at),
        }
    }

    /// Whether it may have had its effect although no answer arrived.
    pub const fn is_unclear(&self) -> bool {
        match self {
            Self::Begun(_) => true,
            Self::Failed(_, failure) => failure.ambiguous,
            Self::Planned | Self::Done(_) | Self::Gone(_) => false,
        }
    }
}

/// A step with how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// Steps of one stage may run together; a stage begins when all earlier ones are over.
    pub stage: u16,
    /// The step.
    pub step: Step,
    /// How it stands.
    pub state: StepState,
}

impl StepRecord {
    /// Whether AWS must be asked what became of it before it is done again: its answer was not
    /// seen, and a second call could fail because the first one succeeded.
    pub fn must_ask_first(&self) -> bool {
        self.state.is_unclear() && !self.step.repeatable()
    }

    /// Whether its call may have an effect that nobody has seen: its answer was lost, or may still come.
    pub const fn may_arrive(&self) -> bool {
        let unanswered = match &self.state {
            StepState::Failed(_, failure) => failure.kind.is_unanswered(),
            _ => false,
        };
        self.step.changes() && (unanswered || self.state.is_unclear())
    }
}

/// Another process that holds a run, or whose lock the file system still has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What names it in the journal.
    pub token: String,
    /// Its computer; `None` when it did not say. Foreign text.
    pub host: Option<String>,
    /// Its process number.
    pub process: Option<u32>,
    /// When it opened the journal.
    pub since: Option<Timestamp>,
    /// Whether it is alive.
    pub life: Life,
}

/// Whether a process is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It runs on this computer.
    Alive,
    /// It was on this computer, and there is no such process.
    Gone,
    /// It is, or was, on another computer, or its computer is not known.
    Unknown,
}

/// What another process holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The process.
    pub holder: Holder,
    /// The certificates on which it works.
    pub runs: Vec<CertificateId>,
    /// How many certificates its batches have not begun.
    pub not_begun: usize,
}

/// What the journal knows of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The run.
    pub id: RunId,
    /// What it is for.
    pub purpose: Purpose,
    /// The certificate before the run; for [`Purpose::PutBack`], what it is to be again.
    pub before: Before,
    /// How it stands.
    pub state: RunState,
    /// When it began.
    pub began: Timestamp,
    /// When its state last became other than [`RunState::Unfinished`].
    pub ended: Option<Timestamp>,
    /// The certificate's edition when it had come back from the run's transfer, as far as that was
    /// seen.
    pub returned: Option<Edition>,
    /// Whether a living process works on it, this one or another.
    pub claimed: bool,
    /// That process, when it is another one.
    pub holder: Option<Holder>,
    /// Its steps, in the plan's order. A step is named by its position here.
    pub steps: Vec<StepRecord>,
}

impl Record {
    /// To whom it transfers, or who takes what it was offered; `None` for one that puts back.
    pub fn recipient(&self) -> Option<AccountId> {
        if let Purpose::SetUp { .. } = self.purpose {
            return Some(self.before.place.account);
        }
        self.steps.iter().find_map(|known| match &known.step {
            Step::Change(Change::Transfer { to, .. }) => Some(*to),
            _ => None,
        })
    }

    /// Whether the account does not have the certificate any more once it is done.
    pub fn vanishes(&self) -> bool {
        let mut changes = self.steps.iter().filter_map(|it| it.step.change());
        changes.any(|change| change.shows() == Shows::Gone)
    }

    /// The positions of the steps that may run now: not over, and all earlier stages over.
    pub fn ready(&self) -> Vec<usize> {
        let unsettled = |step: &&StepRecord| !step.state.is_over();
        let Some(stage) = (self.steps.iter().filter(unsettled))
            .map(|step| step.stage)
            .min()
        else {
            return Vec::new();
        };
        (self.steps.iter().enumerate())
            .filter(|(_, step)| step.stage == stage && !step.state.is_over())
            .map(|(position, _)| position)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::fixtures::before;

    #[test]
    fn only_what_was_inactive_with_nothing_attached_is_bare() {
        let bare = Before {
            status: CertificateStatus::Inactive,
            policies: Vec::new(),
            things: Vec::new(),
            ..before()
        };
        let active = Before {
            status: CertificateStatus::Active,
            ..bare.clone()
        };
        let policy = Before {
            policies: before().policies,
            ..bare.clone()
        };
        let thing = Before {
            things: before().things,
            ..bare.clone()
        };
        let is = [&bare, &active, &policy, &thing].map(Before::is_bare);
        assert_eq!(is, [true, false, false, false]);
    }
}
