//! Plans: made by one process, applied by another, in a world that may have changed in between.

use std::{fs, os::unix::fs::PermissionsExt as _};

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Status};
use serde_json::Value;

use super::{Bench, PLAN, RECIPIENT, Ran, SOURCE, short};

/// Two devices with policies and things, and a plan for both.
fn planned() -> (Bench, [String; 2]) {
    let bench = Bench::new();
    let ids = [
        bench.certificate(1, &["base", "jobs"], &["press-1"]),
        bench.certificate(2, &["base"], &["press-2"]),
    ];
    bench.write("two.txt", "press-1\npress-2\n");
    let plan = [
        "plan",
        "--profile",
        "prod",
        "--select",
        "two.txt",
        "--to",
        "fleet-eu",
        "-o",
        "move.plan",
    ];
    let ran = bench.run(&plan).ends(0);
    assert!(
        ran.out.contains("detach 3 policies and 2 things, offer 2"),
        "{}",
        ran.out
    );
    assert_eq!(bench.changes(), 0, "a plan changes nothing");
    (bench, ids)
}

fn apply(bench: &Bench, more: &[&str]) -> Ran {
    bench.run(&[&["apply", "move.plan", "--json"], more].concat())
}

#[test]
fn a_plan_is_a_file_of_its_owner_that_the_schema_allows_and_is_applied_by_another_process() {
    let (bench, ids) = planned();
    let path = bench.path("move.plan");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let wrong: Vec<String> = PLAN.iter_errors(&file).map(|it| it.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(file["to"], RECIPIENT);
    assert_eq!(file["certificates"][0]["customer_version"], 1);

    // It is shown without AWS.
    bench.simulator.clear_calls();
    let shown = bench.run(&["show", "move.plan", "--json"]).ends(0);
    let plan = &shown.of_kind("plan")[0]["plan"];
    assert_eq!(plan["certificates"], 2);
    assert_eq!(shown.ids(), ids);
    assert!(bench.simulator.calls().is_empty());

    let ran = apply(&bench, &["--yes", RECIPIENT]).ends(0);
    let over = &ran.of_kind("over")[0];
    assert_eq!((&over["done"], &over["exit"]), (&2.into(), &0.into()));
    for id in &ids {
        let state = bench.simulator.certificate(SOURCE, id).unwrap();
        assert_eq!(state.status, Status::PendingTransfer);
        assert!(state.policies.is_empty() && state.things.is_empty());
        assert_eq!(state.transfer.unwrap().target, RECIPIENT);
    }
    // What was done is what the plan said. Steps of one stage go together.
    let mut sent: Vec<String> = ran
        .of_kind("sent")
        .iter()
        .filter(|it| it["id"] == ids[1].as_str())
        .map(|it| it["operation"].as_str().unwrap().to_owned())
        .collect();
    let mut wanted: Vec<&str> = file["certificates"][1]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["operation"].as_str().unwrap())
        .filter(|it| !it.starts_with("List"))
        .collect();
    assert_eq!(sent.last().unwrap(), "TransferCertificate");
    sent.sort();
    wanted.sort_unstable();
    assert_eq!(sent, wanted);
}

