//! What stops a batch, and what goes on with it.

use std::{
    io::{BufRead, BufReader, Read as _},
    process::Child,
    sync::{Arc, Once, atomic::AtomicBool},
};

use certferry::simulator::{Fault, Loss, Operation, Status, Times};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::{consts::SIGHUP, flag};

use super::{Bench, RECIPIENT, Ran, SOURCE, killed_at};

fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

/// Takes care that the programs that are started from here do not ignore a hang-up, as they would where the tests run
/// under `nohup`: what a program inherits as ignored stays so, and what it inherits as handled is as by default.
fn hears_hang_ups() {
    static DEFAULT: Once = Once::new();
    DEFAULT.call_once(|| {
        let as_by_default = Arc::new(AtomicBool::new(true));
        flag::register_conditional_default(SIGHUP, as_by_default).unwrap();
    });
}

/// A plan for so many devices.
fn planned(n: u64) -> (Bench, Vec<String>) {
    let bench = Bench::new();
    let ids: Vec<String> = (1..=n)
        .map(|it| bench.certificate(it, &["base", "jobs"], &[&format!("press-{it}")]))
        .collect();
    let plan = [
        "plan",
        "--profile",
        "prod",
        "--filter",
        "status:active",
        "--to",
        RECIPIENT,
        "-o",
        "m.plan",
    ];
    bench.run(&plan).ends(0);
    (bench, ids)
}

/// Applies it, and sends a signal once the first call that changes anything was sent.
fn stopped_by(bench: &Bench, by: Signal) -> Ran {
    bench.simulator.set_latency(
        Some(Operation::DetachPolicy),
        std::time::Duration::from_millis(300),
    );
    hears_hang_ups();
    let mut child = bench.start(&["apply", "m.plan", "--yes", RECIPIENT, "--json"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    let mut sent = false;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).unwrap() == 0 {
            break;
        }
        said.push_str(&line);
        if !sent && line.contains("\"kind\":\"sent\"") {
            signal(&child, by);
            sent = true;
        }
    }
    let mut ran = super::ended(child);
    ran.out = said;
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), std::time::Duration::ZERO);
    ran
}

#[test]
fn a_signal_stops_at_the_next_step_and_resume_goes_on() {
    for by in [Signal::TERM, Signal::INT, Signal::HUP] {
        let (bench, ids) = planned(3);
        let ran = stopped_by(&bench, by).ends(5);
        let over = &ran.of_kind("over")[0];
        assert_eq!(over["exit"], 5, "{by:?}");
        assert!(over["left_open"].as_u64().unwrap() >= 1, "{}", ran.out);
        assert!(ran.err.contains("certferry resume --all"), "{}", ran.err);
        assert!(
            ids.iter()
                .any(|id| bench.status(SOURCE, id) == Some(Status::Active)),
            "not all were begun"
        );
        let open = bench.run(&["runs", "--profile", "prod", "--json"]).ends(0);
        let runs = open.of_kind("run");
        assert_eq!(
            Some(runs.len() as u64),
            over["left_open"].as_u64(),
            "{}",
            open.out
        );
        assert!(
            runs.iter()
                .all(|it| it["state"] == "stopped" && it["recipient"] == RECIPIENT)
        );

        // The recipient has to be confirmed, as on the screen.
        let wrong = bench
            .run(&["resume", "--all", "--profile", "prod", "--yes", SOURCE])
            .ends(2);
        assert!(
            wrong.err.contains("it is for 4444-5555-6666"),
            "{}",
            wrong.err
        );
        bench
            .run(&["resume", "--all", "--profile", "prod", "--yes", RECIPIENT])
            .ends(0);
        for run in &runs {
            let id = run["id"].as_str().unwrap();
            assert_eq!(
                bench.status(SOURCE, id),
                Some(Status::PendingTransfer),
                "{by:?}"
            );
        }
        let nothing = bench
            .run(&["resume", "--all", "--profile", "prod", "--yes", RECIPIENT])
            .ends(0);
        assert!(nothing.err.contains("nothing to do"), "{}", nothing.err);
        let history = bench.run(&["history", "--json"]).ends(0);
        assert!(
            history
                .of_kind("run")
                .iter()
                .all(|it| it["state"] == "done")
        );
    }
}

