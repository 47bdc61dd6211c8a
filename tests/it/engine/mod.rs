//! Batches against the simulator, through the real SDK, with a journal on the disk. The clock is
//! tokio's paused one, so that minutes of waiting take no time.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

mod account;
mod again;
mod arrive;
mod audit;
mod batch;
mod combinations;
mod disk;
mod facade;
mod faults;
mod final_change;
mod hand_over;
mod hand_over_kill;
mod journal;
mod kill;
mod naming;
mod procedure;
mod recipients;
mod stopping;
mod survey;
mod waits;

use std::path::{Path, PathBuf};
use std::time::Duration;

use certferry::{
    aws::{GivenProfile, GivenWire, Wire},
    domain::{
        AccountId, Answer, Batch, Call, CarryReport, CertificateId, Change, ConnectionId,
        ConsoleStatus, ControlPlane, Failure, Look, Place, Procedure, Progress, Record, RequestId,
        RunOutcome, RunState, StepState, Target, ThingRef, Timestamp,
    },
    engine::{Engine, JournalPlace, Machine, Settings, SimulatedMachine},
    simulator::{
        Assumptions, Clock, NewCertificate, PrincipalType, Simulator, Status, WorldSnapshot,
    },
};
use tempfile::TempDir;

const SOURCE: &str = "111122223333";
const RECIPIENT: &str = "444455556666";
const POLICIES: [&str; 3] = ["connect", "publish", "subscribe"];

fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

fn connection(account: &str) -> ConnectionId {
    ConnectionId(if account == SOURCE { 1 } else { 2 })
}

/// A simulated world, and a folder for the journal.
struct World {
    simulator: Simulator,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self::with(Assumptions::default())
    }

    fn with(assumptions: Assumptions) -> Self {
        // The journal's times are this machine's, and AWS's are compared with them.
        let now = Timestamp::now_utc().unix_timestamp();
        let simulator = Simulator::with_assumptions(Clock::Fixed(now), assumptions);
        simulator.create_account(SOURCE);
        simulator.create_account(RECIPIENT);
        for policy in POLICIES {
            let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
            simulator.create_policy(SOURCE, policy, &document);
        }
        let folder = tempfile::tempdir().unwrap();
        Self { simulator, folder }
    }

    /// An active certificate with three policies and three things.
    fn certificate(&self, number: u64) -> CertificateId {
        let id = self.bare(number);
        for policy in POLICIES {
            let attached = self
                .simulator
                .attach_policy(SOURCE, &id.to_string(), policy);
            attached.unwrap();
        }
        for n in 1..=3 {
            self.attach_thing(
                id,
                &format!("device-{number}-{n}"),
                PrincipalType::NonExclusiveThing,
            );
        }
        id
    }

    /// An active certificate with nothing attached.
    fn bare(&self, number: u64) -> CertificateId {
        let new = NewCertificate::new(&format!("device-{number}"), number);
        let id = self.simulator.add_certificate(SOURCE, &new).unwrap();
        CertificateId::parse(&id).unwrap()
    }

    fn attach_thing(&self, id: CertificateId, thing: &str, kind: PrincipalType) {
        let simulator = &self.simulator;
        simulator.create_thing(SOURCE, thing, None, &[]);
        let attached = simulator.attach_thing(SOURCE, &id.to_string(), thing, kind);
        attached.unwrap();
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("state/journal.db")
    }

    async fn rig(&self) -> Rig {
        Rig::start(&self.simulator, &self.journal()).await
    }

    /// A colleague's certferry, with a journal of its own.
    async fn colleague(&self) -> Rig {
        Rig::start(&self.simulator, &self.folder.path().join("own.db")).await
    }

    /// Waits until so many calls of an operation have come.
    async fn comes(&self, operation: certferry::simulator::Operation, calls: usize) {
        let come = async {
            while self.calls(operation) < calls {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let come = tokio::time::timeout(Duration::from_mins(5), come).await;
        come.expect("the calls come");
    }

    /// The world without the history of transfers, which nothing can take back.
    fn state(&self) -> WorldSnapshot {
        let mut state = self.simulator.snapshot();
        for place in state.places.values_mut() {
            for certificate in place.certificates.values_mut() {
                certificate.transfer = None;
            }
        }
        state
    }

    /// How often an operation was called.
    fn calls(&self, operation: certferry::simulator::Operation) -> usize {
        let calls = self.simulator.calls();
        let of = calls
            .iter()
            .filter(|call| call.operation == Some(operation));
        of.count()
    }
}

/// A background task connected as both accounts.
struct Rig {
    simulator: Simulator,
    engine: Engine,
}

/// What was reported of an order, in order.
#[derive(Debug)]
struct Carried {
    progress: Vec<Progress>,
}

impl Carried {
    fn outcomes(&self) -> Vec<(CertificateId, RunOutcome)> {
        let ended = self.progress.iter().filter_map(|progress| match progress {
            Progress::Ended { id, outcome } => Some((*id, outcome.clone())),
            _ => None,
        });
        ended.collect()
    }

    /// The end of a batch for one certificate.
    fn outcome(&self) -> RunOutcome {
        let mut outcomes = self.outcomes();
        assert_eq!(outcomes.len(), 1, "{self:?}");
        outcomes.pop().unwrap().1
    }
}

fn wire(simulator: &Simulator) -> Wire {
    Wire::Given(given(simulator))
}

fn given(simulator: &Simulator) -> GivenWire {
    let profile = |account: &str| {
        let key = simulator.access_key(account);
        GivenProfile::new(account, &key.access_key_id, &key.secret_access_key)
    };
    GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: simulator.http_client(),
        region: "us-east-1".to_owned(),
        profiles: vec![profile(SOURCE), profile(RECIPIENT)],
        endpoint_url: None,
    }
}

