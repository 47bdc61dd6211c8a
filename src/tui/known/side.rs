//! One side: a connection, and what is known and shown of the account that it leads to. One or two are open.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        AccountId, CertificateId, ConnectionId, ConsoleStatus, Failure, Found, Held, NamedList,
        NotBegun, Place, Record, RunId, Target, Timestamp,
    },
    tui::{
        known::{reports::Report, session::Session},
        pages::{
            certificate::{details::Details, since::SeenBefore},
            certificates::list::CertificateList,
        },
        text::prose::Prose,
    },
};

/// One side.
#[derive(Debug)]
pub struct Side {
    /// The connection.
    pub session: Session,
    /// The certificates.
    pub list: CertificateList,
    /// Whose list this is, once that is known.
    pub(in crate::tui) listed_of: Option<Place>,
    /// The details, when they are open.
    pub details: Option<Details>,
    /// Whether the keys go to the list although the details are open beside it.
    pub list_focused: bool,
    /// What the journal has open in this account and nobody works on.
    pub unfinished: Vec<Record>,
    /// What other processes hold.
    pub held: Vec<Held>,
    /// What batches of processes that are gone have not begun.
    pub not_begun: Vec<NotBegun>,
    /// How many runs are open at other places, by their names.
    pub elsewhere: Vec<(String, usize)>,
    /// The open runs that are looked at again, and since when they are in doubt.
    pub(in crate::tui) doubted: BTreeMap<RunId, Timestamp>,
    /// Whether the journal was read for it.
    pub(in crate::tui) journal_read: bool,
    /// Things that are being detached, of certificates whose details are closed.
    pub(in crate::tui) detaching: BTreeMap<CertificateId, BTreeMap<String, u32>>,
    pub(in crate::tui) last_failure: Option<Box<Failure>>,
    pub(in crate::tui) watching: Watching,
    /// What the watch has reported here.
    pub reports: Vec<Report>,
    /// The address that devices connect to, once it was asked for. Foreign text.
    pub endpoint: Option<String>,
    /// What a person has asked for anew, to be told what came of it.
    pub(in crate::tui) asked_anew: Option<AskedAnew>,
    /// Whether the other side has changed what this one lists.
    pub(in crate::tui) outdated: bool,
    /// How it is asked what devices are called.
    pub(in crate::tui) naming: Naming,
    /// The list in a file that is looked up.
    pub(in crate::tui) lookup: Option<Lookup>,
    /// What became of the lines of one, to be shown: a heading and a text.
    pub(in crate::tui) accounted: Option<(String, Prose)>,
    /// To whom certificates were offered from here, by the journal, the latest first.
    pub recipients: Vec<AccountId>,
    /// How many policies and how many things certificates have, of those of which that was asked and that were not
    /// changed since.
    pub attached: HashMap<CertificateId, (usize, usize)>,
}

/// What a person has asked for anew.
#[derive(Debug)]
pub(in crate::tui) enum AskedAnew {
    /// The certificates and their transfers.
    List,
    /// The details, with what they said before.
    Details(Box<SeenBefore>),
}

/// A list in a file, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// The file. Foreign text.
    pub path: String,
    /// What stands in it.
    pub list: NamedList,
    /// The things that it names, as far as AWS has said it.
    pub found: Found,
}

/// How it is asked what devices are called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Naming {
    /// Of the rows in sight, gently.
    #[default]
    Gently,
    /// AWS did not say it, so it is not asked again by itself.
    Failed,
    /// Of all of them, as a person wanted it.
    All {
        /// Of how many it was learned.
        done: usize,
        /// Of how many it is to be.
        all: usize,
    },
}

/// Whether the transfers of a side are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watching {
    /// They are not.
    Off,
    /// They are to be, once it is known which there are.
    Wanted,
    /// They are, and were last looked at then.
    On(Option<Timestamp>),
}

/// What a side's list shows of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideShows {
    /// It has a row, with this status.
    Row(ConsoleStatus),
    /// It has none, and the listing is complete.
    Nothing,
    /// It has none yet.
    NotKnown,
}

impl Side {
    /// A side that is to be opened.
    pub fn new(id: ConnectionId, target: Target) -> Self {
        Self {
            session: Session::new(id, target),
            list: CertificateList::default(),
            listed_of: None,
            details: None,
            list_focused: true,
            unfinished: Vec::new(),
            held: Vec::new(),
            not_begun: Vec::new(),
            elsewhere: Vec::new(),
            doubted: BTreeMap::new(),
            journal_read: false,
            detaching: BTreeMap::new(),
            last_failure: None,
            watching: Watching::Off,
            reports: Vec::new(),
            endpoint: None,
            asked_anew: None,
            outdated: false,
            naming: Naming::default(),
            lookup: None,
            accounted: None,
            recipients: Vec::new(),
            attached: HashMap::new(),
        }
    }

    /// Takes away everything of the account, and keeps the connection.
    pub(in crate::tui) fn clear(&mut self) {
        let (id, target) = (self.session.id, self.session.target.clone());
        let session = std::mem::replace(&mut self.session, Session::new(id, target.clone()));
        let last_failure = self.last_failure.take();
        *self = Self {
            session,
            last_failure,
            ..Self::new(id, target)
        };
    }

    /// What it shows of a certificate.
    pub fn shows(&self, id: CertificateId) -> SideShows {
        match self.list.get(id) {
            Some(row) => SideShows::Row(row.status),
            None if self.list.listing().value().is_some() => SideShows::Nothing,
            None => SideShows::NotKnown,
        }
    }

    /// Whether it leads to this account.
    pub fn is_account(&self, account: AccountId) -> bool {
        self.session.account() == Some(account)
    }
}
