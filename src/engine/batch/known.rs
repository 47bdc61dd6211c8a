//! What the journal knows of a certificate: the run that is open, and the one to put back.

use crate::{
    domain::{CertificateId, Place, Purpose, Record, RunState},
    journal::{Journal, JournalError},
};

/// How many runs of a certificate are looked at: an open one is the newest or, when attempts to put
/// it back were given up, soon after it.
const HISTORY: u32 = 50;

/// What the journal knows of a certificate.
pub(in crate::engine) struct Known {
    pub(super) open: Option<Record>,
    /// The newest run that took something from it which was not put back.
    lost: Option<Record>,
    /// The run that the open one puts back.
    origin: Option<Record>,
    /// Its runs, newest first.
    history: Vec<Record>,
}

/// What is to be put back.
pub(super) struct Restoration {
    pub(super) of: Record,
    /// The run that putting it back ends.
    pub(super) open: Option<Record>,
    /// The steps of all runs that it undoes.
    pub(super) steps: Record,
}

impl Known {
    /// Reads what the journal knows.
    pub(in crate::engine) fn read(
        journal: &Journal,
        place: &Place,
        id: CertificateId,
    ) -> Result<Self, JournalError> {
        let history = journal.history(place, id, HISTORY)?;
        let open = history.iter().find(|it| it.state.is_open()).cloned();
        let origin = match open.as_ref().map(|open| open.purpose) {
            Some(Purpose::PutBack { of: Some(of) }) => journal.record(of)?,
            _ => None,
        };
        // What was handed back since has everything again.
        let arrived = history
            .iter()
            .find(|it| it.purpose.sets_up() && it.state == RunState::Done);
        let arrived = arrived.map(|it| it.id);
        let lost = journal.to_put_back(place, id)?;
        Ok(Self {
            open,
            lost: lost.filter(|lost| arrived.is_none_or(|arrived| arrived < lost.id)),
            origin,
            history,
        })
    }

    /// The run by which the certificate is put back: what it found is what there will be again.
    pub(in crate::engine) fn restorable(&self) -> Option<&Record> {
        let takes = |it: &&Record| {
            matches!(
                it.purpose,
                Purpose::PrepareAndTransfer | Purpose::PutBack { .. }
            )
        };
        let open = self.open.as_ref().filter(takes);
        match (open, &self.lost) {
            // A second attempt on a certificate that had come back bare.
            (Some(open), Some(lost))
                if open.purpose == Purpose::PrepareAndTransfer && open.before.is_bare() =>
            {
                Some(lost)
            }
            // What was put back once is not imposed again. One that had nothing attached has its offer
            // taken back, and that is all.
            (open, lost) => open.or(lost.as_ref()).or_else(|| self.offered()),
        }
    }

    /// The newest run that came to its end, when it offered the certificate.
    fn offered(&self) -> Option<&Record> {
        let ended = |it: &&Record| matches!(it.state, RunState::Done | RunState::PutBack);
        let newest = self.history.iter().find(ended)?;
        let offered =
            newest.state == RunState::Done && newest.purpose == Purpose::PrepareAndTransfer;
        offered.then_some(newest)
    }

