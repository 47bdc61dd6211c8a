//! The vocabulary everything else speaks. Pure: no I/O, no runtime, no AWS SDK.

mod account;
mod action;
mod arn;
mod attachment;
mod batch;
mod call;
mod certificate;
mod change;
mod clock;
mod command_line;
mod failure;
mod last_accounts;
mod mfa;
mod operation;
mod partition;
mod place;
mod plan;
mod quota;
mod readiness;
mod reason;
mod run;
pub mod text;
mod x509;

pub use account::{AccountBook, AccountId, ParseAccountError};
pub use action::{
    Action, ActionMenu, ActionRow, Availability, Does, Guard, Journaled, LooksAt, Subject,
};
pub use arn::{CertificateArn, owner_in_arn};
pub use attachment::{
    Attachment, PolicyDocument, PolicyEdition, PolicyRef, ThingAttributes, ThingPrincipalType,
    ThingRef,
};
pub use batch::{Batch, Look, Planned, Procedure, Progress, RunOutcome, Shown, StopAt};
pub use call::{
    Answer, Call, CarryReport, ConnectionFacts, ConnectionId, CredentialSource, Identity, ListPage,
    LookedAt, MadeAfterAll, OpenRuns, PlannedOne, Question, Reply, Request, RequestId, Target, ask,
};
pub use certificate::{
    CertificateId, CertificateStatus, ConsoleStatus, Description, Edition, ListedCertificate,
    OutgoingTransfer, ParseIdError, TransferData,
};
pub use change::{Change, Done, MESSAGE_LIMIT, Mutation, Shows};
pub use clock::{Timestamp, timestamp};
pub use command_line::{CommandPlace, aws_cli_line, quote};
pub use failure::{Failure, FailureKind, READ_ONLY, Signing, ends_signing};
pub use last_accounts::LastAccounts;
pub use mfa::MfaCode;
pub use operation::Operation;
pub use partition::Partition;
pub use place::{ControlPlane, Place, is_plain, is_region};
pub use plan::{
    Plan, PlannedStep, Present, PutBack, Refused, Rejection, Remark, answered_by, as_new_as,
    changed_since, made_after_all, offer_in_doubt, put_back, resume,
};
pub use quota::{Quota, shortest_time};
pub use readiness::{Check, Readiness};
pub use reason::Reason;
pub use run::{
    BatchId, Before, Held, Holder, Life, NotBegun, Purpose, Record, RunEvent, RunId, RunState,
    Step, StepFailure, StepRecord, StepState,
};
pub use x509::{DecodedCertificate, decode_pem};
