//! The AWS CLI line of a change, so that a person can see, repeat or script what was done.

use std::{borrow::Cow, fmt::Write};

use crate::domain::{
    actions::change::{Mutation, Value},
    text::json_escaped,
};

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

/// The `aws iot` command that does the same, quoted for any POSIX shell.
///
/// What the AWS CLI would take for more than text goes into `--cli-input-json`: a value that begins
/// like the address of a file or page is replaced by what lies there ("Loading AWS CLI parameters from
/// a file", AWS CLI User Guide; version 1 fetches pages, too). So does what a shell or a terminal could
/// not carry; JSON is plain ASCII. The others are written as `--option=value`, so that one that begins
/// with a hyphen is no option.
pub fn aws_cli_line(mutation: &Mutation, at: &CommandPlace<'_>) -> String {
    let (command, parameters) = mutation.change.command(&mutation.certificate);
    let mut words = vec!["aws".to_owned(), "iot".to_owned(), command.to_owned()];
    if parameters.iter().any(|(_, value)| value.needs_json()) {
        // Two words: as one, version 1 of the AWS CLI misses the options that are in it.
        words.push(format!(
            "--cli-input-json '{}'",
            plain_json(&object(&parameters))
        ));
    } else {
        words.extend(parameters.iter().map(|(name, value)| match value {
            Value::Text(text) => option(name, text),
            Value::Json(value) => option(name, &plain_json(value)),
            Value::Yes => format!("--{name}"),
        }));
    }
    words.push(option("region", at.region));
    words.extend(at.profile.map(|profile| option("profile", profile)));
    words.extend(at.endpoint.map(|endpoint| option("endpoint-url", endpoint)));
    words.join(" ")
}

impl Value {
    /// Whether the AWS CLI, a shell or a terminal would take it for something else than it is.
    fn needs_json(&self) -> bool {
        let Self::Text(text) = self else {
            // A structure is plain JSON already.
            return false;
        };
        let start: String = text.chars().take(8).collect();
        let start = start.to_ascii_lowercase();
        ["file://", "fileb://", "http://", "https://"]
            .iter()
            .any(|scheme| start.starts_with(scheme))
            || text.chars().any(crate::domain::text::is_hostile)
            // The AWS CLI's parser takes it for the end of all options, also behind a `=`.
            || text == "--"
    }
}

fn option(name: &str, value: &str) -> String {
    format!("--{name}={}", quote(value))
}

impl Mutation {
    /// Its parameters by the names that the API gives them.
    pub fn parameters(&self) -> serde_json::Value {
        object(&self.change.command(&self.certificate).1)
    }
}

fn object(parameters: &[(&str, Value)]) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    for (name, value) in parameters {
        let value = match value {
            Value::Text(text) => serde_json::Value::from(text.as_str()),
            Value::Json(value) => value.clone(),
            Value::Yes => serde_json::Value::from(true),
        };
        object.insert(camel_case(name), value);
    }
    serde_json::Value::Object(object)
}

/// A value as JSON in printable ASCII without an apostrophe: it can stand between two of them in every
/// shell, and steers no terminal.
pub fn plain_json(value: &serde_json::Value) -> String {
    let keeps = |c| matches!(c, ' '..='~') && c != '\'';
    json_escaped(&value.to_string(), keeps)
}

