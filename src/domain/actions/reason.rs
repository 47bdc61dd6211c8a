//! Why nothing was done with a certificate, or why its run stopped before its first step.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::domain::{
    actions::{
        run::{Record, StepFailure},
        run_state::RunState,
    },
    failure::{Failure, FailureKind},
    hand_over::recipe::Obstacle,
    place::{account::AccountId, book::NoRecipient},
    plan::Refused,
    text::visible,
};

/// Why nothing was done with a certificate. Every reason has a [`code`](Self::code), for files and
/// programs; its words, by `Display`, are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It could not be looked at, or AWS did not make the change.
    #[error("{}", .0.in_short())]
    Failed(Box<Failure>),
    /// There is no plan for it as it is now.
    #[error(transparent)]
    NoPlan(Refused),
    /// What has to be prepared for a transfer, in a few words.
    #[error("{0}")]
    NotReady(String),
    /// It belongs to another account.
    #[error("it belongs to account {}", .0.grouped())]
    Owner(AccountId),
    /// The account book does not let certificates be offered to the recipient.
    #[error(transparent)]
    Recipient(NoRecipient),
    /// The batch does not say what is attached to it.
    #[error("what is attached to it was not looked at before")]
    NotLookedAt,
    /// Something is attached to it that the dialog did not name. Foreign text.
    #[error("attached since it was looked at: {}", listed(.0))]
    AttachedSince(Vec<String>),
    /// It is active, and the dialog said that it is not.
    #[error("activated since it was looked at")]
    ActivatedSince,
    /// More would be done than the dialog said.
    #[error("more would be done than was shown: look at it again")]
    MoreThanShown,
    /// Another batch of this process works on it.
    #[error("another batch works on it")]
    InUse,
    /// Another certferry works on it.
    #[error("another certferry works on it")]
    Claimed,
    /// The journal has a run of it that nobody has decided about.
    #[error("it has an open run already: decide about that first")]
    Undecided,
    /// The journal cannot be read or written.
    #[error("the journal: {0}")]
    Journal(String),
    /// There is nothing to resume or to leave as it is.
    #[error("the journal has no open run of it")]
    NoOpenRun,
    /// The journal has nothing of it, or it was put back already.
    #[error("there is nothing to put back")]
    NothingToPutBack,
    /// A person decided to leave it, so it is put back alone, not among others.
    #[error("it was left as it is: put it back alone")]
    LeftOnPurpose,
    /// Devices use it, so it is put back alone, not among others.
    #[error("it is in service again: put it back alone")]
    InService,
    /// Somebody has changed it since it came back, so it is put back alone, not among others.
    #[error("somebody has changed it since it came back: put it back alone")]
    ChangedSince,
    /// Another run has changed it between the look and the beginning.
    #[error("another run has changed it meanwhile: look again")]
    ChangedMeanwhile,
    /// Its run has transferred it, and it came back.
    #[error("it was transferred, and is not offered any more: put it back")]
    CameBack,
    /// Its hand-over has created nothing here that is still there.
    #[error("its hand-over has created nothing here")]
    NothingCreated,
    /// The account does not have it.
    #[error("the account does not have the certificate: it was accepted, or deleted")]
    Gone,
    /// The account does not have it, and whether its run offered it is not known.
    #[error(
        "the account does not have the certificate any more, and nobody has seen whether it was offered: \
         it was accepted, or deleted"
    )]
    GoneUnseen,
    /// Others of the batch failed for a reason that concerns all of them. Foreign text.
    #[error("{}", others(*.failed, .last))]
    OthersFailed {
        /// How many in a row.
        failed: usize,
        /// Why the last one did.
        last: String,
    },
    /// Its first step failed, and nothing was changed.
    #[error("{}", .0.text)]
    NotBegun(StepFailure),
    /// The account to which it would be handed over is not open.
    #[error("the other side is not open")]
    NoOtherSide,
    /// What stands in the way of its hand-over.
    #[error(transparent)]
    Obstacle(Obstacle),
    /// A policy of the recipient's account does not say any more what was shown. Foreign text.
    #[error("policy {} of the recipient's account has changed since it was shown", visible(.0))]
    PolicyChanged(String),
    /// It is handed over, and the half of it in another account is not done.
    #[error("its other half, in {}, is not done: open that side as well, or resume it there", visible(.0))]
    OtherHalf(String),
    /// The person stopped the batch.
    #[error("the batch was stopped")]
    BatchStopped,
    /// An error in certferry.
    #[error("an error in certferry ended this run")]
    Broken,
}

fn listed(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
    names.join(", ")
}

fn others(failed: usize, last: &str) -> String {
    match failed {
        1 => format!("another one failed: {last}"),
        n => format!("{n} others failed in a row, the last one: {last}"),
    }
}

