//! What pages and dialogs see beside their own state: the time, the settings, the connection, and what is
//! known of certificates.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        AccountId, Action, CertificateId, ConsoleStatus, ControlPlane, Held, Journaled, NotBegun,
        Place, Readiness, Record, RequestId, Shown, Subject, Timestamp, text::visible,
    },
    tui::{
        keymap::Command,
        known::{
            command_log::CommandLog,
            reports::Report,
            session::Session,
            setup::Setup,
            side::{Lookup, Naming, Side, SideShows, Watching},
        },
        layout::Areas,
        mouse::{Drawn, Touchable},
        pages::{
            batch::state::BatchState, certificate::details::Details,
            certificates::list::CertificateList,
        },
    },
};
use ratatui::layout::Rect;

/// What is known, for those who read it.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of the last message.
    pub now: Timestamp,
    /// The screen's size.
    pub screen: Rect,
    /// What the program was started with.
    pub setup: &'a Setup,
    /// The connection in use.
    pub session: &'a Session,
    /// The certificates.
    pub list: &'a CertificateList,
    /// The details, when they are open.
    pub details: Option<&'a Details>,
    /// To whom certificates were offered from here, by the journal, the latest first.
    pub recipients: &'a [AccountId],
    /// How many policies and how many things certificates have, as far as that was asked.
    pub attached: &'a HashMap<CertificateId, (usize, usize)>,
    /// The batches of this session, oldest first.
    pub batches: &'a [BatchState],
    /// The command log.
    pub log: &'a CommandLog,
    /// What the journal has open in this account and nobody works on.
    pub unfinished: &'a [Record],
    /// What other processes hold.
    pub held: &'a [Held],
    /// What batches of processes that are gone have not begun.
    pub not_begun: &'a [NotBegun],
    /// The other side, when two are open.
    pub peer: Option<&'a Side>,
    /// What the watch has reported on this side.
    pub reports: &'a [Report],
    /// Whether this side is watched.
    pub watching: Watching,
    /// Where it is noted what is drawn where; `None` where nobody draws, or what is drawn is covered.
    pub drawn: Option<&'a Drawn>,
    /// The address that devices connect to, once it was asked for. Foreign text.
    pub endpoint: Option<&'a String>,
    /// How it is asked what devices are called.
    pub naming: Naming,
    /// The list in a file that is looked up.
    pub lookup: Option<&'a Lookup>,
    /// Where things are on the screen.
    pub areas: Areas,
    /// Whether keys go to the details.
    pub details_focused: bool,
    /// Whether a dialog or a page stands on top.
    pub covered: bool,
    /// Whether the button of the dialog on top can be pressed: its words stood long enough to be read.
    pub armed: bool,
}

impl<'a> Context<'a> {
    /// The key of a command, as people name it.
    pub fn key(&self, command: Command) -> String {
        self.setup.keymap.key(command)
    }

    /// `1111-2222-3333 fleet-prod, us-east-1`: where something happens.
    pub fn place(&self) -> String {
        self.session.place(&self.setup.config.accounts)
    }

    /// Whether what is on the screen is what was changed at a place, over this or an older connection.
    pub fn is_here(&self, place: &Place) -> bool {
        self.session.at().as_ref() == Some(place)
    }

