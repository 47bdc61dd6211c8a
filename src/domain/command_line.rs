//! The AWS CLI line of a change, so that a person can see, repeat or script what was done.

use std::{borrow::Cow, fmt::Write};

use super::Mutation;

/// Where a command runs. It is in the line, so that a copied one cannot run somewhere else.
#[derive(Debug, Clone, Copy)]
pub struct CommandPlace<'a> {
    /// The region.
    pub region: &'a str,
    /// The profile, when one was named.
    pub profile: Option<&'a str>,
    /// The endpoint, when it is not AWS's own.
    pub endpoint: Option<&'a str>,
}

/// The `aws iot` command that does the same, quoted for a POSIX shell.
pub fn aws_cli_line(mutation: &Mutation, at: &CommandPlace<'_>) -> String {
    let mut words: Vec<Cow<'_, str>> = vec!["aws".into(), "iot".into()];
    let mut option = |name: &'static str, value: String| {
        words.push(name.into());
        if !value.is_empty() {
            words.push(value.into());
        }
    };
    match mutation {
        Mutation::Activate(id) | Mutation::Deactivate(id) | Mutation::Revoke(id) => {
            option("update-certificate", String::new());
            option("--certificate-id", id.to_string());
            let status = match mutation {
                Mutation::Activate(_) => "ACTIVE",
                Mutation::Deactivate(_) => "INACTIVE",
                _ => "REVOKED",
            };
            option("--new-status", status.to_owned());
        }
        Mutation::AttachPolicy {
            certificate,
            policy,
        } => {
            option("attach-policy", String::new());
            option("--target", certificate.to_string());
            option("--policy-name", policy.clone());
        }
        Mutation::AttachThing {
            certificate,
            thing,
            principal_type,
        } => {
            option("attach-thing-principal", String::new());
            option("--principal", certificate.to_string());
            option("--thing-name", thing.clone());
            if let Some(principal_type) = principal_type {
                let word = principal_type.api_name().to_owned();
                option("--thing-principal-type", word);
            }
        }
        Mutation::DetachPolicy {
            certificate,
            policy,
        } => {
            option("detach-policy", String::new());
            option("--target", certificate.to_string());
            option("--policy-name", policy.clone());
        }
        Mutation::DetachThing { certificate, thing } => {
            option("detach-thing-principal", String::new());
            option("--principal", certificate.to_string());
            option("--thing-name", thing.clone());
        }
        Mutation::Transfer { id, to, message } => {
            option("transfer-certificate", String::new());
            option("--certificate-id", id.to_string());
            option("--target-aws-account", to.to_string());
            if let Some(message) = message {
                option("--transfer-message", message.clone());
            }
        }
        Mutation::Accept { id, activate } => {
            option("accept-certificate-transfer", String::new());
            option("--certificate-id", id.to_string());
            if *activate {
                option("--set-as-active", String::new());
            }
        }
        Mutation::Reject { id, reason } => {
            option("reject-certificate-transfer", String::new());
            option("--certificate-id", id.to_string());
            if let Some(reason) = reason {
                option("--reject-reason", reason.clone());
            }
        }
        Mutation::CancelTransfer(id) => {
            option("cancel-certificate-transfer", String::new());
            option("--certificate-id", id.to_string());
        }
    }
    option("--region", at.region.to_owned());
    if let Some(profile) = at.profile {
        option("--profile", profile.to_owned());
    }
    if let Some(endpoint) = at.endpoint {
        option("--endpoint-url", endpoint.to_owned());
    }
    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
    words.join(" ")
}

