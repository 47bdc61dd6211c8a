//! The filter's language: words, `or`, `not`, brackets and quotation marks.

use std::time::Duration;

use crate::domain::finding::{
    filter::{Filter, Means, Span, Term, digits, statuses},
    finder::{Finder, FinderError},
};

/// So deep brackets may stand.
const DEEPEST: usize = 20;

/// So many words a filter may have.
const MOST_WORDS: usize = 1_000;

/// What may stand before a colon, and what it looks at.
pub const FILTER_KEYS: [(&str, &str); 15] = [
    ("status", "a status; its beginning is enough"),
    ("device", "part of what the device is called"),
    ("id", "part of the id"),
    ("to", "transferred to an account, by number or name"),
    ("from", "offered by an account, by number or name"),
    ("age", "registered so long ago: >30d, <2h"),
    ("offered", "in transfer for so long: >3d, <2h"),
    (
        "expires",
        "valid for so long from now: <30d, >1y; expired counts as less",
    ),
    ("cn", "part of the subject's common name"),
    ("serial", "part of the serial number"),
    ("thing", "attached to a thing"),
    (
        "group",
        "to the things of a group; group:NAME/ of those below it too",
    ),
    ("type", "to the things of a type"),
    ("policy", "with a policy attached"),
    ("ca", "registered with a CA, by its whole id"),
];

/// The word for what is not valid any more.
pub(in crate::domain::finding) const EXPIRED: &str = "expired";

/// A part of a filter as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FilterPart {
    Open,
    Close,
    And(String),
    Or(String),
    Not(String),
    Word(TypedWord),
}

/// A word as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct TypedWord {
    /// With its quotation marks.
    whole: String,
    /// Without them.
    text: String,
    /// How many bytes of the text stand before the first colon that is in no quotation marks.
    colon: Option<usize>,
    quoted: bool,
}

impl Filter {
    /// Reads a filter. Words that stand beside each other must all match, `not` binds to the next word or bracket, and
    /// `or` divides.
    pub fn parse(text: &str) -> Self {
        let mut filter = Self::default();
        let mut reading = Reading {
            mistakes: Vec::new(),
            words: 0,
            tokens: Vec::new(),
        };
        reading.divide(text);
        if reading.tokens.len() > MOST_WORDS.saturating_mul(4) {
            reading.wrong("", FinderError::TooMany);
        } else {
            // Taken from the end.
            reading.tokens.reverse();
            filter.means = reading.any(0);
            if let Some(FilterPart::Close) = reading.tokens.last() {
                reading.wrong(")", FinderError::NoOpening);
            }
        }
        if reading.words > MOST_WORDS {
            reading.wrong("", FinderError::TooMany);
        }
        (filter.words, filter.mistakes) = (reading.words, reading.mistakes);
        filter
    }
}

struct Reading {
    mistakes: Vec<(String, FinderError)>,
    words: usize,
    /// What is still to be read, the next one last.
    tokens: Vec<FilterPart>,
}

impl Reading {
    fn wrong(&mut self, word: &str, why: FinderError) {
        self.mistakes.push((word.to_owned(), why));
    }

    fn divide(&mut self, text: &str) {
        let mut word = TypedWord::default();
        let mut within = false;
        for c in text.chars() {
            match c {
                '"' => {
                    within = !within;
                    word.quoted = true;
                    word.whole.push(c);
                }
                '(' | ')' if !within => {
                    self.end(&mut word);
                    self.tokens.push(if c == '(' {
                        FilterPart::Open
                    } else {
                        FilterPart::Close
                    });
                }
                c if c.is_whitespace() && !within => self.end(&mut word),
                c => {
                    if c == ':' && !within && word.colon.is_none() {
                        word.colon = Some(word.text.len());
                    }
                    word.text.push(c);
                    word.whole.push(c);
                }
            }
        }
        if within {
            self.wrong(&word.whole, FinderError::NoQuote);
        }
        self.end(&mut word);
    }

    fn end(&mut self, word: &mut TypedWord) {
        let word = std::mem::take(word);
        if word.whole.is_empty() {
            return;
        }
        let plain = if word.quoted { "" } else { word.text.as_str() };
        let token = match plain.to_ascii_lowercase().as_str() {
            "and" => FilterPart::And(word.whole),
            "or" => FilterPart::Or(word.whole),
            "not" => FilterPart::Not(word.whole),
            _ => FilterPart::Word(word),
        };
        self.tokens.push(token);
    }

    /// What `or` divides.
    fn any(&mut self, depth: usize) -> Means {
        let mut parts = vec![self.all(depth)];
        while let Some(FilterPart::Or(word)) = self.tokens.last().cloned() {
            self.tokens.pop();
            self.missing_beside(&word, parts.last());
            let next = self.all(depth);
            self.missing_beside(&word, Some(&next));
            parts.push(next);
        }
        if parts.len() == 1 {
            parts.pop().unwrap_or_default()
        } else {
            Means::Any(parts)
        }
    }

