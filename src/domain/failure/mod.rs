//! What went wrong, typed: nothing looks at the text of an error to decide.

use super::Operation;

/// What kind of failure it is. Decides what a person is told to do, never how it is worded by AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// No provider of the chain had credentials, or the configured one could not give any.
    NoCredentials,
    /// The profile asked for is not in the configuration, or cannot be read.
    BadProfile,
    /// No region is configured.
    NoRegion,
    /// The session's token has expired.
    ExpiredCredentials,
    /// AWS does not know or does not accept the credentials.
    InvalidCredentials,
    /// The credentials, or what AWS lists, are of another account than before.
    OtherAccount,
    /// The credentials have changed, and nothing says of which account they are now.
    AccountNotKnown,
    /// An IAM policy does not allow the action.
    AccessDenied,
    /// The account's quota for the operation is used up for the moment.
    Throttled,
    /// Nothing listens at the endpoint.
    ConnectionRefused,
    /// The endpoint's name has no address.
    UnknownHost,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    ConnectionLost,
    /// There is no such certificate, policy or thing, or it is another account's.
    NotFound,
    /// The certificate's status does not allow it.
    CertificateState,
    /// Policies are still attached.
    TransferConflict,
    /// The transfer was already accepted, rejected or cancelled.
    TransferCompleted,
    /// AWS does not accept a parameter.
    InvalidRequest,
    /// A limit, such as ten policies a certificate, is reached.
    LimitExceeded,
    /// The endpoint does not know the operation.
    NotSupported,
    /// A setting of the AWS configuration or of the command line cannot be used.
    BadSetting,
    /// It is not what the dialog showed any more.
    Changed,
    /// AWS failed inside.
    ServiceFault,
    /// The answer could not be read.
    UnreadableAnswer,
    /// This session is read-only.
    ReadOnly,
    /// The journal cannot be used, so that nothing can be changed.
    Journal,
    /// certferry itself failed.
    Internal,
    /// Something else.
    Other,
}

/// A failed call, with all a person needs to act on it or to ask for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was tried.
    pub operation: Operation,
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// AWS's error code.
    pub code: Option<String>,
    /// AWS's message, or the client's. Foreign text.
    pub message: String,
    /// AWS's number of the call.
    pub request_id: Option<String>,
    /// Whether the change may have been made although the call failed.
    pub ambiguous: bool,
    /// Whether AWS was asked afterwards and its state shows that the change was not made.
    pub refuted: bool,
}

impl Failure {
    /// A failure of certferry itself.
    pub fn internal(operation: Operation, message: impl Into<String>) -> Self {
        Self {
            operation,
            kind: FailureKind::Internal,
            code: None,
            message: message.into(),
            request_id: None,
            ambiguous: false,
            refuted: false,
        }
    }

    /// The failure in a few words, for one line.
    pub fn summary(&self) -> String {
        let name = self.operation.name();
        match self.kind {
            FailureKind::NoCredentials => "no AWS credentials".to_owned(),
            FailureKind::BadProfile => "the AWS profile cannot be used".to_owned(),
            FailureKind::NoRegion => "no AWS region".to_owned(),
            FailureKind::BadSetting => "a setting cannot be used".to_owned(),
            FailureKind::ExpiredCredentials => "the credentials have expired".to_owned(),
            FailureKind::InvalidCredentials => "AWS does not accept the credentials".to_owned(),
            FailureKind::OtherAccount => "another account answers now".to_owned(),
            FailureKind::AccountNotKnown => {
                "it is not known of which account the new credentials are".to_owned()
            }
            FailureKind::AccessDenied => {
                format!("access denied ({})", self.operation.iam_action())
            }
            FailureKind::Throttled => format!("{name} was throttled"),
            FailureKind::ConnectionRefused => "the endpoint refuses the connection".to_owned(),
            FailureKind::UnknownHost => "the endpoint's name is unknown".to_owned(),
            FailureKind::TimedOut => format!("{name}: no answer in time"),
            FailureKind::ConnectionLost => format!("{name}: the connection was lost"),
            FailureKind::NotFound => format!("{name}: not found"),
            FailureKind::CertificateState => {
                format!("{name}: the certificate's status does not allow it")
            }
            FailureKind::TransferConflict => "something is still attached".to_owned(),
            FailureKind::TransferCompleted => "the transfer is already completed".to_owned(),
            FailureKind::InvalidRequest => format!("{name}: AWS does not accept the request"),
            FailureKind::LimitExceeded => format!("{name}: a limit is reached"),
            FailureKind::NotSupported => format!("the endpoint does not know {name}"),
            FailureKind::Changed => "it has changed since it was shown".to_owned(),
            FailureKind::ServiceFault => format!("{name}: AWS failed"),
            FailureKind::UnreadableAnswer => format!("{name}: the answer could not be read"),
            FailureKind::ReadOnly => "this session is read-only".to_owned(),
            FailureKind::Journal => "the journal cannot be used".to_owned(),
            FailureKind::Internal => "certferry failed".to_owned(),
            FailureKind::Other => format!("{name} failed"),
        }
    }

