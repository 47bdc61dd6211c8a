//! Single changes without a screen, and what ends them.

use certferry::simulator::{Fault, Loss, NewCertificate, Operation, Status, Times};

use super::{Bench, RECIPIENT, SOURCE};

fn offered(bench: &Bench, number: u64, message: &str) -> String {
    let new = NewCertificate::new(&format!("device-{number}"), number).status(Status::Inactive);
    let id = bench.simulator.add_certificate(SOURCE, &new).unwrap();
    let message = Some(message.to_owned()).filter(|it| !it.is_empty());
    bench
        .simulator
        .offer(SOURCE, &id, RECIPIENT, message.as_deref())
        .unwrap();
    id
}

#[test]
fn an_inbox_is_listed_accepted_and_rejected() {
    let bench = Bench::new();
    let hostile = "now \u{1b}[2J\u{202e}";
    let ids = [
        offered(&bench, 1, hostile),
        offered(&bench, 2, ""),
        offered(&bench, 3, ""),
    ];
    let inbox = bench.run(&["inbox", "--profile", "eu", "--json"]).ends(0);
    let mut listed = inbox.ids();
    listed.sort();
    let mut wanted = ids.to_vec();
    wanted.sort();
    assert_eq!(listed, wanted);
    let rows = inbox.of_kind("certificate");
    assert!(
        rows.iter()
            .all(|it| it["from"] == SOURCE && it["status"] == "Pending transfer")
    );
    // Foreign text is data: as JSON it is whole, and neither way it steers a terminal.
    assert!(
        rows.iter().any(|it| it["message"] == hostile),
        "{}",
        inbox.out
    );
    let words = bench.run(&["inbox", "--profile", "eu"]).ends(0);
    for out in [&inbox.out, &words.out] {
        assert!(
            !out.contains('\u{1b}') && !out.contains('\u{202e}'),
            "{out}"
        );
    }
    let outbox = bench
        .run(&["outbox", "--profile", "prod", "--json"])
        .ends(0);
    assert_eq!(outbox.ids().len(), 3);
    assert!(
        outbox
            .of_kind("certificate")
            .iter()
            .all(|it| it["to"] == RECIPIENT)
    );

    let accept = bench
        .run(&["accept", "--profile", "eu", "--yes", RECIPIENT, &ids[0]])
        .ends(0);
    assert!(
        accept.err.contains("from 1111-2222-3333 fleet-prod"),
        "{}",
        accept.err
    );
    assert_eq!(bench.status(RECIPIENT, &ids[0]), Some(Status::Inactive));
    bench
        .run(&[
            "accept",
            "--activate",
            "--profile",
            "eu",
            "--yes",
            RECIPIENT,
            &ids[1],
        ])
        .ends(0);
    assert_eq!(bench.status(RECIPIENT, &ids[1]), Some(Status::Active));
    let reject = [
        "reject",
        "--reason",
        "wrong fleet",
        "--profile",
        "eu",
        "--yes",
        RECIPIENT,
        &ids[2],
    ];
    bench.run(&reject).ends(0);
    let back = bench.simulator.certificate(SOURCE, &ids[2]).unwrap();
    assert_eq!(back.status, Status::Inactive);
    assert_eq!(
        back.transfer.unwrap().reject_reason.as_deref(),
        Some("wrong fleet")
    );
    let empty = bench.run(&["inbox", "--profile", "eu"]).ends(0);
    assert_eq!(empty.out, "");
}

#[test]
fn offers_are_taken_back_and_devices_let_in_and_out() {
    let bench = Bench::new();
    let id = offered(&bench, 1, "");
    let act = |command: &str| bench.run(&[command, "--profile", "prod", "--yes", SOURCE, &id]);
    act("revoke-transfer").ends(0);
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
    act("activate").ends(0);
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Active));
    // What applies to none of them does nothing.
    let changes = bench.changes();
    let again = act("activate").ends(2);
    assert!(
        again.err.contains("it applies to none of them"),
        "{}",
        again.err
    );
    assert_eq!(bench.changes(), changes);
    act("deactivate").ends(0);
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
}

#[test]
fn no_command_revokes_or_deletes_for_ever() {
    let bench = Bench::new();
    let id = bench.certificate(1, &[], &[]);
    for command in ["revoke", "delete"] {
        let ran = bench.run(&[command, "--profile", "prod", "--yes", SOURCE, &id]);
        assert_eq!(ran.code, 2, "{}", ran.err);
    }
    assert_eq!(bench.changes(), 0);
}

