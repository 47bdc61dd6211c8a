//! One request, from its wait to its last reply.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::{
    aws::{self, Common, Paces, Wire},
    domain::{
        AccountBook, AccountId, Batch, Call, CertificateId, ConnectionId, Description, Failure,
        FailureKind, OpenRuns, Procedure, Record, Reply, Request, RequestId, ask,
    },
    engine::{
        batch::{self, Known, Tools},
        busy::Busy,
        changes::Stop,
        connections::{Connected, Connections},
        finding::find,
        inventory, listing,
        looking::look::look,
        looking::lost_answer,
        looking::watch::watch,
        machine::audit::Audit,
        machine::file,
        machine::filters::SavedFilters,
        machine::ledger::{self, Ledger},
        machine::list,
        machine::names::{DeviceNames, device_of},
        machine::system::Machine,
        naming::name,
        replies::{Replies, nobody_answers},
        survey,
    },
    journal,
};

/// Writes a failure into the log.
fn log_failure(failure: &Failure) {
    warn!(
        operation = failure.operation.name(),
        kind = failure.kind.code(),
        code = failure.code,
        said = ?failure.message,
        request_id = failure.request_id,
        ambiguous = failure.ambiguous,
        "it failed"
    );
}

/// What every request's task shares.
#[derive(Clone)]
pub(super) struct Answering {
    wire: Arc<Wire>,
    common: Common,
    read_only: bool,
    connections: Arc<Connections>,
    ledger: Ledger,
    last_accounts: Option<PathBuf>,
    accounts: Arc<AccountBook>,
    read_only_profiles: Arc<BTreeSet<String>>,
    audit: Audit,
    busy: Busy,
    names: DeviceNames,
    filters: SavedFilters,
    replies: mpsc::Sender<Reply>,
}

impl Answering {
    pub(super) fn new(
        wire: Wire,
        paces: Paces,
        read_only: bool,
        ledger: Ledger,
        replies: mpsc::Sender<Reply>,
    ) -> Self {
        Self {
            wire: Arc::new(wire),
            common: Common {
                paces,
                ..Common::default()
            },
            read_only,
            connections: Arc::default(),
            ledger,
            last_accounts: None,
            accounts: Arc::default(),
            read_only_profiles: Arc::default(),
            audit: Audit::default(),
            busy: Busy::default(),
            names: DeviceNames::default(),
            filters: SavedFilters::default(),
            replies,
        }
    }

    /// With a file that remembers which account a profile led to.
    pub(super) fn remembering(self, last_accounts: Option<PathBuf>) -> Self {
        Self {
            last_accounts,
            ..self
        }
    }

    /// With the accounts that a team knows, and the profiles with which nothing is changed.
    pub(super) fn knowing(self, accounts: AccountBook, read_only: BTreeSet<String>) -> Self {
        Self {
            accounts: Arc::new(accounts),
            read_only_profiles: Arc::new(read_only),
            ..self
        }
    }

    /// With a file that keeps what devices are called.
    pub(super) fn naming(self, names: Option<PathBuf>, machine: Machine) -> Self {
        Self {
            names: DeviceNames::new(names, machine),
            ..self
        }
    }

    /// With a file that keeps the filters that were saved.
    pub(super) fn keeping(self, filters: Option<PathBuf>) -> Self {
        Self {
            filters: SavedFilters::new(filters),
            ..self
        }
    }

    /// With a file for every call that changes anything.
    pub(super) fn auditing(self, audit: Option<PathBuf>, machine: Machine) -> Self {
        Self {
            audit: Audit::new(audit, machine),
            ..self
        }
    }

    /// Remembers the account that a profile led to.
    fn remember(&self, connected: &Connected, account: AccountId) {
        let (Some(path), Some(profile)) = (self.last_accounts.clone(), connected.profile()) else {
            return;
        };
        let (at, profile) = (connected.control_plane().clone(), profile.to_owned());
        // Nobody waits for it: the disk may be slow. A failed write only means that the list of profiles
        // shows less.
        drop(tokio::task::spawn_blocking(move || {
            journal::remember_account(&path, &at, &profile, account)
        }));
    }

