//! The filter: what its words look at, and whether a certificate matches.

use std::{ops::Not, time::Duration};

use strum::IntoEnumIterator as _;

use crate::domain::{
    certificate::{
        description::{CertificateId, ConsoleStatus},
        device::{DeviceView, Expiry},
    },
    clock::Timestamp,
    finding::{
        finder::{Finder, FinderError},
        found::FoundBy,
    },
    place::{account::AccountId, book::AccountBook},
};

/// A filter as typed: `status:inactive (to:4444 or group:lyon) not 3f2a`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub(in crate::domain::finding) means: Means,
    pub(in crate::domain::finding) mistakes: Vec<(String, FinderError)>,
    pub(in crate::domain::finding) words: usize,
}

/// What words mean together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain::finding) enum Means {
    /// All of these match.
    All(Vec<Means>),
    /// One of these matches.
    Any(Vec<Means>),
    /// This does not match.
    Not(Box<Means>),
    /// A word matches.
    Word(Term),
}

impl Default for Means {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain::finding) enum Term {
    /// Part of the id or of the device's name, the beginning of a status, part of the other account's number or name.
    Anything(String),
    /// Part of the id.
    Id(String),
    /// The beginning of a status.
    Status(String),
    /// Part of the recipient's number or name.
    To(String),
    /// Part of the sender's number or name.
    From(String),
    /// Part of what its device is called.
    Device(String),
    /// Part of the common name of its subject.
    CommonName(String),
    /// Part of its serial number, in hexadecimal digits.
    Serial(String),
    /// How long it has been registered.
    Age(Span),
    /// How long its transfer has been under way.
    Offered(Span),
    /// How much longer it is valid.
    Expires(Span),
    /// It is not valid any more.
    Expired,
    /// What AWS has found by it.
    By(Finder),
}

/// More or less than a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::finding) struct Span {
    pub(in crate::domain::finding) longer: bool,
    pub(in crate::domain::finding) than: Duration,
}

impl Span {
    fn has(self, time: time::Duration) -> bool {
        if self.longer {
            time > self.than
        } else {
            time < self.than
        }
    }
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
    /// When it was registered.
    pub created: Option<Timestamp>,
    /// The recipient of an outgoing transfer.
    pub to: Option<AccountId>,
    /// The sender of an incoming transfer, when known.
    pub from: Option<AccountId>,
    /// When its transfer was started, when known.
    pub started: Option<Timestamp>,
    /// Whether it came back from a transfer, as far as that is known.
    pub came_back: bool,
    /// The names of the accounts.
    pub book: &'a AccountBook,
    /// What AWS has found.
    pub found: &'a FoundBy,
    /// What its device is called, as far as that is known.
    pub device: Option<DeviceView<'a>>,
    /// The time.
    pub now: Timestamp,
}

/// Whether a certificate matches. What is not known matches nothing, nor does its opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilterVerdict {
    /// It does not.
    No,
    /// What it is about is not known.
    Unknown,
    /// It does.
    Yes,
}

impl FilterVerdict {
    const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// Nothing else can be right while this is not known.
    const fn unless(yes: bool, unknown: bool) -> Self {
        match (yes, unknown) {
            (true, _) => Self::Yes,
            (false, true) => Self::Unknown,
            (false, false) => Self::No,
        }
    }
}

impl Not for FilterVerdict {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl Means {
    /// Its words, whatever they mean together.
    pub(in crate::domain::finding) fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Word(term) => vec![term],
        }
    }

    /// Its verdict, when that of each word is known. What cannot change it any more is not looked at.
    pub(in crate::domain::finding) fn verdict(
        &self,
        of: &impl Fn(&Term) -> FilterVerdict,
    ) -> FilterVerdict {
        match self {
            Self::All(parts) => {
                let mut least = FilterVerdict::Yes;
                for part in parts {
                    least = least.min(part.verdict(of));
                    if least == FilterVerdict::No {
                        break;
                    }
                }
                least
            }
            Self::Any(parts) => {
                let mut most = FilterVerdict::No;
                for part in parts {
                    most = most.max(part.verdict(of));
                    if most == FilterVerdict::Yes {
                        break;
                    }
                }
                most
            }
            Self::Not(part) => !part.verdict(of),
            Self::Word(term) => of(term),
        }
    }
}

