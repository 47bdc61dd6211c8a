//! Who works on which certificate, in this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{CertificateArn, Record},
    journal::{Journal, JournalError},
};

/// The certificates that this process works on. A run has its certificate alone; single changes by
/// hand get in each other's way only as far as AWS minds.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<Mutex<HashMap<CertificateArn, Holders>>>);

/// Who works on a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holders {
    Run,
    Hands(usize),
}

/// A certificate that is worked on until this is dropped.
pub(super) struct Hold {
    arn: CertificateArn,
    of: Busy,
}

impl Busy {
    fn lock(&self) -> MutexGuard<'_, HashMap<CertificateArn, Holders>> {
        // A panic elsewhere leaves the map consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a run works on a certificate.
    pub(super) fn runs(&self, arn: &CertificateArn) -> bool {
        self.lock().get(arn) == Some(&Holders::Run)
    }

    /// Corrects whether a run is claimed. A claim of this process without a batch does not count: it is
    /// left over, because the run's end could not be written down.
    pub(super) fn correct(
        &self,
        journal: &Journal,
        record: &mut Record,
    ) -> Result<(), JournalError> {
        record.claimed =
            record.claimed && (self.runs(&record.before.arn()) || !journal.holds(record.id)?);
        Ok(())
    }

    /// Takes a certificate for a run; `None` when anything works on it.
    pub(super) fn hold(&self, arn: CertificateArn) -> Option<Hold> {
        let mut held = self.lock();
        if held.contains_key(&arn) {
            return None;
        }
        held.insert(arn.clone(), Holders::Run);
        let of = self.clone();
        Some(Hold { arn, of })
    }

    /// Takes a certificate for a single change; `None` when a run works on it.
    pub(super) fn hold_by_hand(&self, arn: CertificateArn) -> Option<Hold> {
        let mut held = self.lock();
        match held.entry(arn.clone()).or_insert(Holders::Hands(0)) {
            Holders::Run => return None,
            Holders::Hands(hands) => *hands = hands.saturating_add(1),
        }
        let of = self.clone();
        Some(Hold { arn, of })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = self.of.lock();
        match held.get_mut(&self.arn) {
            Some(Holders::Hands(hands)) if *hands > 1 => *hands = hands.saturating_sub(1),
            _ => {
                held.remove(&self.arn);
            }
        }
    }
}
