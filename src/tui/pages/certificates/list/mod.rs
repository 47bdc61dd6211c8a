//! The certificates of an account: what is known of each, which are in sight, which is selected.
//!
//! A list may hold a million rows. A row takes 48 bytes and keeps its number as long as its certificate is in the list;
//! orders and what the filter shows are lists of these numbers, and marks are bits. Names are kept one after the other, and
//! what few certificates have is kept for these alone. What takes long (the filter, sorting, the end of a refresh) is done
//! in turns of a few milliseconds. Selection follows the certificate's id.

mod answers;
mod arrange;
mod found;
mod left;
mod marks;
mod names;
mod order;
mod range;
mod refresh;
mod sorting;
mod store;
mod work;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use tui_input::Input;

use crate::{
    domain::{
        AccountId, CertificateId, CertificateStatus, ConsoleStatus, Filter, FoundBy,
        KnownTransfers, OutgoingTransfer, Timestamp,
    },
    tui::{
        known::remote::Remote,
        pages::certificates::list::{
            order::Sorting,
            store::{
                kept::KeptNames,
                left::AwaitedView,
                rows::{At, Row, RowSet, Rows},
            },
            work::{Refresh, RowChanges, Sifting},
        },
    },
};

pub use crate::tui::pages::certificates::list::order::SortBy;
pub use crate::tui::pages::certificates::list::order::SortOrder;
pub use crate::tui::pages::certificates::list::store::left::{CameBack, LeftView};
pub use crate::tui::pages::certificates::list::work::Findings;

/// How long AWS's lists may not show yet what was just done. Attachments are known to be eventually
/// consistent; of transfers nothing is published.
const LAG: Duration = Duration::from_secs(15);

/// What only `DescribeCertificate` tells of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Learned {
    from: Option<AccountId>,
    message: Option<String>,
    started: Option<Timestamp>,
    rejected: Option<String>,
    came_back: bool,
    /// Whether it was asked while it was inactive, or could not be: then it is not asked again.
    asked_inactive: bool,
}

/// What a change made here did to a certificate. The next listing shows it, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalChange {
    /// It has this status now.
    Status(CertificateStatus),
    /// It is offered to another account.
    Offered(OutgoingTransfer),
    /// Its offer was taken back.
    TakenBack,
}

/// A row as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFacts<'a> {
    /// The certificate.
    pub id: CertificateId,
    /// Its status.
    pub status: ConsoleStatus,
    /// When it was registered.
    pub created: Option<Timestamp>,
    /// Its outgoing transfer.
    pub outgoing: Option<&'a OutgoingTransfer>,
    /// The sender of its incoming transfer, once a description told it.
    pub from: Option<AccountId>,
    /// When its incoming transfer was started, once a description told it.
    pub incoming_started: Option<Timestamp>,
    /// Why its last transfer was rejected, once a description told it. Foreign text.
    pub rejected: Option<&'a str>,
    /// Whether it came back from a transfer, once a description told it.
    pub came_back: bool,
    /// What its device is called, once that is known. Foreign text.
    pub device: Option<&'a str>,
}

/// Rows of AWS's lists whose id cannot be read.
#[derive(Debug, Default, Clone, Copy)]
pub struct Unread {
    certificates: usize,
    outgoing: usize,
}

impl Unread {
    /// So many more in a page of the certificates.
    pub fn certificates(&mut self, more: usize) {
        self.certificates = self.certificates.saturating_add(more);
    }

    /// So many more in a page of the outgoing transfers.
    pub fn outgoing(&mut self, more: usize) {
        self.outgoing = self.outgoing.saturating_add(more);
    }

    /// All of them.
    pub const fn all(&self) -> usize {
        self.certificates.saturating_add(self.outgoing)
    }
}