impl Filter {
    /// Whether every certificate matches.
    pub fn is_empty(&self) -> bool {
        self.words == 0 && self.mistakes.is_empty()
    }

    /// How many words it has: what looking at a certificate costs.
    pub const fn words(&self) -> usize {
        self.words
    }

    fn has(&self, is: impl Fn(&Term) -> bool) -> bool {
        self.means.terms().into_iter().any(is)
    }

    /// What AWS has to be asked for it.
    pub fn finders(&self) -> impl Iterator<Item = &Finder> {
        let terms = self.means.terms().into_iter();
        terms.filter_map(|term| match term {
            Term::By(finder) => Some(finder),
            _ => None,
        })
    }

    /// Those of them without which nothing matches.
    pub fn required_finders(&self) -> Vec<&Finder> {
        let by = |means: &'_ Means| match means {
            Means::Word(Term::By(_)) => true,
            Means::Word(_) | Means::All(_) | Means::Any(_) | Means::Not(_) => false,
        };
        let parts = match &self.means {
            Means::All(parts) => parts.iter().filter(|it| by(it)).collect(),
            one => vec![one],
        };
        let finder = |means| match means {
            &Means::Word(Term::By(ref finder)) => Some(finder),
            _ => None,
        };
        parts.into_iter().filter_map(finder).collect()
    }

    /// Whether it looks at the senders of incoming transfers, which no list tells.
    pub fn wants_sender(&self) -> bool {
        self.has(|term| matches!(term, Term::From(_) | Term::Offered(_)))
    }

    /// Whether it looks at what came back, which the journal tells.
    pub fn wants_returned(&self) -> bool {
        self.has(|term| matches!(term, Term::Status(word) if begins(RETURNED.chars(), word)))
    }

    /// Whether it looks at what devices are called, or at how long certificates are valid.
    pub fn wants_names(&self) -> bool {
        self.has(|term| {
            matches!(
                term,
                Term::CommonName(_) | Term::Serial(_) | Term::Anything(_) | Term::Device(_)
            )
        }) || self.wants_expiry()
    }

    /// Whether it looks at how long certificates are valid.
    pub fn wants_expiry(&self) -> bool {
        self.has(|term| matches!(term, Term::Expires(_) | Term::Expired))
    }

    /// Whether what it finds changes with the time.
    pub fn is_timed(&self) -> bool {
        let spans = |term: &Term| matches!(term, Term::Age(_) | Term::Offered(_));
        self.wants_expiry() || self.has(spans)
    }

    /// The words that mean nothing, and why. Foreign text.
    pub fn mistakes(&self) -> impl Iterator<Item = (&str, FinderError)> {
        let mistakes = self.mistakes.iter();
        mistakes.map(|(word, why)| (word.as_str(), *why))
    }

    /// Whether a certificate matches. A filter with a mistake anywhere matches nothing: half of one must not mean more
    /// than the whole.
    pub fn verdict(&self, facts: &FilterFacts<'_>) -> FilterVerdict {
        if self.mistakes.is_empty() {
            self.means.verdict(&|term| term.verdict(facts))
        } else {
            FilterVerdict::No
        }
    }

    /// Whether it is known that a certificate matches.
    pub fn matches(&self, facts: &FilterFacts<'_>) -> bool {
        self.verdict(facts) == FilterVerdict::Yes
    }
}

