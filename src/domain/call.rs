//! What the screen asks of the background task, and what comes back.

use std::{path::PathBuf, time::Duration};

use crate::domain::{
    actions::{
        batch::{Batch, Look, Planned, Procedure, Progress},
        change::Mutation,
        operation::Operation,
        run::{BatchId, Held, NotBegun, Record, Step},
    },
    belongings::parts::SurveyPart,
    caller::{CredentialSource, Identity},
    certificate::{
        attachment::{EffectivePolicy, PolicyDocument, PolicyRef, ThingAttributes, ThingRef},
        description::{CertificateId, Description, ListedCertificate, OutgoingTransfer},
        device::DeviceName,
    },
    clock::Timestamp,
    connection::ConnectionId,
    failure::Failure,
    finding::{
        accounting::NamedList,
        finder::Finder,
        found::FoundPart,
        saved::{FilterChange, KeptFilters},
    },
    hand_over::mapping::Mapping,
    inventory::{AttachmentTargets, InFull, NamedKind, NamedPart},
    mfa::MfaCode,
    place::{
        account::AccountId,
        arn::CertificateArn,
        location::{ControlPlane, Place},
        partition::Partition,
    },
    sought::Sought,
    watch::{KnownTransfers, WatchEvent},
};

/// Numbers the requests of one run of the program; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// An account and region to connect to, as far as the person chose them; what is `None` is left to
/// the AWS configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Target {
    /// A profile of the AWS configuration files.
    pub profile: Option<String>,
    /// A region name.
    pub region: Option<String>,
}

/// A call for the background task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The answer carries the same number.
    pub id: RequestId,
    /// The connection to use; for [`Call::Connect`], the one to make.
    pub connection: ConnectionId,
    /// How long to wait before asking: a read that the cursor may outrun, or the next look at
    /// something that changes slowly.
    pub after: Duration,
    /// What to do.
    pub call: Call,
}

/// A question with the type of its answer: what is asked and what comes back is one definition, so that
/// a wrong answer does not compile.
pub trait Question: Sized {
    /// What comes back, once or in parts.
    type Answer;

    /// What is asked, as the background task takes it.
    fn call(self) -> Call;

    /// The answer, as the background task gives it.
    fn pack(answer: Self::Answer) -> Answer;

    /// The answer as it was given; `None` when it is one to another question.
    fn unpack(answer: Answer) -> Option<Self::Answer>;
}

