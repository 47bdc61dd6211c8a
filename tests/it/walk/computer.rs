//! A certferry that runs somewhere: its engine, what a person asks of it, and its end.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, future},
};
use certferry::{
    aws::{GivenProfile, GivenWire, Wire},
    domain::{
        AccountId, Answer, Batch, Belongings, Beside, Call, CarryReport, CertificateId, Change,
        Choice, ConnectionId, ConsoleStatus, ControlPlane, Look, OpenRuns, Planned, Procedure,
        Question, Recipe, Record, Request, RequestId, RunOutcome, Shown, StopAt, Survey, Target,
        Timestamp, Wishes, ask,
    },
    engine::{self, Handle, JournalPlace, Machine, Settings, SimulatedMachine},
    journal::JournalError,
    simulator::Simulator,
};
use tokio::sync::mpsc;

use ConsoleStatus::{Active, Inactive, PendingTransfer, Transferred};

use super::{
    network::Network,
    promises::{Promises, place},
    script::{Account, Deed, Operator, Single},
    story::Story,
};

/// What gives the credentials of a profile: for a while, those of another account.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    simulator: Simulator,
    account: Arc<Mutex<Account>>,
}

impl Keys {
    pub(super) fn of(simulator: &Simulator, account: Account) -> Self {
        Self {
            simulator: simulator.clone(),
            account: Arc::new(Mutex::new(account)),
        }
    }

    pub(super) fn give(&self, account: Account) {
        *self.account.lock().unwrap() = account;
    }
}

impl ProvideCredentials for Keys {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let account = *self.account.lock().unwrap();
        let key = self.simulator.access_key(account.number());
        // They end soon, so that they are asked for again.
        let soon = SystemTime::now() + Duration::from_secs(5);
        let given = Credentials::new(
            key.access_key_id,
            key.secret_access_key,
            None,
            Some(soon),
            "walk",
        );
        future::ProvideCredentials::ready(Ok(given))
    }
}

/// What a certferry stands in.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) simulator: Simulator,
    pub(super) network: Arc<Network>,
    pub(super) promises: Arc<Promises>,
    pub(super) story: Story,
    pub(super) ids: Arc<Vec<CertificateId>>,
    pub(super) epoch: Timestamp,
    pub(super) folder: PathBuf,
}

impl Surroundings {
    /// Where somebody's journal is.
    pub(super) fn journal(&self, who: Operator) -> PathBuf {
        self.folder
            .join(format!("{:?}", who.team()))
            .join("journal.db")
    }
}

type Waiting = Arc<Mutex<HashMap<RequestId, mpsc::UnboundedSender<Answer>>>>;

/// A certferry that runs.
#[derive(Debug)]
pub(super) struct Computer {
    pub(super) who: Operator,
    pub(super) machine: SimulatedMachine,
    pub(super) keys: Keys,
    around: Surroundings,
    handle: Mutex<Option<Handle>>,
    waiting: Waiting,
    last: AtomicU64,
    /// The batches that are under way.
    batches: Mutex<Vec<RequestId>>,
}

/// Of the account that it works in, and of the other one.
const HOME: ConnectionId = ConnectionId(1);
const BESIDE: ConnectionId = ConnectionId(2);

