//! The filter's language: words that must all match.

use strum::IntoEnumIterator as _;

use crate::domain::{
    certificate::{
        description::{CertificateId, ConsoleStatus},
        device::DeviceName,
    },
    finding::{
        accounting::SHORTEST_BEGINNING,
        finder::{Finder, FinderError},
        found::FoundBy,
    },
    place::{account::AccountId, book::AccountBook},
};

/// A filter as typed: `status:inactive to:4444 group:lyon 3f2a`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// Part of the id or of the device's name, the beginning of a status, part of the other account's number or name.
    Anything(String),
    /// The beginning of a status.
    Status(String),
    /// Part of the recipient's number or name.
    To(String),
    /// Part of the sender's number or name.
    From(String),
    /// Part of the common name of its subject.
    CommonName(String),
    /// Part of its serial number, in hexadecimal digits.
    Serial(String),
    /// What AWS has found by it.
    By(Finder),
    /// A word that means nothing, and why. Nothing matches.
    Mistake(String, FinderError),
}

/// The word for what came back from a transfer.
const RETURNED: &str = "cameback";

/// What a filter looks at.
#[derive(Debug, Clone, Copy)]
pub struct FilterFacts<'a> {
    /// The certificate.
    pub id: CertificateId,
    /// Its status.
    pub status: ConsoleStatus,
    /// The recipient of an outgoing transfer.
    pub to: Option<AccountId>,
    /// The sender of an incoming transfer, when known.
    pub from: Option<AccountId>,
    /// Whether it came back from a transfer, as far as that is known.
    pub came_back: bool,
    /// The names of the accounts.
    pub book: &'a AccountBook,
    /// What AWS has found.
    pub found: &'a FoundBy,
    /// What its device is called, as far as that is known.
    pub device: Option<&'a DeviceName>,
}

impl Filter {
    /// Reads a filter. Every text is one.
    pub fn parse(text: &str) -> Self {
        let terms = text
            .split_whitespace()
            .map(|typed| {
                match Finder::parse(typed) {
                    Some(Ok(finder)) => return Term::By(finder),
                    Some(Err(why)) => return Term::Mistake(typed.to_owned(), why),
                    None => {}
                }
                let word = typed.to_lowercase();
                if let Some(why) = mistake(&word) {
                    return Term::Mistake(typed.to_owned(), why);
                }
                match word.split_once(':') {
                    Some(("status", value)) => Term::Status(value.to_owned()),
                    Some(("to", value)) => Term::To(digits(value)),
                    Some(("from", value)) => Term::From(digits(value)),
                    Some(("id", value)) => Term::Anything(value.to_owned()),
                    Some(("cn", value)) => Term::CommonName(value.to_owned()),
                    Some(("serial", value)) => Term::Serial(value.replace(['-', ':'], "")),
                    _ => Term::Anything(word),
                }
            })
            .collect();
        Self { terms }
    }

    /// Whether every certificate matches.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What AWS has to be asked for it.
    pub fn finders(&self) -> impl Iterator<Item = &Finder> {
        self.terms.iter().filter_map(|term| match term {
            Term::By(finder) => Some(finder),
            _ => None,
        })
    }

    /// Whether it looks at the senders of incoming transfers, which no list tells.
    pub fn wants_sender(&self) -> bool {
        let of = |term: &Term| matches!(term, Term::From(_));
        self.terms.iter().any(of)
    }

    /// Whether it looks at what came back, which the journal tells.
    pub fn wants_returned(&self) -> bool {
        let of = |term: &Term| matches!(term, Term::Status(word) if begins(RETURNED.chars(), word));
        self.terms.iter().any(of)
    }

    /// Whether it looks at what devices are called.
    pub fn wants_names(&self) -> bool {
        let of = |term: &Term| {
            matches!(
                term,
                Term::CommonName(_) | Term::Serial(_) | Term::Anything(_)
            )
        };
        self.terms.iter().any(of)
    }