/// `targetAwsAccount` for `target-aws-account`: the API's name.
fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// Quotes a word for a POSIX shell. One that holds what a terminal would act on is written by `printf`,
/// which knows how to name it in every shell.
pub fn quote(word: &str) -> String {
    if !word.chars().any(crate::domain::text::is_hostile) {
        // The only word it cannot quote holds a NUL, which is hostile.
        return shlex::try_quote(word).map_or_else(|_| String::from("''"), Cow::into_owned);
    }
    let mut quoted = String::from("\"$(printf '");
    for (at, c) in word.chars().enumerate() {
        match c {
            '%' => quoted.push_str("%%"),
            '\\' => quoted.push_str("\\\\"),
            // A hyphen at the beginning would be an option of `printf`.
            c if crate::domain::text::is_hostile(c) || c == '\'' || (c, at) == ('-', 0) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a String cannot fail.
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push_str("')\"");
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AccountId, Attachment, CertificateArn, CertificateId, Change, Place, ThingPrincipalType,
        ThingRef,
    };

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
        let line = aws_cli_line(&Change::Revoke.of(arn()), &at);
        assert!(
            line.ends_with("--region=us-east-1 --endpoint-url=http://127.0.0.1:5000"),
            "{line}"
        );
    }

    fn arn() -> CertificateArn {
        let account = AccountId::parse("111122223333").unwrap();
        Place::aws("us-east-1", account).arn(CertificateId::from_bytes([0xab; 32]))
    }

    #[test]
    fn the_procedure_s_commands_are_written_as_the_guide_writes_them() {
        let hex = "ab".repeat(32);
        let arn = arn();
        let line = |mutation: Mutation| aws_cli_line(&mutation, &HERE);
        assert_eq!(
            line(Change::Deactivate.of(arn.clone())),
            format!(
                "aws iot update-certificate --certificate-id={hex} --new-status=INACTIVE --region=us-east-1"
            )
        );
        assert_eq!(
            line(Change::Detach(Attachment::Policy("press-base".to_owned())).of(arn.clone())),
            format!(
                "aws iot detach-policy --target={arn} --policy-name=press-base --region=us-east-1"
            )
        );
        assert_eq!(
            line(Change::Detach(Attachment::thing("press-7".to_owned())).of(arn.clone())),
            format!(
                "aws iot detach-thing-principal --principal={arn} --thing-name=press-7 --region=us-east-1"
            )
        );
        assert_eq!(
            line(Change::Attach(Attachment::Policy("press-base".to_owned())).of(arn.clone())),
            format!(
                "aws iot attach-policy --target={arn} --policy-name=press-base --region=us-east-1"
            )
        );
        assert_eq!(
            line(
                Change::Attach(Attachment::Thing(ThingRef {
                    name: "press-7".to_owned(),
                    principal_type: Some(ThingPrincipalType::Exclusive)
                }))
                .of(arn.clone())
            ),
            format!(
                "aws iot attach-thing-principal --principal={arn} --thing-name=press-7 --thing-principal-type=EXCLUSIVE_THING --region=us-east-1"
            )
        );
        assert_eq!(
            line(Change::Accept { activate: true }.of(arn.clone())),
            format!(
                "aws iot accept-certificate-transfer --certificate-id={hex} --set-as-active --region=us-east-1"
            )
        );
    }

    #[test]
    fn foreign_text_cannot_leave_its_quotes() {
        let line = |message: &str| {
            aws_cli_line(
                &Change::Transfer {
                    to: AccountId::parse("444455556666").unwrap(),
                    message: Some(message.to_owned()),
                }
                .of(arn()),
                &CommandPlace {
                    profile: Some("my profile"),
                    ..HERE
                },
            )
        };
        assert!(line("moving; rm -rf /").contains("--transfer-message='moving; rm -rf /'"));
        assert!(line("it's").contains("--transfer-message=\"it's\""));
        let escape = line("red\u{1b}[31m 'x'\u{202e}");
        let named = r#""transferMessage":"red\u001b[31m \u0027x\u0027\u202e"}' "#;
        assert!(escape.contains(named), "{escape}");
        assert!(escape.ends_with("--profile='my profile'"), "{escape}");
        assert!(escape.is_ascii());
        assert!(!escape.chars().any(char::is_control));
    }

    #[test]
    fn what_the_aws_cli_would_read_from_elsewhere_is_json() {
        let line = |reason: &str| {
            let mutation = Change::Reject {
                reason: Some(reason.to_owned()),
            }
            .of(arn());
            aws_cli_line(&mutation, &HERE)
        };
        for reason in ["file:///etc/passwd", "fileb://x", "http://x", "HTTPS://x"] {
            let line = line(reason);
            let named = format!(r#""rejectReason":"{reason}"}}' --region=us-east-1"#);
            assert!(
                line.contains("--cli-input-json '{\"certificateId\":\""),
                "{line}"
            );
            assert!(line.ends_with(&named), "{line}");
        }
        let plain = line("--profile=other");
        assert!(
            plain.contains("--reject-reason='--profile=other' "),
            "{plain}"
        );
        let not_at_the_start = line("see file:///tmp/x");
        assert!(not_at_the_start.contains("--reject-reason='see file:///tmp/x' "));
    }

    #[test]
    fn a_profile_with_strange_letters_is_named_for_every_shell() {
        assert_eq!(
            quote("a\u{1b}b'c%d\\e\u{200f}"),
            r#""$(printf 'a\033b\047c%%d\\e\342\200\217')""#
        );
    }
}
