//! One certificate with a policy and a thing, prepared and transferred, at 40 ms a request.
//!
//! `cargo bench --bench transfer` prints a table: certferry by `plan` and `apply`, the nine commands of the AWS CLI that do
//! the same without looking again, and nine calls of boto3. Things are detached at once here, which AWS needs some
//! seconds for; nobody but certferry waits for that.

mod support;

use std::time::Duration;

use certferry::simulator::{Assumptions, Clock, NewCertificate, PrincipalType, Simulator, Status};
use support::{
    Outcome, median,
    peers::{self, Peer},
    served::{LATENCY, RECIPIENT, SOURCE, Served, certferry},
    table::{Table, seconds},
};

/// How often each does it.
const TIMES: u64 = 5;

const POLICY: &str = "fleet-connect";

struct Bench {
    served: Served,
    table: Table,
    last: u64,
}

impl Bench {
    fn new() -> Outcome<Self> {
        let simulator = Simulator::with_assumptions(
            Clock::System,
            Assumptions {
                thing_detach_delay: Duration::ZERO,
                ..Assumptions::default()
            },
        );
        simulator.create_account(SOURCE);
        simulator.create_account(RECIPIENT);
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
        simulator.create_policy(SOURCE, POLICY, &document);
        simulator.set_latency(None, LATENCY);
        Ok(Self {
            served: Served::new(simulator)?,
            table: Table::new(&["", "time", "processes", "requests"]),
            last: 0,
        })
    }

    /// A certificate, the device's thing, and where they belong to.
    fn certificate(&mut self) -> Outcome<(String, String)> {
        self.last += 1;
        let thing = format!("press-{}", self.last);
        let simulator = &self.served.simulator;
        let id = simulator.add_certificate(SOURCE, &NewCertificate::new(&thing, self.last))?;
        simulator.attach_policy(SOURCE, &id, POLICY)?;
        simulator.create_thing(SOURCE, &thing, None, &[]);
        simulator.attach_thing(SOURCE, &id, &thing, PrincipalType::NonExclusiveThing)?;
        Ok((id, thing))
    }

    /// Lets one do it a few times.
    fn time(
        &mut self,
        who: &str,
        run: impl Fn(&Served, &str, &str) -> Outcome<(Duration, usize)>,
    ) -> Outcome {
        let (mut times, mut processes, mut requests) = (Vec::new(), 0, Vec::new());
        for _ in 0..TIMES {
            let (id, thing) = self.certificate()?;
            self.served.calls();
            let (took, started) = run(&self.served, &id, &thing)?;
            times.push(took);
            processes = started;
            requests.push(self.served.calls().0);
            let state = self.served.simulator.certificate(SOURCE, &id);
            let status = state.map(|it| it.status);
            if status != Some(Status::PendingTransfer) {
                return Err(format!("{who} did not transfer it: {status:?}").into());
            }
        }
        self.table.row(&[
            who.to_owned(),
            median(&times).map(seconds).unwrap_or_default(),
            processes.to_string(),
            median(&requests).unwrap_or_default().to_string(),
        ]);
        Ok(())
    }
}

/// certferry, as a script uses it.
fn by_certferry(served: &Served, id: &str) -> Outcome<(Duration, usize)> {
    let plan = served.fresh("one.plan");
    let plan = plan.to_string_lossy();
    let planned = served.run(certferry(), &["plan", id, "--to", RECIPIENT, "-o", &plan])?;
    planned.out()?;
    let applied = served.run(certferry(), &["apply", &plan, "--yes", RECIPIENT])?;
    applied.out()?;
    Ok((planned.took + applied.took, 2))
}

/// Nine commands, one after the other.
fn by_aws(served: &Served, aws: &Peer, id: &str, thing: &str) -> Outcome<(Duration, usize)> {
    let arn = format!("arn:aws:iot:us-east-1:{SOURCE}:cert/{id}");
    let to = ["--certificate-id", id, "--target-aws-account", RECIPIENT];
    let commands: [&[&str]; 9] = [
        &["sts", "get-caller-identity"],
        &["iot", "describe-certificate", "--certificate-id", id],
        &["iot", "list-attached-policies", "--target", &arn],
        &["iot", "list-principal-things", "--principal", &arn],
        &[
            "iot",
            "update-certificate",
            "--certificate-id",
            id,
            "--new-status",
            "INACTIVE",
        ],
        &[
            "iot",
            "detach-policy",
            "--policy-name",
            POLICY,
            "--target",
            &arn,
        ],
        &[
            "iot",
            "detach-thing-principal",
            "--thing-name",
            thing,
            "--principal",
            &arn,
        ],
        &[&["iot", "transfer-certificate"], &to[..]].concat(),
        &["iot", "list-outgoing-certificates"],
    ];
    let mut took = Duration::ZERO;
    for arguments in commands {
        let ran = served.run(&aws.program, arguments)?;
        ran.out()?;
        took += ran.took;
    }
    Ok((took, commands.len()))
}

fn main() -> Outcome {
    let mut bench = Bench::new()?;
    bench.time("certferry plan, certferry apply", |served, id, _| {
        by_certferry(served, id)
    })?;
    match peers::aws() {
        Some(aws) => bench.time("nine commands of the AWS CLI", |served, id, thing| {
            by_aws(served, &aws, id, thing)
        })?,
        None => bench.table.missing("aws", "it is not on the PATH"),
    }
    match peers::boto3() {
        Some(python) => bench.time("nine calls of boto3", |served, id, _| {
            let script = [peers::script(), "transfer", id, RECIPIENT];
            let ran = served.run(&python.program, &script)?;
            ran.out()?;
            Ok((ran.took, 1))
        })?,
        None => bench
            .table
            .missing("boto3", "no python3 on the PATH has it"),
    }
    bench.table.print(&format!(
        "One certificate prepared and transferred, 40 ms a request; the median of {TIMES}"
    ));
    Ok(())
}