impl Computer {
    pub(super) fn start(who: Operator, around: &Surroundings, read_only: bool) -> Arc<Self> {
        let other = match who.home() {
            Account::Source => Account::Recipient,
            _ => Account::Source,
        };
        let keys = Keys::of(&around.simulator, who.home());
        let profile = |name: &str, keys: Keys| GivenProfile {
            name: name.to_owned(),
            credentials: SharedCredentialsProvider::new(keys),
        };
        let wire = Wire::Given(GivenWire {
            control_plane: ControlPlane::Aws,
            http_client: around.network.client(who),
            region: "us-east-1".to_owned(),
            profiles: vec![
                profile("home", keys.clone()),
                profile("beside", Keys::of(&around.simulator, other)),
            ],
            endpoint_url: None,
        });
        let machine = SimulatedMachine::new(around.epoch + around.story.elapsed());
        let journal = around.journal(who);
        let settings = Settings {
            machine: Machine::Simulated(machine.clone()),
            audit: Some(around.folder.join(format!("{}.jsonl", who.name()))),
            ..Settings::new(JournalPlace::File(journal)).read_only(read_only)
        };
        let (handle, mut replies) = engine::spawn(wire, settings);
        let waiting = Waiting::default();
        let awaited = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Some(reply) = replies.recv().await {
                let more = reply.answer.more_follows();
                let mut awaited = awaited.lock().unwrap();
                if let Some(sender) = awaited.get(&reply.id) {
                    let _ = sender.send(reply.answer);
                }
                if !more {
                    awaited.remove(&reply.id);
                }
            }
            awaited.lock().unwrap().clear();
        });
        around.story.tell(who.name(), "starts");
        let computer = Arc::new(Self {
            who,
            machine,
            keys,
            around: around.clone(),
            handle: Mutex::new(Some(handle)),
            waiting,
            last: AtomicU64::new(0),
            batches: Mutex::default(),
        });
        for (connection, profile) in [(HOME, "home"), (BESIDE, "beside")] {
            let target = Target {
                profile: Some(profile.to_owned()),
                region: None,
            };
            computer.send(connection, Call::Connect(target, None));
        }
        computer
    }

    /// Ends at once: nothing more is sent or written.
    pub(super) async fn kill(&self) {
        let gone = JournalError::Internal("the process is dead".to_owned());
        self.machine.fail(Some(gone));
        let handle = self.handle.lock().unwrap().take();
        if let Some(handle) = handle {
            handle.kill().await;
        }
        self.around.promises.died(self.who);
        self.around.story.tell(self.who.name(), "is killed");
    }

    /// Ends as a person ends it.
    pub(super) async fn quit(&self) {
        let handle = self.handle.lock().unwrap().take();
        if let Some(handle) = handle {
            handle.shutdown().await;
        }
    }

    fn send(&self, connection: ConnectionId, call: Call) -> mpsc::UnboundedReceiver<Answer> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let id = RequestId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        if matches!(call, Call::Carry(_)) {
            self.batches.lock().unwrap().push(id);
        }
        let request = Request {
            id,
            connection,
            after: Duration::ZERO,
            call,
        };
        self.waiting.lock().unwrap().insert(id, sender);
        let handle = self.handle.lock().unwrap();
        // What is dead answers nothing.
        if handle
            .as_ref()
            .is_none_or(|handle| handle.send(request).is_err())
        {
            self.waiting.lock().unwrap().remove(&id);
        }
        receiver
    }

    /// Asks something, and takes all that is answered; `None` when it failed, or the process is dead.
    async fn ask<Q: Question>(
        &self,
        connection: ConnectionId,
        question: Q,
    ) -> Option<Vec<Q::Answer>> {
        let mut answers = self.send(connection, question.call());
        let mut all = Vec::new();
        loop {
            let answer = answers.recv().await?;
            if let Answer::Failed(failure) = &answer {
                self.tell(format!("cannot ask: {}", failure.in_short()));
                return None;
            }
            let more = answer.more_follows();
            all.push(Q::unpack(answer).unwrap());
            if !more {
                return Some(all);
            }
        }
    }

    fn tell(&self, what: String) {
        self.around.story.tell(self.who.name(), what);
    }

    fn ids(&self, of: &[usize]) -> Vec<CertificateId> {
        of.iter().map(|n| self.around.ids[*n]).collect()
    }

    fn beside(&self) -> Beside {
        let other = match self.who.home() {
            Account::Source => Account::Recipient,
            _ => Account::Source,
        };
        Beside {
            connection: BESIDE,
            place: place(other),
        }
    }

    fn batch(&self, procedure: Procedure, ids: Vec<CertificateId>) -> Batch {
        Batch::new(place(self.who.home()), procedure, ids)
    }

    /// Confirms a batch, and reads what it reports to its end.
    async fn carry(&self, batch: Batch) -> BTreeMap<CertificateId, RunOutcome> {
        let mut outcomes = BTreeMap::new();
        let n = self.around.promises.confirmed(self.who, &batch);
        let mut answers = self.send(HOME, Call::Carry(Box::new(batch)));
        while let Some(answer) = answers.recv().await {
            match answer {
                Answer::Carried(CarryReport::Progress(reports)) => {
                    for report in reports {
                        self.around.promises.reported(n, &report);
                        if let certferry::domain::Progress::Ended { id, outcome } = report {
                            outcomes.insert(id, outcome);
                        }
                    }
                }
                Answer::Carried(CarryReport::Slowed(_)) => {}
                Answer::Carried(CarryReport::Over) => {
                    self.around.promises.over(n);
                    break;
                }
                Answer::Failed(failure) => {
                    self.tell(format!("does not begin: {}", failure.in_short()));
                    self.around.promises.over(n);
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        outcomes
    }

    /// How certificates stand, for a dialog.
    async fn looks(&self, ids: Vec<CertificateId>) -> Option<Vec<Look>> {
        let looks = self.ask(HOME, ask::LookAt { ids }).await?;
        Some(looks.into_iter().filter_map(|it| it.look.ok()).collect())
    }

    /// What would be done, for a dialog.
    async fn plans(&self, batch: &Batch) -> Option<Vec<Planned>> {
        let batch = Box::new(batch.clone());
        let planned = self.ask(HOME, ask::PlanOf { batch }).await?;
        let planned = planned.into_iter().map(|it| it.steps);
        Some(planned.filter(|it| it.steps.is_ok()).collect())
    }

    async fn think(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    /// Plans, shows it for a while, and does it.
    pub(super) async fn planned(
        &self,
        procedure: Procedure,
        ids: Vec<CertificateId>,
        pause: u64,
    ) -> BTreeMap<CertificateId, RunOutcome> {
        let mut batch = self.batch(procedure, ids);
        batch.beside = Some(self.beside());
        let Some(planned) = self.plans(&batch).await else {
            return BTreeMap::new();
        };
        if planned.is_empty() {
            return BTreeMap::new();
        }
        self.think(pause).await;
        batch.certificates = planned.iter().map(|it| it.id).collect();
        batch.planned = planned;
        self.carry(batch).await
    }

    async fn transfer(&self, procedure: Procedure, of: &[usize], pause: u64) {
        let Some(looks) = self.looks(self.ids(of)).await else {
            return;
        };
        self.think(pause).await;
        let mut batch = self.batch(procedure, looks.iter().map(|it| it.id).collect());
        batch.looks = looks;
        self.carry(batch).await;
    }

    async fn hand_over(&self, of: &[usize], pause: u64) {
        let ids = self.ids(of);
        let question = ask::TakesAlong {
            ids: ids.clone(),
            beside: Some(BESIDE),
            mapping: Box::default(),
        };
        let Some(parts) = self.ask(HOME, question).await else {
            return;
        };
        let mut survey = Survey::new(ids.len());
        for part in parts {
            survey.take(part);
        }
        let choices = BTreeMap::from([("p1".to_owned(), Choice::Theirs)]);
        let recipe = Recipe::of(&survey, &Wishes::default(), &choices);
        self.think(pause).await;
        let procedure = Procedure::HandOver {
            to: AccountId::parse(Account::Recipient.number()).unwrap(),
            message: None,
        };
        let mut batch = self.batch(procedure, survey.certificates.keys().copied().collect());
        if batch.certificates.is_empty() {
            return;
        }
        let looks = survey.certificates.values();
        batch.looks = looks.map(Belongings::look).collect();
        batch.recipe = Some(Arc::new(recipe));
        batch.beside = Some(self.beside());
        self.carry(batch).await;
    }

    /// What a dialog shows of a certificate.
    async fn shown(&self, id: CertificateId) -> Option<Shown> {
        let outgoing = self.ask(HOME, ask::OutgoingTransfers {}).await?;
        let mut rows = outgoing.into_iter().flat_map(|page| page.page);
        if let Some(row) = rows.find(|it| it.id == id) {
            return Some(Shown {
                certificate: id,
                status: ConsoleStatus::Transferred,
                party: row.to,
                started: row.started,
            });
        }
        let found = self.ask(HOME, ask::Describe { id }).await?.pop()?;
        let account = AccountId::parse(self.who.home().number()).unwrap();
        Some(Shown {
            certificate: id,
            status: found.console_status(Some(false), Some(account)),
            party: found.previous_owner.filter(|it| *it != account),
            started: found.transfer.started,
        })
    }

    async fn single(&self, single: Single, of: usize, pause: u64) {
        let id = self.around.ids[of];
        let Some(shown) = self.shown(id).await else {
            return;
        };
        let (change, applies) = match single {
            Single::Activate => (Change::Activate, shown.status == Inactive),
            Single::Deactivate => (Change::Deactivate, shown.status == Active),
            Single::Revoke => (Change::Revoke, matches!(shown.status, Active | Inactive)),
            Single::Accept { activate } => {
                (Change::Accept { activate }, shown.status == PendingTransfer)
            }
            Single::Reject => (
                Change::Reject { reason: None },
                shown.status == PendingTransfer,
            ),
            Single::CancelTransfer => (Change::CancelTransfer, shown.status == Transferred),
            Single::DetachPolicy | Single::DetachThing => {
                let Some(look) = self.looks(vec![id]).await.and_then(|mut it| it.pop()) else {
                    return;
                };
                let policy = look.policies.into_iter().next();
                let thing = look.things.into_iter().next();
                let attachment = if single == Single::DetachPolicy {
                    policy.map(certferry::domain::Attachment::Policy)
                } else {
                    thing.map(certferry::domain::Attachment::Thing)
                };
                let Some(attachment) = attachment else {
                    return;
                };
                (Change::Detach(attachment), true)
            }
        };
        if !applies {
            return;
        }
        self.think(pause).await;
        let mut batch = self.batch(Procedure::Change(change), vec![id]);
        batch.shown = vec![shown];
        self.carry(batch).await;
    }

    /// What the journal has open here.
    pub(super) async fn open(&self) -> Option<OpenRuns> {
        let mut open = self.ask(HOME, ask::AllOpenRuns {}).await?;
        open.pop().map(|it| *it)
    }

    /// What can be put back here.
    pub(super) async fn restorable(&self) -> Option<Vec<Record>> {
        let ids = self.around.ids.to_vec();
        self.ask(HOME, ask::RestorableOf { ids }).await?.pop()
    }

    /// Forgets what batches have not begun.
    pub(super) async fn forget(&self, open: &OpenRuns) {
        for it in &open.not_begun {
            self.ask(HOME, ask::ForgetBatch { batch: it.batch }).await;
        }
    }

    /// Leaves a certificate as its run left it.
    pub(super) async fn leave(&self, id: CertificateId) -> Option<RunOutcome> {
        let outcomes = self.carry(self.batch(Procedure::LeaveAsIs, vec![id])).await;
        outcomes.get(&id).cloned()
    }

    /// Does what a person wants. What a person only sees after it has begun is not waited for.
    pub(super) async fn does(&self, deed: Deed, pause: u64) {
        let to = |account: Account| AccountId::parse(account.number()).unwrap();
        match deed {
            Deed::Transfer { of, to: account } => {
                let procedure = Procedure::PrepareAndTransfer {
                    to: to(account),
                    message: None,
                };
                self.transfer(procedure, &of, pause).await;
            }
            Deed::TransferReady { of, to: account } => {
                let change = Change::Transfer {
                    to: to(account),
                    message: None,
                };
                self.transfer(Procedure::Change(change), &of, pause).await;
            }
            Deed::HandOver { of } => self.hand_over(&of, pause).await,
            Deed::PutBack { of } => {
                self.planned(Procedure::PutBack, self.ids(&of), pause).await;
            }
            Deed::Resume { of } => {
                self.planned(Procedure::Resume, self.ids(&of), pause).await;
            }
            Deed::Decide { how } => {
                let Some(open) = self.open().await else {
                    return;
                };
                let free = open.here.iter().filter(|it| !it.claimed);
                let ids: Vec<CertificateId> = free.map(|it| it.before.certificate).collect();
                if ids.is_empty() {
                    return;
                }
                match how {
                    0 => drop(self.planned(Procedure::Resume, ids, pause).await),
                    1 => drop(self.planned(Procedure::PutBack, ids, pause).await),
                    _ => {
                        self.think(pause).await;
                        self.carry(self.batch(Procedure::LeaveAsIs, ids)).await;
                    }
                }
            }
            Deed::RemoveCreated { of } => {
                self.think(pause).await;
                let ids = self.ids(&[of]);
                self.carry(self.batch(Procedure::RemoveCreated, ids)).await;
            }
            Deed::Single { change, of } => self.single(change, of, pause).await,
            Deed::LookAgain => {
                let ids = self.around.ids.to_vec();
                self.ask(HOME, ask::RunsAgain { ids }).await;
            }
            Deed::TakeOver => {
                let Some(open) = self.open().await else {
                    return;
                };
                for held in open.held {
                    self.think(pause).await;
                    self.around.promises.took_over();
                    let holder = held.holder.token;
                    self.ask(HOME, ask::TakeOver { holder }).await;
                }
            }
            Deed::Stop { at_step } => {
                let handle = self.handle.lock().unwrap();
                let latest = self.batches.lock().unwrap().last().copied();
                if let (Some(handle), Some(id)) = (&*handle, latest) {
                    let at = if at_step { StopAt::Step } else { StopAt::Begun };
                    handle.stop(id, at);
                }
            }
            Deed::Kill | Deed::Disk { .. } | Deed::OtherAccount { .. } => {
                panic!("{deed:?} is nothing that a person does")
            }
        }
    }
}