    /// Whether nothing is changed over a connection.
    fn changes_nothing(&self, connection: ConnectionId) -> bool {
        let connected = self.connections.get(connection);
        let by_profile = |connected: Connected| {
            let mut profiles = connected.facts().profiles();
            profiles.any(|name| self.read_only_profiles.contains(name))
        };
        self.read_only || connected.is_some_and(by_profile)
    }

    /// Whether a batch must not be carried out: its own side is read-only, or the one that it hands over to.
    fn is_read_only(&self, connection: ConnectionId, batch: &Batch) -> bool {
        let hands_over = matches!(batch.procedure, Procedure::HandOver { .. });
        let beside = batch.beside.as_ref().filter(|_| hands_over);
        self.changes_nothing(connection)
            || beside.is_some_and(|it| self.changes_nothing(it.connection))
    }

    /// Where the answers to a request go.
    pub(super) fn replies(&self, id: RequestId, connection: ConnectionId) -> Replies {
        Replies::new(id, connection, self.replies.clone())
    }

    /// Does what a request asks for and answers it. A change brings its stop along.
    pub(super) async fn run(self, request: Request, stop: Option<Stop>) {
        let replies = self.replies(request.id, request.connection);
        if !request.after.is_zero() {
            tokio::time::sleep(request.after).await;
        }
        let connection = request.connection;
        if let Err(mut failure) = self.call(request, stop, &replies).await {
            if let Some(connected) = self.connections.get(connection) {
                failure = connected.connection.explained(failure).await;
                connected.connection.failed_with(&failure);
            }
            log_failure(&failure);
            replies.fail(failure).await;
        }
    }

    async fn call(
        &self,
        request: Request,
        stop: Option<Stop>,
        replies: &Replies,
    ) -> Result<(), Failure> {
        let operation = request.call.operation();
        let connected = || {
            (self.connections.get(request.connection))
                .ok_or_else(|| Failure::internal(operation, "the connection is not open any more"))
        };
        let connection = || connected().map(|connected| connected.connection);
        match request.call {
            Call::Connect(target, code) => {
                let connecting = aws::connect(&self.wire, &self.common, &target, code);
                let (made, facts) = connecting.await?;
                info!(
                    region = facts.region,
                    profile = facts.profile,
                    credentials = ?facts.credentials,
                    endpoint = facts.endpoint,
                    "connected"
                );
                let connected = Connected::new(made, facts.clone());
                self.connections.insert(request.connection, connected);
                replies.answer::<ask::Connect>(facts).await;
            }
            Call::Release => {
                self.connections.release(request.connection);
                replies.answer::<ask::Release>(()).await;
            }
            Call::Identity => self.who(&connected()?, replies).await?,
            Call::Where => self.whereabouts(&connected()?, replies).await?,
            Call::Certificates => listing::certificates(&connection()?, replies).await?,
            Call::Outgoing => listing::outgoing(&connection()?, replies).await?,
            Call::Describe(id) => {
                let connected = connected()?;
                let found = connected.connection.describe(id).await?;
                self.names.learn(vec![device_of(&found)]).await;
                if found.came_back() {
                    self.note_return(&connected, &found).await;
                }
                replies.answer::<ask::Describe>(Box::new(found)).await;
            }
            Call::Read(read) => {
                replies.send(connection()?.read(&read).await?).await;
            }
            Call::Endpoint => {
                let endpoint = connection()?.data_endpoint().await?;
                replies.answer::<ask::DataEndpoint>(endpoint).await;
            }
            call @ (Call::Sought(_)
            | Call::SaveReport(..)
            | Call::ReadList(..)
            | Call::PastRuns
            | Call::SavedFilters
            | Call::SaveFilter(..)) => self.of_files(call, replies).await?,
            Call::WasMade(mutation, since) => {
                let connected = connected()?;
                let made = lost_answer::was_made(&connected, &mutation, since).await;
                replies.answer::<ask::WasMade>(made).await;
            }
            Call::Look(certificates) => look(connected()?, certificates, replies).await?,
            Call::Watch(known) => watch(connected()?, *known, replies).await?,
            Call::TakesAlong(ids, beside, mapping) => {
                let there = beside.and_then(|beside| self.connections.get(beside));
                survey::survey(connected()?, there, ids, *mapping, replies).await?;
            }
            Call::Carry(batch) if self.is_read_only(request.connection, &batch) => {
                return Err(Failure {
                    kind: FailureKind::ReadOnly,
                    ..Failure::internal(operation, "this session is read-only: nothing was sent")
                });
            }
            Call::Carry(batch) => {
                let stop = stop.ok_or_else(|| Failure::internal(operation, "it is no change"))?;
                let tools = self.tools(stop, replies);
                let there = self.beside(&batch);
                Box::pin(batch::carry(connected()?, there, *batch, tools)).await?;
            }
            Call::Plan(batch) => {
                let tools = self.tools(Stop::default(), replies);
                let there = self.beside(&batch);
                Box::pin(batch::plan(connected()?, there, *batch, tools)).await?;
            }
            // It writes to the journal, so a read-only session skips it.
            Call::RunsAgain(_) if self.changes_nothing(request.connection) => {
                replies.answer::<ask::RunsAgain>(Vec::new()).await;
            }
            Call::RunsAgain(certificates) => {
                let tools = self.tools(Stop::default(), replies);
                let made = batch::again(connected()?, certificates, tools).await?;
                replies.answer::<ask::RunsAgain>(made).await;
            }
            call @ (Call::NamesThatExist(..)
            | Call::AttachmentTargets(..)
            | Call::AllOf(..)
            | Call::Find(_)
            | Call::KnownNames(_)
            | Call::Names(..)) => {
                self.by_names(call, connected()?, replies).await?;
            }
            call => self.of_journal(call, &connected()?, replies).await?,
        }
        Ok(())
    }

