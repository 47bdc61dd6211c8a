//! Lists of certificates from outside: every line is accounted for.

use certferry::simulator::Status;
use serde_json::json;

use super::{Bench, RECIPIENT, SOURCE, short};

#[test]
fn every_line_of_a_table_is_accounted_for() {
    let bench = Bench::new();
    let one = bench.certificate(1, &[], &["press-1"]);
    let two = bench.certificate(2, &[], &[]);
    let twice = bench.certificate(3, &[], &["both"]);
    let again = bench.certificate(4, &[], &["both"]);
    let beginning: String = two.chars().take(10).collect();
    let arn = |account: &str, id: &str| format!("arn:aws:iot:us-east-1:{account}:cert/{id}");
    let table = format!(
        "note,certificate\nfirst,press-1\n\"a, b\",{beginning}\nagain,{one}\nthere,{}\nboth,both\nnone,press-9\nbad,\n",
        arn(RECIPIENT, &twice)
    );
    bench.write("lyon.csv", &table);
    let list = [
        "list",
        "--profile",
        "prod",
        "--select",
        "lyon.csv",
        "--json",
    ];
    let ran = bench.run(&list).ends(1);
    let lines: Vec<_> = ran
        .of_kind("line")
        .iter()
        .map(|it| (it["line"].clone(), it["is"].clone(), it["id"].clone()))
        .collect();
    let none = serde_json::Value::Null;
    let wanted = [
        (2, "Found", json!(one)),
        (3, "Found", json!(two)),
        (4, "Again", json!(one)),
        (5, "Elsewhere", none.clone()),
        (6, "Ambiguous", none.clone()),
        (7, "NotFound", none.clone()),
        (8, "Nothing", none),
    ];
    let wanted: Vec<_> = wanted
        .into_iter()
        .map(|(line, is, id)| (json!(line), json!(is), id))
        .collect();
    assert_eq!(lines, wanted);
    assert_eq!(ran.ids(), [one.as_str(), two.as_str()]);
    let ambiguous = format!(
        "line 6: both: the thing has 2 certificates: {}",
        short(&again)
    );
    let other = format!(
        "line 6: both: the thing has 2 certificates: {}",
        short(&twice)
    );
    assert!(
        ran.err.contains(&ambiguous) || ran.err.contains(&other),
        "{}",
        ran.err
    );
    assert!(
        ran.err
            .contains("7 lines, 2 certificates, 1 named again, 4 not found or not clear."),
        "{}",
        ran.err
    );
}

#[test]
fn a_list_comes_from_standard_input_too_and_files_hold_certificates() {
    let bench = Bench::new();
    let one = bench.certificate(1, &[], &["press-1"]);
    let two = bench.certificate(2, &[], &[]);
    let pem = bench.simulator.pem(SOURCE, &two).unwrap();
    bench.write("certs/two.pem", &pem);
    let select = ["list", "--profile", "prod", "--json", "--select"];
    let with = |file| [&select[..], &[file]].concat();
    let piped = bench.run_with(&with("-"), "# chosen by hand\npress-1\ncerts/two.pem\n");
    assert_eq!(piped.ends(0).ids(), [one.as_str(), two.as_str()]);
    // A PEM file alone is a list as well.
    assert_eq!(
        bench.run(&with("certs/two.pem")).ends(0).ids(),
        [two.as_str()]
    );
    let missing = bench.run(&with("nowhere.csv")).ends(2);
    assert!(
        missing.err.contains("cannot read nowhere.csv"),
        "{}",
        missing.err
    );
    bench.write("other.csv", "serial,name\n1,2\n");
    let other = bench.run(&with("other.csv")).ends(2);
    assert!(
        other.err.contains("no column of it names certificates"),
        "{}",
        other.err
    );
}

#[test]
fn nothing_is_done_when_a_line_is_missing_unless_it_is_to_be_skipped() {
    let bench = Bench::new();
    let one = bench.certificate(1, &[], &["press-1"]);
    let deactivate = [
        "deactivate",
        "--profile",
        "prod",
        "--yes",
        SOURCE,
        "press-1",
        "press-9",
    ];
    let refused = bench.run(&deactivate).ends(2);
    assert!(
        refused
            .err
            .contains("1 line is not found or not clear. --skip-missing"),
        "{}",
        refused.err
    );
    assert_eq!(bench.changes(), 0);
    let skipped = [&deactivate[..], &["--skip-missing"]].concat();
    bench.run(&skipped).ends(1);
    assert_eq!(bench.status(SOURCE, &one), Some(Status::Inactive));
}

#[test]
fn a_command_that_changes_something_wants_to_know_of_what() {
    let bench = Bench::new();
    bench.certificate(1, &[], &[]);
    for command in [
        "accept",
        "reject",
        "revoke-transfer",
        "activate",
        "deactivate",
        "put-back",
        "resume",
    ] {
        let ran = bench
            .run(&[command, "--profile", "prod", "--yes", SOURCE])
            .ends(2);
        assert!(
            ran.err.contains("no certificates are named"),
            "{command}: {}",
            ran.err
        );
    }
    assert_eq!(bench.changes(), 0);
}