    fn missing_beside(&mut self, word: &str, part: Option<&Means>) {
        let none = |part: &Means| matches!(part, Means::All(parts) if parts.is_empty());
        if part.is_none_or(none) {
            self.wrong(word, FinderError::Beside);
        }
    }

    /// What stands beside each other.
    fn all(&mut self, depth: usize) -> Means {
        let mut parts = Vec::new();
        let mut joined: Option<String> = None;
        loop {
            match self.tokens.last().cloned() {
                Some(FilterPart::And(word)) => {
                    self.tokens.pop();
                    if parts.is_empty() || joined.is_some() {
                        self.wrong(&word, FinderError::Beside);
                    }
                    joined = Some(word);
                }
                Some(FilterPart::Not(_) | FilterPart::Open | FilterPart::Word(_)) => {
                    joined = None;
                    parts.extend(self.one(depth));
                }
                Some(FilterPart::Or(_) | FilterPart::Close) | None => break,
            }
        }
        if let Some(word) = joined {
            self.wrong(&word, FinderError::Beside);
        }
        if parts.len() == 1 {
            parts.pop().unwrap_or_default()
        } else {
            Means::All(parts)
        }
    }

    /// A word or a bracket, with the `not` before it.
    fn one(&mut self, depth: usize) -> Option<Means> {
        let mut negated: Option<String> = None;
        let mut opposite = false;
        while let Some(FilterPart::Not(word)) = self.tokens.last().cloned() {
            self.tokens.pop();
            opposite = !opposite;
            negated = Some(word);
        }
        let means = match self.tokens.last().cloned() {
            Some(FilterPart::Word(word)) => {
                self.tokens.pop();
                self.words = self.words.saturating_add(1);
                match term(&word) {
                    Ok(term) => Means::Word(term),
                    Err(why) => {
                        self.wrong(&word.whole, why);
                        return None;
                    }
                }
            }
            Some(FilterPart::Open) if depth >= DEEPEST => {
                self.wrong("(", FinderError::TooDeep);
                self.tokens.clear();
                return None;
            }
            Some(FilterPart::Open) => {
                self.tokens.pop();
                let before = self.mistakes.len();
                let inside = self.any(depth.saturating_add(1));
                if self.tokens.last() == Some(&FilterPart::Close) {
                    self.tokens.pop();
                } else if self.mistakes.len() == before {
                    self.wrong("(", FinderError::NoClosing);
                }
                let none = matches!(&inside, Means::All(parts) if parts.is_empty());
                if none && self.mistakes.len() == before {
                    self.wrong("()", FinderError::NothingInside);
                }
                inside
            }
            _ => {
                self.wrong(&negated.unwrap_or_default(), FinderError::Beside);
                return None;
            }
        };
        Some(if opposite {
            Means::Not(Box::new(means))
        } else {
            means
        })
    }
}

fn term(word: &TypedWord) -> Result<Term, FinderError> {
    let Some((key, value)) = word.colon.and_then(|at| word.text.split_at_checked(at)) else {
        let lower = word.text.to_lowercase();
        if !word.quoted && lower == EXPIRED {
            return Ok(Term::Expired);
        }
        return said(lower).map(Term::Anything);
    };
    let value = value.strip_prefix(':').unwrap_or(value);
    let key = key.to_ascii_lowercase();
    if let Some(finder) = Finder::of(&key, value) {
        return finder.map(Term::By);
    }
    let lower = || said(value.to_lowercase());
    match key.as_str() {
        "status" => {
            let status = lower()?;
            if statuses(&status).is_empty() {
                return Err(FinderError::Status);
            }
            Ok(Term::Status(status))
        }
        "to" => Ok(Term::To(digits(&lower()?))),
        "from" => Ok(Term::From(digits(&lower()?))),
        "id" => Ok(Term::Id(lower()?)),
        "device" => Ok(Term::Device(lower()?)),
        "cn" => Ok(Term::CommonName(lower()?)),
        "serial" => Ok(Term::Serial(lower()?.replace(['-', ':'], ""))),
        "age" => span(value).map(Term::Age),
        "offered" => span(value).map(Term::Offered),
        "expires" => span(value).map(Term::Expires),
        _ => Err(FinderError::Key(perhaps(&key))),
    }
}

/// A word that says something. One that would match everything is a mistake: half a filter, such as a script makes of an
/// empty variable, must not mean the whole account.
fn said(word: String) -> Result<String, FinderError> {
    if word.chars().any(char::is_alphanumeric) {
        Ok(word)
    } else {
        Err(FinderError::Nothing)
    }
}

/// Reads `>30d` or `<2h`.
fn span(text: &str) -> Result<Span, FinderError> {
    let (longer, time) = match text.split_at_checked(1) {
        Some((">", time)) => (true, time),
        Some(("<", time)) => (false, time),
        _ => return Err(FinderError::Span),
    };
    let unit = time.char_indices().next_back();
    let (number, unit) = unit
        .and_then(|(at, unit)| Some((time.get(..at)?, unit)))
        .ok_or(FinderError::Span)?;
    let seconds = match unit.to_ascii_lowercase() {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'y' => 365 * 86_400,
        _ => return Err(FinderError::Span),
    };
    let plain = number.chars().all(|c| c.is_ascii_digit());
    // Longer than any certificate has been there.
    let number: u64 = number.parse().map_err(|_| FinderError::Span)?;
    if !plain || number > 1_000_000 {
        return Err(FinderError::Span);
    }
    let than = Duration::from_secs(number.saturating_mul(seconds));
    Ok(Span { longer, than })
}