/// The certificates of an account.
#[derive(Debug, Default)]
pub struct CertificateList {
    /// How many rows of AWS's lists have an id that cannot be read.
    pub unread: Unread,
    rows: Rows,
    /// What devices are called, as far as that is known.
    kept: KeptNames,
    outgoing: HashMap<CertificateId, OutgoingTransfer>,
    learned: HashMap<CertificateId, Learned>,
    /// A refresh that is under way.
    refresh: Option<Box<Refresh>>,
    /// What was found to be otherwise since AWS was last asked for all.
    findings: Findings,
    /// The number of the last refresh.
    refreshes: u8,
    /// What the journal has as offered and not put back since.
    offered_once: HashSet<CertificateId>,
    /// Transfers that were started here, which AWS's lists may not know yet, with when.
    started_here: HashMap<CertificateId, Timestamp>,
    fresh_outgoing: HashMap<CertificateId, OutgoingTransfer>,
    /// The listing's state; its value is whether the listing is complete.
    listing: Remote<()>,
    outgoing_listing: Remote<()>,
    /// All rows in order.
    all: Vec<At>,
    sorting: Option<Box<Sorting>>,
    /// Those that match, in order; `None` without a filter, and before any turn of one was done.
    shown: Option<Vec<At>>,
    sifting: Option<Sifting>,
    /// When the rows were last held against the filter, all of them.
    sifted_at: Option<Timestamp>,
    /// Whether the filter looks at what devices are called.
    looks_at_names: bool,
    /// Those of which it is not known whether they match.
    unsure: RowSet,
    changes: RowChanges,
    now: Option<Timestamp>,
    /// What is offered to the account, newest registered first.
    incoming: Vec<CertificateId>,
    /// How many came back from a transfer, as far as the journal tells.
    returned: usize,
    selected: Option<CertificateId>,
    /// Where the selected certificate was among the visible ones when that was last looked up.
    selected_at: usize,
    /// Whether a person chose the selection. Until then it stays on the first row, whatever comes.
    chosen: bool,
    offset: usize,
    /// Where a range began that is not marked yet: the certificate, and where it was among the visible ones when that
    /// was last looked up.
    anchor: Option<(CertificateId, usize)>,
    marked: RowSet,
    /// What alone is shown: what was marked when that was wished.
    only: Option<RowSet>,
    /// What was left here before, and has not come back yet.
    awaited: AwaitedView,
    /// How many marks went with their certificates since that was last said.
    marks_dropped: usize,
    order: SortOrder,
    filter: Filter,
    /// What AWS has found for it.
    found: FoundBy,
    /// How wide the widest name of a device is, in columns.
    widest_name: usize,
    /// The filter as it is typed.
    pub filter_input: Input,
    /// Whether the filter is being typed.
    pub filtering: bool,
}

impl CertificateList {
    fn row(&self, id: CertificateId) -> Option<Row> {
        self.rows.get(self.rows.find(id)?).copied()
    }

    fn status(&self, row: &Row) -> ConsoleStatus {
        let outgoing = if self.outgoing.contains_key(&row.id) {
            Some(true)
        } else if self.outgoing_listing.value().is_some() {
            Some(false)
        } else {
            None
        };
        ConsoleStatus::of(row.status, outgoing)
    }

    /// Whether all certificates and outgoing transfers were listed.
    pub fn is_listed(&self) -> bool {
        self.listing
            .value()
            .and(self.outgoing_listing.value())
            .is_some()
    }

    /// Whether `ListOutgoingCertificates` names the certificate; `None` while that is not known.
    pub fn is_outgoing(&self, id: CertificateId) -> Option<bool> {
        if self.outgoing.contains_key(&id) {
            return Some(true);
        }
        self.outgoing_listing.value().map(|()| false)
    }

    /// The certificate's outgoing transfer.
    pub fn outgoing(&self, id: CertificateId) -> Option<&OutgoingTransfer> {
        self.outgoing.get(&id)
    }

