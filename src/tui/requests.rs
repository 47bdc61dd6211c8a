//! The answers that are awaited, and the place each of them is for.

use std::{collections::BTreeMap, mem, time::Duration};

use crate::domain::{Call, CertificateId, ConnectionId, Mutation, Reply, Request, RequestId};

use super::Effect;

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The connection.
    Connection,
    /// The header.
    Identity,
    /// The list.
    Certificates,
    /// The list's outgoing transfers.
    Outgoing,
    /// The details.
    Description(CertificateId),
    /// The details' tab Policies.
    Policies(CertificateId),
    /// The details' tab Things.
    Things(CertificateId),
    /// A row of the list, after something changed or to learn where it comes from.
    Row(CertificateId),
    /// A change that was not made when it was looked at, and may have been since; the command log's
    /// entry for it.
    Again(Box<Mutation>, usize),
    /// The runs that stopped at such changes.
    RunsAgain,
    /// The text on top of everything.
    Reader,
    /// What the journal has open.
    OpenRuns,
    /// What was offered and not put back since.
    Offered,
    /// What the journal has to put back of the certificate in the details.
    Restorable(CertificateId),
    /// What a form looks at before it can be confirmed.
    Look,
    /// The report of a batch, to be saved.
    Report,
    /// A batch.
    Batch,
}

impl Place {
    /// Whether a newer question makes this one's answer worthless.
    fn replaced_by(&self, newer: &Self) -> bool {
        match (self, newer) {
            (old, _) if old.changes() || old.looks_again() => false,
            (Self::Row(old), Self::Row(new)) => old == new,
            _ => mem::discriminant(self) == mem::discriminant(newer),
        }
    }
}

impl Place {
    /// Whether something changes in AWS, or is written, so that it is never cancelled.
    fn changes(&self) -> bool {
        matches!(self, Self::Batch | Self::Report)
    }

    /// Whether it is a later look at a change, for which nobody waits. It goes on over the connection
    /// by which the change was sent, whatever is connected to since.
    fn looks_again(&self) -> bool {
        matches!(self, Self::Again(..) | Self::RunsAgain)
    }
}

#[derive(Debug)]
struct Awaited {
    connection: ConnectionId,
    place: Place,
}

/// The requests that are under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
    awaited: BTreeMap<RequestId, Awaited>,
}

impl Requests {
    /// Numbers a request and remembers what its answer is for. An older read for the same place is
    /// cancelled; a change never is.
    pub(super) fn ask(
        &mut self,
        connection: ConnectionId,
        place: Place,
        call: Call,
        after: Duration,
        effects: &mut Vec<Effect>,
    ) -> RequestId {
        self.cancel_where(|awaited| awaited.place.replaced_by(&place), effects);
        self.last = self.last.saturating_add(1);
        let id = RequestId(self.last);
        self.awaited.insert(id, Awaited { connection, place });
        effects.push(Effect::Send(Request {
            id,
            connection,
            after,
            call,
        }));
        id
    }

    /// The place of an answer; `None` when it is not awaited any more and must be dropped.
    pub(super) fn place(&mut self, reply: &Reply) -> Option<Place> {
        let awaited = self.awaited.get(&reply.id)?;
        if awaited.connection != reply.connection {
            return None;
        }
        if reply.answer.more_follows() {
            return Some(awaited.place.clone());
        }
        self.awaited.remove(&reply.id).map(|awaited| awaited.place)
    }

    /// Cancels every read, when the data of another connection is to be shown. Changes go on.
    pub(super) fn cancel_reads(&mut self, effects: &mut Vec<Effect>) {
        self.cancel_where(|_| true, effects);
    }

    /// Cancels the reads of a place.
    pub(super) fn cancel(&mut self, place: &Place, effects: &mut Vec<Effect>) {
        self.cancel_where(|awaited| awaited.place == *place, effects);
    }

    fn cancel_where(&mut self, unwanted: impl Fn(&Awaited) -> bool, effects: &mut Vec<Effect>) {
        self.awaited.retain(|id, awaited| {
            let goes_on = awaited.place.changes() || awaited.place.looks_again();
            let cancelled = !goes_on && unwanted(awaited);
            if cancelled {
                effects.push(Effect::Cancel(*id));
            }
            !cancelled
        });
    }

    /// Whether an answer for any row is awaited.
    pub(super) fn awaits_row(&self) -> bool {
        let row = |awaited: &Awaited| matches!(awaited.place, Place::Row(_));
        self.awaited.values().any(row)
    }

    /// How many changes are under way.
    pub(super) fn changes(&self) -> usize {
        self.awaited
            .values()
            .filter(|awaited| awaited.place.changes())
            .count()
    }

    /// Whether a person waits for anything.
    pub(super) fn any(&self) -> bool {
        let waits = |awaited: &Awaited| !awaited.place.looks_again();
        self.awaited.values().any(waits)
    }
}