impl Rig {
    async fn start(simulator: &Simulator, journal: &Path) -> Self {
        // Its computer's clock is right.
        let now = Timestamp::from_unix_timestamp_nanos(i128::from(simulator.now()) * 1_000_000);
        let settings = Settings {
            machine: Machine::Simulated(SimulatedMachine::new(now.unwrap())),
            pace: 1.0,
            ..Settings::new(JournalPlace::File(journal.to_owned()))
        };
        Self::start_with(simulator, settings).await
    }

    async fn start_with(simulator: &Simulator, settings: Settings) -> Self {
        let mut rig = Self {
            simulator: simulator.clone(),
            engine: Engine::start(wire(simulator), settings),
        };
        for account in [SOURCE, RECIPIENT] {
            let target = Target {
                profile: Some(account.to_owned()),
                region: None,
            };
            let answer = rig.ask(account, Call::Connect(target, None)).await;
            assert!(matches!(answer, Answer::Connected(_)), "{answer:?}");
        }
        rig
    }

    fn send(&mut self, account: &str, call: Call) -> RequestId {
        self.engine.send(connection(account), call)
    }

    async fn ask(&mut self, account: &str, call: Call) -> Answer {
        let id = self.send(account, call);
        let reply = self.engine.next().await.unwrap();
        assert_eq!(reply.id, id);
        reply.answer
    }

    /// What a dialog would name.
    fn looks(&self, account: &str, certificates: &[CertificateId]) -> Vec<Look> {
        let seen = |id: &CertificateId| {
            let state = self.simulator.certificate(account, &id.to_string())?;
            let thing = |(name, _): (String, PrincipalType)| ThingRef {
                name,
                principal_type: None,
            };
            Some(Look {
                id: *id,
                status: match state.status {
                    Status::Active => ConsoleStatus::Active,
                    _ => ConsoleStatus::Inactive,
                },
                policies: state.policies,
                things: state.things.into_iter().map(thing).collect(),
                edition: None,
            })
        };
        certificates.iter().filter_map(seen).collect()
    }

    fn batch(
        &mut self,
        account: &str,
        procedure: Procedure,
        certificates: &[CertificateId],
    ) -> RequestId {
        let batch = Batch {
            place: Place::aws("us-east-1", self::account(account)),
            procedure,
            certificates: certificates.to_vec(),
            looks: self.looks(account, certificates),
            planned: Vec::new(),
            shown: Vec::new(),
            beside: None,
            recipe: None,
        };
        self.send(account, Call::Carry(Box::new(batch)))
    }

    /// Reads the reports of a batch to its end.
    async fn carried(&mut self, id: RequestId) -> Result<Carried, Failure> {
        let mut progress = Vec::new();
        loop {
            let reply = self.engine.next().await.unwrap();
            assert_eq!(reply.id, id);
            match reply.answer {
                Answer::Carried(CarryReport::Progress(reports)) => progress.extend(reports),
                Answer::Carried(CarryReport::Slowed(_)) => {}
                Answer::Carried(CarryReport::Over) => return Ok(Carried { progress }),
                Answer::Failed(failure) => {
                    assert_eq!(progress, []);
                    return Err(*failure);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    async fn carry(&mut self, procedure: Procedure, certificates: &[CertificateId]) -> Carried {
        let id = self.batch(SOURCE, procedure, certificates);
        self.carried(id).await.unwrap()
    }

    /// Carries out a batch for one certificate, and answers with its end.
    async fn one(&mut self, procedure: Procedure, id: CertificateId) -> RunOutcome {
        self.carry(procedure, &[id]).await.outcome()
    }

    /// Makes a single change, and answers with its end.
    async fn change(&mut self, account: &str, change: Change, id: CertificateId) -> RunOutcome {
        let batch = self.batch(account, Procedure::Change(change), &[id]);
        self.carried(batch).await.unwrap().outcome()
    }

    /// The runs that the journal has open.
    async fn open(&mut self) -> Vec<Record> {
        match self.ask(SOURCE, Call::OpenRuns).await {
            Answer::OpenRuns(open) => open.here,
            other => panic!("{other:?}"),
        }
    }

    /// The run by which a certificate could be put back.
    async fn restorable(&mut self, id: CertificateId) -> Option<Record> {
        match self.ask(SOURCE, Call::Restorable(vec![id])).await {
            Answer::Restorable(records) => {
                assert!(records.len() < 2, "{records:?}");
                records.into_iter().next()
            }
            other => panic!("{other:?}"),
        }
    }

    async fn end(self) {
        self.engine.end().await;
    }
}

fn prepare() -> Procedure {
    Procedure::PrepareAndTransfer {
        to: account(RECIPIENT),
        message: Some("for the new plant".to_owned()),
    }
}

/// Whether it stopped, and it is not known whether its last change was made.
fn is_not_known(outcome: &RunOutcome) -> bool {
    matches!(outcome, RunOutcome::Stopped(it) if it.ambiguous)
}

fn all_over(record: &Record) -> bool {
    let mut steps = record.steps.iter();
    record.state == RunState::Done
        && steps.all(|step| matches!(step.state, StepState::Done(_) | StepState::Gone(_)))
}