macro_rules! questions {
    ({$($(#[$doc:meta])* $name:ident asks $call:ident $(($($arg:ident: $type:ty),+))?
        gets $answer:ident($what:ty);)*}
     reads {$($(#[$read_doc:meta])* $read:ident($of:ident: $of_type:ty)
        gets $found:ident($found_type:ty) by $operation:ident;)*}) => {
        /// The questions, each with what it needs.
        pub mod ask {
            use super::*;

            $($(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name { $($(
                #[doc = concat!("Its ", stringify!($arg), ".")]
                pub $arg: $type
            ),+)? }

            impl Question for $name {
                type Answer = $what;

                fn call(self) -> Call {
                    Call::$call $(($(self.$arg),+))?
                }

                fn pack(answer: $what) -> Answer {
                    Answer::$answer(answer)
                }

                fn unpack(answer: Answer) -> Option<$what> {
                    match answer {
                        Answer::$answer(answer) => Some(answer),
                        _ => None,
                    }
                }
            })*

            $($(#[$read_doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $read {
                #[doc = concat!("Its ", stringify!($of), ".")]
                pub $of: $of_type
            }

            impl Question for $read {
                type Answer = $found_type;

                fn call(self) -> Call {
                    Call::Read(Read::$read(self))
                }

                fn pack(answer: $found_type) -> Answer {
                    Answer::$found(answer)
                }

                fn unpack(answer: Answer) -> Option<$found_type> {
                    match answer {
                        Answer::$found(answer) => Some(answer),
                        _ => None,
                    }
                }
            })*
        }

        /// A question that AWS answers with one thing.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Read { $($(#[$read_doc])* $read(ask::$read),)* }

        impl Read {
            /// The API operation that answers it, or the first of several.
            pub const fn operation(&self) -> Operation {
                match self { $(Self::$read(_) => Operation::$operation,)* }
            }
        }

        /// What can be asked.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Call {
            $($(#[$doc])* $call $(($($type),+))?,)*
            /// A read that needs no more than a connection.
            Read(Read),
        }

        /// What an answer says.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is the answer to the question of its type")]
        pub enum Answer {
            $($answer($what),)*
            $($found($found_type),)*
            /// It failed.
            Failed(Box<Failure>),
        }
    };
}

questions! {{
    /// Loads the AWS configuration and makes the clients, with a code of an MFA device that was typed.
    /// Touches no service but those that give credentials.
    Connect asks Connect(target: Target, code: Option<MfaCode>) gets Connected(ConnectionFacts);
    /// Where credentials and a region are looked for with this profile, and what is there. Nobody is asked.
    WhatIsThere asks Sought(profile: Option<String>) gets Sought(Sought);
    /// Nothing more is asked over this connection but whether what it sent was made after all.
    Release asks Release gets Released(());
    /// Who am I.
    WhoAmI asks Identity gets Identity(Identity);
    /// Where the connection leads. Without AWS STS, the ARNs of the account's certificates show the account.
    WhereAmI asks Where gets Where(Place);
    /// All certificates, newest first, a page an answer.
    Certificates asks Certificates gets Certificates(ListPage<ListedCertificate>);
    /// All outgoing transfers, a page an answer.
    OutgoingTransfers asks Outgoing gets Outgoing(ListPage<OutgoingTransfer>);
    /// One certificate.
    Describe asks Describe(id: CertificateId) gets Described(Box<Description>);
    /// Looks at certificates before a batch is confirmed, one an answer.
    LookAt asks Look(ids: Vec<CertificateId>) gets Look(LookedAt);
    /// What certificates would lose, read once where many share it, in parts; compared with what the account of
    /// another connection has, under the names that the mapping says.
    TakesAlong asks TakesAlong(ids: Vec<CertificateId>, beside: Option<ConnectionId>, mapping: Box<Mapping>) gets Surveyed(SurveyPart);
    /// What is kept of what the devices of certificates are called. AWS is not asked.
    KnownNames asks KnownNames(ids: Vec<CertificateId>) gets KnownNames(Vec<DeviceName>);
    /// What the devices of certificates are called, in parts: what is kept first, then AWS is asked for the others, gently
    /// when nobody waits for it.
    NamesOf asks Names(ids: Vec<CertificateId>, gently: bool) gets Names(NamesPart);
    /// Certificates by what AWS has of them, in parts.
    Find asks Find(by: Finder) gets Found(FoundPart);
    /// What exists of a kind, in parts; at most so many. AWS is asked for names that begin so, where it can be.
    NamesThatExist asks NamesThatExist(kind: NamedKind, beginning: String, most: usize) gets NamesThatExist(NamedPart);
    /// What a policy or a thing is attached to, as far as a page says it. Gently: nobody waits for it.
    TargetsOf asks AttachmentTargets(kind: NamedKind, name: String) gets AttachmentTargets(AttachmentTargets);
    /// Everything of a policy or of a thing.
    AllOf asks AllOf(kind: NamedKind, name: String) gets AllOf(Box<InFull>);
    /// The filters that were saved, and those that were used last.
    SavedFilters asks SavedFilters gets SavedFilters(KeptFilters);
    /// Saves a filter, remembers that it was used, or forgets it; answered with those that are kept then.
    SaveFilter asks SaveFilter(filter: String, change: FilterChange) gets FilterSaved(KeptFilters);
    /// Watches the transfers of the account, of which this is known: an answer after each call, until one fails.
    Watching asks Watch(known: Box<KnownTransfers>) gets Watched(Option<WatchEvent>);
    /// Looks which steps a batch to resume or to put back would do, and does none of them; one certificate
    /// an answer.
    PlanOf asks Plan(batch: Box<Batch>) gets Planned(PlannedOne);
    /// Carries out a batch, and reports on it. It can be stopped, never cancelled.
    Carry asks Carry(batch: Box<Batch>) gets Carried(CarryReport);
    /// Looks whether a change was made after all that was sent then, and that nobody knows of or AWS
    /// did not show.
    WasMade asks WasMade(mutation: Box<Mutation>, sent: Timestamp) gets WasMade(bool);
    /// Looks whether what the open runs of these certificates stopped at was made after all, and
    /// writes that down.
    RunsAgain asks RunsAgain(ids: Vec<CertificateId>) gets RunsAgain(Vec<MadeAfterAll>);
    /// The runs that the journal has open for the connection's account and region.
    AllOpenRuns asks OpenRuns gets OpenRuns(Box<OpenRuns>);
    /// Forgets what a batch has not begun; answered with what is open then.
    ForgetBatch asks ForgetBatch(batch: BatchId) gets LeftOpen(Box<OpenRuns>);
    /// Takes everything from another process, named by its token, that seems to work on it; answered
    /// with what is open then.
    TakeOver asks TakeOver(holder: String) gets TakenOver(Box<OpenRuns>);
    /// Asks the journal what was offered from here and not put back since.
    OfferedBefore asks Offered gets Offered(Vec<CertificateId>);
    /// Of each of these certificates that can be put back, the run by which it can.
    RestorableOf asks Restorable(ids: Vec<CertificateId>) gets Restorable(Vec<Record>);
    /// The runs of the journal, at any place, newest first, a part an answer.
    PastRuns asks PastRuns gets PastRuns(PastRunsPart);
    /// The address that devices connect to in the account and region.
    DataEndpoint asks Endpoint gets Endpoint(String);
    /// Writes the report of a batch into a new file of the working folder, for the person alone. Its path
    /// comes back.
    SaveReport asks SaveReport(name: String, text: String) gets ReportSaved(String);
    /// Reads a list of certificates of an account from a file, and the files that it names.
    ReadList asks ReadList(path: PathBuf, at: Box<Place>) gets ListRead(NamedList);
} reads {
    /// The policies attached to a certificate, all of them.
    PoliciesOf(arn: CertificateArn) gets Policies(Vec<PolicyRef>) by ListAttachedPolicies;
    /// The things attached to a certificate, all of them.
    ThingsOf(arn: CertificateArn) gets Things(Vec<ThingRef>) by ListPrincipalThings;
    /// The policies that have an effect on devices that use a certificate, each with where it comes from.
    EffectiveOf(arn: CertificateArn) gets EffectivePolicies(Vec<EffectivePolicy>) by GetEffectivePolicies;
    /// A policy's document.
    DocumentOf(policy: String) gets PolicyDocument(PolicyDocument) by GetPolicy;
    /// A thing's attributes.
    AttributesOf(thing: String) gets ThingAttributes(ThingAttributes) by DescribeThing;
}}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage<T> {
    /// The rows, in AWS's order.
    pub page: Vec<T>,
    /// How many more have an id that cannot be read.
    pub unread: usize,
    /// Whether there are no more pages.
    pub last: bool,
}

/// Runs of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRunsPart {
    /// The runs, newest first.
    pub runs: Vec<Record>,
    /// Whether there are no more.
    pub last: bool,
}

/// What devices are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesPart {
    /// Some of them.
    pub names: Vec<DeviceName>,
    /// Whether they were the last ones.
    pub last: bool,
}

/// A certificate that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedAt {
    /// How it stands, or why that could not be found out; the certificate comes with it.
    pub look: Result<Look, (CertificateId, Box<Failure>)>,
    /// Whether it was the last one.
    pub last: bool,
}

/// What would be done with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOne {
    /// The steps that would be done, or why none can be.
    pub steps: Planned,
    /// Whether it was the last one.
    pub last: bool,
}

