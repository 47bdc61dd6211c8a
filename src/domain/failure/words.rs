//! A failure in words: what went wrong, and what to do.

use crate::domain::{
    actions::{command_line::quote, operation::Operation},
    failure::{
        failed::{Failure, FailureKind},
        permissions::files_with,
    },
};

/// Why no change can be chosen in a read-only session.
pub const READ_ONLY: &str = "this session is read-only";

/// Whose credentials a person signs with, as far as it says what to do when they are not good.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signing<'a> {
    /// The profile in use.
    pub profile: Option<&'a str>,
    /// The command that signs in again, where there is one.
    pub sign_in: Option<&'a str>,
}

impl Signing<'_> {
    /// What to do about a kind of failure, when it depends on who signs.
    fn remedy(self, kind: FailureKind) -> Option<String> {
        let signed_out = matches!(
            kind,
            FailureKind::NoCredentials
                | FailureKind::ExpiredCredentials
                | FailureKind::InvalidCredentials
        );
        if let (true, Some(command)) = (signed_out, self.sign_in) {
            return Some(format!(
                "Sign in again, in another window: `{command}`. Then retry. What is on the screen \
                 stays."
            ));
        }
        let option = self
            .profile
            .map_or_else(String::new, |name| format!(" --profile {}", quote(name)));
        Some(match kind {
            FailureKind::NoCredentials => format!(
                "Sign in with `aws login{option}` or `aws sso login{option}`, or set AWS_PROFILE, \
                 then retry. Another profile: start with --profile NAME, or choose one here."
            ),
            FailureKind::NoRegion => format!(
                "Start with --region NAME, set AWS_REGION, or run `aws configure set region \
                 NAME{option}`, then retry."
            ),
            FailureKind::ExpiredCredentials => format!(
                "Sign in again (`aws sso login{option}` or `aws login{option}`, or fresh keys), \
                 then retry. What is on the screen stays."
            ),
            _ => return None,
        })
    }
}

/// How many characters of AWS's own words are kept where there is little room.
const WORDS: usize = 200;

impl Failure {
    /// In a few words, with AWS's own where its message says what the kind does not.
    pub fn in_short(&self) -> String {
        if self.kind == FailureKind::Changed {
            return self.message.clone();
        }
        let mut text = self.summary();
        let tells = matches!(
            self.kind,
            FailureKind::InvalidRequest
                | FailureKind::LimitExceeded
                | FailureKind::CertificateState
                | FailureKind::Other
        );
        if tells && !self.message.is_empty() {
            text.push_str(": ");
            text.extend(self.message.chars().take(WORDS));
        }
        text
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
            FailureKind::CodeNeeded => "a code of an MFA device is needed".to_owned(),
            FailureKind::CodeRefused => "AWS does not give the role for this code".to_owned(),
            FailureKind::RoleRefused => "AWS does not give the role".to_owned(),
            FailureKind::RoleNotAssigned => "the role is not assigned".to_owned(),
            FailureKind::RegionOff => "the credentials are not good in this region".to_owned(),
            FailureKind::ClockWrong => "this computer's clock is wrong".to_owned(),
            FailureKind::AccessDenied => {
                format!("access denied ({})", self.operation.iam_action())
            }
            FailureKind::DeniedByOrganization => {
                let action = self.operation.iam_action();
                format!("the organization does not allow {action}")
            }
            FailureKind::Throttled => format!("{name} was throttled"),
            FailureKind::ConnectionRefused => "the endpoint refuses the connection".to_owned(),
            FailureKind::UnknownHost => "the endpoint's name is unknown".to_owned(),
            FailureKind::NotTrusted => "the endpoint's certificate is not trusted".to_owned(),
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
            FailureKind::AlreadyExists => format!("{name}: the name is taken by something else"),
            FailureKind::NotProven => {
                "its device would not be allowed what its policies say".to_owned()
            }
            FailureKind::ServiceFault => format!("{name}: AWS failed"),
            FailureKind::UnreadableAnswer => format!("{name}: the answer could not be read"),
            FailureKind::ReadOnly => READ_ONLY.to_owned(),
            FailureKind::Journal => "the journal cannot be used".to_owned(),
            FailureKind::Internal => "certferry failed".to_owned(),
            FailureKind::Other => format!("{name} failed"),
        }
    }

    /// What to do next, as one who signs like this.
    pub fn advice(&self, signing: Signing<'_>) -> String {
        if self.ambiguous {
            return "It is not known whether AWS did it. Look at the certificate before you try \
                    again."
                .to_owned();
        }
        if let Some(remedy) = signing.remedy(self.kind) {
            return remedy;
        }
        match self.kind {
            FailureKind::AccessDenied => self.denied(),
            FailureKind::DeniedByOrganization => format!(
                "No IAM policy of the account can allow it: ask those who keep the organization's \
                 service control policies for {}.",
                self.operation.iam_action()
            ),
            FailureKind::CertificateState if self.operation == Operation::TransferCertificate => {
                let state = remedy(self.kind);
                format!("{state} Only an inactive one can be transferred.")
            }
            kind => remedy(kind).to_owned(),
        }
    }

    /// The policy that has what is missing, when that is why it failed.
    pub fn policy_file(&self) -> Option<String> {
        if self.kind != FailureKind::AccessDenied {
            return None;
        }
        let files = files_with(&self.operation.iam_action());
        let first = files.first()?;
        Some(format!("assets/iam/{first}"))
    }

    /// The same for a hand-over, which has policies of its own for its two sides.
    pub fn policy_file_of_hand_over(&self, at_recipient: bool) -> Option<String> {
        if self.kind != FailureKind::AccessDenied {
            return None;
        }
        let side = if at_recipient { "recipient" } else { "source" };
        let files = files_with(&self.operation.iam_action()).into_iter();
        let mut files = files.filter(|it| it.starts_with("hand-over"));
        let first = files.clone().next()?;
        let of_side = files.find(|it| it.contains(side));
        Some(format!("assets/iam/{}", of_side.unwrap_or(first)))
    }

    /// What to ask for.
    fn denied(&self) -> String {
        let action = self.operation.iam_action();
        let mut advice = match self.policy_file() {
            Some(file) => format!("Ask for the IAM action {action} ({file})."),
            None => format!("Ask for the IAM action {action}."),
        };
        if self.operation == Operation::CancelCertificateTransfer {
            advice.push_str(
                " Its resource is the certificate's ARN with the recipient's account number, not \
                 your own.",
            );
        }
        advice
    }
}