    /// Who the caller is.
    async fn who(&self, connected: &Connected, replies: &Replies) -> Result<(), Failure> {
        let identity = connected.identity().await?;
        info!(account = %identity.account, arn = ?identity.arn, "the caller");
        self.remember(connected, identity.account);
        replies.answer::<ask::WhoAmI>(identity).await;
        Ok(())
    }

    /// Where a connection leads.
    async fn whereabouts(&self, connected: &Connected, replies: &Replies) -> Result<(), Failure> {
        let place = connected.place().await?;
        replies.answer::<ask::WhereAmI>(place).await;
        Ok(())
    }

    /// The connection to the other account of a batch, when anything may be changed there.
    fn beside(&self, batch: &Batch) -> Option<Connected> {
        let beside = batch.beside.as_ref()?.connection;
        let may = !self.changes_nothing(beside);
        self.connections.get(beside).filter(|_| may)
    }

    /// Certificates by names, names of certificates, and what else has names.
    async fn by_names(
        &self,
        call: Call,
        connected: Connected,
        replies: &Replies,
    ) -> Result<(), Failure> {
        match call {
            Call::Find(by) => find(connected, by, replies).await,
            Call::Names(ids, gently) => name(connected, ids, gently, &self.names, replies).await,
            Call::KnownNames(ids) => {
                let known = self.names.known(ids).await;
                replies.answer::<ask::KnownNames>(known).await;
                Ok(())
            }
            other => inventory::answer(other, &connected, replies).await,
        }
    }

    /// What only the journal is asked.
    async fn of_journal(
        &self,
        call: Call,
        connected: &Connected,
        replies: &Replies,
    ) -> Result<(), Failure> {
        match call {
            Call::ForgetBatch(batch) => {
                let forgotten = self.ledger.with(move |journal| journal.forget_batch(batch));
                forgotten.await.map_err(|error| ledger::failure(&error))?;
                let open = self.open_runs(connected).await?;
                replies.answer::<ask::ForgetBatch>(Box::new(open)).await;
            }
            Call::TakeOver(holder) => {
                let all = self.ledger.with(move |journal| journal.take_over(&holder));
                all.await.map_err(|error| ledger::failure(&error))?;
                let open = self.open_runs(connected).await?;
                replies.answer::<ask::TakeOver>(Box::new(open)).await;
            }
            Call::Offered => {
                let offered = self.offered(connected).await?;
                replies.answer::<ask::OfferedBefore>(offered).await;
            }
            Call::OpenRuns => {
                let open = self.open_runs(connected).await?;
                replies.answer::<ask::AllOpenRuns>(Box::new(open)).await;
            }
            Call::Restorable(ids) => {
                let records = self.restorable(connected, ids).await?;
                replies.answer::<ask::RestorableOf>(records).await;
            }
            other => return Err(nobody_answers(&other)),
        }
        Ok(())
    }
}