/// Reads lines until one has this.
fn read_until(lines: &mut impl BufRead, wanted: &str) -> String {
    let mut said = String::new();
    while !said.contains(wanted) {
        let read = lines.read_line(&mut said).unwrap();
        assert_ne!(read, 0, "it never says {wanted}:\n{said}");
    }
    said
}

#[test]
fn a_second_signal_does_not_wait_for_the_calls_in_flight() {
    let (bench, ids) = planned(1);
    let long = std::time::Duration::from_mins(10);
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), long);
    let mut child = bench.start(&["apply", "m.plan", "--yes", RECIPIENT, "--json"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = read_until(&mut out, "\"operation\":\"DetachPolicy\"");
    signal(&child, Signal::TERM);
    let mut noted = read_until(&mut err, "a second signal does not wait for them");
    signal(&child, Signal::TERM);
    out.read_to_string(&mut said).unwrap();
    err.read_to_string(&mut noted).unwrap();
    let mut ran = super::ended(child);
    (ran.out, ran.err) = (said, noted);
    // Whether it was detached is not known, and how to find that out is said.
    let ran = ran.ends(3);
    let over = &ran.of_kind("over")[0];
    assert!(over["not_known"].as_u64().unwrap() >= 1, "{}", ran.out);
    assert!(ran.err.contains("aws iot "), "{}", ran.err);
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), std::time::Duration::ZERO);
    bench
        .run(&["resume", "--all", "--profile", "prod", "--yes", RECIPIENT])
        .ends(0);
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::PendingTransfer));
}

#[test]
fn what_a_signal_stopped_is_put_back() {
    let (bench, ids) = planned(2);
    let before: Vec<_> = ids
        .iter()
        .map(|id| bench.simulator.certificate(SOURCE, id))
        .collect();
    stopped_by(&bench, Signal::TERM).ends(5);
    bench
        .run(&["put-back", "--all", "--profile", "prod", "--yes", SOURCE])
        .ends(0);
    let after: Vec<_> = ids
        .iter()
        .map(|id| bench.simulator.certificate(SOURCE, id))
        .collect();
    assert_eq!(after, before);
}

#[test]
fn a_process_that_is_killed_leaves_what_resume_finds() {
    let (bench, ids) = planned(3);
    bench.simulator.set_latency(
        Some(Operation::DetachPolicy),
        std::time::Duration::from_secs(30),
    );
    let child = bench.start(&["apply", "m.plan", "--yes", RECIPIENT, "--json"]);
    killed_at(child, "DetachPolicy");
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), std::time::Duration::ZERO);
    let resume = ["resume", "--all", "--profile", "prod", "--yes", RECIPIENT];
    let ran = bench.run(&resume).ends(1);
    // One went ahead; of the others nothing was changed, and that is no success either.
    let offered = |id: &&String| bench.status(SOURCE, id) == Some(Status::PendingTransfer);
    assert_eq!(ids.iter().filter(offered).count(), 1);
    let said = "2 certificates of a batch not begun";
    assert!(ran.err.contains(said), "{}", ran.err);
    let ran = bench.run(&resume).ends(1);
    assert!(
        ran.err.contains(said) && ran.err.contains("nothing to do"),
        "{}",
        ran.err
    );
}

#[test]
fn a_device_is_put_back_by_its_name_although_nothing_is_attached_any_more() {
    let (bench, ids) = planned(2);
    let before = bench.simulator.certificate(SOURCE, &ids[1]);
    bench.run(&["apply", "m.plan", "--yes", RECIPIENT]).ends(0);
    bench
        .run(&["put-back", "press-2", "--profile", "prod", "--yes", SOURCE])
        .ends(0);
    let after = bench.simulator.certificate(SOURCE, &ids[1]);
    let without_transfer = |it: Option<certferry::simulator::CertificateState>| {
        it.map(|mut it| {
            it.transfer = None;
            it
        })
    };
    assert_eq!(without_transfer(after), without_transfer(before));
    assert_eq!(
        bench.status(SOURCE, &ids[0]),
        Some(Status::PendingTransfer),
        "the other one stays"
    );
}