#[test]
fn it_is_done_only_for_the_account_that_was_confirmed() {
    let (bench, _) = planned();
    for (yes, said) in [
        (&[][..], "nobody is there to be asked: --yes 444455556666"),
        (
            &["--yes", SOURCE][..],
            "--yes says 1111-2222-3333 fleet-prod, and it is for 4444-5555-6666 fleet-eu",
        ),
        (&["--yes", "fleet-eu"][..], "is not a digit"),
        (&["--yes", RECIPIENT, "--yes", SOURCE][..], "--yes says"),
    ] {
        let ran = apply(&bench, yes).ends(2);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let other = apply(&bench, &["--yes", RECIPIENT, "--profile", "eu"]).ends(2);
    assert!(
        other
            .err
            .contains("the plan is for account 1111-2222-3333 fleet-prod"),
        "{}",
        other.err
    );
    let deny =
        format!("[accounts]\n\"{RECIPIENT}\" = {{ name = \"fleet-eu\", transfer = \"deny\" }}\n");
    bench.write(".config/certferry/config.toml", &deny);
    let denied = apply(&bench, &["--yes", RECIPIENT]).ends(2);
    assert!(denied.err.contains("is marked deny"), "{}", denied.err);
    assert_eq!(bench.changes(), 0);
}

/// Something that somebody does between the plan and its application.
type Meanwhile = fn(&Bench, &str);

#[test]
fn what_has_changed_in_between_is_refused_and_said_whatever_it_is() {
    let cases: [(&str, Meanwhile, &str); 7] = [
        (
            "PolicyAttached",
            |bench, id| {
                bench.policy(SOURCE, "debug");
                bench.simulator.attach_policy(SOURCE, id, "debug").unwrap();
            },
            "policy debug attached since",
        ),
        (
            "PolicyDetached",
            |bench, id| bench.simulator.detach_policy(SOURCE, id, "jobs"),
            "policy jobs detached since",
        ),
        (
            "ThingAttached",
            |bench, id| {
                bench.simulator.create_thing(SOURCE, "saw", None, &[]);
                let kind = PrincipalType::NonExclusiveThing;
                bench
                    .simulator
                    .attach_thing(SOURCE, id, "saw", kind)
                    .unwrap();
            },
            "thing saw attached since",
        ),
        (
            "ThingDetached",
            |bench, _| bench.simulator.delete_thing(SOURCE, "press-1"),
            "thing press-1 detached since",
        ),
        (
            "Status",
            |bench, id| {
                bench
                    .run(&["deactivate", "--profile", "prod", "--yes", SOURCE, id])
                    .ends(0);
            },
            "Active then, Inactive now; changed at",
        ),
        (
            "Status",
            |bench, id| bench.simulator.offer(SOURCE, id, RECIPIENT, None).unwrap(),
            "Active then, Transferred now",
        ),
        (
            "Gone",
            |bench, id| bench.simulator.delete_certificate(SOURCE, id),
            "the account does not have it any more",
        ),
    ];
    for (code, meanwhile, said) in cases {
        let (bench, ids) = planned();
        meanwhile(&bench, &ids[0]);
        bench.simulator.clear_calls();
        let ran = apply(&bench, &["--yes", RECIPIENT]).ends(4);
        assert_eq!(bench.changes(), 0, "{code}");
        let stale = ran.of_kind("stale");
        assert_eq!(stale.len(), 1, "{code}: {}", ran.out);
        assert_eq!(stale[0]["id"], ids[0].as_str());
        let codes: Vec<&str> = stale[0]["differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["code"].as_str().unwrap())
            .collect();
        assert!(codes.contains(&code), "{code}: {codes:?}");
        assert!(ran.err.contains(said), "{code}: {}", ran.err);
        assert!(
            ran.err.contains(&short(&ids[0])) && ran.err.contains("press-1"),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains("Nothing was done. --skip-changed"),
            "{}",
            ran.err
        );

        // Without it, the other one is done, and that one was left out.
        let skipped = apply(&bench, &["--yes", RECIPIENT, "--skip-changed"]).ends(1);
        let over = &skipped.of_kind("over")[0];
        assert_eq!(
            (&over["done"], &over["left_out"]),
            (&1.into(), &1.into()),
            "{code}"
        );
        assert_eq!(bench.status(SOURCE, &ids[1]), Some(Status::PendingTransfer));
    }
}

#[test]
fn a_plan_of_which_everything_has_changed_does_nothing() {
    let (bench, ids) = planned();
    for id in &ids {
        bench.simulator.delete_certificate(SOURCE, id);
    }
    let ran = apply(&bench, &["--yes", RECIPIENT, "--skip-changed"]).ends(4);
    assert!(ran.err.contains("all of them have changed"), "{}", ran.err);
    assert_eq!(bench.changes(), 0);
}

#[test]
fn a_plan_that_was_applied_is_stale() {
    let (bench, _) = planned();
    apply(&bench, &["--yes", RECIPIENT]).ends(0);
    bench.simulator.clear_calls();
    let again = apply(&bench, &["--yes", RECIPIENT]).ends(4);
    assert_eq!(again.of_kind("stale").len(), 2);
    assert_eq!(bench.changes(), 0);
}

#[test]
fn what_cannot_be_planned_is_left_out_with_its_reason() {
    let bench = Bench::new();
    let good = bench.certificate(1, &[], &["press-1"]);
    let new = NewCertificate::new("device-2", 2).status(Status::Revoked);
    let revoked = bench.simulator.add_certificate(SOURCE, &new).unwrap();
    let offered = bench.certificate(3, &[], &[]);
    bench
        .simulator
        .offer(SOURCE, &offered, RECIPIENT, None)
        .unwrap();
    bench.write(
        "three.txt",
        &format!("press-1\n{revoked}\n{offered}\npress-9\n"),
    );
    let plan = [
        "plan",
        "--profile",
        "prod",
        "--select",
        "three.txt",
        "--to",
        RECIPIENT,
        "-o",
        "m.plan",
        "--json",
    ];
    let ran = bench.run(&plan).ends(1);
    let plan = &ran.of_kind("plan")[0]["plan"];
    assert_eq!(plan["certificates"], 1);
    assert_eq!(
        plan["left_out"],
        serde_json::json!({ "NotFound": 1, "Status": 2 })
    );
    let file = fs::read_to_string(bench.path("m.plan")).unwrap();
    assert!(
        file.contains(&good) && file.contains("there is no such thing"),
        "{file}"
    );
}

#[test]
fn nothing_is_written_over_and_nothing_is_planned_that_cannot_be() {
    let (bench, ids) = planned();
    let before = fs::read_to_string(bench.path("move.plan")).unwrap();
    let plan = |to: &str, more: &[&str]| {
        let words = ["plan", "--profile", "prod", "press-1", "--to", to];
        bench.run(&[&words[..], more].concat())
    };
    bench.simulator.clear_calls();
    let there = plan(RECIPIENT, &["-o", "move.plan"]).ends(2);
    assert!(
        there.err.contains("is there already; --force"),
        "{}",
        there.err
    );
    assert!(
        bench.simulator.calls().is_empty(),
        "it is said before anything is asked"
    );
    assert_eq!(fs::read_to_string(bench.path("move.plan")).unwrap(), before);
    plan(RECIPIENT, &["-o", "move.plan", "--force"]).ends(0);
    assert!(
        !fs::read_to_string(bench.path("move.plan"))
            .unwrap()
            .contains(&ids[1])
    );
    for (to, said) in [
        (SOURCE, "it is the account that the certificates are in"),
        ("fleet", "it may be"),
        ("nobody", "neither 12 digits nor a name"),
    ] {
        let ran = plan(to, &["-o", "new.plan"]).ends(2);
        assert!(ran.err.contains(said), "{to}: {}", ran.err);
    }
    let long = "x".repeat(129);
    let ran = plan(RECIPIENT, &["-o", "new.plan", "--message", &long]).ends(2);
    assert!(ran.err.contains("129 characters"), "{}", ran.err);
    let nothing = bench.run(&[
        "plan",
        "--profile",
        "prod",
        "--filter",
        "status:revoked",
        "--to",
        RECIPIENT,
        "-o",
        "new.plan",
    ]);
    assert!(
        nothing
            .ends(2)
            .err
            .contains("no certificate of this account is meant")
    );
    assert!(!bench.path("new.plan").exists());
}

#[test]
fn a_file_that_is_no_plan_is_said_to_be_none() {
    let (bench, _) = planned();
    let text = fs::read_to_string(bench.path("move.plan")).unwrap();
    bench.write(
        "newer.plan",
        &text.replacen("\"version\": 1", "\"version\": 2", 1),
    );
    bench.write("other.plan", &text.replacen(RECIPIENT, "999999999999", 1));
    bench.write(
        "jobs.plan",
        &text.replacen("detach policy jobs", "detach policy gone", 1),
    );
    bench.write("no.plan", "hello");
    bench.simulator.clear_calls();
    for (file, said) in [
        ("newer.plan", "version 2"),
        ("other.plan", "its steps are not those"),
        ("jobs.plan", "its steps are not those"),
        ("no.plan", "it is no plan"),
        ("nowhere.plan", "cannot read nowhere.plan"),
    ] {
        for command in ["show", "apply"] {
            let ran = bench.run(&[command, file]).ends(2);
            assert!(ran.err.contains(said), "{command} {file}: {}", ran.err);
        }
    }
    assert_eq!(bench.calls(Operation::DescribeCertificate), 0);
    assert!(bench.simulator.calls().is_empty());
}
