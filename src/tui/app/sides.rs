//! The two sides: which of them is on the screen, and whose an answer is.

use std::mem;

use crate::{
    domain::{AccountId, CertificateId, ConnectionId, Reply, Target, text::visible},
    tui::{
        app::state::App,
        flash::Level,
        keymap::Command,
        known::side::{Side, SideShows, Watching},
    },
};

impl App {
    /// Does something as if the other side were on the screen: for an answer to what it asked.
    pub(super) fn on_the_other_side(&mut self, act: impl FnOnce(&mut Self)) {
        if !self.swap() {
            return;
        }
        self.aside = !self.aside;
        act(self);
        self.aside = !self.aside;
        self.swap();
    }

    fn swap(&mut self) -> bool {
        if let Some(peer) = &mut self.peer {
            mem::swap(peer, &mut self.side);
        }
        self.peer.is_some()
    }

    /// Whether an answer is the other side's: it came over one of its connections, or is about a batch in its
    /// account.
    pub(super) fn is_the_others(&self, reply: &Reply) -> bool {
        let Some(peer) = &self.peer else {
            return false;
        };
        if self.side.session.is_over(reply.connection) {
            return false;
        }
        let batch = self.batch(reply.id).map(|batch| &batch.place.place);
        peer.session.is_over(reply.connection)
            || batch.is_some_and(|place| peer.session.at().as_ref() == Some(place))
    }

    /// Numbers a connection.
    pub(super) fn next_connection(&mut self) -> ConnectionId {
        self.connections = self.connections.saturating_add(1);
        ConnectionId(self.connections)
    }

    /// Opens the other side, or leads it elsewhere: in the region of this one, since certificates are
    /// transferred within a region.
    pub(super) fn open_peer(&mut self, profile: Option<String>) {
        let region = self.side.session.region();
        let region = (!region.is_empty()).then(|| region.to_owned());
        let target = Target { profile, region };
        let new = || Side::new(ConnectionId(0), target.clone());
        self.peer.get_or_insert_with(new);
        let watched = self.side.watching != Watching::Off;
        self.on_the_other_side(|app| {
            app.connect(target);
            if watched {
                app.side.watching = Watching::Wanted;
            }
        });
    }

    /// Closes the other side. Changes under way there go on.
    pub(super) fn close_peer(&mut self) {
        self.on_the_other_side(|app| {
            app.keep_view();
            app.leave_connection();
        });
        if let Some(peer) = self.peer.take() {
            let place = peer.session.place(&self.setup.config.accounts);
            self.say(Level::Info, format!("The other side is closed: {place}."));
        }
    }

    /// Changes sides; without another side, asks for one.
    pub(super) fn change_sides(&mut self) {
        if !self.swap() {
            return self.open_accounts_for_peer();
        }
        // What was said was said of the other side.
        self.flash = None;
        if mem::take(&mut self.side.outdated) {
            self.refresh();
        }
        if let Some(failure) = self.side.session.identity.failure().cloned() {
            self.ask_code(&failure);
        }
    }

    /// A transfer was begun or ended here, which the other side lists too. One certificate is asked for at
    /// once; a side out of sight that lists many anew does so when a person goes there.
    pub(super) fn tell_the_other_side(&mut self, changed: &[CertificateId], to: Option<AccountId>) {
        let Some(peer) = &mut self.peer else {
            return;
        };
        let offered = to.is_some_and(|to| peer.is_account(to));
        let listed = |id: CertificateId| matches!(peer.shows(id), SideShows::Row(_));
        let concerned: Vec<CertificateId> = (changed.iter().copied())
            .filter(|id| offered || listed(*id))
            .collect();
        let in_sight = self.aside;
        match concerned.as_slice() {
            [] => {}
            [one] => {
                let id = *one;
                self.on_the_other_side(|app| {
                    app.ask_outgoing();
                    app.ask_standing(id);
                });
            }
            _ if in_sight => self.on_the_other_side(|app| {
                app.ask_outgoing();
                app.ask_certificates();
            }),
            _ => peer.outdated = true,
        }
    }

    /// Says when the two sides are not what a transfer needs.
    pub(super) fn check_sides(&mut self) {
        let Some(peer) = &self.peer else {
            return;
        };
        let (Some(here), Some(there)) = (self.side.session.at(), peer.session.at()) else {
            return;
        };
        let (here, there) = if self.aside {
            (there, here)
        } else {
            (here, there)
        };
        let accounts = self.setup.keymap.key(Command::Accounts);
        let text = if here == there {
            "Both sides are the same account.".to_owned()
        } else if here.partition != there.partition || here.control_plane != there.control_plane {
            "No certificate can be transferred between the two sides: they are not of one AWS."
                .to_owned()
        } else if here.region != there.region {
            format!(
                "The other side is in {}, this one in {}: certificates are transferred within a region.",
                visible(&there.region),
                visible(&here.region)
            )
        } else {
            return;
        };
        let aside = mem::take(&mut self.aside);
        self.say(Level::Bad, format!("{text} {accounts} changes it."));
        self.aside = aside;
    }
}