/// Quotes a word for a shell. A word with control characters or bidirectional overrides is written
/// as `$'…'` with escapes, so that the line shows what it holds and is still the same word.
pub(super) fn quote(word: &str) -> String {
    if word.chars().any(super::text::is_hostile) {
        let mut quoted = String::from("$'");
        for c in word.chars() {
            match c {
                '\'' | '\\' => quoted.extend(['\\', c]),
                c if super::text::is_hostile(c) => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        // Writing to a String cannot fail.
                        let _ = write!(quoted, "\\x{byte:02x}");
                    }
                }
                c => quoted.push(c),
            }
        }
        quoted.push('\'');
        return quoted;
    }
    // The only word it cannot quote holds a NUL, which was written above.
    shlex::try_quote(word).map_or_else(|_| String::from("''"), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, CertificateId, Place, ThingPrincipalType};

    const HERE: CommandPlace<'_> = CommandPlace {
        region: "us-east-1",
        profile: None,
        endpoint: None,
    };

    #[test]
    fn a_line_of_another_endpoint_stays_there() {
        let at = CommandPlace {
            endpoint: Some("http://127.0.0.1:5000"),
            ..HERE
        };
        let line = aws_cli_line(&Mutation::Revoke(id()), &at);
        assert!(
            line.ends_with("--region us-east-1 --endpoint-url http://127.0.0.1:5000"),
            "{line}"
        );
    }

    fn id() -> CertificateId {
        CertificateId::from_bytes([0xab; 32])
    }

    #[test]
    fn the_procedure_s_commands_are_written_as_the_guide_writes_them() {
        let hex = "ab".repeat(32);
        let account = AccountId::parse("111122223333").unwrap();
        let arn = Place::aws("us-east-1", account).arn(id());
        let line = |mutation: Mutation| aws_cli_line(&mutation, &HERE);
        assert_eq!(
            line(Mutation::Deactivate(id())),
            format!(
                "aws iot update-certificate --certificate-id {hex} --new-status INACTIVE --region us-east-1"
            )
        );
        assert_eq!(
            line(Mutation::DetachPolicy {
                certificate: arn.clone(),
                policy: "press-base".to_owned()
            }),
            format!(
                "aws iot detach-policy --target {arn} --policy-name press-base --region us-east-1"
            )
        );
        assert_eq!(
            line(Mutation::DetachThing {
                certificate: arn.clone(),
                thing: "press-7".to_owned()
            }),
            format!(
                "aws iot detach-thing-principal --principal {arn} --thing-name press-7 --region us-east-1"
            )
        );
        assert_eq!(
            line(Mutation::AttachPolicy {
                certificate: arn.clone(),
                policy: "press-base".to_owned()
            }),
            format!(
                "aws iot attach-policy --target {arn} --policy-name press-base --region us-east-1"
            )
        );
        assert_eq!(
            line(Mutation::AttachThing {
                certificate: arn.clone(),
                thing: "press-7".to_owned(),
                principal_type: Some(ThingPrincipalType::Exclusive)
            }),
            format!(
                "aws iot attach-thing-principal --principal {arn} --thing-name press-7 --thing-principal-type EXCLUSIVE_THING --region us-east-1"
            )
        );
        assert_eq!(
            line(Mutation::Accept {
                id: id(),
                activate: true
            }),
            format!(
                "aws iot accept-certificate-transfer --certificate-id {hex} --set-as-active --region us-east-1"
            )
        );
    }

    #[test]
    fn foreign_text_cannot_leave_its_quotes() {
        let line = |message: &str| {
            aws_cli_line(
                &Mutation::Transfer {
                    id: id(),
                    to: AccountId::parse("444455556666").unwrap(),
                    message: Some(message.to_owned()),
                },
                &CommandPlace {
                    profile: Some("my profile"),
                    ..HERE
                },
            )
        };
        assert!(line("moving; rm -rf /").contains("--transfer-message 'moving; rm -rf /'"));
        assert!(line("it's").contains("--transfer-message \"it's\""));
        let escape = line("red\u{1b}[31m 'x'\u{202e}");
        assert!(
            escape.contains(r"$'red\x1b[31m \'x\'\xe2\x80\xae'"),
            "{escape}"
        );
        assert!(escape.ends_with("--profile 'my profile'"), "{escape}");
        assert!(!escape.chars().any(char::is_control));
    }
}
