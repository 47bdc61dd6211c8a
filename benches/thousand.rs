//! 1,000 certificates with a policy and a thing each, prepared and transferred as fast as AWS's quotas let it.
//!
//! `cargo bench --bench thousand` prints a table, in the time of a clock that is moved by hand, so that hours take a
//! minute: certferry's engine beside a script that does one after the other, and beside sixteen such scripts at once, both
//! with the SDK's own retries. A request takes 40 ms, the quotas are the published ones, and a thing is detached some
//! seconds after it was asked for, for which the script looks once a second. Another number stands behind `--`.

mod support;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_iot::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    types::CertificateStatus,
};
use certferry::{
    aws::{GivenProfile, GivenWire, Wire},
    domain::{
        self, AccountId, Batch, CertificateId, ConnectionId, ControlPlane, Look, Place, Procedure,
        Target, shortest_time,
    },
    engine::{Engine, JournalPlace, Settings},
    simulator::{Clock, Fleet, Operation, Simulator, Status},
};
use strum::IntoEnumIterator as _;
use support::{
    Outcome,
    served::{LATENCY, RECIPIENT, SOURCE},
    table::Table,
};
use tokio::{runtime::Builder, task::JoinSet, time::Instant};

/// From here on the simulator is asked what calls came: it keeps the last 10,000.
const MANY: usize = 5_000;

/// How many scripts run at once.
const SCRIPTS: usize = 16;

/// The calls that came.
#[derive(Debug, Default)]
struct Calls {
    /// Those that were let in.
    of: BTreeMap<Operation, usize>,
    refused: usize,
}

impl Calls {
    /// Takes note of those that came since the last time, unless one is on its way.
    fn take(&mut self, simulator: &Simulator) -> bool {
        let calls = simulator.calls();
        if calls.iter().any(|call| call.status.is_none()) {
            return false;
        }
        simulator.clear_calls();
        for call in calls {
            if call.code.as_deref() == Some("ThrottlingException") {
                self.refused += 1;
            } else if let Some(operation) = call.operation {
                *self.of.entry(operation).or_default() += 1;
            }
        }
        true
    }

    fn all(&self) -> usize {
        self.of.values().sum::<usize>() + self.refused
    }

    /// The shortest time that so many calls can take, at the whole of the quotas.
    fn bound(&self) -> Duration {
        let calls = self.of.iter().flat_map(|(operation, times)| {
            // Both versions of it share one quota.
            let name = operation.name().trim_end_matches("V2");
            let same = domain::Operation::iter().find(|it| it.name() == name);
            same.into_iter()
                .flat_map(|it| std::iter::repeat_n(it, *times))
        });
        shortest_time(calls, 1.0)
    }
}

/// A world of so many active certificates, and their ids.
fn world(certificates: usize) -> Outcome<(Simulator, Vec<String>)> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let simulator = Simulator::new(Clock::Fixed(i64::try_from(now.as_secs())?));
    simulator.create_account(RECIPIENT);
    let fleet = Fleet {
        status: Some(Status::Active),
        ..Fleet::new(SOURCE, certificates)
    };
    let ids = simulator.add_fleet(&fleet)?;
    simulator.set_latency(None, LATENCY);
    simulator.enforce_quotas(1.0);
    Ok((simulator, ids))
}

/// How many certificates of the account wait for the recipient.
fn transferred(simulator: &Simulator) -> usize {
    let snapshot = simulator.snapshot();
    let certificates = snapshot
        .places
        .values()
        .flat_map(|place| place.certificates.values());
    certificates
        .filter(|it| it.status == Status::PendingTransfer)
        .count()
}

/// The engine that screen and commands share, with what it sets up by default.
async fn by_certferry(simulator: &Simulator, ids: &[String], calls: &mut Calls) -> Outcome {
    let key = simulator.access_key(SOURCE);
    let profile = GivenProfile::new(SOURCE, &key.access_key_id, &key.secret_access_key);
    let wire = Wire::Given(GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: simulator.http_client(),
        region: "us-east-1".to_owned(),
        profiles: vec![profile],
        endpoint_url: None,
    });
    let folder = tempfile::tempdir()?;
    let journal = JournalPlace::File(folder.path().join("journal.db"));
    let mut engine = Engine::start(wire, Settings::new(journal));
    let connection = ConnectionId(1);
    let target = Target {
        profile: Some(SOURCE.to_owned()),
        region: None,
    };
    let failed = |failure: domain::Failure| format!("{failure:?}");
    engine
        .connect(connection, target, None)
        .await
        .map_err(failed)?;
    let certificates: Option<Vec<_>> = ids.iter().map(|id| CertificateId::parse(id).ok()).collect();
    let certificates = certificates.ok_or("an id is none")?;
    let looked = engine
        .look(connection, certificates.clone())
        .await
        .map_err(failed)?;
    let looks: Result<Vec<Look>, _> = looked.into_iter().map(|it| it.look).collect();
    let looks = looks.map_err(|(id, failure)| format!("{id}: {failure:?}"))?;
    let account = |digits| AccountId::parse(digits).map_err(|_| "no account");
    let batch = Batch {
        place: Place::aws("us-east-1", account(SOURCE)?),
        procedure: Procedure::PrepareAndTransfer {
            to: account(RECIPIENT)?,
            message: None,
        },
        certificates,
        looks,
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    };
    let hear = |_: &domain::Progress| {
        if simulator.calls().len() > MANY {
            calls.take(simulator);
        }
    };
    engine
        .carry(connection, batch, hear)
        .await
        .map_err(failed)?;
    engine.end_unheard().await;
    Ok(())
}

