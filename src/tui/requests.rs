//! The answers that are awaited, and what each of them is for.

use std::{collections::BTreeMap, fmt, mem, rc::Rc, time::Duration};

use crate::{
    domain::{
        Answer, CertificateId, ConnectionId, Failure, Finder, NamedKind, Operation, Question,
        Reply, Request, RequestId,
    },
    tui::{msg::Effect, pages::certificate::details::Tab},
};

/// What on the screen an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// The connection.
    Connection,
    /// What this computer has to sign in with.
    Sought,
    /// A connection that is not used any more.
    Release,
    /// The header.
    Identity,
    /// The list.
    Certificates,
    /// The list's outgoing transfers.
    Outgoing,
    /// The details.
    Description(CertificateId),
    /// A tab of the details.
    Tab(Tab, CertificateId),
    /// A row of the list, after something changed or to learn where it comes from.
    Row(CertificateId),
    /// The command log, for a change that was not made when it was looked at.
    Again,
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
    /// The runs of the journal.
    History,
    /// The watch over transfers.
    Watch,
    /// What certificates would lose.
    Belongings,
    /// The report of a batch, to be saved.
    Report,
    /// A batch.
    Batch,
    /// The address that devices connect to.
    Endpoint,
    /// The names of the list's devices that are kept.
    KnownNames,
    /// Those that AWS is asked for.
    Names,
    /// What exists of a kind.
    Inventory(NamedKind),
    /// What a policy or a thing is attached to.
    AttachmentTargets,
    /// The filters that were saved.
    SavedFilters,
    /// A filter that is to be saved or forgotten.
    SaveFilter,
    /// A list in a file, and the things that it names.
    NamedList,
    /// The list's filter: what AWS finds by a word of it.
    Find(Finder),
}

impl Slot {
    /// Whether a newer question makes this one's answer worthless.
    fn replaced_by(&self, newer: &Self) -> bool {
        match (self, newer) {
            (old, _) if old.changes() || old.looks_again() => false,
            // A page of the list each.
            (Self::KnownNames, _) => false,
            (Self::Row(old), Self::Row(new)) => old == new,
            (Self::Find(old), Self::Find(new)) => old == new,
            (Self::Inventory(old), Self::Inventory(new)) => old == new,
            (Self::Tab(old, _), Self::Tab(new, _)) => old == new,
            _ => mem::discriminant(self) == mem::discriminant(newer),
        }
    }

    /// Whether something changes in AWS, or is written, so that it is never cancelled.
    fn changes(&self) -> bool {
        matches!(self, Self::Batch | Self::Report | Self::SaveFilter)
    }

    /// Whether it is in the background, such as a later look at a change. It goes on over the connection
    /// by which the change was sent, whatever is connected to since.
    fn looks_again(&self) -> bool {
        matches!(self, Self::Again | Self::RunsAgain | Self::Release)
    }
}

/// Which request an answer is to, and over which connection it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct From {
    pub(super) request: RequestId,
    pub(super) connection: ConnectionId,
}

/// An answer, or why there is none.
pub(super) type Answered<Q> = Result<<Q as Question>::Answer, Box<Failure>>;

/// Takes an answer.
type Take<S> = Rc<dyn Fn(&mut S, From, Answer)>;

struct Awaited<S> {
    connection: ConnectionId,
    slot: Slot,
    take: Take<S>,
}

impl<S> fmt::Debug for Awaited<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaited")
            .field("connection", &self.connection)
            .field("slot", &self.slot)
            .finish_non_exhaustive()
    }
}

/// The requests that are under way. `S` is the state that takes the answers.
#[derive(Debug)]
pub(super) struct Requests<S> {
    last: u64,
    awaited: BTreeMap<RequestId, Awaited<S>>,
}

impl<S> Default for Requests<S> {
    fn default() -> Self {
        Self {
            last: 0,
            awaited: BTreeMap::new(),
        }
    }
}