#[test]
fn some_that_fail_are_said_with_their_reason_and_the_code_is_one() {
    let bench = Bench::new();
    let ids: Vec<String> = (1..=2).map(|n| offered(&bench, n, "")).collect();
    let fault = Fault::answer("TransferAlreadyCompletedException", 410, "It is over");
    bench
        .simulator
        .inject(Operation::AcceptCertificateTransfer, fault, Times::Count(1));
    let words = [
        &["accept", "--profile", "eu", "--yes", RECIPIENT, "--json"][..],
        &[&ids[0], &ids[1]],
    ];
    let ran = bench.run(&words.concat()).ends(1);
    let ended = ran.of_kind("ended");
    let failed: Vec<_> = ended.iter().filter(|it| it["outcome"] != "done").collect();
    assert_eq!(failed.len(), 1, "{}", ran.out);
    assert!(failed[0]["reason"]["code"].is_string() && failed[0]["not_known"] == false);
    let over = &ran.of_kind("over")[0];
    assert_eq!(
        (&over["done"], &over["failed"], &over["exit"]),
        (&1.into(), &1.into(), &1.into())
    );
}

#[test]
fn a_change_of_which_nobody_knows_has_a_code_of_its_own_and_its_command() {
    let bench = Bench::new();
    let id = offered(&bench, 1, "");
    let simulator = &bench.simulator;
    simulator.inject(
        Operation::CancelCertificateTransfer,
        Fault::NoAnswerAfter(Loss::Reset),
        Times::Count(1),
    );
    // And what would tell is denied then.
    for operation in [
        Operation::DescribeCertificate,
        Operation::ListOutgoingCertificates,
    ] {
        simulator.inject(operation, Fault::Pass, Times::Count(2));
        simulator.inject(operation, Fault::AccessDenied, Times::Forever);
    }
    let ran = bench.run(&[
        "revoke-transfer",
        "--profile",
        "prod",
        "--yes",
        SOURCE,
        &id,
        "--json",
    ]);
    let ran = ran.ends(3);
    let ended = &ran.of_kind("ended")[0];
    assert_eq!(ended["not_known"], true, "{}", ran.out);
    let command = format!("aws iot cancel-certificate-transfer --certificate-id={id}");
    assert!(
        ran.err.contains("not known whether this was done") && ran.err.contains(&command),
        "{}",
        ran.err
    );
    assert_eq!(ran.of_kind("over")[0]["exit"], 3);
    simulator.clear_faults();
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive), "it was");
}

#[test]
fn credentials_that_are_no_good_are_said_and_nothing_is_begun() {
    let bench = Bench::new();
    let id = bench.certificate(1, &[], &[]);
    let deactivate =
        |profile| bench.run(&["deactivate", "--profile", profile, "--yes", SOURCE, &id]);
    let none = deactivate("nobody").ends(2);
    assert!(none.err.contains("nobody"), "{}", none.err);
    // Another account: the certificate is not there, and the confirmation is for another number.
    let other = deactivate("eu").ends(2);
    assert!(
        other
            .err
            .contains("--yes says 1111-2222-3333 fleet-prod, and it is for 4444"),
        "{}",
        other.err
    );
    bench.simulator.set_expired(SOURCE, true);
    let expired = deactivate("prod").ends(2);
    assert!(expired.err.contains("expired"), "{}", expired.err);
    bench.simulator.set_expired(SOURCE, false);
    let read_only = "[profiles]\nprod = { read_only = true }\n";
    bench.write(".config/certferry/config.toml", read_only);
    let denied = deactivate("prod").ends(2);
    assert!(denied.err.contains("read-only"), "{}", denied.err);
    assert_eq!(bench.changes(), 0);
}

#[test]
fn an_endpoint_that_is_dead_is_said_in_one_line() {
    let bench = Bench::new();
    let ran = bench
        .run(&[
            "list",
            "--profile",
            "prod",
            "--endpoint-url",
            "http://127.0.0.1:1",
        ])
        .ends(2);
    assert!(
        ran.err.lines().count() <= 2 && ran.err.starts_with("certferry: "),
        "{}",
        ran.err
    );
    assert_eq!(ran.out, "");
}

#[test]
fn what_can_be_neither_put_back_nor_resumed_says_why() {
    let bench = Bench::new();
    let id = bench.certificate(1, &["base"], &[]);
    for (command, why) in [
        ("put-back", "no run in the journal"),
        ("resume", "none of them has an unfinished run"),
    ] {
        let ran = bench
            .run(&[command, &id, "--profile", "prod", "--yes", SOURCE])
            .ends(2);
        assert!(ran.err.contains(why), "{command}: {}", ran.err);
    }
    assert_eq!(bench.changes(), 0);
}
