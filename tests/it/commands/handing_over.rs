//! Hand-overs by plan: both accounts are read again before anything is done.

use certferry::simulator::{Fault, Loss, Operation, PrincipalType, Status, Times};

use super::{Bench, RECIPIENT, SOURCE};

fn planned(more: &[&str]) -> (Bench, Vec<String>) {
    let bench = Bench::new();
    let ids: Vec<String> = (1..=2)
        .map(|n| bench.certificate(n, &["base"], &[&format!("press-{n}")]))
        .collect();
    let plan = [
        "plan",
        "--profile",
        "prod",
        "--filter",
        "policy:base",
        "--hand-over",
        "--peer-profile",
        "eu",
        "-o",
        "h.plan",
    ];
    let ran = bench.run(&[&plan[..], more].concat()).ends(0);
    assert!(
        ran.out.contains("create 1 policy, create 2 things"),
        "{}",
        ran.out
    );
    assert_eq!(bench.changes(), 0);
    (bench, ids)
}

#[test]
fn a_hand_over_is_planned_and_carried_through_in_both_accounts() {
    let (bench, ids) = planned(&[]);
    let file: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(bench.path("h.plan")).unwrap()).unwrap();
    let wrong: Vec<String> = super::PLAN
        .iter_errors(&file)
        .map(|it| it.to_string())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let ran = bench
        .run(&["apply", "h.plan", "--yes", RECIPIENT, "--json"])
        .ends(0);
    assert_eq!(ran.of_kind("over")[0]["done"], 2);
    for (n, id) in ids.iter().enumerate() {
        let there = bench.simulator.certificate(RECIPIENT, id).unwrap();
        assert_eq!(there.status, Status::Active);
        assert_eq!(there.policies, ["base"]);
        assert_eq!(there.things[0].0, format!("press-{}", n + 1));
        assert_eq!(bench.status(SOURCE, id), None);
    }
    let again = bench.run(&["apply", "h.plan", "--yes", RECIPIENT]).ends(4);
    assert!(
        again.err.contains("the account does not have it any more"),
        "{}",
        again.err
    );
}

#[test]
fn what_has_changed_at_the_recipient_s_is_refused_too() {
    let (bench, ids) = planned(&[]);
    // Somebody has created one of the things there, with other attributes.
    bench
        .simulator
        .create_thing(RECIPIENT, "press-1", None, &[("line", "B")]);
    let changes = bench.changes();
    let ran = bench
        .run(&["apply", "h.plan", "--yes", RECIPIENT, "--json"])
        .ends(4);
    let stale = ran.of_kind("stale");
    assert_eq!(stale.len(), 1, "{}", ran.out);
    assert_eq!(stale[0]["id"], ids[0].as_str());
    assert_eq!(stale[0]["differences"][0]["code"], "Obstacle");
    // And the policy of both says something else now.
    let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
    bench.simulator.create_policy(SOURCE, "base", &document);
    let ran = bench.run(&["apply", "h.plan", "--yes", RECIPIENT]).ends(4);
    assert!(
        ran.err.contains("policy base says something else now"),
        "{}",
        ran.err
    );
    assert_eq!(bench.changes(), changes);
    let held = bench.simulator.certificate(SOURCE, &ids[0]).unwrap();
    assert_eq!(held.things[0].1, PrincipalType::NonExclusiveThing);
}

#[test]
fn a_policy_whose_name_is_taken_needs_a_choice() {
    let bench = Bench::new();
    let id = bench.certificate(1, &["base"], &["press-1"]);
    let other = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "iot:*", "Resource": "*" }],
    });
    bench.simulator.create_policy(RECIPIENT, "base", &other);
    let plan = |more: &[&str]| {
        let words = [
            "plan",
            "--profile",
            "prod",
            "press-1",
            "--hand-over",
            "--peer-profile",
            "eu",
            "-o",
            "h.plan",
            "--force",
        ];
        bench.run(&[&words[..], more].concat())
    };
    let undecided = plan(&[]).ends(2);
    assert!(
        undecided
            .err
            .contains("policy base says something else there"),
        "{}",
        undecided.err
    );
    let wrong = plan(&["--choose", "base=mine"]).ends(2);
    assert!(wrong.err.contains("NAME=theirs"), "{}", wrong.err);
    let chosen = plan(&["--choose", "base=create:base-2"]).ends(0);
    assert!(
        chosen.out.contains("base: created there as base-2"),
        "{}",
        chosen.out
    );
    bench.run(&["apply", "h.plan", "--yes", RECIPIENT]).ends(0);
    let there = bench.simulator.certificate(RECIPIENT, &id).unwrap();
    assert_eq!(there.policies, ["base-2"]);
}

