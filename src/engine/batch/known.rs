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