    /// Whether it looks for a part of a device's name: a word that can be no part of an id.
    pub fn searches_names(&self) -> bool {
        let id = |word: &str| word.chars().all(|c| c.is_ascii_hexdigit());
        self.terms.iter().any(|term| match term {
            Term::CommonName(_) | Term::Serial(_) => true,
            Term::Anything(word) => {
                let status = |status: ConsoleStatus| status_matches(status, word);
                !id(word) && !ConsoleStatus::iter().any(status)
            }
            _ => false,
        })
    }

    /// The words that mean nothing, and why. Foreign text.
    pub fn mistakes(&self) -> impl Iterator<Item = (&str, FinderError)> {
        self.terms.iter().filter_map(|term| match term {
            Term::Mistake(word, why) => Some((word.as_str(), *why)),
            _ => None,
        })
    }

    /// A word that is not enough to change something by, and why: it matches by names that are kept on this computer,
    /// or nearly everything.
    pub fn too_vague(&self) -> Option<(String, FinderError)> {
        self.terms.iter().find_map(|term| match term {
            Term::CommonName(word) => Some((format!("cn:{word}"), FinderError::Kept)),
            Term::Serial(digits) => Some((format!("serial:{digits}"), FinderError::Kept)),
            Term::Anything(word) if word.len() < SHORTEST_BEGINNING => {
                Some((word.clone(), FinderError::TooShort))
            }
            _ => None,
        })
    }

    /// Whether a certificate matches.
    pub fn matches(&self, facts: &FilterFacts<'_>) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Status(word) => {
                status_matches(facts.status, word)
                    || facts.came_back && begins(RETURNED.chars(), word)
            }
            Term::To(word) => account_matches(facts.to, word, facts.book),
            Term::From(word) => account_matches(facts.from, word, facts.book),
            Term::CommonName(word) => facts.device.is_some_and(|it| it.is_called(word)),
            Term::Serial(digits) => facts.device.is_some_and(|it| it.is_numbered(digits)),
            Term::By(finder) => {
                let found = facts.found.get(finder);
                found.is_some_and(|it| it.certificates.contains(&facts.id))
            }
            Term::Mistake(..) => false,
            Term::Anything(word) => {
                id_contains(facts.id, word)
                    || facts.device.is_some_and(|it| it.contains(word))
                    || status_matches(facts.status, word)
                    || account_matches(facts.to.or(facts.from), &digits(word), facts.book)
            }
        })
    }
}

/// What is wrong with a word in lower case. One that would match everything is a mistake: half a filter, such as a
/// script makes of an empty variable, must not mean the whole account.
fn mistake(word: &str) -> Option<FinderError> {
    let value = match word.split_once(':') {
        Some(("status" | "to" | "from" | "id" | "cn" | "serial", value)) => value,
        _ => word,
    };
    if !value.chars().any(char::is_alphanumeric) {
        return Some(FinderError::Nothing);
    }
    let of_status = word.starts_with("status:");
    let known = |status: ConsoleStatus| status_matches(status, value);
    let known = ConsoleStatus::iter().any(known) || begins(RETURNED.chars(), value);
    (of_status && !known).then_some(FinderError::Status)
}

/// An account number as people write it, without its dashes; a name as it is.
fn digits(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_digit() || c == '-') {
        word.replace('-', "")
    } else {
        word.to_owned()
    }
}

/// Whether the status begins with the word, blanks left out: `pending`, `pendingtransfer`,
/// `inactive`, but not `active` for Inactive.
fn status_matches(status: ConsoleStatus, word: &str) -> bool {
    let label = status.label().chars().filter(|c| *c != ' ');
    begins(label.map(|c| c.to_ascii_lowercase()), word)
}

fn begins(mut label: impl Iterator<Item = char>, word: &str) -> bool {
    word.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .all(|c| label.next() == Some(c))
}

fn account_matches(account: Option<AccountId>, word: &str, book: &AccountBook) -> bool {
    account.is_some_and(|account| {
        account.to_string().contains(word)
            || book
                .name(account)
                .is_some_and(|name| name.to_lowercase().contains(word))
    })
}