    fn facts(&self, row: &Row) -> RowFacts<'_> {
        let status = self.status(row);
        // A listing may have brought another status since.
        let learned = self.learned.get(&row.id).filter(|learned| match status {
            ConsoleStatus::PendingTransfer => learned.from.is_some(),
            ConsoleStatus::Inactive => learned.came_back,
            _ => false,
        });
        RowFacts {
            id: row.id,
            status,
            created: Timestamp::from_unix_timestamp(row.created).ok(),
            outgoing: self.outgoing.get(&row.id),
            from: learned.and_then(|l| l.from),
            incoming_started: learned.and_then(|l| l.started),
            rejected: learned.and_then(|l| l.rejected.as_deref()),
            came_back: self.is_back(row),
            device: self.device_of(row).and_then(|it| it.words()),
        }
    }

    /// Whether it came back from a transfer, as far as that is known.
    fn is_back(&self, row: &Row) -> bool {
        if self.offered_once.is_empty() && self.learned.is_empty() {
            return false;
        }
        // It was offered, and is now back: inactive, and not among the outgoing transfers.
        let back = self.status(row) == ConsoleStatus::Inactive;
        let offered =
            self.offered_once.contains(&row.id) && self.is_outgoing(row.id) == Some(false);
        back && (offered || self.learned.get(&row.id).is_some_and(|it| it.came_back))
    }

    /// What is known of a certificate.
    pub fn get(&self, id: CertificateId) -> Option<RowFacts<'_>> {
        let row = self.rows.get(self.rows.find(id)?)?;
        Some(self.facts(row))
    }

    /// Whether the journal has it as offered and not put back since.
    pub fn was_offered(&self, id: CertificateId) -> bool {
        self.offered_once.contains(&id)
    }

    /// How many came back from a transfer, as far as the journal tells.
    pub fn came_back(&self) -> usize {
        self.returned
    }

    /// A certificate in sight of which only a description tells who offers it, or why it came back.
    pub fn to_describe(&self, height: usize) -> Option<CertificateId> {
        self.in_sight(height)
            .find(|(facts, _)| self.lacks_description(facts.id))
            .map(|(facts, _)| facts.id)
    }

    /// What is offered to this account.
    pub fn incoming(&self) -> &[CertificateId] {
        &self.incoming
    }

    /// What the sender of an incoming transfer wrote, once a description told it. Foreign text.
    pub fn incoming_message(&self, id: CertificateId) -> Option<&str> {
        self.learned.get(&id)?.message.as_deref()
    }

    /// What this account offers, the oldest offer first.
    pub fn outgoing_by_age(&self) -> Vec<CertificateId> {
        let mut all: Vec<_> = self
            .outgoing
            .values()
            .map(|it| (it.started, it.id))
            .collect();
        all.sort_unstable();
        all.into_iter().map(|(_, id)| id).collect()
    }

    /// What came back from a transfer, as far as the journal or a description tells.
    pub fn returned(&self) -> Vec<CertificateId> {
        let learned = self.learned.iter().filter(|(_, it)| it.came_back);
        let candidates = self.offered_once.iter().chain(learned.map(|(id, _)| id));
        let back = |id: &&CertificateId| self.get(**id).is_some_and(|facts| facts.came_back);
        let all: BTreeSet<CertificateId> = candidates.filter(back).copied().collect();
        all.into_iter().collect()
    }

    /// What is known of the account's transfers, once it was listed.
    pub fn known_transfers(&self) -> Option<KnownTransfers> {
        self.listing.value().and(self.outgoing_listing.value())?;
        let outgoing = self.outgoing.values().map(|it| (it.id, it.to));
        Some(KnownTransfers {
            outgoing: outgoing.collect(),
            incoming: self.incoming.iter().copied().collect(),
        })
    }

    /// Whether only a description tells more of a certificate in transfer, or of one that came back.
    pub fn lacks_description(&self, id: CertificateId) -> bool {
        let asked = |learned: &Learned| learned.from.is_some() || !learned.came_back;
        let learned = self.learned.get(&id);
        let Some(facts) = self.get(id) else {
            return false;
        };
        match facts.status {
            ConsoleStatus::PendingTransfer => !learned.is_some_and(asked),
            ConsoleStatus::Inactive => {
                facts.came_back && !learned.is_some_and(|it| it.asked_inactive)
            }
            _ => false,
        }
    }

    /// When an outgoing transfer was started, as AWS lists it.
    pub fn started(&self, id: CertificateId) -> Option<Timestamp> {
        // Until AWS lists one that was started here, its date is this computer's.
        if self.started_here.contains_key(&id) {
            return None;
        }
        self.outgoing(id)?.started
    }

    /// How many certificates there are, and how many the filter shows.
    pub fn count(&self) -> (usize, usize) {
        (self.rows.shown(), self.visible().len())
    }

    /// How many certificates a refresh has seen so far.
    pub fn refreshed_so_far(&self) -> Option<usize> {
        self.refresh.as_ref().map(|it| it.seen)
    }

    /// What was found to be otherwise since AWS was last asked for all certificates.
    pub const fn findings(&self) -> Findings {
        self.findings
    }

    /// When AWS was last asked for all certificates and transfers, with success.
    pub fn listed_at(&self) -> Option<Timestamp> {
        let outgoing = self.outgoing_listing.at();
        let listed = self.listing.at()?;
        Some(outgoing.map_or(listed, |at| at.min(listed)))
    }

    /// Whether AWS is being asked for certificates or transfers, or the rows follow its answers still.
    pub fn is_loading(&self) -> bool {
        let since = |of: &Remote<()>| of.loading_since().is_some();
        since(&self.listing) || since(&self.outgoing_listing) || self.refresh.is_some()
    }

    /// How many certificates are offered to this account, and how many it offers to others.
    pub fn in_transfer(&self) -> (usize, usize) {
        (self.incoming.len(), self.outgoing.len())
    }

    /// The listing's state.
    pub fn listing(&self) -> &Remote<()> {
        &self.listing
    }

    /// The state of the list of outgoing transfers.
    pub fn outgoing_listing(&self) -> &Remote<()> {
        &self.outgoing_listing
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod turns;