#[test]
fn one_goes_ahead_and_when_it_is_denied_no_other_is_touched() {
    let (bench, ids) = planned(3);
    bench.simulator.deny(SOURCE, "iot:TransferCertificate");
    let ran = bench
        .run(&["apply", "m.plan", "--yes", RECIPIENT, "--json"])
        .ends(1);
    let active = |id: &&String| bench.status(SOURCE, id) == Some(Status::Active);
    assert_eq!(ids.iter().filter(active).count(), 2, "{}", ran.out);
    let ended = ran.of_kind("ended");
    let refused = ended.iter().filter(|it| it["outcome"] == "refused");
    assert!(
        refused.clone().count() == 2 && refused.clone().all(|it| it["reason"]["code"].is_string())
    );
    // Nothing that is broken stays so: what went ahead is put back.
    bench
        .run(&["put-back", "--all", "--profile", "prod", "--yes", SOURCE])
        .ends(0);
    assert!(ids.iter().all(|id| active(&id)));
}

#[test]
fn a_reader_that_goes_away_stops_nothing() {
    let (bench, ids) = planned(2);
    let mut child = bench.start(&["apply", "m.plan", "--yes", RECIPIENT, "--json"]);
    drop(child.stdout.take());
    drop(child.stderr.take());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    for id in &ids {
        assert_eq!(bench.status(SOURCE, id), Some(Status::PendingTransfer));
    }
}

#[test]
fn a_list_that_fails_on_the_way_is_no_short_list() {
    let bench = Bench::new();
    for n in 1..=3 {
        bench.certificate(n, &[], &[]);
    }
    let simulator = &bench.simulator;
    let list = || bench.run(&["list", "--profile", "prod", "--json"]);
    simulator.inject(
        Operation::ListCertificates,
        Fault::AccessDenied,
        Times::Forever,
    );
    assert_eq!(list().ends(2).out, "");
    simulator.clear_faults();
    // What is offered may be missing then, which is said, and the code is none of a whole list.
    simulator.inject(
        Operation::ListOutgoingCertificates,
        Fault::AccessDenied,
        Times::Forever,
    );
    let ran = list().ends(1);
    assert_eq!(ran.ids().len(), 3);
    assert!(
        ran.err.contains("Outgoing transfers unknown"),
        "{}",
        ran.err
    );
    let outbox = bench
        .run(&["outbox", "--profile", "prod", "--json"])
        .ends(2);
    assert_eq!(outbox.out, "");
}

#[test]
fn what_is_not_known_is_not_lost_behind_what_plainly_failed() {
    let (bench, ids) = planned(1);
    let simulator = &bench.simulator;
    simulator.inject(
        Operation::UpdateCertificate,
        Fault::AccessDenied,
        Times::Forever,
    );
    // And one of the policies that are detached beside it: what would tell is denied, too.
    simulator.inject(
        Operation::DetachPolicy,
        Fault::NoAnswerAfter(Loss::Reset),
        Times::Forever,
    );
    simulator.inject(
        Operation::ListAttachedPolicies,
        Fault::Pass,
        Times::Count(2),
    );
    simulator.inject(
        Operation::ListAttachedPolicies,
        Fault::AccessDenied,
        Times::Forever,
    );
    let ran = bench
        .run(&["apply", "m.plan", "--yes", RECIPIENT, "--json"])
        .ends(3);
    let over = &ran.of_kind("over")[0];
    assert_eq!(over["exit"], 3, "{}", ran.out);
    assert!(over["not_known"].as_u64().unwrap() >= 1, "{}", ran.out);
    assert!(ran.err.contains("aws iot detach-policy"), "{}", ran.err);
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::Active));
}

#[test]
fn what_another_process_works_on_is_left_to_it() {
    let (bench, ids) = planned(1);
    // Longer than the other process can take: it is killed then.
    let long = std::time::Duration::from_mins(10);
    let transfer = Some(Operation::TransferCertificate);
    bench.simulator.set_latency(transfer, long);
    let mut child = bench.start(&["apply", "m.plan", "--yes", RECIPIENT, "--json"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"operation\":\"TransferCertificate\"") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0);
    }
    // Bare as it is, it must not be let in again.
    let activate = ["activate", &ids[0], "--profile", "prod", "--yes", SOURCE];
    let ran = bench.run(&activate).ends(2);
    assert!(
        ran.err.contains("another certferry works on it"),
        "{}",
        ran.err
    );
    assert_eq!(
        bench.calls(Operation::UpdateCertificate),
        1,
        "but for the plan's own"
    );
    assert_ne!(bench.status(SOURCE, &ids[0]), Some(Status::Active));
    child.kill().unwrap();
    child.wait().unwrap();
}
