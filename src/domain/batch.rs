//! Procedure on one certificate or on a thousand: what is ordered, what is reported back.

use super::{
    AccountId, Action, Before, CertificateId, ConsoleStatus, Done, Failure, Mutation, Place,
    PlannedStep, Remark, Shown, Step, StepFailure, StepState, ThingRef,
};

/// What is to be done with each certificate of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Procedure {
    /// Deactivate, detach everything, offer the certificate to another account.
    PrepareAndTransfer {
        /// The recipient.
        to: AccountId,
        /// What the recipient reads.
        message: Option<String>,
    },
    /// Go on with the run that the journal has open for the certificate.
    Resume,
    /// Make the certificate again what it was before its latest run.
    PutBack,
    /// Leave the certificate as its open run left it: the journal asks no more.
    LeaveAsIs,
    /// A single change.
    Change(Change),
}

/// Where a batch stops, the sooner the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopAt {
    /// Nothing more is begun with; what is begun is finished.
    Begun,
    /// After the calls in flight.
    Step,
}

/// A single change, without the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Lets devices connect.
    Activate,
    /// Stops devices from connecting.
    Deactivate,
    /// Offers a certificate that is ready. It is looked at once more, and in the journal, as one that
    /// is prepared.
    Transfer {
        /// The recipient.
        to: AccountId,
        /// What the recipient reads.
        message: Option<String>,
    },
    /// Takes an offered certificate.
    Accept {
        /// Whether to activate it in the same call.
        activate: bool,
    },
    /// Sends an offered certificate back.
    Reject {
        /// What the sender reads.
        reason: Option<String>,
    },
    /// Takes an offer back.
    CancelTransfer,
}

impl Change {
    /// The change of one certificate.
    pub fn mutation(&self, id: CertificateId) -> Mutation {
        match self {
            Self::Activate => Mutation::Activate(id),
            Self::Deactivate => Mutation::Deactivate(id),
            Self::Transfer { to, message } => Mutation::Transfer {
                id,
                to: *to,
                message: message.clone(),
            },
            Self::Accept { activate } => Mutation::Accept {
                id,
                activate: *activate,
            },
            Self::Reject { reason } => Mutation::Reject {
                id,
                reason: reason.clone(),
            },
            Self::CancelTransfer => Mutation::CancelTransfer(id),
        }
    }
}

/// Procedure on certificates of one account and region. It names all of them, so that what runs is what
/// the dialog named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Where the connection is expected to lead. A batch for another place is refused.
    pub place: Place,
    /// What is to be done.
    pub procedure: Procedure,
    /// The certificates, each once.
    pub certificates: Vec<CertificateId>,
    /// What the dialog named. [`Procedure::PrepareAndTransfer`] and [`Change::Transfer`] touch no other certificate, detach
    /// nothing else of it, and deactivate it only if it was seen to be active: what changed since is
    /// refused, not done.
    pub looks: Vec<Look>,
    /// What the dialog named that [`Procedure::Resume`] or [`Procedure::PutBack`] would do. What has become
    /// necessary since is refused.
    pub planned: Vec<Planned>,
    /// How the dialog showed the certificates of a [`Procedure::Change`]. What is not that any more is
    /// refused.
    pub shown: Vec<Shown>,
}

/// What would be done with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The certificate.
    pub id: CertificateId,
    /// The steps, or why none can be done.
    pub steps: Result<Vec<Step>, String>,
    /// What stays otherwise than it was.
    pub remarks: Vec<Remark>,
}