    pub(super) fn into_restoration(self) -> Option<Restoration> {
        let of = self.restorable()?.clone();
        let mut steps = of.clone();
        // What came after it is undone, too: a second offer of what had come back bare, and attempts
        // to put it back.
        let since = |it: &&Record| it.id > of.id && it.purpose == Purpose::PrepareAndTransfer;
        let since = self.history.iter().filter(since).rev();
        let mut known = vec![of.id];
        for other in self.origin.iter().chain(since).chain(&self.open) {
            let counts = !matches!(other.purpose, Purpose::FinalChange | Purpose::SetUp { .. });
            if !known.contains(&other.id) && counts {
                known.push(other.id);
                steps.steps.extend(other.steps.iter().cloned());
            }
        }
        let open = self.open;
        Some(Restoration { of, open, steps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AccountId, Before, CertificateStatus, Plan, RunEvent, RunId, Step, StepState, Timestamp,
    };

    fn before(account: &str) -> Before {
        Before {
            place: Place::aws("us-east-1", AccountId::parse(account).unwrap()),
            certificate: CertificateId::from_bytes([7; 32]),
            status: CertificateStatus::Active,
            policies: vec!["connect".to_owned()],
            policy_editions: std::collections::BTreeMap::new(),
            things: Vec::new(),
            newest_run: None,
            pem: None,
        }
    }

    fn plan(before: &Before) -> Plan {
        let to = AccountId::parse("777788889999").unwrap();
        Plan::prepare_and_transfer(before, to, None).unwrap()
    }

    /// Carries a run to its end.
    fn done(journal: &Journal, run: RunId) {
        let now = Timestamp::UNIX_EPOCH;
        for (position, known) in journal
            .record(run)
            .unwrap()
            .unwrap()
            .steps
            .iter()
            .enumerate()
        {
            if known.state == StepState::Planned {
                journal.step_begun(run, position, now).unwrap();
                journal.step_done(run, position, now).unwrap();
            }
        }
        journal.finish(run, RunEvent::Completed, now).unwrap();
    }

    /// A certificate goes to another account, and is handed back from there.
    #[test]
    fn what_was_handed_back_since_is_not_put_back() {
        let (here, there) = (before("111122223333"), before("444455556666"));
        let now = Timestamp::UNIX_EPOCH;
        let journal = Journal::in_memory().unwrap();
        let lost = |journal: &Journal| {
            let known = Known::read(journal, &here.place, here.certificate).unwrap();
            known.lost.map(|it| it.id)
        };
        let went = journal.begin(&here, &plan(&here), now).unwrap();
        done(&journal, went);
        assert_eq!(lost(&journal), Some(went));
        let mut back = Plan::default();
        back.steps.push(crate::domain::PlannedStep {
            stage: 1,
            step: Step::SeeAttached,
        });
        let (offers, takes) = (journal)
            .begin_hand_over((&there, &plan(&there)), (&here, &back), now)
            .unwrap();
        // Until it has come, it is missing here.
        done(&journal, offers);
        assert_eq!(lost(&journal), Some(went));
        done(&journal, takes);
        assert_eq!(lost(&journal), None);
        // It goes once more.
        let again = journal.begin(&here, &plan(&here), now).unwrap();
        done(&journal, again);
        assert_eq!(lost(&journal), Some(again));
    }

    /// An attempt to put back that was cut off is gone on with; only a second transfer of what had come back bare
    /// gives way to the run that took everything.
    #[test]
    fn an_open_run_goes_before_what_was_lost_unless_it_found_nothing() {
        let found = before("111122223333");
        let bare = Before {
            status: CertificateStatus::Inactive,
            policies: Vec::new(),
            ..found.clone()
        };
        let now = Timestamp::UNIX_EPOCH;
        for (again, wanted_is_first) in [(&bare, true), (&found, false)] {
            let journal = Journal::in_memory().unwrap();
            let first = journal.begin(&found, &plan(&found), now).unwrap();
            done(&journal, first);
            let second = journal.begin(again, &plan(again), now).unwrap();
            let known = Known::read(&journal, &found.place, found.certificate).unwrap();
            let wanted = if wanted_is_first { first } else { second };
            assert_eq!(known.restorable().map(|it| it.id), Some(wanted));
        }
        let journal = Journal::in_memory().unwrap();
        let first = journal.begin(&found, &plan(&found), now).unwrap();
        done(&journal, first);
        let attach = crate::domain::PlannedStep {
            stage: 1,
            step: Step::SeeAttached,
        };
        let back = Plan {
            steps: vec![attach],
        };
        let back = journal.begin_put_back(first, &back, now).unwrap();
        let known = Known::read(&journal, &found.place, found.certificate).unwrap();
        assert_eq!(known.restorable().map(|it| it.id), Some(back));
    }
}
