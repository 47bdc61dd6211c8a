//! What AWS finds for the words of the filter.

use crate::{
    domain::{
        AccountBook, Failure, Finder, Found, FoundPart, Searched,
        text::{counted, visible},
    },
    tui::{
        pages::certificates::list::CertificateList,
        text::{prose::Role, words::grouped},
    },
};

/// So many things are asked about until the rows are sorted out anew; the first ones sooner.
const AT_ONCE: usize = 50;

impl CertificateList {
    /// The words that AWS has to be asked about and was not yet. What it was asked for other words is forgotten.
    pub fn to_find(&mut self) -> Vec<Finder> {
        let wanted: Vec<Finder> = self.filter.finders().cloned().collect();
        self.found.retain(|finder, _| wanted.contains(finder));
        let asked = |finder: &Finder| self.found.contains_key(finder);
        wanted.into_iter().filter(|it| !asked(it)).collect()
    }

    /// Whether AWS was asked about a word that the filter still has.
    pub fn looks_for(&self, by: &Finder) -> bool {
        self.found.contains_key(by)
    }

    /// AWS is asked about a word.
    pub fn finding(&mut self, by: Finder) {
        self.found.insert(by, Found::default());
    }

    /// What AWS has found is forgotten, since it is asked anew.
    pub fn forget_found(&mut self, book: &AccountBook) {
        self.found.clear();
        if self.filter.finders().next().is_some() {
            self.sift(false, book);
        }
    }

    /// Takes a part of what AWS has found.
    pub fn found_part(&mut self, by: &Finder, part: FoundPart, book: &AccountBook) {
        let Some(found) = self.found.get_mut(by) else {
            return;
        };
        let of_one = matches!(part, FoundPart::Thing(_));
        let over = matches!(part, FoundPart::Over);
        let ids = match &part {
            FoundPart::Thing(thing) => thing.certificates.clone().unwrap_or_default(),
            FoundPart::Certificates(ids) => ids.clone(),
            FoundPart::Things(_) | FoundPart::Group(_) | FoundPart::Over => Vec::new(),
        };
        found.take(part);
        let asked = found.things.len();
        let rows = ids.into_iter().filter_map(|id| self.rows.find(id));
        self.changes.facts.extend(rows);
        // There may be a million rows and as many things.
        let now = !of_one || asked.is_power_of_two() || asked.is_multiple_of(AT_ONCE);
        if over {
            // What was not found is now known not to be it.
            self.sift(true, book);
        } else if now {
            self.arrange(book);
        }
    }

    /// AWS cannot say what it finds.
    pub fn not_found(&mut self, by: &Finder, failure: Box<Failure>, book: &AccountBook) {
        if let Some(found) = self.found.get_mut(by) {
            found.failure = Some(failure);
        }
        self.sift(true, book);
    }

    /// How far AWS has said what the filter finds.
    pub fn search(&self) -> Searched {
        let of = |finder: &Finder| match self.found.get(finder) {
            None => Searched::NotAsked,
            Some(found) if found.failure.is_some() => Searched::Failed,
            Some(found) if found.over => Searched::Done,
            Some(_) => Searched::UnderWay,
        };
        let all = self.filter.finders().map(of);
        let rows = if self.sifting.is_some() {
            Searched::Sifting
        } else {
            Searched::Done
        };
        all.max().unwrap_or(rows).max(rows)
    }

    /// What is wrong with a word of the filter.
    pub fn filter_mistake(&self) -> Option<String> {
        let (word, why) = self.filter.mistakes().next()?;
        let word = visible(word);
        let word = word.strip_suffix(':').unwrap_or(&word);
        Some(if word.is_empty() {
            why.to_string()
        } else {
            format!("{word}: {why}")
        })
    }

    /// Whether it would be known of more certificates whether they match, if their names were.
    pub fn lacks_names(&self) -> bool {
        !self.unsure.is_empty() && !self.filter.wants_sender()
    }

    /// What is to be said of the words that AWS is asked about: what is wrong with one, or how far it is.
    pub fn finding_words(&self) -> Option<(Role, String)> {
        if let Some(mistake) = self.filter_mistake() {
            return Some((Role::Bad, mistake));
        }
        for finder in self.filter.finders() {
            let Some(found) = self.found.get(finder) else {
                continue;
            };
            let missing = matches!(finder, Finder::Things(_)) && found.missing().next().is_some();
            if missing {
                return Some((Role::Bad, format!("no such {}", finder.word())));
            }
            if let Some(failure) = &found.failure {
                let why = if failure.kind == crate::domain::FailureKind::NotFound {
                    format!("no such {}", finder.word())
                } else {
                    failure.summary()
                };
                return Some((Role::Bad, why));
            }
            if !found.over {
                let things = match (found.things.len(), found.known) {
                    (_, 0) => String::new(),
                    (asked, known) => {
                        format!(" {asked} of {}", counted(known, "thing", "things"))
                    }
                };
                return Some((Role::Quiet, format!("asking AWS…{things}")));
            }
            if let Some(group) = found.groups.first() {
                // Its things inherit it, and those of the groups below.
                let also = if found.certificates.is_empty() {
                    ""
                } else {
                    "also "
                };
                let more = match found.groups.len().saturating_sub(1) {
                    0 => String::new(),
                    n => format!(" and {}", counted(n, "other group", "other groups")),
                };
                let text = format!("{also}in force by group:{}/{more}", visible(group));
                return Some((Role::Quiet, text));
            }
        }
        let unsure = self.unsure.len();
        (unsure > 0 && !self.is_sifting()).then(|| {
            let what = if self.filter.wants_expiry() {
                "without a known expiry or name"
            } else if self.filter.wants_sender() {
                "without a known sender"
            } else {
                "without a known name"
            };
            (Role::Quiet, format!("{} {what}", grouped(unsure)))
        })
    }
}