/// What to do about a kind of failure, whoever signs and whatever was tried.
const fn remedy(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::NoCredentials | FailureKind::ExpiredCredentials => "Sign in, then retry.",
        FailureKind::NoRegion => "Name a region, then retry.",
        FailureKind::AccessDenied | FailureKind::DeniedByOrganization => {
            "Ask for the permission, then retry."
        }
        FailureKind::CertificateState => "Refresh to see the certificate's status.",
        FailureKind::BadProfile => {
            "Look at the profile in ~/.aws/config and ~/.aws/credentials (`aws configure \
             list-profiles` names them all), then retry, or choose another one."
        }
        FailureKind::BadSetting => "Correct the setting that the message names, then start again.",
        FailureKind::InvalidCredentials => {
            "Check the access key, the secret and the session token, and that this machine's \
             clock is right, then retry."
        }
        FailureKind::OtherAccount => {
            "Look at what gives the credentials, then connect again: certferry shows the account \
             that they are of then. Runs that were stopped are in the journal of the former account."
        }
        FailureKind::AccountNotKnown => {
            "Nothing was sent. See that AWS STS can be reached, or sign in again, then retry."
        }
        FailureKind::CodeNeeded => "Retry, and type the six digits that the device shows.",
        FailureKind::CodeRefused => {
            "A code is good once: retry with the next one. If it was right, the role's trust \
             policy does not let you assume it."
        }
        FailureKind::RoleRefused => {
            "The role's trust policy must name whoever assumes it, and they need sts:AssumeRole \
             for it. If it asks for an MFA device, an external id or a session name, the profile \
             needs mfa_serial, external_id or role_session_name."
        }
        FailureKind::RoleNotAssigned => {
            "Ask for the assignment in IAM Identity Center, or correct sso_account_id and \
             sso_role_name of the profile."
        }
        FailureKind::RegionOff => {
            "The region may be switched off for the account (AWS Regions, in its account \
             settings). A session token of the global endpoint of STS is not good there either: \
             sts_regional_endpoints = regional."
        }
        FailureKind::ClockWrong => {
            "Set this computer's clock (`timedatectl` shows whether it is synchronized), then \
             retry."
        }
        FailureKind::Throttled => "Others use the same quota: wait a moment, then retry.",
        FailureKind::ConnectionRefused => {
            "Check the endpoint URL, its port, and that the service runs, then retry."
        }
        FailureKind::UnknownHost => {
            "Check the region's name, the endpoint URL and this machine's DNS, then retry."
        }
        FailureKind::NotTrusted => {
            "A proxy that looks into TLS shows its own certificate: name the file of its \
             authority in ca_bundle of the profile, AWS_CA_BUNDLE or SSL_CERT_FILE, then retry."
        }
        FailureKind::TimedOut | FailureKind::ConnectionLost => {
            "Check the network (proxy, VPN, firewall), then retry."
        }
        FailureKind::NotFound => "It may be gone, or belong to another account or region: refresh.",
        FailureKind::TransferConflict => "Detach every policy and thing, then try again.",
        FailureKind::TransferCompleted => "Refresh to see how the transfer ended.",
        FailureKind::InvalidRequest => "AWS's message says which value it does not accept.",
        FailureKind::LimitExceeded => {
            "AWS's message says which limit: make room, or ask AWS to raise it."
        }
        FailureKind::NotSupported => {
            "The endpoint is not AWS IoT, or an emulator without this operation."
        }
        FailureKind::Changed => "Look at how it stands now, and decide anew.",
        FailureKind::AlreadyExists => {
            "Nothing that is there is changed: take another name, or use what is there as it is."
        }
        FailureKind::NotProven => {
            "Correct the policy that is named in the recipient's account, then resume: it is proven again."
        }
        FailureKind::ServiceFault => "Wait a moment, then retry.",
        FailureKind::UnreadableAnswer => {
            "Something between here and AWS answered: check the proxy and the endpoint URL."
        }
        FailureKind::ReadOnly => "Start without --read-only to change anything.",
        FailureKind::Journal => "Nothing is changed that cannot be written down.",
        FailureKind::Internal => "Please report this; what is on the screen may be incomplete.",
        FailureKind::Other => "Retry, or look at AWS's code and message.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(kind: FailureKind, operation: Operation, signing: Signing<'_>) -> String {
        let failure = Failure {
            kind,
            ..Failure::internal(operation, "no")
        };
        failure.advice(signing)
    }

    #[test]
    fn who_signs_is_told_how_to_sign_in_again() {
        use FailureKind::{
            AccessDenied, ExpiredCredentials, InvalidCredentials, NoCredentials, NoRegion,
        };
        let signing = Signing {
            profile: Some("lab two"),
            sign_in: None,
        };
        let with_command = Signing {
            sign_in: Some("aws sso login"),
            ..signing
        };
        for (kind, without, with) in [
            (
                NoCredentials,
                "`aws login --profile 'lab two'`",
                "`aws sso login`. Then retry",
            ),
            (
                ExpiredCredentials,
                "`aws sso login --profile 'lab two'`",
                "`aws sso login`. Then retry",
            ),
            (
                InvalidCredentials,
                "Check the access key",
                "`aws sso login`. Then retry",
            ),
            (
                NoRegion,
                "`aws configure set region NAME --profile 'lab two'`",
                "Start with --region",
            ),
            (
                AccessDenied,
                "Ask for the IAM action",
                "Ask for the IAM action",
            ),
        ] {
            for (signing, words) in [(signing, without), (with_command, with)] {
                let advice = advice(kind, Operation::ListCertificates, signing);
                assert!(advice.contains(words), "{kind:?}: {advice}");
            }
        }
    }

    #[test]
    fn a_state_that_hinders_a_transfer_says_which_one_does_not() {
        let of = |operation| advice(FailureKind::CertificateState, operation, Signing::default());
        let transfer = of(Operation::TransferCertificate);
        let refresh = "Refresh to see the certificate's status.";
        assert_eq!(
            transfer,
            format!("{refresh} Only an inactive one can be transferred.")
        );
        assert_eq!(of(Operation::DeleteCertificate), refresh);
    }

    #[test]
    fn what_aws_says_is_kept_in_short_where_the_kind_says_little() {
        let short = |kind, message: &str| {
            let failure = Failure {
                kind,
                ..Failure::internal(Operation::TransferCertificate, message)
            };
            failure.in_short()
        };
        let invalid = FailureKind::InvalidRequest;
        assert!(short(invalid, "the name is bad").ends_with(": the name is bad"));
        assert!(!short(invalid, "").ends_with(": "));
        assert!(!short(FailureKind::AccessDenied, "arn").ends_with("arn"));
        assert_eq!(short(FailureKind::Changed, "it moved"), "it moved");
    }

    #[test]
    fn only_where_nothing_came_back_it_cannot_be_reached() {
        let unreachable = |kind| {
            let failure = Failure {
                kind,
                ..Failure::internal(Operation::ListCertificates, "no")
            };
            failure.is_unreachable()
        };
        assert!(unreachable(FailureKind::TimedOut) && unreachable(FailureKind::ConnectionLost));
        assert!(!unreachable(FailureKind::AccessDenied) && !unreachable(FailureKind::Throttled));
    }
}
