//! The demo's fleet, and large ones.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iot::types::{CertificateDescription, CertificateStatus};
use certferry::simulator::{Clock, Fleet, PrincipalType, Simulator, Status, TransferPhase};

use super::{NOW, SOURCE, TARGET, digest, iot};

fn demo() -> Simulator {
    Simulator::demo_at(Clock::Fixed(NOW))
}

async fn listed(simulator: &Simulator, account: &str) -> Vec<aws_sdk_iot::types::Certificate> {
    let pages = iot(simulator, account).list_certificates().page_size(250);
    let rows = pages.into_paginator().items().send();
    rows.collect::<Result<Vec<_>, _>>().await.unwrap()
}

async fn describe(simulator: &Simulator, account: &str, id: &str) -> CertificateDescription {
    let call = iot(simulator, account).describe_certificate();
    let answer = call.certificate_id(id).send().await.unwrap();
    answer.certificate_description.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_demo_is_the_same_on_every_start() {
    assert_eq!(demo().snapshot(), demo().snapshot());
    let rows = listed(&demo(), SOURCE).await;
    assert_eq!(
        rows[0].certificate_id(),
        Some("be5f65f05fc431e371d7e9d824ca8e3ab25a9a15e44cc7fd78b92a8d3fbf8f51"),
        "a change of the fleet's keys, names or dates changes every id that was written down"
    );
}

#[tokio::test(start_paused = true)]
async fn the_demo_has_every_status_and_240_certificates() {
    let simulator = demo();
    let snapshot = simulator.snapshot();
    let mut statuses: BTreeMap<Status, usize> = BTreeMap::new();
    let mut shapes = BTreeSet::new();
    let mut exclusive = 0;
    for place in snapshot.places.values() {
        for state in place.certificates.values() {
            *statuses.entry(state.status).or_default() += 1;
            shapes.insert((state.policies.len(), state.things.len()));
            let ties = state.things.iter();
            exclusive += ties
                .filter(|(_, kind)| *kind == PrincipalType::ExclusiveThing)
                .count();
        }
    }
    assert_eq!(statuses.values().sum::<usize>(), 240);
    assert!(statuses[&Status::Active] > 140, "{statuses:?}");
    assert!(statuses[&Status::Inactive] > 10, "{statuses:?}");
    assert!(statuses[&Status::Revoked] > 3, "{statuses:?}");
    assert!(statuses[&Status::PendingActivation] > 3, "{statuses:?}");
    assert_eq!(statuses[&Status::PendingTransfer], 8);
    assert!(exclusive > 3, "{exclusive}");
    assert!(
        shapes.contains(&(3, 3)) && shapes.contains(&(0, 0)),
        "{shapes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_rows_of_the_demo_show_what_it_is_about() {
    let simulator = demo();
    let rows = listed(&simulator, SOURCE).await;
    let state = |row: usize| {
        let id = rows[row].certificate_id().unwrap();
        simulator.certificate(SOURCE, id).unwrap()
    };
    let newest = state(0);
    assert_eq!(newest.status, Status::Active);
    assert_eq!((newest.policies.len(), newest.things.len()), (2, 1));
    assert!(
        (0..10)
            .map(state)
            .any(|state| state.status == Status::Active
                && (state.policies.len(), state.things.len()) == (3, 3))
    );
    assert!(
        (0..10)
            .map(state)
            .any(|state| state.status == Status::Inactive
                && state.policies.is_empty()
                && state.things.is_empty()
                && state.transfer.is_none())
    );
    let dates: Vec<i64> = rows
        .iter()
        .map(|row| row.creation_date().unwrap().secs())
        .collect();
    assert!(dates.is_sorted_by(|newer, older| newer >= older));
    let days = (dates[0] - dates[dates.len() - 1]) / 86_400;
    assert!((700..740).contains(&days), "{days} days");
}

#[tokio::test(start_paused = true)]
async fn every_certificate_of_the_demo_is_real_x509_with_a_fitting_id() {
    let simulator = demo();
    let mut serials = BTreeSet::new();
    for account in [SOURCE, TARGET] {
        for row in listed(&simulator, account).await {
            let id = row.certificate_id().unwrap();
            let description = describe(&simulator, account, id).await;
            let pem = description.certificate_pem().unwrap();
            let pem = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap().1;
            assert_eq!(digest(&pem.contents), id);
            let x509 = pem.parse_x509().unwrap();
            let subject = x509.subject().to_string();
            assert!(
                subject.contains("O=Fleet ") && subject.contains("CN="),
                "{subject}"
            );
            assert_eq!(
                x509.issuer().to_string(),
                "O=Certferry, CN=Certferry Demo CA"
            );
            assert_eq!(
                x509.validity().not_before.timestamp(),
                row.creation_date().unwrap().secs()
            );
            serials.insert(x509.raw_serial().to_vec());
        }
    }
    // The eight that wait are listed on both sides.
    assert_eq!(serials.len(), 240);
}

#[tokio::test(start_paused = true)]
async fn what_is_attached_in_the_demo_exists() {
    let simulator = demo();
    for (account, client) in [SOURCE, TARGET].map(|account| (account, iot(&simulator, account))) {
        let snapshot = simulator.snapshot();
        let place = &snapshot.places[&(account.to_owned(), "us-east-1".to_owned())];
        assert!((6..=10).contains(&place.policies.len()));
        for state in place.certificates.values() {
            for policy in &state.policies {
                assert!(place.policies.contains_key(policy), "{policy}");
            }
            for (thing, kind) in &state.things {
                assert!(place.things.contains(thing), "{thing}");
                assert!(*kind == PrincipalType::NonExclusiveThing || state.things.len() == 1);
            }
        }
        for name in place.policies.keys() {
            let policy = client.get_policy().policy_name(name).send().await.unwrap();
            let document = policy.policy_document().unwrap();
            let document: serde_json::Value = serde_json::from_str(document).unwrap();
            assert!(document["Statement"][0]["Effect"].is_string());
            assert!(document.to_string().len() <= 2048);
        }
        let thing = client.describe_thing().thing_name(&place.things[0]).send();
        let thing = thing.await.unwrap();
        assert!(thing.thing_type_name().is_some());
        assert_eq!(thing.attributes().unwrap().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn the_demo_has_transfers_in_every_phase() {
    let simulator = demo();
    let mut hostile = 0;
    for (account, waiting) in [(SOURCE, 5), (TARGET, 3)] {
        let call = iot(&simulator, account).list_outgoing_certificates();
        let list = call.send().await.unwrap();
        assert_eq!(list.outgoing_certificates().len(), waiting);
        for row in list.outgoing_certificates() {
            let date = row.transfer_date().unwrap().secs();
            assert!(date > row.creation_date().unwrap().secs());
            let message = row.transfer_message().unwrap_or_default();
            assert!(message.chars().count() <= 128);
            if message.contains("\u{1b}[31m") && message.contains('\u{202e}') {
                hostile += 1;
                assert_eq!(account, TARGET, "it comes from the other account");
            }
        }
    }
    assert_eq!(hostile, 1);
    let mut phases = BTreeMap::new();
    for place in simulator.snapshot().places.values() {
        for (id, state) in &place.certificates {
            if let Some(transfer) = &state.transfer {
                phases
                    .entry(format!("{:?}", transfer.phase))
                    .or_insert_with(Vec::new)
                    .push((state.owner.clone(), id.clone()));
            }
        }
    }
    let rejected = &phases[&format!("{:?}", TransferPhase::Rejected)][0];
    let description = describe(&simulator, &rejected.0, &rejected.1).await;
    assert_eq!(description.status(), Some(&CertificateStatus::Inactive));
    let data = description.transfer_data().unwrap();
    assert_eq!(
        data.reject_reason(),
        Some("wrong fleet: belongs to fleet-us")
    );
    assert_eq!(phases["Cancelled"].len(), 1);
    assert_eq!(phases["Accepted"].len(), 2);
    assert_eq!(phases["Pending"].len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_large_fleet_is_complete_and_its_ids_fit_too() {
    let simulator = Simulator::with_fleet(Clock::Fixed(NOW), 1003).unwrap();
    let rows = listed(&simulator, SOURCE).await;
    let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row.certificate_id()).collect();
    assert_eq!((rows.len(), ids.len()), (1003, 1003));
    let id = rows[500].certificate_id().unwrap();
    let pem = describe(&simulator, SOURCE, id)
        .await
        .certificate_pem
        .unwrap();
    let pem = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap().1;
    assert_eq!(digest(&pem.contents), id);
}

#[tokio::test(start_paused = true)]
async fn a_fleet_is_furnished_as_it_was_described() {
    let simulator = Simulator::new(Clock::Fixed(NOW));
    let fleet = Fleet {
        first: 70,
        status: Some(Status::Inactive),
        policies: 3,
        things: 2,
        ..Fleet::new(TARGET, 12)
    };
    let ids = simulator.add_fleet(&fleet).unwrap();
    assert_eq!(ids.len(), 12);
    for id in &ids {
        let state = simulator.certificate(TARGET, id).unwrap();
        assert_eq!(state.status, Status::Inactive);
        assert_eq!((state.policies.len(), state.things.len()), (3, 2));
    }
}