#[test]
fn a_hand_over_needs_the_other_account() {
    let bench = Bench::new();
    bench.certificate(1, &[], &["press-1"]);
    let plan = |more: &[&str]| {
        let words = [
            "plan",
            "--profile",
            "prod",
            "press-1",
            "--hand-over",
            "-o",
            "h.plan",
        ];
        bench.run(&[&words[..], more].concat()).ends(2)
    };
    assert!(plan(&[]).err.contains("--peer-profile"));
    assert!(
        plan(&["--peer-profile", "prod"])
            .err
            .contains("the account that the certificates are in")
    );
    let other = plan(&["--peer-profile", "eu", "--to", "999999999999"]);
    assert!(
        other.err.contains("--peer-profile leads to 4444-5555-6666"),
        "{}",
        other.err
    );
}

#[test]
fn what_would_be_created_there_is_not_what_somebody_wrote_into_the_plan() {
    let (bench, ids) = planned(&[]);
    let text = std::fs::read_to_string(bench.path("h.plan")).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut edited = 0;
    let certificates = file.pointer_mut("/certificates").unwrap();
    for it in certificates.as_array_mut().unwrap() {
        it["arrival"]["things"][0]["attributes"] = serde_json::json!([["role", "admin"]]);
        edited += 1;
    }
    assert_eq!(edited, 2);
    bench.write("h.plan", &file.to_string());
    let ran = bench
        .run(&["apply", "h.plan", "--yes", RECIPIENT, "--json"])
        .ends(4);
    let differences = &ran.of_kind("stale")[0]["differences"];
    assert_eq!(differences[0]["code"], "ThingSays", "{differences}");
    assert!(
        ran.err
            .contains("thing press-1 has another type or other attributes now"),
        "{}",
        ran.err
    );
    assert_eq!(bench.changes(), 0);
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::Active));
}

#[test]
fn two_plans_of_a_night_share_what_the_first_creates() {
    let bench = Bench::new();
    let ids: Vec<String> = (1..=2)
        .map(|n| bench.certificate(n, &["base"], &[&format!("press-{n}")]))
        .collect();
    for (id, file) in ids.iter().zip(["1.plan", "2.plan"]) {
        let plan = [
            "plan",
            id,
            "--profile",
            "prod",
            "--hand-over",
            "--peer-profile",
            "eu",
            "-o",
            file,
        ];
        bench.run(&plan).ends(0);
    }
    for (id, file) in ids.iter().zip(["1.plan", "2.plan"]) {
        bench.run(&["apply", file, "--yes", RECIPIENT]).ends(0);
        let there = bench.simulator.certificate(RECIPIENT, id).unwrap();
        assert_eq!(there.status, Status::Active);
        assert_eq!(there.policies, ["base"]);
    }
}

#[test]
fn what_may_have_been_created_there_is_not_said_to_be_nothing() {
    let bench = Bench::new();
    let id = bench.certificate(1, &["base"], &["press-1"]);
    let plan = [
        "plan",
        &id,
        "--profile",
        "prod",
        "--hand-over",
        "--peer-profile",
        "eu",
        "-o",
        "h.plan",
    ];
    bench.run(&plan).ends(0);
    bench.simulator.inject(
        Operation::CreateThing,
        Fault::NoAnswerAfter(Loss::Reset),
        Times::Forever,
    );
    // What would tell is denied, once both accounts were looked at.
    bench
        .simulator
        .inject(Operation::DescribeThing, Fault::Pass, Times::Count(2));
    bench.simulator.inject(
        Operation::DescribeThing,
        Fault::AccessDenied,
        Times::Forever,
    );
    let ran = bench
        .run(&["apply", "h.plan", "--yes", RECIPIENT, "--json"])
        .ends(3);
    assert_eq!(ran.of_kind("over")[0]["exit"], 3, "{}", ran.out);
    assert!(ran.err.contains("aws iot create-thing"), "{}", ran.err);
    assert!(!ran.err.contains("nothing was done"), "{}", ran.err);
    // Its device works on.
    let state = bench.simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(
        (state.status, state.policies.len(), state.things.len()),
        (Status::Active, 1, 1)
    );
}
