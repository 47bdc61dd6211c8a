//! The vocabulary everything else speaks. Pure: no I/O, no runtime, no AWS SDK.

mod actions;
mod call;
mod certificate;
mod clock;
mod failure;
mod mfa;
mod place;
mod plan;
pub mod text;

pub use actions::action::{
    Action, ActionMenu, ActionRow, Availability, Does, Guard, Journaled, LooksAt, Subject,
};
pub use actions::batch::{Batch, Look, Planned, Procedure, Progress, RunOutcome, Shown, StopAt};
pub use actions::change::{Change, Done, MESSAGE_LIMIT, Mutation, Shows};
pub use actions::command_line::{CommandPlace, aws_cli_line, quote};
pub use actions::operation::{Operation, Quota, shortest_time};
pub use actions::reason::Reason;
pub use actions::run::{
    BatchId, Before, Held, Holder, Life, NotBegun, Purpose, Record, RunEvent, RunId, RunState,
    Step, StepFailure, StepRecord, StepState,
};
pub use actions::selection::{Candidate, Given, Selection, looking_left};
pub use actions::tally::{Item, Standing, Tally};
pub use call::{
    Answer, Call, CarryReport, ConnectionFacts, ConnectionId, CredentialSource, Identity, ListPage,
    LookedAt, MadeAfterAll, OpenRuns, PlannedOne, Question, Read, Reply, Request, RequestId,
    Target, ask,
};
pub use certificate::attachment::{
    Attachment, PolicyDocument, PolicyEdition, PolicyRef, ThingAttributes, ThingPrincipalType,
    ThingRef,
};
pub use certificate::description::{
    CertificateId, CertificateStatus, ConsoleStatus, Description, Edition, ListedCertificate,
    OutgoingTransfer, ParseIdError, TransferData,
};
pub use certificate::readiness::{Check, Readiness};
pub use certificate::x509::{DecodedCertificate, decode_pem};
pub use clock::{Timestamp, timestamp};
pub use failure::{Failure, FailureKind, READ_ONLY, Signing, ends_signing};
pub use mfa::MfaCode;
pub use place::account::{AccountBook, AccountId, ParseAccountError};
pub use place::arn::{CertificateArn, owner_in_arn};
pub use place::last_accounts::LastAccounts;
pub use place::location::{ControlPlane, Place, is_plain, is_region};
pub use place::partition::Partition;
pub use plan::{
    Plan, PlannedStep, Present, PutBack, Refused, Rejection, Remark, answered_by, as_new_as,
    changed_since, made_after_all, offer_in_doubt, put_back, resume,
};