/// An operation that AWS throttles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowed {
    /// The operation.
    pub operation: Operation,
    /// How often it is called in ten seconds meanwhile.
    pub in_ten_seconds: u32,
}

/// What a batch reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CarryReport {
    /// What happened to its certificates since the last report, in order.
    Progress(Vec<Progress>),
    /// How much AWS slows it down now; `None` when it does not any more.
    Slowed(Option<Slowed>),
    /// It is over: every certificate has ended.
    Over,
}

impl Call {
    /// The API operation that does it.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Connect(..) | Self::Sought(_) | Self::Release => Operation::Connect,
            Self::Identity | Self::Where => Operation::GetCallerIdentity,
            Self::Certificates => Operation::ListCertificates,
            Self::Outgoing | Self::Watch(_) => Operation::ListOutgoingCertificates,
            Self::Describe(_)
            | Self::Look(_)
            | Self::Plan(_)
            | Self::TakesAlong(..)
            | Self::Names(..)
            | Self::WasMade(..)
            | Self::RunsAgain(_) => Operation::DescribeCertificate,
            Self::Find(by) => by.operation(),
            Self::NamesThatExist(kind, ..) => kind.operation(),
            Self::AttachmentTargets(NamedKind::Policy, _) => Operation::ListTargetsForPolicy,
            Self::AttachmentTargets(..) => Operation::ListThingPrincipals,
            Self::AllOf(NamedKind::Policy, _) => Operation::GetPolicy,
            Self::AllOf(..) => Operation::DescribeThing,
            Self::Read(read) => read.operation(),
            Self::Endpoint => Operation::DescribeEndpoint,
            Self::Carry(batch) => match &batch.procedure {
                Procedure::Change(change) => change.operation(),
                _ => Operation::Journal,
            },
            Self::OpenRuns
            | Self::Offered
            | Self::PastRuns
            | Self::ForgetBatch(_)
            | Self::TakeOver(_)
            | Self::Restorable(_)
            | Self::KnownNames(_)
            | Self::SaveReport(..)
            | Self::SavedFilters
            | Self::SaveFilter(..)
            | Self::ReadList(..) => Operation::Journal,
        }
    }
}

