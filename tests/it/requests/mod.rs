//! The background task against a control plane of canned answers, under tokio's paused clock: a
//! wait of minutes takes no time.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

mod changes;
mod configured;
mod failures;
mod listing;
mod lost_answer;
mod network;
mod reads;
mod script;

use std::time::Duration;

use certferry::{
    aws::{self, Common, Connection, GivenProfile, GivenWire, Wire},
    domain::{
        AccountId, Answer, Batch, Call, CarryReport, CertificateArn, CertificateId, ConnectionId,
        ConsoleStatus, ControlPlane, Done, Failure, Look, Mutation, Operation, Partition, Place,
        Procedure, Progress, Reason, Reply, RequestId, RunOutcome, Target,
    },
    engine::{Engine, JournalPlace, Settings},
};
use script::Script;

const CONNECTION: ConnectionId = ConnectionId(1);

/// A certificate's id: the same byte 32 times.
fn id(byte: u8) -> CertificateId {
    CertificateId::from_bytes([byte; 32])
}

fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

fn arn(byte: u8) -> CertificateArn {
    CertificateArn {
        partition: Partition::default(),
        region: "us-east-1".to_owned(),
        account: account("111122223333"),
        id: id(byte),
    }
}

fn wire(script: &Script) -> Wire {
    let profile = |name: &str| GivenProfile::new(name, &format!("AKIA{name}"), "not a secret");
    Wire::Given(GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: script.client(),
        region: "us-east-1".to_owned(),
        profiles: vec![profile("source"), profile("recipient")],
        endpoint_url: None,
    })
}

/// A batch of one change.
fn change(mutation: Mutation) -> Call {
    let look = Look {
        id: mutation.id(),
        status: ConsoleStatus::Inactive,
        policies: Vec::new(),
        things: Vec::new(),
        edition: None,
    };
    Call::Carry(Box::new(Batch {
        place: Place::aws("us-east-1", mutation.certificate.account),
        certificates: vec![mutation.id()],
        procedure: Procedure::Change(mutation.change),
        looks: vec![look],
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    }))
}

/// A connection alone, without a background task.
async fn connection(wire: Wire) -> Connection {
    let connecting = aws::connect(&wire, &Common::default(), &Target::default(), None).await;
    connecting.unwrap().0
}

/// A connected background task.
struct Rig {
    engine: Engine,
}

impl Rig {
    async fn start(script: &Script) -> Self {
        Self::start_with(wire(script), false).await
    }

    /// As [`start`](Self::start), at an endpoint of one's own.
    async fn start_at(script: &Script, endpoint: Option<&str>) -> Self {
        let mut wire = wire(script);
        if let Wire::Given(given) = &mut wire {
            given.endpoint_url = endpoint.map(str::to_owned);
            if endpoint.is_some() {
                given.control_plane = ControlPlane::Other("emulator".to_owned());
            }
        }
        Self::start_with(wire, false).await
    }

    async fn start_with(wire: Wire, read_only: bool) -> Self {
        let settings = Settings::new(JournalPlace::Memory).read_only(read_only);
        Self::with_settings(wire, settings, None).await
    }

    /// With other settings, over a profile.
    async fn with_settings(wire: Wire, settings: Settings, profile: Option<&str>) -> Self {
        let mut rig = Self {
            engine: Engine::start(wire, settings),
        };
        let target = Target {
            profile: profile.map(str::to_owned),
            region: None,
        };
        let answer = rig.ask(Call::Connect(target, None)).await;
        assert!(matches!(answer, Answer::Connected(_)), "{answer:?}");
        rig
    }

    fn send_after(&mut self, call: Call, after: Duration) -> RequestId {
        self.engine.send_after(CONNECTION, call, after)
    }

    fn send(&mut self, call: Call) -> RequestId {
        self.send_after(call, Duration::ZERO)
    }

    async fn next(&mut self) -> Reply {
        self.engine.next().await.unwrap()
    }

    async fn ask(&mut self, call: Call) -> Answer {
        let id = self.send(call);
        let reply = self.next().await;
        assert_eq!((reply.id, reply.connection), (id, CONNECTION));
        reply.answer
    }

    async fn failure(&mut self, call: Call) -> Failure {
        match self.ask(call).await {
            Answer::Failed(failure) => *failure,
            other => panic!("it did not fail: {other:?}"),
        }
    }

    /// Makes a change as a person's dialog does: as a batch of one.
    async fn mutate(&mut self, mutation: Mutation) -> Result<Done, Failure> {
        let id = self.send(change(mutation));
        let mut answered = None;
        let mut outcome = None;
        loop {
            let reply = self.next().await;
            assert_eq!((reply.id, reply.connection), (id, CONNECTION));
            match reply.answer {
                Answer::Carried(CarryReport::Progress(reports)) => {
                    for report in reports {
                        match report {
                            Progress::Answered { answer, .. } => answered = Some(answer),
                            Progress::Ended { outcome: end, .. } => outcome = Some(end),
                            _ => {}
                        }
                    }
                }
                Answer::Carried(CarryReport::Over) => break,
                Answer::Failed(failure) => return Err(*failure),
                other => panic!("{other:?}"),
            }
        }
        match (outcome.unwrap(), answered) {
            (RunOutcome::Done, Some(Ok(done))) => Ok(done),
            (RunOutcome::Refused(Reason::Failed(failure)), _)
            | (RunOutcome::Stopped(_), Some(Err(failure))) => Err(*failure),
            (RunOutcome::Stopped(stopped), None) => Err(Failure {
                kind: stopped.kind,
                ambiguous: stopped.ambiguous,
                ..Failure::internal(Operation::Connect, stopped.text)
            }),
            other => panic!("{other:?}"),
        }
    }

    /// The failure of a change.
    async fn refused(&mut self, mutation: Mutation) -> Failure {
        self.mutate(mutation).await.unwrap_err()
    }

    /// Ends the background task; answers with what it still said.
    async fn end(self) -> Vec<Reply> {
        self.engine.end().await
    }
}
