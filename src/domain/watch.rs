//! Watching transfers: which call is made next, and what an answer says that was not known before. There is no
//! other way to learn of it: AWS tells nobody (Developer Guide, `registry-events`).

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use crate::domain::{
    certificate::description::{
        CertificateId, CertificateStatus, Description, ListedCertificate, OutgoingTransfer,
    },
    place::account::AccountId,
};

/// How long after each call the next one comes.
pub const WATCH_EVERY: Duration = Duration::from_secs(30);

/// The transfers that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownTransfers {
    /// What is offered to others, and to whom.
    pub outgoing: BTreeMap<CertificateId, Option<AccountId>>,
    /// What others offer.
    pub incoming: BTreeSet<CertificateId>,
}

/// A call that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchCall {
    /// A page of the outgoing transfers, from this marker on.
    Outgoing(Option<String>),
    /// A page of the certificates, from this marker on.
    Certificates(Option<String>),
    /// How a certificate stands whose transfer has begun or ended.
    Describe(CertificateId),
}

/// Something that was not known before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent {
    /// A certificate is offered to this account.
    Arrived(Box<Description>),
    /// An offer to this account is gone: it was taken back, or rejected by somebody else here.
    Withdrawn(CertificateId),
    /// Another account has accepted a certificate.
    Accepted {
        /// The certificate.
        id: CertificateId,
        /// To whom it was offered.
        by: Option<AccountId>,
    },
    /// Another account has rejected a certificate.
    Rejected(Box<Description>),
    /// Somebody here has taken an offer back.
    TakenBack(Box<Description>),
}

/// What has to be asked of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// It is in transfer, and was not.
    Appeared,
    /// It was offered to another account, and is not any more.
    LeftOutgoing(Option<AccountId>),
    /// It was offered to this account, and is not any more.
    LeftIncoming,
}

/// The watch over one account.
#[derive(Debug)]
pub struct Watch {
    account: AccountId,
    known: KnownTransfers,
    /// What the pages of the round that is under way have shown.
    seen: KnownTransfers,
    due: WatchCall,
    asked: VecDeque<(CertificateId, Why)>,
}

impl Watch {
    /// Over an account of which this is known.
    pub fn new(account: AccountId, known: KnownTransfers) -> Self {
        Self {
            account,
            known,
            seen: KnownTransfers::default(),
            due: WatchCall::Outgoing(None),
            asked: VecDeque::new(),
        }
    }

    /// The call that is due: what has changed is asked for before the next page.
    pub fn due(&self) -> WatchCall {
        match self.asked.front() {
            Some((id, _)) => WatchCall::Describe(*id),
            None => self.due.clone(),
        }
    }

    /// Takes a page of the outgoing transfers.
    pub fn outgoing(&mut self, page: &[OutgoingTransfer], next: Option<String>) {
        let rows = page.iter().map(|row| (row.id, row.to));
        self.seen.outgoing.extend(rows);
        if next.is_some() {
            self.due = WatchCall::Outgoing(next);
            return;
        }
        for (id, to) in &self.known.outgoing {
            if !self.seen.outgoing.contains_key(id) {
                self.asked.push_back((*id, Why::LeftOutgoing(*to)));
            }
        }
        self.known.outgoing = std::mem::take(&mut self.seen.outgoing);
        self.due = WatchCall::Certificates(None);
    }

    /// Takes a page of the certificates.
    pub fn certificates(&mut self, page: &[ListedCertificate], next: Option<String>) {
        let pending = |row: &&ListedCertificate| row.status == CertificateStatus::PendingTransfer;
        let ids = page.iter().filter(pending).map(|row| row.id);
        let incoming = ids.filter(|id| !self.known.outgoing.contains_key(id));
        self.seen.incoming.extend(incoming);
        if next.is_some() {
            self.due = WatchCall::Certificates(next);
            return;
        }
        for id in &self.seen.incoming {
            if !self.known.incoming.contains(id) {
                self.asked.push_back((*id, Why::Appeared));
            }
        }
        for id in &self.known.incoming {
            if !self.seen.incoming.contains(id) {
                self.asked.push_back((*id, Why::LeftIncoming));
            }
        }
        self.known.incoming = std::mem::take(&mut self.seen.incoming);
        self.due = WatchCall::Outgoing(None);
    }