impl Term {
    fn verdict(&self, facts: &FilterFacts<'_>) -> FilterVerdict {
        let named = facts.device.is_some_and(|it| it.is_named());
        let read = facts.device.is_some_and(|it| it.serial.is_some());
        let expiry = facts.device.map_or(Expiry::NotAsked, |it| it.expires);
        match self {
            Self::Status(word) => {
                let returned = facts.came_back && begins(RETURNED.chars(), word);
                FilterVerdict::of(status_matches(facts.status, word) || returned)
            }
            Self::To(word) => {
                let unknown = facts.to.is_none()
                    && matches!(
                        facts.status,
                        ConsoleStatus::Transferred | ConsoleStatus::InTransfer
                    );
                FilterVerdict::unless(account_matches(facts.to, word, facts.book), unknown)
            }
            Self::From(word) => {
                let unknown = facts.from.is_none()
                    && matches!(
                        facts.status,
                        ConsoleStatus::PendingTransfer | ConsoleStatus::InTransfer
                    );
                FilterVerdict::unless(account_matches(facts.from, word, facts.book), unknown)
            }
            Self::Device(word) => {
                let has = facts.device.is_some_and(|it| it.contains(word));
                FilterVerdict::unless(has, !named)
            }
            Self::CommonName(word) => {
                let has = facts.device.is_some_and(|it| it.is_called(word));
                FilterVerdict::unless(has, !read)
            }
            Self::Serial(digits) => {
                let has = facts.device.is_some_and(|it| it.is_numbered(digits));
                FilterVerdict::unless(has, !read)
            }
            Self::Age(span) => spanned(facts.created.map(|at| facts.now - at), *span),
            Self::Offered(_) if !facts.status.in_transfer() => FilterVerdict::No,
            Self::Offered(span) => spanned(facts.started.map(|at| facts.now - at), *span),
            Self::Expires(span) => spanned(left(expiry, facts.now), *span),
            Self::Expired => left(expiry, facts.now).map_or(FilterVerdict::Unknown, |left| {
                FilterVerdict::of(!left.is_positive())
            }),
            Self::By(finder) => {
                let found = facts.found.get(finder);
                let has = found.is_some_and(|it| it.certificates.contains(&facts.id));
                let all = found.is_some_and(|it| it.over && it.failure.is_none());
                FilterVerdict::unless(has, !all)
            }
            Self::Id(word) => FilterVerdict::of(id_contains(facts.id, word)),
            Self::Anything(word) => {
                let has = id_contains(facts.id, word)
                    || facts.device.is_some_and(|it| it.contains(word))
                    || status_matches(facts.status, word)
                    || account_matches(facts.to.or(facts.from), &digits(word), facts.book);
                FilterVerdict::unless(has, !named && is_only_a_name(word))
            }
        }
    }
}

/// Whether a word can be no part of an id and no status, so that a name is meant.
fn is_only_a_name(word: &str) -> bool {
    let id = word.chars().all(|c| c.is_ascii_hexdigit());
    let status = |status: ConsoleStatus| status_matches(status, word);
    !id && !ConsoleStatus::iter().any(status)
}

fn spanned(time: Option<time::Duration>, span: Span) -> FilterVerdict {
    time.map_or(FilterVerdict::Unknown, |time| {
        FilterVerdict::of(span.has(time))
    })
}

/// How much longer a certificate is valid.
fn left(expiry: Expiry, now: Timestamp) -> Option<time::Duration> {
    match expiry {
        Expiry::At(at) => Some(at - now),
        Expiry::NotAsked | Expiry::NotSaid => None,
    }
}

/// An account number as people write it, without its dashes; a name as it is.
pub(in crate::domain::finding) fn digits(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_digit() || c == '-') {
        word.replace('-', "")
    } else {
        word.to_owned()
    }
}

/// The statuses that begin so, in the console's words; what came back is one.
pub(in crate::domain::finding) fn statuses(word: &str) -> Vec<&'static str> {
    let known = ConsoleStatus::iter().filter(|it| status_matches(*it, word));
    let returned = begins(RETURNED.chars(), word).then_some("Came back");
    known.map(ConsoleStatus::label).chain(returned).collect()
}

/// Whether the status begins with the word, blanks left out: `pending`, `pendingtransfer`,
/// `inactive`, but not `active` for Inactive.
pub(in crate::domain::finding) fn status_matches(status: ConsoleStatus, word: &str) -> bool {
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
    if !word.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let digits = id.digits();
    word.is_empty() || digits.windows(word.len()).any(|window| window == word)
}