    /// What to do next. `profile` is the profile in use.
    pub fn advice(&self, profile: Option<&str>) -> String {
        if self.ambiguous {
            return "It is not known whether AWS did it. Look at the certificate before you try \
                    again."
                .to_owned();
        }
        let option = profile.map_or_else(String::new, |name| {
            format!(" --profile {}", super::command_line::quote(name))
        });
        match self.kind {
            FailureKind::NoCredentials => format!(
                "Sign in with `aws login{option}` or `aws sso login{option}`, or set AWS_PROFILE, \
                 then retry. Another profile: start with --profile NAME, or choose one here."
            ),
            FailureKind::BadProfile => {
                "Look at the profile in ~/.aws/config and ~/.aws/credentials (`aws configure \
                 list-profiles` names them all), then retry, or choose another one."
                    .to_owned()
            }
            FailureKind::BadSetting => {
                "Correct the setting that the message names, then start again.".to_owned()
            }
            FailureKind::NoRegion => format!(
                "Start with --region NAME, set AWS_REGION, or run `aws configure set region \
                 NAME{option}`, then retry."
            ),
            FailureKind::ExpiredCredentials => format!(
                "Sign in again (`aws sso login{option}` or `aws login{option}`, or fresh keys), \
                 then retry. What is on the screen stays."
            ),
            FailureKind::InvalidCredentials => {
                "Check the access key, the secret and the session token, and that this machine's \
                 clock is right, then retry."
                    .to_owned()
            }
            FailureKind::OtherAccount => {
                "Look at what gives the credentials, then connect again: certferry shows the account \
                 that they are of then. Runs that were stopped are in the journal of the former account."
                    .to_owned()
            }
            FailureKind::AccountNotKnown => {
                "Nothing was sent. See that AWS STS can be reached, or sign in again, then retry."
                    .to_owned()
            }
            FailureKind::AccessDenied => self.denied(),
            FailureKind::Throttled => {
                "Others use the same quota: wait a moment, then retry.".to_owned()
            }
            FailureKind::ConnectionRefused => {
                "Check the endpoint URL, its port, and that the service runs, then retry."
                    .to_owned()
            }
            FailureKind::UnknownHost => {
                "Check the region's name, the endpoint URL and this machine's DNS, then retry."
                    .to_owned()
            }
            FailureKind::TimedOut | FailureKind::ConnectionLost => {
                "Check the network (proxy, VPN, firewall), then retry.".to_owned()
            }
            FailureKind::NotFound => {
                "It may be gone, or belong to another account or region: refresh.".to_owned()
            }
            FailureKind::CertificateState => {
                let mut advice = "Refresh to see the certificate's status.".to_owned();
                if self.operation == Operation::TransferCertificate {
                    advice.push_str(" Only an inactive one can be transferred.");
                }
                advice
            }
            FailureKind::TransferConflict => {
                "Detach every policy and thing, then start the transfer again.".to_owned()
            }
            FailureKind::TransferCompleted => "Refresh to see how the transfer ended.".to_owned(),
            FailureKind::InvalidRequest => {
                "AWS's message says which value it does not accept.".to_owned()
            }
            FailureKind::LimitExceeded => {
                "AWS's message says which limit: make room, or ask AWS to raise it.".to_owned()
            }
            FailureKind::NotSupported => {
                "The endpoint is not AWS IoT, or an emulator without this operation.".to_owned()
            }
            FailureKind::Changed => "Look at how it stands now, and decide anew.".to_owned(),
            FailureKind::ServiceFault => "Wait a moment, then retry.".to_owned(),
            FailureKind::UnreadableAnswer => {
                "Something between here and AWS answered: check the proxy and the endpoint URL."
                    .to_owned()
            }
            FailureKind::ReadOnly => "Start without --read-only to change anything.".to_owned(),
            FailureKind::Journal => "Nothing is changed that cannot be written down.".to_owned(),
            FailureKind::Internal => {
                "Please report this; what is on the screen may be incomplete.".to_owned()
            }
            FailureKind::Other => "Retry, or look at AWS's code and message.".to_owned(),
        }
    }

    /// What to ask for.
    fn denied(&self) -> String {
        let mut advice = format!("Ask for the IAM action {}.", self.operation.iam_action());
        if self.operation == Operation::CancelCertificateTransfer {
            advice.push_str(
                " Its resource is the certificate's ARN with the recipient's account number, not \
                 your own.",
            );
        }
        advice
    }

    /// Whether nothing came back.
    pub const fn is_unreachable(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::TimedOut | FailureKind::ConnectionLost
        )
    }

    /// Whether every further call would fail for the same reason.
    pub const fn concerns_connection(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NoCredentials
                | FailureKind::BadProfile
                | FailureKind::NoRegion
                | FailureKind::BadSetting
                | FailureKind::ExpiredCredentials
                | FailureKind::InvalidCredentials
                | FailureKind::OtherAccount
                | FailureKind::AccountNotKnown
                | FailureKind::ConnectionRefused
                | FailureKind::UnknownHost
        )
    }
}