    /// Takes how the certificate stands that was asked for; `None` when the account does not have it.
    pub fn described(&mut self, found: Option<Description>) -> Option<WatchEvent> {
        let (id, why) = self.asked.pop_front()?;
        match (why, found) {
            (Why::Appeared, Some(it)) => {
                let pending = it.status == CertificateStatus::PendingTransfer;
                // One that was offered from here since the outgoing transfers were listed is no news.
                let ours = it.previous_owner == Some(self.account);
                (pending && !ours).then(|| WatchEvent::Arrived(Box::new(it)))
            }
            (Why::LeftOutgoing(by), None) => Some(WatchEvent::Accepted { id, by }),
            (Why::LeftOutgoing(_), Some(it)) => {
                let rejected = it.transfer.rejected.is_some();
                // It may be offered again meanwhile.
                (it.status != CertificateStatus::PendingTransfer).then(|| {
                    if rejected {
                        WatchEvent::Rejected(Box::new(it))
                    } else {
                        WatchEvent::TakenBack(Box::new(it))
                    }
                })
            }
            (Why::LeftIncoming, None) => Some(WatchEvent::Withdrawn(id)),
            (Why::Appeared, None) | (Why::LeftIncoming, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Timestamp;

    fn id(n: u8) -> CertificateId {
        CertificateId::from_bytes([n; 32])
    }

    fn account(n: u8) -> AccountId {
        AccountId::parse(&format!("{n}").repeat(12)).unwrap()
    }

    fn offered(n: u8) -> OutgoingTransfer {
        OutgoingTransfer {
            id: id(n),
            to: Some(account(2)),
            started: None,
            message: None,
            created: None,
        }
    }

    fn listed(n: u8, status: CertificateStatus) -> ListedCertificate {
        ListedCertificate {
            id: id(n),
            status,
            created: None,
            arn: None,
        }
    }

    fn description(n: u8, status: CertificateStatus, from: u8, rejected: bool) -> Description {
        let mut bare = Description::bare(id(n), status);
        bare.previous_owner = Some(account(from));
        bare.transfer.rejected = rejected.then_some(Timestamp::UNIX_EPOCH);
        bare
    }

    use CertificateStatus::{Active, Inactive, PendingTransfer};

    /// Account 1, which offers 1 and 2, and is offered 7.
    fn watch() -> Watch {
        let known = KnownTransfers {
            outgoing: BTreeMap::from([(id(1), Some(account(2))), (id(2), Some(account(2)))]),
            incoming: BTreeSet::from([id(7)]),
        };
        Watch::new(account(1), known)
    }

    #[test]
    fn a_round_is_a_page_at_a_time_and_begins_again() {
        let mut watch = watch();
        assert_eq!(watch.due(), WatchCall::Outgoing(None));
        watch.outgoing(&[offered(1)], Some("m".to_owned()));
        assert_eq!(watch.due(), WatchCall::Outgoing(Some("m".to_owned())));
        watch.outgoing(&[offered(2)], None);
        assert_eq!(watch.due(), WatchCall::Certificates(None));
        let rows = [
            listed(1, PendingTransfer),
            listed(7, PendingTransfer),
            listed(3, Active),
        ];
        watch.certificates(&rows, Some("n".to_owned()));
        assert_eq!(watch.due(), WatchCall::Certificates(Some("n".to_owned())));
        watch.certificates(&[listed(2, PendingTransfer)], None);
        // Nothing has changed, so nothing is asked.
        assert_eq!(watch.due(), WatchCall::Outgoing(None));
    }

    #[test]
    fn what_left_the_outgoing_transfers_was_accepted_rejected_or_taken_back() {
        let mut watch = watch();
        watch.outgoing(&[], None);
        assert_eq!(watch.due(), WatchCall::Describe(id(1)));
        let by = Some(account(2));
        let accepted = WatchEvent::Accepted { id: id(1), by };
        assert_eq!(watch.described(None), Some(accepted));
        assert_eq!(watch.due(), WatchCall::Describe(id(2)));
        let rejected = description(2, Inactive, 1, true);
        let event = WatchEvent::Rejected(Box::new(rejected.clone()));
        assert_eq!(watch.described(Some(rejected)), Some(event));
        assert_eq!(watch.due(), WatchCall::Certificates(None));

        let mut watch = super::tests::watch();
        watch.outgoing(&[offered(1)], None);
        let back = description(2, Inactive, 1, false);
        let event = WatchEvent::TakenBack(Box::new(back.clone()));
        assert_eq!(watch.described(Some(back)), Some(event));
    }

    #[test]
    fn what_arrives_and_what_is_withdrawn_is_told_once() {
        let mut watch = watch();
        let all = [offered(1), offered(2)];
        watch.outgoing(&all, None);
        watch.certificates(&[listed(8, PendingTransfer)], None);
        assert_eq!(watch.due(), WatchCall::Describe(id(8)));
        let arrived = description(8, PendingTransfer, 5, false);
        let event = WatchEvent::Arrived(Box::new(arrived.clone()));
        assert_eq!(watch.described(Some(arrived)), Some(event));
        assert_eq!(watch.due(), WatchCall::Describe(id(7)));
        assert_eq!(watch.described(None), Some(WatchEvent::Withdrawn(id(7))));
        watch.outgoing(&all, None);
        watch.certificates(&[listed(8, PendingTransfer)], None);
        assert_eq!(watch.due(), WatchCall::Outgoing(None));
    }

    #[test]
    fn what_was_done_here_is_no_news() {
        let mut watch = watch();
        watch.outgoing(&[offered(1), offered(2)], None);
        // Offered from here after the outgoing transfers were listed; and 7 was accepted here.
        let rows = [listed(9, PendingTransfer), listed(7, Active)];
        watch.certificates(&rows, None);
        let own = description(9, PendingTransfer, 1, false);
        assert_eq!(watch.described(Some(own)), None);
        assert_eq!(
            watch.described(Some(description(7, Active, 5, false))),
            None
        );
        // An offer that was begun again is not over.
        watch.outgoing(&[], None);
        let again = description(1, PendingTransfer, 1, false);
        assert_eq!(watch.described(Some(again)), None);
        assert_eq!(
            Watch::new(account(1), KnownTransfers::default()).described(None),
            None
        );
    }
}