impl<S: 'static> Requests<S> {
    /// Numbers a request and remembers what takes its answer. An older read for the same slot is
    /// cancelled, when it is over the same connection; a change never is.
    pub(super) fn ask<Q: Question>(
        &mut self,
        connection: ConnectionId,
        slot: Slot,
        question: Q,
        after: Duration,
        take: impl Fn(&mut S, From, Answered<Q>) + 'static,
        effects: &mut Vec<Effect>,
    ) -> RequestId {
        let replaced = |awaited: &Awaited<S>| {
            awaited.connection == connection && awaited.slot.replaced_by(&slot)
        };
        self.cancel_where(replaced, effects);
        self.last = self.last.saturating_add(1);
        let id = RequestId(self.last);
        let take = move |state: &mut S, from: From, answer: Answer| {
            let answer = match answer {
                Answer::Failed(failure) => Err(failure),
                answer => Q::unpack(answer).ok_or_else(|| {
                    let message = "the answer is one to another question";
                    Box::new(Failure::internal(Operation::Connect, message))
                }),
            };
            take(state, from, answer);
        };
        let awaited = Awaited {
            connection,
            slot,
            take: Rc::new(take),
        };
        self.awaited.insert(id, awaited);
        effects.push(Effect::Send(Request {
            id,
            connection,
            after,
            call: question.call(),
        }));
        id
    }

    /// What takes an answer; `None` when the request was cancelled or replaced.
    pub(super) fn taker(&mut self, reply: &Reply) -> Option<Take<S>> {
        let awaited = self.awaited.get(&reply.id)?;
        if awaited.connection != reply.connection {
            return None;
        }
        let take = Rc::clone(&awaited.take);
        if !reply.answer.more_follows() {
            self.awaited.remove(&reply.id);
        }
        Some(take)
    }

    /// Cancels every read of a connection, when the data of another one is to be shown. Changes go on.
    pub(super) fn cancel_reads(&mut self, of: ConnectionId, effects: &mut Vec<Effect>) {
        self.cancel_where(|awaited| awaited.connection == of, effects);
    }

    /// Cancels the reads of a connection for a slot.
    pub(super) fn cancel(&mut self, of: ConnectionId, slot: &Slot, effects: &mut Vec<Effect>) {
        let unwanted = |awaited: &Awaited<S>| awaited.connection == of && awaited.slot == *slot;
        self.cancel_where(unwanted, effects);
    }

    /// Cancels what is asked for words that are not wanted any more.
    pub(super) fn cancel_finding(
        &mut self,
        of: ConnectionId,
        wanted: impl Fn(&Finder) -> bool,
        effects: &mut Vec<Effect>,
    ) {
        let unwanted = |awaited: &Awaited<S>| {
            let finder = match &awaited.slot {
                Slot::Find(finder) => Some(finder),
                _ => None,
            };
            awaited.connection == of && finder.is_some_and(|it| !wanted(it))
        };
        self.cancel_where(unwanted, effects);
    }

    fn cancel_where(&mut self, unwanted: impl Fn(&Awaited<S>) -> bool, effects: &mut Vec<Effect>) {
        self.awaited.retain(|id, awaited| {
            let goes_on = awaited.slot.changes() || awaited.slot.looks_again();
            let cancelled = !goes_on && unwanted(awaited);
            if cancelled {
                effects.push(Effect::Cancel(*id));
            }
            !cancelled
        });
    }

    /// Whether an answer for a slot is awaited over a connection.
    pub(super) fn awaits(&self, over: ConnectionId, slot: &Slot) -> bool {
        let of = |awaited: &Awaited<S>| awaited.connection == over && awaited.slot == *slot;
        self.awaited.values().any(of)
    }

    /// Whether an answer for any row is awaited over a connection.
    pub(super) fn awaits_row(&self, over: ConnectionId) -> bool {
        let row = |awaited: &Awaited<S>| {
            awaited.connection == over && matches!(awaited.slot, Slot::Row(_))
        };
        self.awaited.values().any(row)
    }

    /// How many changes are under way.
    pub(super) fn changes(&self) -> usize {
        self.awaited
            .values()
            .filter(|awaited| awaited.slot.changes())
            .count()
    }

    /// Whether a person waits for anything.
    pub(super) fn any(&self) -> bool {
        let waits = |awaited: &Awaited<S>| {
            !awaited.slot.looks_again()
                && !matches!(
                    awaited.slot,
                    Slot::Watch | Slot::Names | Slot::AttachmentTargets
                )
        };
        self.awaited.values().any(waits)
    }
}