/// An answer of the background task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The request it answers. A listing has several replies.
    pub id: RequestId,
    /// The connection it came over.
    pub connection: ConnectionId,
    /// What it says.
    pub answer: Answer,
}

/// What the journal has open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenRuns {
    /// The runs that can be decided about here, oldest first.
    pub here: Vec<Record>,
    /// What batches have not begun.
    pub not_begun: Vec<NotBegun>,
    /// What other processes hold here.
    pub held: Vec<Held>,
    /// How many are open at other places, each with its name. Foreign text.
    pub elsewhere: Vec<(String, usize)>,
    /// To whom certificates were offered from here, the latest first.
    pub recipients: Vec<AccountId>,
    /// Whether the journal may not know the last steps of its runs.
    pub incomplete: bool,
}

/// Steps that a run stopped at, and that were made after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeAfterAll {
    /// The certificate.
    pub id: CertificateId,
    /// The steps, each with its position in the run.
    pub steps: Vec<(usize, Step)>,
    /// Whether the run has come to its end with them.
    pub done: bool,
}

/// What is known of a connection before any service was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFacts {
    /// The region that the calls go to.
    pub region: String,
    /// The profile whose settings are in use, when one was named.
    pub profile: Option<String>,
    /// What gave the credentials; `None` when nothing did.
    pub credentials: Option<CredentialSource>,
    /// The command that signs in again, where there is one.
    pub sign_in: Option<String>,
    /// The endpoint, when one is configured.
    pub endpoint: Option<String>,
    /// Who answers there.
    pub control_plane: ControlPlane,
    /// The partition of the region as the AWS SDK knows it. AWS's own ARNs are believed before it.
    pub partition: Option<Partition>,
}

impl ConnectionFacts {
    /// The profiles that it has to do with: the one whose settings are in use, and the one that gave the
    /// credentials.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        let of_credentials = self
            .credentials
            .as_ref()
            .and_then(CredentialSource::profile);
        self.profile.as_deref().into_iter().chain(of_credentials)
    }
}

impl Answer {
    /// Whether more answers to the same request follow.
    pub fn more_follows(&self) -> bool {
        match self {
            Self::Certificates(page) => !page.last,
            Self::Outgoing(page) => !page.last,
            Self::Look(one) => !one.last,
            Self::Planned(one) => !one.last,
            Self::PastRuns(part) => !part.last,
            Self::Surveyed(part) => *part != SurveyPart::Over,
            Self::Names(part) => !part.last,
            Self::Found(part) => *part != FoundPart::Over,
            Self::NamesThatExist(part) => !part.last,
            Self::Carried(CarryReport::Progress(_) | CarryReport::Slowed(_)) | Self::Watched(_) => {
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_follows_until_the_last_part() {
        fn page<T>(last: bool) -> ListPage<T> {
            ListPage {
                page: Vec::new(),
                unread: 0,
                last,
            }
        }
        for last in [true, false] {
            let runs = Vec::new();
            let parts = [
                Answer::Certificates(page(last)),
                Answer::Outgoing(page(last)),
                Answer::PastRuns(PastRunsPart { runs, last }),
            ];
            for part in parts {
                assert_eq!(part.more_follows(), !last, "{part:?}");
            }
        }
        let over = CarryReport::Over;
        assert!(!Answer::Carried(over).more_follows());
        assert!(Answer::Carried(CarryReport::Progress(Vec::new())).more_follows());
    }
}