/// A client as a script has it.
fn client(simulator: &Simulator) -> Client {
    let key = simulator.access_key(SOURCE);
    let credentials = Credentials::new(
        key.access_key_id,
        key.secret_access_key,
        None,
        None,
        "bench",
    );
    let config = aws_sdk_iot::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::standard())
        .http_client(simulator.http_client());
    Client::from_conf(config.build())
}

/// What a script does for a certificate.
async fn by_script(iot: &Client, id: &str) -> Outcome {
    let described = iot.describe_certificate().certificate_id(id).send().await?;
    let described = described.certificate_description.ok_or("no description")?;
    let arn = described.certificate_arn.ok_or("no ARN")?;
    let policies = iot.list_attached_policies().target(&arn).send().await?;
    let things = iot.list_principal_things().principal(&arn).send().await?;
    let inactive = CertificateStatus::Inactive;
    let update = iot.update_certificate().certificate_id(id);
    update.new_status(inactive).send().await?;
    for policy in policies.policies() {
        let name = policy.policy_name().unwrap_or_default();
        iot.detach_policy()
            .policy_name(name)
            .target(&arn)
            .send()
            .await?;
    }
    for thing in things.things() {
        iot.detach_thing_principal()
            .thing_name(thing)
            .principal(&arn)
            .send()
            .await?;
    }
    while !iot
        .list_principal_things()
        .principal(&arn)
        .send()
        .await?
        .things()
        .is_empty()
    {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let transfer = iot.transfer_certificate().certificate_id(id);
    transfer.target_aws_account(RECIPIENT).send().await?;
    Ok(())
}

/// Some scripts at once, each with a part of the certificates. One that fails goes on with its next one.
async fn by_scripts(
    simulator: &Simulator,
    ids: &[String],
    scripts: usize,
    calls: &mut Calls,
) -> Outcome {
    let mut tasks = JoinSet::new();
    for part in ids.chunks(ids.len().div_ceil(scripts).max(1)) {
        let (iot, part) = (client(simulator), part.to_vec());
        let (simulator, alone) = (simulator.clone(), scripts == 1);
        tasks.spawn(async move {
            let mut calls = Calls::default();
            for id in part {
                // The table says how many were not transferred.
                let _ = by_script(&iot, &id)
                    .await
                    .map_err(|error| error.to_string());
                if alone || simulator.calls().len() > MANY {
                    calls.take(&simulator);
                }
            }
            calls
        });
    }
    while let Some(one) = tasks.join_next().await {
        let one = one?;
        calls.refused += one.refused;
        for (operation, times) in one.of {
            *calls.of.entry(operation).or_default() += times;
        }
    }
    Ok(())
}

/// Lets one do it, in a world of its own.
fn timed(table: &mut Table, who: &str, certificates: usize, scripts: Option<usize>) -> Outcome {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    let (simulator, ids) = world(certificates)?;
    let mut calls = Calls::default();
    let took = runtime.block_on(async {
        let began = Instant::now();
        match scripts {
            None => by_certferry(&simulator, &ids, &mut calls).await?,
            Some(scripts) => by_scripts(&simulator, &ids, scripts, &mut calls).await?,
        }
        Outcome::Ok(began.elapsed())
    })?;
    calls.take(&simulator);
    let minutes = |time: Duration| {
        let seconds = time.as_secs();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    table.row(&[
        who.to_owned(),
        minutes(took),
        minutes(calls.bound()),
        calls.all().to_string(),
        calls.refused.to_string(),
        transferred(&simulator).to_string(),
    ]);
    Ok(())
}

fn main() -> Outcome {
    let wanted = std::env::args().find_map(|it| it.parse().ok());
    let certificates = wanted.unwrap_or(1_000);
    let heads = [
        "",
        "min:s",
        "by the quotas",
        "requests",
        "refused",
        "transferred",
    ];
    let mut table = Table::new(&heads);
    timed(&mut table, "certferry, look and batch", certificates, None)?;
    timed(
        &mut table,
        "a script, one after the other",
        certificates,
        Some(1),
    )?;
    let many = format!("{SCRIPTS} scripts at once");
    timed(&mut table, &many, certificates, Some(SCRIPTS))?;
    table.print(&format!(
        "{certificates} certificates prepared and transferred. By the quotas: what the requests that were let in take at least"
    ));
    Ok(())
}