impl Reason {
    /// A word that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Failed(failure) => failure.kind.code(),
            Self::NoPlan(_) => "NoPlan",
            Self::NotReady(_) => "NotReady",
            Self::Owner(_) => "Owner",
            Self::Recipient(_) => "Recipient",
            Self::NotLookedAt => "NotLookedAt",
            Self::AttachedSince(_) => "AttachedSince",
            Self::ActivatedSince => "ActivatedSince",
            Self::MoreThanShown => "MoreThanShown",
            Self::InUse => "InUse",
            Self::Claimed => "Claimed",
            Self::Undecided => "Undecided",
            Self::Journal(_) => "Journal",
            Self::NoOpenRun => "NoOpenRun",
            Self::NothingToPutBack => "NothingToPutBack",
            Self::LeftOnPurpose => "LeftOnPurpose",
            Self::InService => "InService",
            Self::ChangedSince => "ChangedSince",
            Self::ChangedMeanwhile => "ChangedMeanwhile",
            Self::CameBack => "CameBack",
            Self::NothingCreated => "NothingCreated",
            Self::NoOtherSide => "NoOtherSide",
            Self::Obstacle(_) => "Obstacle",
            Self::PolicyChanged(_) => "PolicyChanged",
            Self::OtherHalf(_) => "OtherHalf",
            Self::Gone => "Gone",
            Self::GoneUnseen => "GoneUnseen",
            Self::OthersFailed { .. } => "OthersFailed",
            Self::NotBegun(failure) => failure.kind.code(),
            Self::BatchStopped => "BatchStopped",
            Self::Broken => "Broken",
        }
    }

    /// Why a run is not put back among others, but alone; `None` when it can be. `active` is whether devices
    /// use the certificate now.
    pub fn against_many(run: &Record, active: bool) -> Option<Self> {
        match run.state {
            state if state.is_open() => None,
            RunState::LeftAsIs => Some(Self::LeftOnPurpose),
            _ if active => Some(Self::InService),
            _ => None,
        }
    }

    /// The kind of failure that it is for a run.
    const fn kind(&self) -> FailureKind {
        match self {
            Self::Failed(failure) => failure.kind,
            Self::NotBegun(failure) => failure.kind,
            Self::Claimed | Self::Undecided | Self::Journal(_) => FailureKind::Journal,
            Self::Gone | Self::GoneUnseen => FailureKind::NotFound,
            Self::Broken => FailureKind::Internal,
            Self::BatchStopped | Self::InUse | Self::OthersFailed { .. } | Self::Recipient(_) => {
                FailureKind::Other
            }
            Self::NoOtherSide | Self::OtherHalf(_) => FailureKind::Other,
            Self::PolicyChanged(_) => FailureKind::Changed,
            Self::NoPlan(_)
            | Self::NothingCreated
            | Self::Obstacle(_)
            | Self::NotReady(_)
            | Self::Owner(_)
            | Self::NotLookedAt
            | Self::AttachedSince(_)
            | Self::ActivatedSince
            | Self::MoreThanShown
            | Self::NoOpenRun
            | Self::NothingToPutBack
            | Self::LeftOnPurpose
            | Self::InService
            | Self::ChangedSince
            | Self::ChangedMeanwhile
            | Self::CameBack => FailureKind::CertificateState,
        }
    }

    /// The reason as the failure of a run that is in the journal.
    pub fn of_run(&self) -> StepFailure {
        StepFailure {
            kind: self.kind(),
            text: self.to_string(),
            ambiguous: match self {
                Self::Failed(failure) => failure.ambiguous,
                Self::NotBegun(failure) => failure.ambiguous,
                // It is not known how far it got.
                Self::GoneUnseen | Self::Broken => true,
                _ => false,
            },
        }
    }
}

/// Its code and its words, for files and programs.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut reason = serializer.serialize_struct("Reason", 2)?;
        reason.serialize_field("code", self.code())?;
        reason.serialize_field("words", &self.to_string())?;
        reason.end()
    }
}

impl From<Failure> for Reason {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Operation,
        plan::fixtures::{before, record},
    };

    #[test]
    fn a_reason_is_written_as_its_code_and_its_words() {
        let json = |reason: &Reason| serde_json::to_string(reason).unwrap();
        assert_eq!(
            json(&Reason::InUse),
            r#"{"code":"InUse","words":"another batch works on it"}"#
        );
        let failure = Failure {
            kind: FailureKind::ReadOnly,
            ..Failure::internal(Operation::TransferCertificate, "nothing was sent")
        };
        let written = json(&Reason::from(failure));
        assert!(written.starts_with(r#"{"code":"ReadOnly","#), "{written}");
        let kind = serde_json::to_string(&FailureKind::AccessDenied).unwrap();
        assert_eq!(kind, r#""AccessDenied""#);
    }

    #[test]
    fn what_failed_before_a_run_began_is_a_failure_of_its_kind_in_the_journal() {
        let failure = |ambiguous| StepFailure {
            kind: FailureKind::Throttled,
            text: "too many".to_owned(),
            ambiguous,
        };
        for ambiguous in [true, false] {
            let of_run = Reason::NotBegun(failure(ambiguous)).of_run();
            assert_eq!(
                (of_run.kind, of_run.ambiguous),
                (FailureKind::Throttled, ambiguous)
            );
        }
        assert!(Reason::Broken.of_run().ambiguous);
        assert!(!Reason::InUse.of_run().ambiguous);
    }

    #[test]
    fn others_that_failed_are_counted() {
        let words = |failed| {
            let last = "no access".to_owned();
            Reason::OthersFailed { failed, last }.to_string()
        };
        assert!(words(1).contains("another one failed: no access"));
        assert!(words(3).contains("3 others failed in a row, the last one: no access"));
    }

    #[test]
    fn among_many_only_what_was_not_left_and_is_not_in_use_is_put_back() {
        for (state, inactive, active) in [
            (RunState::Unfinished, None, None),
            (RunState::Stopped, None, None),
            (
                RunState::LeftAsIs,
                Some(Reason::LeftOnPurpose),
                Some(Reason::LeftOnPurpose),
            ),
            (RunState::Done, None, Some(Reason::InService)),
        ] {
            let mut run = record(before(), 2);
            run.state = state;
            assert_eq!(Reason::against_many(&run, false), inactive, "{state:?}");
            assert_eq!(Reason::against_many(&run, true), active, "{state:?}");
        }
    }
}
