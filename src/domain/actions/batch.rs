//! A batch: what is done with one certificate or with a thousand, and what is reported back.

use std::sync::Arc;

use crate::domain::{
    actions::{
        change::{Change, Done, Mutation},
        reason::Reason,
        run::{Before, Step, StepFailure, StepState},
    },
    certificate::{
        attachment::ThingRef,
        description::{CertificateId, ConsoleStatus, Edition},
    },
    clock::Timestamp,
    connection::ConnectionId,
    failure::Failure,
    hand_over::recipe::Recipe,
    place::{account::AccountId, location::Place},
    plan::Remark,
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
    /// Prepare and transfer, and carry it through in the account of the other connection: take it, give it what
    /// its device needs there, prove that it is allowed, activate it.
    HandOver {
        /// The recipient.
        to: AccountId,
        /// What the recipient reads.
        message: Option<String>,
    },
    /// Go on with the run that the journal has open for the certificate.
    Resume,
    /// Make the certificate again what it was before its latest run.
    PutBack,
    /// Delete what its hand-over has created in this account and nothing uses.
    RemoveCreated,
    /// Leave the certificate as its open run left it: the journal asks no more.
    LeaveAsIs,
    /// A single change.
    Change(Change),
}

/// Where a batch stops, the sooner the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopAt {
    /// Begin nothing more; finish what is begun.
    Begun,
    /// After the calls in flight.
    Step,
}

/// One thing to do with certificates of one account and region. It names all of them, so that what
/// runs is what the dialog named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Where the connection is expected to lead. A batch for another place is refused.
    pub place: Place,
    /// What is to be done.
    pub procedure: Procedure,
    /// The certificates, each once.
    pub certificates: Vec<CertificateId>,
    /// What the dialog named. [`Procedure::PrepareAndTransfer`] and [`Change::Transfer`] touch no other
    /// certificate, detach nothing else of it, and deactivate it only if it was shown as active: what
    /// changed since is refused, not done.
    pub looks: Vec<Look>,
    /// What the dialog named that [`Procedure::Resume`] or [`Procedure::PutBack`] would do. What has become
    /// necessary since is refused.
    pub planned: Vec<Planned>,
    /// How the dialog showed the certificates of a [`Procedure::Change`]. What is not that any more is
    /// refused.
    pub shown: Vec<Shown>,
    /// The other account, when it is open: a hand-over is carried through there, and a run of one is resumed on
    /// both sides.
    pub beside: Option<Beside>,
    /// What the dialog named that [`Procedure::HandOver`] does there.
    pub recipe: Option<Arc<Recipe>>,
}

/// The other account of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The connection that leads there.
    pub connection: ConnectionId,
    /// Where it is expected to lead.
    pub place: Place,
}

/// What a dialog showed of a certificate when its button was pressed. What has changed since is
/// refused, not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The certificate.
    pub certificate: CertificateId,
    /// Its status.
    pub status: ConsoleStatus,
    /// The other account of its transfer: the sender of an incoming one, the recipient of an outgoing
    /// one; `None` when AWS has not said.
    pub party: Option<AccountId>,
    /// When the transfer was started, as AWS has said.
    pub started: Option<Timestamp>,
}

/// What would be done with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The certificate.
    pub id: CertificateId,
    /// The steps, or why none can be done.
    pub steps: Result<Vec<Step>, Reason>,
    /// What stays otherwise than it was.
    pub remarks: Vec<Remark>,
}

impl Look {
    /// Whether the dialog named everything that is to be detached or deactivated now.
    ///
    /// # Errors
    ///
    /// What there is.
    pub fn names_all_of(&self, now: &Before) -> Result<(), Reason> {
        let policies = now.policies.iter();
        let policies = policies.filter(|name| !self.policies.contains(name));
        let named = |thing: &&ThingRef| self.things.iter().any(|it| it.name == thing.name);
        let things = now.things.iter().filter(|thing| !named(thing));
        let things = things.map(|it| &it.name);
        let unnamed: Vec<String> = policies.chain(things).cloned().collect();
        if !unnamed.is_empty() {
            return Err(Reason::AttachedSince(unnamed));
        }
        let active = ConsoleStatus::of(now.status, Some(false)) != ConsoleStatus::Inactive;
        if active && self.status == ConsoleStatus::Inactive {
            return Err(Reason::ActivatedSince);
        }
        Ok(())
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
    /// How AWS numbered and dated it; `None` when it did neither.
    pub edition: Option<Edition>,
}

/// A step of what is done with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStep {
    /// Steps of one stage may run together.
    pub stage: u16,
    /// The step.
    pub step: Step,
    /// Whether it is done in the other account of the batch.
    pub beside: bool,
}