/// What was perhaps meant by a word before a colon that means nothing.
fn perhaps(typed: &str) -> Option<&'static str> {
    let longest = FILTER_KEYS.iter().map(|(key, _)| key.len()).max();
    if typed.len() < 2 || typed.len() > longest.unwrap_or_default().saturating_add(2) {
        return None;
    }
    let near = FILTER_KEYS.iter().map(|(key, _)| (far(typed, key), *key));
    // Of two letters nearly everything is near.
    let near = near.filter(|(far, key)| *far <= if key.len() < 4 { 1 } else { 2 });
    near.min().map(|(_, key)| key)
}

/// How many letters are to be changed, added, left out or exchanged to make one of the other.
fn far(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (n, a) in one.iter().enumerate() {
        let mut next = vec![n.saturating_add(1)];
        for (m, b) in other.iter().enumerate() {
            let at = |row: &[usize], m: usize| row.get(m).copied().unwrap_or(usize::MAX);
            let same = at(&last, m).saturating_add(usize::from(a != b));
            let out = at(&last, m.saturating_add(1)).saturating_add(1);
            let added = at(&next, m).saturating_add(1);
            let mut fewest = same.min(out).min(added);
            let exchanged = n > 0
                && m > 0
                && one.get(n.saturating_sub(1)) == Some(b)
                && other.get(m.saturating_sub(1)) == Some(a);
            if exchanged {
                fewest = fewest.min(at(&before, m.saturating_sub(1)).saturating_add(1));
            }
            next.push(fewest);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> Option<FinderError> {
        Filter::parse(text).mistakes().next().map(|it| it.1)
    }

    #[test]
    fn what_is_wrong_with_it_is_said_and_nothing_matches_by_a_mistake() {
        use FinderError as E;
        for (text, wrong) in [
            ("or", E::Beside),
            ("a or", E::Beside),
            ("or a", E::Beside),
            ("a or or b", E::Beside),
            ("not", E::Beside),
            ("a not or b", E::Beside),
            ("and a", E::Beside),
            ("a and", E::Beside),
            ("a and and b", E::Beside),
            ("a and or b", E::Beside),
            ("(a", E::NoClosing),
            ("((a) or b", E::NoClosing),
            ("a)", E::NoOpening),
            (")", E::NoOpening),
            ("()", E::NothingInside),
            ("not ()", E::NothingInside),
            ("\"a b", E::NoQuote),
            ("\"\"", E::Nothing),
            ("polcy:x", E::Key(Some("policy"))),
            ("ploicy:x", E::Key(Some("policy"))),
            ("Stauts:active", E::Key(Some("status"))),
            ("ca1:x", E::Key(Some("ca"))),
            ("colour:red", E::Key(None)),
            ("a:b", E::Key(None)),
            (":x", E::Key(None)),
            ("age:30d", E::Span),
            ("age:>", E::Span),
            ("age:>30", E::Span),
            ("age:>d", E::Span),
            ("age:>+3d", E::Span),
            ("age:>3é", E::Span),
            ("expires:<99999999999999999999d", E::Span),
            ("status:bogus or a", E::Status),
            (&"(".repeat(21), E::TooDeep),
            (&"(".repeat(10_000), E::TooMany),
            (&"a ".repeat(10_000), E::TooMany),
            (&"not ".repeat(3_000), E::Beside),
        ] {
            assert_eq!(mistake(text), Some(wrong), "{text:.40}");
        }
        for text in [
            "",
            "  ",
            "a or b",
            "A OR B and not c",
            "(a) (b)",
            "not not a",
            "(a or (b c)) not(d)",
            "\"or\" \"(a\"",
            "device:\"press (old)\"",
            "device:a:b",
            "serial:0A:2F",
            "age:>30d",
            "AGE:<2H",
            "expired",
            "\"aa:bb\"",
            &format!("{}a{}", "(".repeat(20), ")".repeat(20)),
            &"a or ".repeat(MOST_WORDS),
        ] {
            let text = text.trim_end().trim_end_matches(" or");
            assert_eq!(mistake(text), None, "{text:.40}");
        }
    }

    #[test]
    fn quotation_marks_make_a_word_of_what_is_between_them() {
        for (text, means) in [
            ("\"or\"", Term::Anything("or".to_owned())),
            ("\"Press 7\"", Term::Anything("press 7".to_owned())),
            ("device:\"a b\"c", Term::Device("a bc".to_owned())),
            ("\"to:4\"", Term::Anything("to:4".to_owned())),
            ("\"expired\"", Term::Anything("expired".to_owned())),
            ("expired", Term::Expired),
        ] {
            assert_eq!(Filter::parse(text).means, Means::Word(means), "{text}");
        }
    }
}
