//! Why an action applies to none of several certificates.

use crate::domain::{
    actions::{action::Action, selection::Candidate},
    certificate::readiness::Readiness,
};

/// How many reasons are named; the others are counted.
const NAMED: usize = 2;

impl Action {
    /// Why it applies to none of some certificates, each with how many are like it: the reasons, the commonest first,
    /// with their numbers where there are several.
    pub fn against_all(self, of: impl IntoIterator<Item = (Candidate, usize)>) -> String {
        let mut reasons: Vec<(String, usize)> = Vec::new();
        for (candidate, count) in of {
            let why = self.against(candidate);
            match reasons.iter_mut().find(|it| it.0 == why) {
                Some(known) => known.1 = known.1.saturating_add(count),
                None => reasons.push((why, count)),
            }
        }
        reasons.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        if let [(only, _)] = reasons.as_slice() {
            return only.clone();
        }
        let named = reasons.iter().take(NAMED);
        let mut named: Vec<String> = named
            .map(|(why, count)| format!("{why} ({count})"))
            .collect();
        let others = reasons.iter().skip(NAMED).map(|it| it.1);
        match others.fold(0_usize, usize::saturating_add) {
            0 => {}
            others => named.push(format!("{others} others")),
        }
        named.join(", ")
    }

    fn against(self, candidate: Candidate) -> String {
        if self.needs_open_run() && !candidate.open {
            return "no unfinished run".to_owned();
        }
        let readiness = Readiness {
            status: candidate.status,
            policies: None,
            things: None,
        };
        let why = self.obstacle(&readiness);
        why.unwrap_or_else(|| "a change is under way".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ConsoleStatus;

    fn like(status: ConsoleStatus, changing: bool) -> Candidate {
        Candidate {
            status,
            changing,
            open: false,
        }
    }

    #[test]
    fn one_reason_stands_alone_and_several_are_counted_the_commonest_first() {
        let active = like(ConsoleStatus::Active, false);
        let revoked = like(ConsoleStatus::Revoked, false);
        let theirs = like(ConsoleStatus::PendingTransfer, false);
        let changing = like(ConsoleStatus::Inactive, true);
        let why = |action: Action, of: &[(Candidate, usize)]| action.against_all(of.to_vec());
        assert_eq!(why(Action::Activate, &[(active, 3)]), "already active");
        assert_eq!(
            why(Action::Activate, &[(active, 1), (revoked, 4)]),
            "revoked for ever (4), already active (1)"
        );
        assert_eq!(
            why(
                Action::Activate,
                &[(active, 1), (revoked, 4), (theirs, 2), (changing, 1)]
            ),
            "revoked for ever (4), in transfer (2), 2 others"
        );
        assert_eq!(
            why(Action::Accept, &[(active, 1), (revoked, 1)]),
            "not in transfer"
        );
        assert_eq!(why(Action::Resume, &[(active, 2)]), "no unfinished run");
        assert_eq!(
            why(Action::Activate, &[(changing, 2)]),
            "a change is under way"
        );
    }
}
