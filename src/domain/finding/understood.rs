//! What a filter is understood as, in words, and what can complete a word of it.

use std::time::Duration;

use crate::domain::{
    finding::{
        filter::{Filter, Means, Span, Term, statuses},
        finder::Finder,
        language::{EXPIRED, FILTER_KEYS},
    },
    place::{account::AccountId, book::AccountBook},
    text::visible,
};

/// So many words are offered.
const MOST_OFFERED: usize = 50;

impl Filter {
    /// What it is understood as: `status Active and (device has press or to 4444-5555-6666)`. Empty when it is, or when a
    /// part of it is a mistake.
    pub fn understood(&self, book: &AccountBook) -> String {
        if self.is_empty() || !self.mistakes.is_empty() {
            return String::new();
        }
        words(&self.means, book, false)
    }
}

fn words(means: &Means, book: &AccountBook, inside: bool) -> String {
    let joined = |parts: &[Means], by: &str| {
        let parts: Vec<String> = parts.iter().map(|it| words(it, book, true)).collect();
        let joined = parts.join(by);
        if inside {
            format!("({joined})")
        } else {
            joined
        }
    };
    match means {
        Means::All(parts) => joined(parts, " and "),
        Means::Any(parts) => joined(parts, " or "),
        Means::Not(part) => format!("not {}", words(part, book, true)),
        Means::Word(term) => term_words(term, book),
    }
}

fn term_words(term: &Term, book: &AccountBook) -> String {
    match term {
        Term::Anything(word) => format!("\"{}\" anywhere", visible(word)),
        Term::Id(word) => format!("id has {}", visible(word)),
        Term::Status(word) => format!("status {}", statuses(word).join("/")),
        Term::To(word) => format!("to {}", account(word, book)),
        Term::From(word) => format!("from {}", account(word, book)),
        Term::Device(word) => format!("device has {}", visible(word)),
        Term::CommonName(word) => format!("common name has {}", visible(word)),
        Term::Serial(digits) => format!("serial number has {}", visible(digits)),
        Term::Age(it) if it.longer => format!("registered over {} ago", time(it)),
        Term::Age(it) => format!("registered less than {} ago", time(it)),
        Term::Offered(it) if it.longer => format!("in transfer for over {}", time(it)),
        Term::Offered(it) => format!("in transfer for less than {}", time(it)),
        Term::Expires(it) if it.longer => format!("valid for over {} more", time(it)),
        Term::Expires(it) => format!("valid for less than {} more", time(it)),
        Term::Expired => "expired".to_owned(),
        Term::By(Finder::Group { name, below: true }) => {
            format!("in group {} or below", visible(name))
        }
        Term::By(Finder::Group { name, .. }) => format!("in group {}", visible(name)),
        Term::By(Finder::Things(names)) => format!("of thing {}", visible(&names.join(", "))),
        Term::By(Finder::Type(name)) => format!("of thing type {}", visible(name)),
        Term::By(Finder::Policy(name)) => format!("with policy {}", visible(name)),
        Term::By(Finder::Authority(id)) => format!("of CA {}", id.short()),
    }
}

/// A whole number as people write it, with its name; a part of one as it is.
fn account(word: &str, book: &AccountBook) -> String {
    AccountId::parse(word).map_or_else(
        |_| visible(word).into_owned(),
        |id| match book.name(id) {
            Some(name) => format!("{} ({})", id.grouped(), visible(name)),
            None => id.grouped(),
        },
    )
}

fn time(span: &Span) -> String {
    let seconds = span.than.as_secs();
    for (unit, word) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds >= unit && seconds.is_multiple_of(unit) {
            return format!("{} {word}", seconds / unit);
        }
    }
    format!("{} s", Duration::from_secs(seconds).as_secs())
}

/// What can complete a word of a filter that is not finished: keys, statuses, accounts, times. What AWS has to be asked
/// for is not among it; names of devices that are known come from `devices`, which is given the beginning in small letters.
pub fn completions(
    word: &str,
    book: &AccountBook,
    devices: impl FnOnce(&str) -> Vec<String>,
) -> Vec<String> {
    let lower = word.to_lowercase();
    let Some((key, value)) = lower.split_once(':') else {
        let keys = FILTER_KEYS.iter().map(|(key, _)| format!("{key}:"));
        let words = [EXPIRED, "or", "not"].map(str::to_owned);
        let statuses = Filter::status_words().into_iter();
        let statuses = statuses.filter(|it| !lower.is_empty() && it.starts_with(&lower));
        let all = keys.chain(words).filter(|it| it.starts_with(&lower));
        return all
            .chain(statuses.map(|it| format!("status:{it}")))
            .collect();
    };
    let values: Vec<String> = match key {
        "status" => Filter::status_words(),
        "to" | "from" => (book.names())
            .filter(|(id, name)| {
                let number = id.grouped();
                let plain = id.to_string();
                let name = name.to_lowercase();
                [number.as_str(), plain.as_str(), name.as_str()]
                    .iter()
                    .any(|it| it.starts_with(value))
            })
            .map(|(id, _)| id.grouped())
            .collect(),
        "age" | "offered" => [">1d", ">7d", ">30d", ">1y", "<1h", "<1d", "<7d"]
            .map(str::to_owned)
            .into(),
        "expires" => ["<7d", "<30d", "<90d", "<1y", ">1y"]
            .map(str::to_owned)
            .into(),
        "device" | "cn" => devices(value),
        _ => Vec::new(),
    };
    let all = values
        .into_iter()
        .map(|value| format!("{key}:{}", quoted(&value)));
    // What is looked up begins so in its own way: an account by its name too.
    let looked_up = matches!(key, "to" | "from" | "device" | "cn");
    let all = all.filter(|it| looked_up || it.starts_with(&lower));
    all.take(MOST_OFFERED).collect()
}

/// In quotation marks, where a word needs them.
fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '(' | ')' | '"');
    if value.chars().all(plain) {
        value.to_owned()
    } else {
        // There is no quotation mark within quotation marks.
        format!("\"{}\"", value.replace('"', " "))
    }
}