impl Answering {
    /// What is written and read on this computer. Nothing is asked of AWS.
    async fn of_files(&self, call: Call, replies: &Replies) -> Result<(), Failure> {
        match call {
            Call::Sought(profile) => {
                let sought = aws::sought(&self.wire, profile.as_deref()).await;
                replies.answer::<ask::WhatIsThere>(sought).await;
            }
            Call::SaveReport(name, text) => {
                let path = file::save(name, text).await?;
                replies.answer::<ask::SaveReport>(path).await;
            }
            Call::ReadList(path, at) => {
                let list = list::read_list(path, *at).await?;
                replies.answer::<ask::ReadList>(list).await;
            }
            Call::PastRuns => listing::past_runs(&self.ledger, replies).await?,
            Call::SavedFilters => {
                let all = self.filters.all().await?;
                replies.answer::<ask::SavedFilters>(all).await;
            }
            Call::SaveFilter(filter, change) => {
                let all = self.filters.save(filter, change).await?;
                replies.answer::<ask::SaveFilter>(all).await;
            }
            other => return Err(nobody_answers(&other)),
        }
        Ok(())
    }

    fn tools(&self, stop: Stop, replies: &Replies) -> Tools {
        Tools {
            ledger: self.ledger.clone(),
            busy: self.busy.clone(),
            accounts: Arc::clone(&self.accounts),
            audit: self.audit.clone(),
            stop,
            replies: replies.clone(),
        }
    }

    /// What the journal has open for a connection's account and region.
    async fn open_runs(&self, connected: &Connected) -> Result<OpenRuns, Failure> {
        let place = connected.place().await?;
        let busy = self.busy.clone();
        let read = self.ledger.with(move |journal| {
            let mut here = journal.unfinished()?;
            here.retain(|it| it.before.place == place);
            for record in &mut here {
                busy.correct(journal, record)?;
            }
            Ok(OpenRuns {
                not_begun: journal.not_begun(&place)?,
                held: journal.held(&place, &here)?,
                here,
                elsewhere: journal.elsewhere(&place)?,
                recipients: journal.recipients(&place)?,
                incomplete: journal.is_incomplete(),
            })
        });
        read.await.map_err(|error| ledger::failure(&error))
    }

    /// What was offered from a connection's place and not put back since.
    async fn offered(&self, connected: &Connected) -> Result<Vec<CertificateId>, Failure> {
        let place = connected.place().await?;
        let read = self.ledger.with(move |journal| journal.offered(&place));
        read.await.map_err(|error| ledger::failure(&error))
    }

    /// Writes down in which edition a certificate came back. A later edition means that somebody has
    /// changed it since, so a batch does not put it back.
    async fn note_return(&self, connected: &Connected, found: &Description) {
        let Some(place) = connected.known_place() else {
            return;
        };
        let (id, edition) = (found.id, found.edition());
        let written = self
            .ledger
            .with(move |journal| journal.returned(&place, id, edition));
        // Without the edition, the run's dates are compared instead, which is less exact.
        let _ = written.await;
    }

    /// The runs by which certificates could be put back.
    async fn restorable(
        &self,
        connected: &Connected,
        ids: Vec<CertificateId>,
    ) -> Result<Vec<Record>, Failure> {
        let place = connected.place().await?;
        let busy = self.busy.clone();
        let read = self.ledger.with(move |journal| {
            // The list may have thousands of ids, and the journal knows few of them.
            let known = journal.certificates(&place)?;
            let mut records = Vec::new();
            for id in ids.into_iter().filter(|id| known.contains(id)) {
                if let Some(record) = Known::read(journal, &place, id)?.restorable() {
                    let mut record = record.clone();
                    busy.correct(journal, &mut record)?;
                    records.push(record);
                }
            }
            Ok(records)
        });
        read.await.map_err(|error| ledger::failure(&error))
    }
}