/// Something that happened to one certificate of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Its steps are known. Nothing of it is changed yet.
    Planned {
        /// The certificate.
        id: CertificateId,
        /// The steps, in order; a step is named by its position.
        steps: Vec<RunStep>,
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

/// How the run of a certificate ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunOutcome {
    /// All of it is done.
    Done,
    /// It was not begun: nothing was changed.
    Refused(Reason),
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
            Self::Sent { mutation, .. } => mutation.id(),
            Self::Planned { id, .. }
            | Self::Step { id, .. }
            | Self::Answered { id, .. }
            | Self::Waiting { id, .. }
            | Self::Ended { id, .. } => *id,
        }
    }
}

impl Batch {
    /// One of which no dialog has named anything yet.
    pub const fn new(place: Place, procedure: Procedure, certificates: Vec<CertificateId>) -> Self {
        Self {
            place,
            procedure,
            certificates,
            looks: Vec::new(),
            planned: Vec::new(),
            shown: Vec::new(),
            beside: None,
            recipe: None,
        }
    }
}

impl Procedure {
    /// To whom it transfers.
    pub const fn recipient(&self) -> Option<AccountId> {
        match self {
            Self::PrepareAndTransfer { to, .. }
            | Self::HandOver { to, .. }
            | Self::Change(Change::Transfer { to, .. }) => Some(*to),
            _ => None,
        }
    }

    /// Whether another account sees it: it begins or ends transfers.
    pub const fn crosses(&self) -> bool {
        match self {
            Self::Change(change) => change.crosses(),
            Self::PrepareAndTransfer { .. }
            | Self::HandOver { .. }
            | Self::Resume
            | Self::PutBack => true,
            Self::LeaveAsIs | Self::RemoveCreated => false,
        }
    }

    /// Whether it is more than a single change: its runs can be resumed and put back.
    pub const fn has_runs(&self) -> bool {
        match self {
            Self::Change(change) => matches!(change, Change::Transfer { .. }),
            Self::RemoveCreated => false,
            _ => true,
        }
    }

    /// Whether the journal has a run of each certificate.
    pub const fn is_journaled(&self) -> bool {
        match self {
            Self::Change(change) if change.is_final() => true,
            _ => self.has_runs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Attachment;

    #[test]
    fn who_sees_a_procedure_and_who_writes_it_down() {
        let to = AccountId::parse("444455556666").unwrap();
        let transfer = Change::Transfer { to, message: None };
        let policy = Attachment::Policy("connect".to_owned());
        let message = None;
        // Whether another account sees it, whether it has runs, and whether the journal has it.
        for (procedure, is) in [
            (
                Procedure::PrepareAndTransfer { to, message: None },
                [true, true, true],
            ),
            (Procedure::HandOver { to, message }, [true, true, true]),
            (Procedure::Resume, [true, true, true]),
            (Procedure::PutBack, [true, true, true]),
            (Procedure::LeaveAsIs, [false, true, true]),
            (Procedure::RemoveCreated, [false, false, false]),
            (Procedure::Change(transfer), [true, true, true]),
            (
                Procedure::Change(Change::CancelTransfer),
                [true, false, false],
            ),
            (
                Procedure::Change(Change::Accept { activate: true }),
                [true, false, false],
            ),
            (
                Procedure::Change(Change::Reject { reason: None }),
                [true, false, false],
            ),
            (Procedure::Change(Change::Revoke), [false, false, true]),
            (Procedure::Change(Change::Delete), [false, false, true]),
            (Procedure::Change(Change::Activate), [false, false, false]),
            (
                Procedure::Change(Change::Detach(policy)),
                [false, false, false],
            ),
        ] {
            let found = [
                procedure.crosses(),
                procedure.has_runs(),
                procedure.is_journaled(),
            ];
            assert_eq!(found, is, "{procedure:?}");
            if let Procedure::Change(change) = &procedure {
                let ends = is[0] && !is[1];
                assert_eq!(change.ends_transfer(), ends, "{change:?}");
            }
        }
    }
}