    fn details_of(&self, id: CertificateId) -> Option<&'a Details> {
        self.details.filter(|details| details.id == id)
    }

    /// A certificate's status, by everything that is known.
    pub fn status(&self, id: CertificateId) -> ConsoleStatus {
        let outgoing = self.list.is_outgoing(id);
        let described = self
            .details_of(id)
            .and_then(|details| details.description.value())
            .map(|d| d.console_status(outgoing, self.session.account()));
        match (self.list.get(id).map(|facts| facts.status), described) {
            (Some(ConsoleStatus::Transferred), _) => ConsoleStatus::Transferred,
            (_, Some(status)) | (Some(status), None) => status,
            (None, None) => ConsoleStatus::Unknown,
        }
    }

    /// What the screen shows of a certificate: what a change of it is bound to.
    pub fn shown(&self, id: CertificateId) -> Shown {
        let status = self.status(id);
        let (party, started) = if status == ConsoleStatus::Transferred {
            let to = self.list.outgoing(id).and_then(|it| it.to);
            (to, self.list.started(id))
        } else {
            let facts = self.list.get(id);
            facts.map_or((None, None), |it| (it.from, it.incoming_started))
        };
        Shown {
            certificate: id,
            status,
            party,
            started,
        }
    }

    /// What the other side shows of a certificate that it sends or receives, when that is not what it would
    /// show of a transfer that waits: it was accepted there, or it is not there.
    pub fn unlike_there(&self, id: CertificateId) -> Option<SideShows> {
        let expected = match self.status(id) {
            ConsoleStatus::Transferred => ConsoleStatus::PendingTransfer,
            ConsoleStatus::PendingTransfer => ConsoleStatus::Transferred,
            _ => return None,
        };
        let (peer, shown) = (self.peer?, self.shown(id));
        let there =
            (shown.party.is_some_and(|party| peer.is_account(party))).then(|| peer.shows(id))?;
        // What it listed before the transfer began says nothing of it.
        let listed = peer.list.listing().at().filter(|_| !peer.outdated)?;
        let unlike = match there {
            SideShows::Row(status) => status != expected && status != ConsoleStatus::InTransfer,
            // A source need not list what it has offered.
            SideShows::Nothing => {
                // Of one that was begun here just now AWS has not said when.
                let since = shown.started.is_some_and(|started| started <= listed);
                since && expected == ConsoleStatus::PendingTransfer
            }
            SideShows::NotKnown => false,
        };
        unlike.then_some(there)
    }

    /// The other accounts that are known, each with its name: those of the account book, and those that
    /// profiles lead to.
    pub fn known_accounts(&self) -> Vec<(AccountId, String)> {
        let setup = self.setup;
        let names = setup.config.accounts.names();
        let mut known: BTreeMap<AccountId, String> = names
            .map(|(account, name)| (account, name.to_owned()))
            .collect();
        let facts = self.session.facts.value();
        let at = facts.map_or(&ControlPlane::Aws, |facts| &facts.control_plane);
        for target in &setup.targets {
            let profile = target.target.profile.as_deref();
            let seen = || setup.last_accounts.get(at, profile?);
            if let Some(account) = target.account.or_else(seen) {
                let name = format!("profile {}", visible(&target.label));
                known.entry(account).or_insert(name);
            }
        }
        let own = self.session.account();
        known.retain(|account, _| Some(*account) != own);
        known.into_iter().collect()
    }

    /// Whether nothing is changed: in the whole session, or with the profile in use.
    pub fn is_read_only(&self) -> bool {
        self.setup.is_read_only(self.session)
    }

    /// What an action's availability depends on.
    pub fn subject(&self, id: CertificateId) -> Subject {
        let details = self.details_of(id);
        let restorable = match (self.put_back_record(id), self.knows_journal_of(id)) {
            (Some(_), _) => Some(true),
            (None, true) => Some(false),
            (None, false) => None,
        };
        Subject {
            readiness: Readiness {
                status: self.status(id),
                policies: details.and_then(|d| d.policies.value()).map(Vec::len),
                things: details.and_then(|d| d.things.value()).map(Vec::len),
            },
            read_only: self.is_read_only(),
            changing: self.is_changing(id),
            running: self.is_running(id),
            journaled: Journaled {
                open: self.unfinished_run(id).is_some(),
                sets_up: (self.unfinished_run(id)).is_some_and(|it| it.purpose.sets_up()),
                held: self.held.iter().any(|it| it.runs.contains(&id)),
                restorable,
            },
        }
    }

    /// Whether a change of this certificate is under way.
    pub fn is_changing(&self, id: CertificateId) -> bool {
        self.batches.iter().any(|run| run.tally.is_working_on(id))
    }

    /// Whether a run, which has the certificate alone, works on it.
    pub fn is_running(&self, id: CertificateId) -> bool {
        let mut runs = (self.batches.iter()).filter(|run| run.tally.procedure.has_runs());
        runs.any(|run| run.tally.is_working_on(id))
    }

    /// A batch by its request.
    pub fn batch(&self, request: RequestId) -> Option<&'a BatchState> {
        self.batches.iter().find(|run| run.request == request)
    }

    /// How many single changes are under way.
    pub fn single_changes(&self) -> usize {
        let running = self.batches.iter().filter(|run| run.tally.ended.is_none());
        running.filter(|run| run.tally.is_single()).count()
    }

    /// How many certificates of the batches under way are over, and how many there are; `None` while
    /// there is no batch under way.
    pub fn certificates_under_way(&self) -> Option<(usize, usize)> {
        let running = self.batches.iter().filter(|run| run.tally.ended.is_none());
        let many = running.filter(|run| !run.tally.is_single());
        let sum = many.fold((0_usize, 0_usize), |(over, all), run| {
            (
                over.saturating_add(run.tally.over()),
                all.saturating_add(run.tally.items().len()),
            )
        });
        (sum.1 > 0).then_some(sum)
    }

    /// The run of a certificate that the journal has open and nobody works on.
    pub fn unfinished_run(&self, id: CertificateId) -> Option<&'a Record> {
        (self.unfinished.iter()).find(|record| record.before.certificate == id)
    }

    /// What the journal has open and no batch works on.
    pub fn undecided(&self) -> Vec<&'a Record> {
        (self.unfinished.iter())
            .filter(|record| !self.is_running(record.before.certificate))
            .collect()
    }

    /// How many certificates batches of processes that are gone have not begun with.
    pub fn not_begun_count(&self) -> usize {
        self.not_begun.iter().map(|it| it.certificates.len()).sum()
    }

    /// Whether the details know what the journal has of a certificate.
    pub fn knows_journal_of(&self, id: CertificateId) -> bool {
        let details = self.details_of(id);
        details.is_some_and(|details| details.restorable.value().is_some())
    }

    /// The run by which the certificate in the details can be put back: while it is here, or offered
    /// by it.
    pub fn put_back_record(&self, id: CertificateId) -> Option<&'a Record> {
        let record = self.details_of(id)?.record()?;
        let possible = Action::PutBack.applies_to(self.status(id))
            && !matches!(
                self.status(id),
                ConsoleStatus::InTransfer | ConsoleStatus::Unknown
            );
        (possible && !record.claimed).then_some(record)
    }

    /// What the device of a certificate is called, as far as either side knows. Foreign text.
    pub fn device(&self, id: CertificateId) -> Option<&'a str> {
        let list = self.list;
        list.device(id)
            .or_else(|| self.peer.and_then(|peer| peer.list.device(id)))
    }

    /// What people call a certificate: its device, made visible, or else its id, shortened.
    pub fn called(&self, id: CertificateId) -> String {
        let device = self.device(id);
        device.map_or_else(|| id.short(), |device| visible(device).into_owned())
    }

    /// Whether the line with the filter is shown.
    pub fn filter_shown(&self) -> bool {
        self.list.filtering || self.list.is_filtered()
    }

    /// Notes what is drawn somewhere, for the mouse.
    pub fn note(&self, area: Rect, target: Touchable) {
        if let Some(drawn) = self.drawn {
            drawn.note(area, target);
        }
    }

    /// Notes a row of a page, where another one is chosen.
    pub fn note_row(&self, area: Rect, row: usize, chosen: usize) {
        let signed = |n: usize| isize::try_from(n).unwrap_or(isize::MAX);
        self.note(
            area,
            Touchable::Row(signed(row).saturating_sub(signed(chosen))),
        );
    }

    /// Whether the list says that something failed.
    pub fn failure_in_sight(&self) -> bool {
        self.session.failure().is_some()
            || self.list.listing().failure().is_some()
            || self.list.outgoing_listing().failure().is_some()
    }
}
