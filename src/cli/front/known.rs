//! What is known of the certificates of an account, for a command.

use std::collections::{HashMap, HashSet};

use crate::{
    cli::{
        error::Error,
        front::{open::Front, output::note},
    },
    domain::{
        AccountId, CertificateId, CertificateStatus, ConsoleStatus, Description, DeviceName,
        Failure, FailureKind, Filter, FilterFacts, FoundBy, OutgoingTransfer, Shown, Timestamp,
        ask,
    },
};

/// What is known of a certificate.
#[derive(Debug, Clone)]
pub(in crate::cli) struct FleetRow {
    pub(in crate::cli) id: CertificateId,
    pub(in crate::cli) status: ConsoleStatus,
    pub(in crate::cli) created: Option<Timestamp>,
    /// Who is offered it.
    pub(in crate::cli) to: Option<AccountId>,
    /// Who offers it.
    pub(in crate::cli) from: Option<AccountId>,
    /// When its transfer was started.
    pub(in crate::cli) started: Option<Timestamp>,
    /// What is said with it. Foreign text.
    pub(in crate::cli) message: Option<String>,
    /// Whether it came back from a transfer.
    pub(in crate::cli) came_back: bool,
    /// Whether `DescribeCertificate` has said it.
    described: bool,
}

impl FleetRow {
    /// As a dialog would have shown it.
    pub(in crate::cli) fn shown(&self) -> Shown {
        Shown {
            certificate: self.id,
            status: self.status,
            party: self.to.or(self.from),
            started: self.started,
        }
    }

    /// `known` says whether the outgoing transfers are.
    fn of(
        found: &Description,
        outgoing: Option<&OutgoingTransfer>,
        known: bool,
        own: AccountId,
    ) -> Self {
        let status = found.console_status(known.then_some(outgoing.is_some()), Some(own));
        let incoming = status == ConsoleStatus::PendingTransfer;
        let of_transfer = incoming || status == ConsoleStatus::Transferred;
        Self {
            id: found.id,
            status,
            created: found.created,
            to: outgoing.and_then(|it| it.to),
            from: found.previous_owner.filter(|_| incoming),
            started: found.transfer.started.filter(|_| of_transfer),
            message: found.transfer.message.clone().filter(|_| of_transfer),
            came_back: found.came_back(),
            described: true,
        }
    }
}

/// The certificates of an account, as far as a command has to know them.
#[derive(Debug, Default)]
pub(in crate::cli) struct Fleet {
    /// In AWS's order, newest first, or in the order in which they were named.
    order: Vec<CertificateId>,
    rows: HashMap<CertificateId, FleetRow>,
    /// Why the outgoing transfers are not known: then the direction of a transfer is not, and what is offered may be
    /// missing.
    outgoing_unknown: Option<Box<Failure>>,
    /// What devices are called, as far as that is kept.
    names: HashMap<CertificateId, DeviceName>,
}

impl Fleet {
    /// Lists all of them: own ones and those that are offered.
    pub(in crate::cli) async fn listed(front: &mut Front) -> Result<Self, Error> {
        let connection = front.here.connection;
        let listed = front.engine.list(connection).await;
        let listed = listed.map_err(|failure| front.failed(&failure))?;
        let mut fleet = Self::default();
        let outgoing = fleet.outgoing(front).await?;
        let known = fleet.outgoing_unknown.is_none();
        for row in listed {
            let offer = outgoing.get(&row.id);
            fleet.insert(FleetRow {
                id: row.id,
                status: ConsoleStatus::of(row.status, known.then_some(offer.is_some())),
                created: row.created,
                to: offer.and_then(|it| it.to),
                from: None,
                started: offer.and_then(|it| it.started),
                message: offer.and_then(|it| it.message.clone()),
                came_back: false,
                described: false,
            });
        }
        // Whether a source still lists what it offers is not documented.
        for (id, offer) in outgoing {
            if !fleet.rows.contains_key(&id) {
                fleet.insert(FleetRow {
                    id,
                    status: ConsoleStatus::Transferred,
                    created: offer.created,
                    to: offer.to,
                    from: None,
                    started: offer.started,
                    message: offer.message,
                    came_back: false,
                    described: false,
                });
            }
        }
        Ok(fleet)
    }

    /// Describes these alone. Those that the account does not have are left out.
    pub(in crate::cli) async fn described(
        front: &mut Front,
        ids: &[CertificateId],
    ) -> Result<Self, Error> {
        let mut found = Vec::new();
        for id in ids {
            found.extend(describe(front, *id).await?);
        }
        let pending = |it: &(CertificateId, Option<Description>)| match &it.1 {
            Some(found) => found.status == CertificateStatus::PendingTransfer,
            // The source may not see what it has offered.
            None => true,
        };
        let mut fleet = Self::default();
        let offers = if found.iter().any(pending) {
            fleet.outgoing(front).await?
        } else {
            HashMap::new()
        };
        let own = front.here.place.account;
        let known = fleet.outgoing_unknown.is_none();
        for (id, description) in found {
            let offer = offers.get(&id);
            match (description, offer) {
                (Some(found), _) => fleet.insert(FleetRow::of(&found, offer, known, own)),
                (None, Some(offer)) => fleet.insert(FleetRow {
                    id,
                    status: ConsoleStatus::Transferred,
                    created: offer.created,
                    to: offer.to,
                    from: None,
                    started: offer.started,
                    message: offer.message.clone(),
                    came_back: false,
                    described: true,
                }),
                (None, None) => {}
            }
        }
        Ok(fleet)
    }

