//! `certferry pem`: what the journal has kept from before a change that cannot be undone.

use std::process::{Command, Output};

use certferry::domain::{Before, CertificateId, Change, Plan, RunEvent};

use super::{Place, at, before};

const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

fn certferry(place: &Place, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certferry"));
    let state = place.folder();
    command.env("XDG_STATE_HOME", state.parent().unwrap());
    command.arg("pem").args(arguments).output().unwrap()
}

fn said(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code();
    (text(&output.stdout), text(&output.stderr), code)
}

fn keep(place: &Place, id: CertificateId, end: RunEvent) {
    let journal = place.open();
    let before = Before {
        certificate: id,
        pem: Some(format!("{PEM}\u{1b}[2J\n")),
        ..before(1)
    };
    let plan = Plan::of_change(Change::Revoke);
    let run = journal.begin_final_change(&before, &plan, at(61)).unwrap();
    journal.finish(run, end, at(62)).unwrap();
}

#[test]
fn what_was_kept_is_listed_and_printed() {
    let place = Place::new();
    let id = |last| {
        let mut bytes = [0xab; 32];
        bytes[31] = last;
        CertificateId::from_bytes(bytes)
    };
    assert_eq!(
        said(&certferry(&place, &[])),
        (String::new(), String::new(), Some(0))
    );
    assert!(!place.path().exists(), "looking makes no journal");
    keep(&place, id(1), RunEvent::Completed);
    keep(&place, id(2), RunEvent::Left);
    let (out, _, code) = said(&certferry(&place, &[]));
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = out.lines().collect();
    let start = format!("{}  1970-01-01 00:01 UTC  ", id(1));
    assert!(lines[1].starts_with(&start), "{out}");
    assert!(lines[1].ends_with("  revoke for ever"), "{out}");
    assert!(
        lines[0].ends_with("(not done, as far as is known)"),
        "{out}"
    );
    // The terminal gets nothing that it would act on.
    let (out, _, code) = said(&certferry(&place, &[&id(1).to_string().to_uppercase()]));
    assert_eq!((out, code), (format!("{PEM}\\x1b[2J\n"), Some(0)));
}

#[test]
fn an_id_that_is_not_one_certificate_s_is_refused() {
    let place = Place::new();
    keep(
        &place,
        CertificateId::from_bytes([0xab; 32]),
        RunEvent::Completed,
    );
    keep(
        &place,
        CertificateId::from_bytes([0xac; 32]),
        RunEvent::Completed,
    );
    let refused = |id: &str| {
        let (out, err, code) = said(&certferry(&place, &[id]));
        assert_eq!((out.as_str(), code), ("", Some(2)));
        err
    };
    assert!(refused("f0").contains("has kept no certificate whose id begins with f0"));
    assert!(refused("a").contains("several ids begin with a"));
    let (out, _, code) = said(&certferry(&place, &["ac"]));
    assert!(out.starts_with(PEM));
    assert_eq!(code, Some(0));
}
