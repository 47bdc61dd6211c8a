//! What is not enough to change something by.

use strum::IntoEnumIterator as _;

use crate::domain::{
    certificate::description::ConsoleStatus,
    finding::{
        accounting::SHORTEST_BEGINNING,
        filter::{Filter, FilterVerdict, Term, status_matches},
        finder::FinderError,
    },
};

/// The statuses in which certificates rest: nearly all of an account have one of them.
const RESTING: [ConsoleStatus; 3] = [
    ConsoleStatus::Active,
    ConsoleStatus::Inactive,
    ConsoleStatus::Revoked,
];

impl Filter {
    /// A part of it that is not enough to change something by, and why.
    ///
    /// A word is too vague wherever it stands, also behind `not`, when it is too short, or finds by what is kept on this
    /// computer: names and validities, which may be old and are not all.
    ///
    /// The whole is too vague when it could match nearly everything. To find that out it is asked of a certificate that
    /// has nothing of what its words name: no such id, account, thing, group, type, policy or CA, and that did not come
    /// back; times are taken for whatever lets it match. If such a certificate matches in more than one of the statuses
    /// Active, Inactive and Revoked, nothing holds together what the filter finds but what they are not:
    /// `not group:lyon`, `status:active or status:inactive`, `age:>1d`. One status is something that all of them have,
    /// so `status:active not group:lyon` is enough.
    ///
    /// Certificates that are named one by one (`named`) are not nearly everything, whatever the filter takes of them.
    pub fn too_vague(&self, named: bool) -> Option<(String, FinderError)> {
        let kept = |key: &str, word: &str| Some((format!("{key}{word}"), FinderError::Kept));
        let word = self.means.terms().into_iter().find_map(|term| match term {
            Term::CommonName(word) => kept("cn:", word),
            Term::Device(word) => kept("device:", word),
            Term::Serial(digits) => kept("serial:", digits),
            Term::Expires(_) => kept("expires:", ""),
            Term::Expired => kept("expired", ""),
            Term::Anything(word) | Term::Id(word) if word.len() < SHORTEST_BEGINNING => {
                Some((word.clone(), FinderError::TooShort))
            }
            _ => None,
        });
        let wide = || {
            let could = |status: &ConsoleStatus| self.could_match_without_a_name(*status);
            let many = RESTING.iter().filter(|it| could(it)).count() > 1;
            (many && !named && !self.is_empty()).then(|| (String::new(), FinderError::Wide))
        };
        word.or_else(wide)
    }

    /// Whether a certificate with this status could match that has nothing of what the words name.
    fn could_match_without_a_name(&self, status: ConsoleStatus) -> bool {
        let verdict = self.means.verdict(&|term| match term {
            Term::Status(word) if status_matches(status, word) => FilterVerdict::Yes,
            Term::Anything(word) if status_matches(status, word) => FilterVerdict::Yes,
            // Neither a time nor its opposite holds anything back.
            Term::Age(_) | Term::Offered(_) | Term::Expires(_) | Term::Expired => {
                FilterVerdict::Unknown
            }
            _ => FilterVerdict::No,
        });
        verdict != FilterVerdict::No
    }

    /// Whether a text begins a status, for what is completed.
    pub(in crate::domain::finding) fn status_words() -> Vec<String> {
        let label = |status: ConsoleStatus| status.label().to_ascii_lowercase().replace(' ', "-");
        let known = ConsoleStatus::iter().filter(|it| *it != ConsoleStatus::Unknown);
        known.map(label).chain(["came-back".to_owned()]).collect()
    }
}
