//! What is refused before anything is done: half a filter, names that may be old, plans that nobody made.

use std::{
    fs::{self, OpenOptions, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Stdio,
};

use certferry::simulator::Status;

use super::{Bench, RECIPIENT, SOURCE};

#[test]
fn half_a_filter_is_not_the_whole_account() {
    let bench = Bench::new();
    let ids = [
        bench.certificate(1, &[], &["press-1"]),
        bench.certificate(2, &[], &[]),
    ];
    // What is kept of names by now.
    bench.run(&["list", "press-1", "--profile", "prod"]).ends(0);
    for filter in [
        "",
        " ",
        "id:",
        "to:",
        "status:",
        "status:-",
        "status:bogus",
        "-",
        "cn:",
        "cn:device",
        "serial:0",
        "a",
        "status:active a",
        // Nearly everything, however it is said.
        "not status:revoked",
        "not group:lyon",
        "group:lyon or not group:lyon",
        "status:active or status:inactive",
        "age:>1s",
        "status:active or age:<9y",
        "status:active not device:press",
        "status:active not expired",
        // Mistakes.
        "polcy:base",
        "status:active or polcy:base",
        "status:active or",
        "(status:active",
        "\"status:active",
    ] {
        let deactivate = [
            "deactivate",
            "--profile",
            "prod",
            "--yes",
            SOURCE,
            "--filter",
            filter,
        ];
        let ran = bench.run(&deactivate).ends(2);
        assert!(ran.err.contains("--filter"), "{filter}: {}", ran.err);
        let plan = [
            "plan",
            "--profile",
            "prod",
            "--to",
            RECIPIENT,
            "-o",
            "a.plan",
            "--filter",
            filter,
        ];
        bench.run(&plan).ends(2);
        assert!(!bench.path("a.plan").exists(), "{filter}");
    }
    // A name that is kept chooses nothing either: it may be old, and others are not kept.
    let kept = [
        "deactivate",
        "--profile",
        "prod",
        "--yes",
        SOURCE,
        "--filter",
        "device-1",
    ];
    bench.run(&kept).ends(2);
    for id in &ids {
        assert_eq!(bench.status(SOURCE, id), Some(Status::Active));
    }
    assert_eq!(bench.changes(), 0);
    // To look at something, each of them will do.
    let look = [
        "list",
        "--profile",
        "prod",
        "--json",
        "--filter",
        "cn:device-1",
    ];
    assert_eq!(bench.run(&look).ends(0).ids(), [ids[0].as_str()]);
    let by_thing = [
        "deactivate",
        "--profile",
        "prod",
        "--yes",
        SOURCE,
        "--filter",
        "thing:press-1",
    ];
    bench.run(&by_thing).ends(0);
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::Inactive));
    assert_eq!(bench.status(SOURCE, &ids[1]), Some(Status::Active));
}

#[test]
fn a_plan_takes_the_place_of_no_device_and_no_link() {
    let bench = Bench::new();
    let id = bench.certificate(1, &[], &[]);
    bench.write("real.plan", "mine");
    symlink(bench.path("real.plan"), bench.path("link.plan")).unwrap();
    fs::create_dir(bench.path("folder")).unwrap();
    let plan = |output: &str| {
        bench.run(&[
            "plan",
            &id,
            "--profile",
            "prod",
            "--to",
            RECIPIENT,
            "--force",
            "-o",
            output,
        ])
    };
    for output in ["link.plan", "folder"] {
        let ran = plan(output).ends(2);
        assert!(ran.err.contains("is not a file"), "{output}: {}", ran.err);
    }
    assert!(plan("-").ends(2).err.contains("name one"));
    assert_eq!(fs::read_to_string(bench.path("real.plan")).unwrap(), "mine");
    assert!(bench.path("link.plan").is_symlink());
    plan("real.plan").ends(0);
}

#[test]
fn a_plan_that_could_not_be_carried_through_is_none() {
    let bench = Bench::new();
    let id = bench.certificate(1, &["base"], &["press-1"]);
    let plan = [
        "plan",
        &id,
        "--profile",
        "prod",
        "--to",
        RECIPIENT,
        "-o",
        "a.plan",
        "--message",
    ];
    bench.run(&[&plan[..], &["to Lyon"]].concat()).ends(0);
    let text = fs::read_to_string(bench.path("a.plan")).unwrap();
    let made = serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let made = made["made"]["at"].as_str().unwrap().to_owned();
    for (what, with) in [
        ("to Lyon".to_owned(), "x".repeat(129)),
        (made.clone(), "9999-12-31T23:59:59-23:59".to_owned()),
        (made, "0000-01-01T00:00:00+23:59".to_owned()),
    ] {
        bench.write("b.plan", &text.replace(&what, &with));
        for command in [
            &["show", "b.plan"][..],
            &["apply", "b.plan", "--yes", RECIPIENT],
        ] {
            let ran = bench.run(command).ends(2);
            assert!(!ran.err.contains("panicked"), "{}", ran.err);
        }
    }
    // A number that no estimate is.
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    file["estimate_seconds"] = u64::MAX.into();
    bench.write("b.plan", &file.to_string());
    bench.run(&["show", "b.plan"]).ends(0);
    // Somebody else may have written it.
    fs::set_permissions(bench.path("a.plan"), Permissions::from_mode(0o666)).unwrap();
    let ran = bench.run(&["apply", "a.plan", "--yes", RECIPIENT]).ends(2);
    assert!(ran.err.contains("everybody can write it"), "{}", ran.err);
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Active));
    assert_eq!(bench.changes(), 0);
}

#[test]
fn a_choice_that_does_not_fit_is_refused_before_anything_is_written() {
    let bench = Bench::new();
    let id = bench.certificate(1, &["base", "jobs"], &["press-1"]);
    // Of none of these certificates, so it was not read with theirs.
    let other = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
    bench.simulator.create_policy(RECIPIENT, "taken", &other);
    for (choice, why) in [
        (
            "nosuch=theirs",
            "none of these certificates has such a policy",
        ),
        (
            "jobs=create:base",
            "base is the name of another policy there",
        ),
        (
            "jobs=create:taken",
            "taken is there already, and says something else",
        ),
    ] {
        let ran = bench.run(&[
            "plan",
            &id,
            "--profile",
            "prod",
            "--hand-over",
            "--peer-profile",
            "eu",
            "-o",
            "a.plan",
            "--choose",
            choice,
        ]);
        let ran = ran.ends(2);
        assert!(ran.err.contains(why), "{}", ran.err);
        assert!(!bench.path("a.plan").exists());
    }
}

#[test]
fn results_that_cannot_be_written_are_not_passed_over() {
    let bench = Bench::new();
    let id = bench.certificate(1, &[], &[]);
    let deactivate = [
        "deactivate",
        &id,
        "--profile",
        "prod",
        "--yes",
        SOURCE,
        "--json",
    ];
    for (arguments, code) in [(&["list", "--profile", "prod"][..], 1), (&deactivate, 1)] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = bench.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(full)
            .stderr(Stdio::piped());
        let ran = super::ended(command.spawn().unwrap()).ends(code);
        assert!(
            ran.err.contains("could not be printed whole"),
            "{}",
            ran.err
        );
    }
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
}

#[test]
fn a_word_that_is_no_command_is_not_taken_for_a_plan() {
    let ran = Bench::new().run(&["lst"]).ends(2);
    assert!(ran.err.contains("lst is no command"), "{}", ran.err);
}