/// Whether the id's digits contain the word. Allocates nothing: it runs for every row at every
/// key.
fn id_contains(id: CertificateId, word: &str) -> bool {
    let word = word.as_bytes();
    let digits = id.digits();
    word.is_empty() || digits.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FoundPart;

    fn matches(filter: &str, status: ConsoleStatus, to: Option<&str>) -> bool {
        let eu = AccountId::parse("444455556666").unwrap();
        let book = AccountBook::default().with_names([(eu, "Fleet-EU".to_owned())]);
        let id = CertificateId::from_bytes([0x3f; 32]);
        let mut found = FoundBy::new();
        let of_lyon = Finder::parse("group:Lyon").unwrap().unwrap();
        let part = FoundPart::Certificates(vec![id]);
        found.entry(of_lyon).or_default().take(part);
        let device = DeviceName {
            common_name: Some("Press-7".to_owned()),
            serial: Some("0a2f".to_owned()),
            thing: Some("line-9".to_owned()),
            ..DeviceName::unknown(id)
        };
        Filter::parse(filter).matches(&FilterFacts {
            id,
            device: Some(&device),
            found: &found,
            status,
            to: to.map(|to| AccountId::parse(to).unwrap()),
            from: None,
            came_back: false,
            book: &book,
        })
    }

    #[test]
    fn all_words_must_match() {
        let status = ConsoleStatus::Transferred;
        let to = Some("444455556666");
        for yes in [
            "",
            "3f3f",
            "F3F3",
            "id:3f3f",
            "status:transferred",
            "transf",
            "to:4444",
            "to:4444-5555",
            "4444-5555-6666",
            "to:fleet-eu",
            "eu",
            "3f status:trans to:66",
            "group:Lyon",
            "3f GROUP:Lyon",
            "press-7",
            "LINE",
            "cn:press",
            "serial:0A:2F",
        ] {
            assert!(matches(yes, status, to), "{yes}");
        }
        for no in [
            "3e",
            "status:active",
            "to:1111",
            "from:4444",
            "3f status:active",
            "group:lyon",
            "group:Lyon thing:press",
            "thing:",
            "cn:line",
            "serial:ff",
            &"3f".repeat(40),
        ] {
            assert!(!matches(no, status, to), "{no}");
        }
    }

    #[test]
    fn what_aws_has_to_be_asked_is_known_beforehand() {
        let filter = Filter::parse("status:active group:Lyon/ policy:a/b thing:");
        let finders: Vec<String> = filter.finders().map(Finder::to_string).collect();
        assert_eq!(finders, ["group:Lyon/"]);
        let mistakes: Vec<_> = filter.mistakes().collect();
        let wanted = [
            ("policy:a/b", FinderError::PolicyName),
            ("thing:", FinderError::NoName),
        ];
        assert_eq!(mistakes, wanted);
    }

    #[test]
    fn half_a_filter_matches_nothing() {
        for word in [
            "status:",
            "to:",
            "from:",
            "id:",
            "cn:",
            "serial:",
            "-",
            "--",
            ":",
            "status:-",
            "to:--",
            "serial:::",
            "cn:_",
            "status:bogus",
            "status:activated",
        ] {
            let status = ConsoleStatus::Transferred;
            assert!(!matches(word, status, Some("444455556666")), "{word}");
            assert_eq!(Filter::parse(word).mistakes().count(), 1, "{word}");
        }
        for word in [
            "status:a",
            "status:CAME-BACK",
            "status:in_transfer",
            "a:b",
            "to:4",
            "aa:bb",
        ] {
            assert_eq!(Filter::parse(word).mistakes().count(), 0, "{word}");
        }
    }

    #[test]
    fn active_is_not_inactive() {
        assert!(matches("status:active", ConsoleStatus::Active, None));
        assert!(!matches("status:active", ConsoleStatus::Inactive, None));
        assert!(matches(
            "status:pending-transfer",
            ConsoleStatus::PendingTransfer,
            None
        ));
        assert!(matches(
            "status:pending_activation",
            ConsoleStatus::PendingActivation,
            None
        ));
        assert!(!matches("status:inactive!", ConsoleStatus::Inactive, None));
    }
}