impl Look {
    /// What there is to detach or deactivate now that was not named.
    pub fn unnamed(&self, now: &Before) -> Option<String> {
        let policies = now
            .policies
            .iter()
            .filter(|name| !self.policies.contains(name));
        let named = |thing: &&ThingRef| self.things.iter().any(|it| it.name == thing.name);
        let things = now
            .things
            .iter()
            .filter(|thing| !named(thing))
            .map(|it| &it.name);
        let unnamed: Vec<String> = policies.chain(things).cloned().collect();
        if !unnamed.is_empty() {
            return Some(format!(
                "attached since it was looked at: {}",
                unnamed.join(", ")
            ));
        }
        let active = ConsoleStatus::of(now.status, Some(false)) != ConsoleStatus::Inactive;
        (active && self.status == ConsoleStatus::Inactive)
            .then(|| "activated since it was looked at".to_owned())
    }
}

/// What is attached to a certificate, and how it stands: what a confirmation must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The certificate.
    pub id: CertificateId,
    /// Its status.
    pub status: ConsoleStatus,
    /// The names of its policies. Foreign text.
    pub policies: Vec<String>,
    /// Its things. Foreign text.
    pub things: Vec<ThingRef>,
}

/// Something that happened to one certificate of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Its steps are known. Nothing of it is changed yet.
    Planned {
        /// The certificate.
        id: CertificateId,
        /// The steps, in order; a step is named by its position.
        steps: Vec<PlannedStep>,
        /// What stays otherwise than it was, when it is put back.
        remarks: Vec<Remark>,
    },
    /// A step went on.
    Step {
        /// The certificate.
        id: CertificateId,
        /// The step's position.
        position: usize,
        /// How it stands now.
        state: StepState,
    },
    /// A call that changes something is sent now.
    Sent {
        /// The call's number in the order.
        call: u64,
        /// The change.
        mutation: Box<Mutation>,
    },
    /// A call was answered, or its answer was lost. It may come a second time for a call whose answer
    /// was lost, when AWS's state has told what became of it.
    Answered {
        /// The certificate.
        id: CertificateId,
        /// The call's number in the order.
        call: u64,
        /// How it went.
        answer: Result<Done, Box<Failure>>,
    },
    /// What it is waiting for, in a few words: `1 thing to be detached`.
    Waiting {
        /// The certificate.
        id: CertificateId,
        /// For what.
        what: String,
    },
    /// It is over for this certificate.
    Ended {
        /// The certificate.
        id: CertificateId,
        /// How.
        outcome: RunOutcome,
    },
}

/// How the work on a certificate ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunOutcome {
    /// All of it is done.
    Done,
    /// It was not begun: nothing was changed. Why, in a few words; foreign text.
    Refused(String),
    /// It stopped on the way, and the journal has it open.
    Stopped(StepFailure),
    /// The person stopped the batch before this certificate's next step. `begun` says whether
    /// anything of it was changed, so that the journal has it open.
    Cancelled {
        /// Whether anything was changed.
        begun: bool,
    },
}

impl Progress {
    /// The certificate that it is about.
    pub fn certificate(&self) -> CertificateId {
        match self {
            Self::Sent { mutation, .. } => mutation.certificate(),
            Self::Planned { id, .. }
            | Self::Step { id, .. }
            | Self::Answered { id, .. }
            | Self::Waiting { id, .. }
            | Self::Ended { id, .. } => *id,
        }
    }
}

impl Procedure {
    /// Whether the journal has a run of each certificate.
    pub const fn is_journaled(&self) -> bool {
        match self {
            Self::Change(change) => matches!(change, Change::Transfer { .. }),
            _ => true,
        }
    }

    /// The console's action that is the same, for a single change.
    pub const fn action(&self) -> Option<Action> {
        match self {
            Self::Change(change) => Some(match change {
                Change::Activate => Action::Activate,
                Change::Deactivate => Action::Deactivate,
                Change::Transfer { .. } => Action::StartTransfer,
                Change::Accept { activate: true } => Action::AcceptAndActivate,
                Change::Accept { activate: false } => Action::Accept,
                Change::Reject { .. } => Action::Reject,
                Change::CancelTransfer => Action::RevokeTransfer,
            }),
            _ => None,
        }
    }
}