    /// Why the outgoing transfers are not known.
    pub(in crate::cli) fn outgoing_unknown(&self) -> Option<&Failure> {
        self.outgoing_unknown.as_deref()
    }

    /// What the account offers, as far as it can be had.
    async fn outgoing(
        &mut self,
        front: &mut Front,
    ) -> Result<HashMap<CertificateId, OutgoingTransfer>, Error> {
        let connection = front.here.connection;
        let mut all = HashMap::new();
        let question = ask::OutgoingTransfers {};
        let each = front.engine.each(connection, question, |page| {
            all.extend(page.page.into_iter().map(|it| (it.id, it)));
        });
        match each.await {
            Ok(()) => Ok(all),
            Err(failure) if failure.concerns_connection() => Err(front.failed(&failure)),
            // An emulator may not have it, and not everybody may ask.
            Err(failure) => {
                note(&format!(
                    "Outgoing transfers unknown: {}.",
                    failure.summary()
                ));
                self.outgoing_unknown = Some(Box::new(failure));
                Ok(HashMap::new())
            }
        }
    }

    fn insert(&mut self, row: FleetRow) {
        self.order.push(row.id);
        self.rows.insert(row.id, row);
    }

    /// Asks what only a description tells of the incoming ones among these.
    pub(in crate::cli) async fn learn_senders(
        &mut self,
        front: &mut Front,
        ids: &[CertificateId],
    ) -> Result<(), Error> {
        let own = front.here.place.account;
        for id in ids {
            let incoming =
                |row: &FleetRow| row.status == ConsoleStatus::PendingTransfer && !row.described;
            if !self.rows.get(id).is_some_and(incoming) {
                continue;
            }
            if let Some((id, Some(found))) = describe(front, *id).await? {
                self.rows.insert(id, FleetRow::of(&found, None, true, own));
            }
        }
        Ok(())
    }

    /// Takes what is kept of what the devices of these are called. AWS is not asked.
    pub(in crate::cli) async fn learn_names(
        &mut self,
        front: &mut Front,
        ids: Vec<CertificateId>,
    ) -> Result<(), Error> {
        let connection = front.here.connection;
        let known = front.engine.ask(connection, ask::KnownNames { ids }).await;
        let known = known.map_err(|failure| front.failed(&failure))?;
        self.names = known.into_iter().map(|it| (it.id, it)).collect();
        Ok(())
    }

    /// What a device is called, as far as that is kept. Foreign text.
    pub(in crate::cli) fn device(&self, id: CertificateId) -> Option<&str> {
        self.names.get(&id)?.words()
    }

    /// Takes from the journal which of them came back.
    pub(in crate::cli) async fn learn_returned(&mut self, front: &mut Front) -> Result<(), Error> {
        let connection = front.here.connection;
        let offered = front.engine.ask(connection, ask::OfferedBefore {}).await;
        let offered: HashSet<CertificateId> = offered
            .map_err(|failure| front.failed(&failure))?
            .into_iter()
            .collect();
        for row in self.rows.values_mut() {
            row.came_back |= row.status == ConsoleStatus::Inactive && offered.contains(&row.id);
        }
        Ok(())
    }

    /// The certificates, in order.
    pub(in crate::cli) fn ids(&self) -> &[CertificateId] {
        &self.order
    }

    /// What is known of one.
    pub(in crate::cli) fn get(&self, id: CertificateId) -> Option<&FleetRow> {
        self.rows.get(&id)
    }

    /// Whether a filter takes one.
    pub(in crate::cli) fn takes(
        &self,
        filter: &Filter,
        id: CertificateId,
        front: &Front,
        found: &FoundBy,
        now: Timestamp,
    ) -> bool {
        self.rows.get(&id).is_some_and(|row| {
            filter.matches(&FilterFacts {
                id,
                status: row.status,
                created: row.created,
                to: row.to,
                from: row.from,
                started: row.started,
                came_back: row.came_back,
                now,
                book: &front.config.accounts,
                found,
                device: self.names.get(&id).map(DeviceName::view),
            })
        })
    }
}

/// Describes a certificate; `None` in the place of what the account does not have.
async fn describe(
    front: &mut Front,
    id: CertificateId,
) -> Result<Option<(CertificateId, Option<Description>)>, Error> {
    let connection = front.here.connection;
    match front.engine.ask(connection, ask::Describe { id }).await {
        Ok(found) => Ok(Some((id, Some(*found)))),
        Err(failure) if failure.kind == FailureKind::NotFound => Ok(Some((id, None))),
        Err(failure) => Err(front.failed(&failure)),
    }
}
