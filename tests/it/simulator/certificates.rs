//! Listing, describing and updating certificates.

use std::time::Duration;

use aws_sdk_iot::types::{CertificateMode, CertificateStatus};
use certferry::simulator::{NewCertificate, PrincipalType, Status};

use super::{Bench, NOW, SOURCE, TARGET, arn, digest, unknown_id};

/// Certificates registered one second apart, oldest first. Two have the same date.
fn sixty(bench: &Bench) -> Vec<String> {
    let mut dated: Vec<(i64, String)> = (0..60)
        .map(|number| {
            let created = NOW * 1000 + if number == 31 { 30 } else { number } * 1000;
            let new =
                NewCertificate::new("device", u64::try_from(number).unwrap()).created(created);
            (
                created,
                bench.simulator.add_certificate(SOURCE, &new).unwrap(),
            )
        })
        .collect();
    dated.sort();
    dated.into_iter().map(|(_, id)| id).collect()
}

async fn pages(bench: &Bench, size: Option<i32>, ascending: Option<bool>) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut marker = None;
    loop {
        let page = bench
            .source
            .list_certificates()
            .set_page_size(size)
            .set_ascending_order(ascending)
            .set_marker(marker)
            .send()
            .await
            .unwrap();
        pages.push(
            page.certificates()
                .iter()
                .map(|item| item.certificate_id().unwrap().to_owned())
                .collect(),
        );
        marker = page.next_marker;
        if marker.is_none() {
            return pages;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_list_is_newest_first_and_25_to_a_page_by_default() {
    let bench = Bench::new();
    let mut ids = sixty(&bench);
    ids.reverse();
    let pages = pages(&bench, None, None).await;
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [25, 25, 10]);
    assert_eq!(pages.concat(), ids);
}

#[tokio::test(start_paused = true)]
async fn the_list_is_complete_in_both_orders_and_at_every_page_size() {
    let bench = Bench::new();
    let ids = sixty(&bench);
    let mut newest_first = ids.clone();
    newest_first.reverse();
    for size in [1, 7, 30, 59, 60, 61, 250] {
        assert_eq!(pages(&bench, Some(size), Some(true)).await.concat(), ids);
        let descending = pages(&bench, Some(size), Some(false)).await;
        assert_eq!(descending.concat(), newest_first, "page size {size}");
    }
    assert_eq!(pages(&bench, Some(60), None).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_goes_on_where_the_last_one_ended_although_the_fleet_changed() {
    let bench = Bench::new();
    let ids = sixty(&bench);
    let first = bench
        .source
        .list_certificates()
        .page_size(10)
        .send()
        .await
        .unwrap();
    // A newer one appears, and the last one of the page goes away.
    let newer = NewCertificate::new("late", 900).created(NOW * 1000 + 90_000);
    bench.simulator.add_certificate(SOURCE, &newer).unwrap();
    let gone = first.certificates()[9].certificate_id().unwrap().to_owned();
    bench.simulator.offer(SOURCE, &gone, TARGET, None).unwrap();
    bench
        .target
        .accept_certificate_transfer()
        .certificate_id(&gone)
        .send()
        .await
        .unwrap();
    let second = bench
        .source
        .list_certificates()
        .page_size(10)
        .marker(first.next_marker().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        second.certificates()[0].certificate_id().unwrap(),
        ids[49],
        "neither repeated nor skipped"
    );
}

#[tokio::test(start_paused = true)]
async fn a_row_has_what_the_model_says_and_no_more() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Revoked);
    let page = bench.source.list_certificates().send().await.unwrap();
    let [row] = page.certificates() else {
        panic!("{page:?}");
    };
    assert_eq!(row.certificate_arn(), Some(arn(SOURCE, &id).as_str()));
    assert_eq!(row.status(), Some(&CertificateStatus::Revoked));
    assert_eq!(row.certificate_mode(), Some(&CertificateMode::Default));
    assert_eq!(row.creation_date().unwrap().secs(), NOW);
    assert_eq!(page.next_marker(), None);
}

#[tokio::test(start_paused = true)]
async fn an_empty_account_has_an_empty_list() {
    let bench = Bench::new();
    let page = bench.third.list_certificates().send().await.unwrap();
    assert!(page.certificates().is_empty());
    assert_eq!(page.next_marker(), None);
}

#[tokio::test(start_paused = true)]
async fn page_sizes_and_markers_are_validated() {
    let bench = Bench::new();
    sixty(&bench);
    let list = || bench.source.list_certificates();
    for size in [0, -1, 251] {
        let call = list().page_size(size).send();
        bench.refused(call, 400, "InvalidRequestException").await;
    }
    for marker in ["not base64!", "bm8gcG9zaXRpb24", "bm9uZQ=="] {
        let call = list().marker(marker).send();
        bench.refused(call, 400, "InvalidRequestException").await;
    }
    let call = list().marker("A".repeat(1028)).send();
    bench.refused(call, 400, "InvalidRequestException").await;
}

#[tokio::test(start_paused = true)]
async fn a_description_has_the_certificate_whose_digest_is_the_id() {
    let bench = Bench::new();
    // X.509 has whole seconds.
    let new = NewCertificate::new("device", 1).created(NOW * 1000 + 437);
    let id = bench.simulator.add_certificate(SOURCE, &new).unwrap();
    let answer = bench
        .source
        .describe_certificate()
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    let description = answer.certificate_description().unwrap();
    assert_eq!(description.certificate_id(), Some(id.as_str()));
    assert_eq!(
        description.certificate_arn(),
        Some(arn(SOURCE, &id).as_str())
    );
    assert_eq!(description.status(), Some(&CertificateStatus::Active));
    assert_eq!(description.owned_by(), Some(SOURCE));
    assert_eq!(description.previous_owned_by(), None);
    assert_eq!(description.creation_date().unwrap().secs(), NOW);
    assert_eq!(description.last_modified_date().unwrap().secs(), NOW);
    assert_eq!(description.customer_version(), Some(1));
    assert_eq!(description.generation_id().unwrap().len(), 36);
    let pem = x509_parser::pem::parse_x509_pem(description.certificate_pem().unwrap().as_bytes())
        .unwrap()
        .1;
    assert_eq!(digest(&pem.contents), id);
    let x509 = pem.parse_x509().unwrap();
    let validity = description.validity().unwrap();
    assert_eq!(validity.not_before().unwrap().subsec_nanos(), 0);
    assert_eq!(
        validity.not_before().unwrap().secs(),
        x509.validity().not_before.timestamp()
    );
    assert_eq!(
        validity.not_after().unwrap().secs(),
        x509.validity().not_after.timestamp()
    );
}

#[tokio::test(start_paused = true)]
async fn transfer_data_of_an_untransferred_certificate_is_an_empty_object() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let answer = bench
        .source
        .describe_certificate()
        .certificate_id(&id)
        .send()
        .await
        .unwrap();
    let data = answer
        .certificate_description()
        .unwrap()
        .transfer_data()
        .expect("present, and empty");
    assert_eq!(data.transfer_date(), None);
    assert_eq!(data.transfer_message(), None);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_or_belongs_to_another_account_is_not_found() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    for id in [unknown_id(), id.clone()] {
        let call = bench.target.describe_certificate().certificate_id(&id);
        bench
            .refused(call.send(), 404, "ResourceNotFoundException")
            .await;
        let call = bench
            .target
            .update_certificate()
            .certificate_id(&id)
            .new_status(CertificateStatus::Inactive);
        bench
            .refused(call.send(), 404, "ResourceNotFoundException")
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn ids_are_64_hexadecimal_digits() {
    let bench = Bench::new();
    for id in ["abc", &"0".repeat(65), &"g".repeat(64)] {
        let call = bench.source.describe_certificate().certificate_id(id);
        let error = call.clone().send().await.unwrap_err().into_service_error();
        assert!(
            error.to_string().contains("InvalidRequest")
                && format!("{error:?}").contains("certificateId"),
            "{error:?}"
        );
        bench
            .refused(call.send(), 400, "InvalidRequestException")
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_changes_the_status_and_its_date_and_is_idempotent() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let update = |status: CertificateStatus| {
        bench
            .source
            .update_certificate()
            .certificate_id(&id)
            .new_status(status)
            .send()
    };
    let modified = async || {
        let answer = bench.source.describe_certificate().certificate_id(&id);
        let answer = answer.send().await.unwrap();
        let description = answer.certificate_description.unwrap();
        description.last_modified_date.unwrap().secs()
    };
    tokio::time::advance(Duration::from_secs(100)).await;
    update(CertificateStatus::Inactive).await.unwrap();
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
    assert_eq!(modified().await, NOW + 100);
    tokio::time::advance(Duration::from_secs(100)).await;
    update(CertificateStatus::Inactive).await.unwrap();
    assert_eq!(modified().await, NOW + 100);
    update(CertificateStatus::Active).await.unwrap();
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Active));
    update(CertificateStatus::Revoked).await.unwrap();
    update(CertificateStatus::Revoked).await.unwrap();
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Revoked));
}

#[tokio::test(start_paused = true)]
async fn a_pending_activation_can_be_activated_and_a_revocation_stays() {
    let bench = Bench::new();
    let new = bench.certificate(1, Status::PendingActivation);
    let update = |id: &str, status: CertificateStatus| {
        bench
            .source
            .update_certificate()
            .certificate_id(id)
            .new_status(status)
            .send()
    };
    update(&new, CertificateStatus::Active).await.unwrap();
    assert_eq!(bench.status(SOURCE, &new), Some(Status::Active));
    let revoked = bench.certificate(2, Status::Revoked);
    for status in [CertificateStatus::Active, CertificateStatus::Inactive] {
        let call = update(&revoked, status);
        bench.refused(call, 406, "CertificateStateException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn statuses_that_only_aws_sets_or_that_do_not_exist_are_refused() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    for status in [
        "PENDING_TRANSFER",
        "PENDING_ACTIVATION",
        "REGISTER_INACTIVE",
        "SLEEPY",
    ] {
        let call = bench
            .source
            .update_certificate()
            .certificate_id(&id)
            .new_status(CertificateStatus::from(status))
            .send();
        bench.refused(call, 400, "InvalidRequestException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_deleted_when_nothing_stands_in_the_way() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let simulator = &bench.simulator;
    let delete = |force: bool| {
        let call = bench.source.delete_certificate().certificate_id(&id);
        call.force_delete(force).send()
    };
    bench
        .refused(delete(true), 406, "CertificateStateException")
        .await;
    let inactive = bench.source.update_certificate().certificate_id(&id);
    let inactive = inactive.new_status(CertificateStatus::Inactive);
    inactive.send().await.unwrap();
    let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
    simulator.create_policy(SOURCE, "connect", &document);
    simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    simulator.create_thing(SOURCE, "press", None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator.attach_thing(SOURCE, &id, "press", kind).unwrap();
    for force in [false, true] {
        bench
            .refused(delete(force), 409, "DeleteConflictException")
            .await;
    }
    simulator.delete_thing(SOURCE, "press");
    bench
        .refused(delete(false), 409, "DeleteConflictException")
        .await;
    delete(true).await.unwrap();
    bench
        .refused(delete(false), 404, "ResourceNotFoundException")
        .await;
    let listed = bench.source.list_certificates().send().await.unwrap();
    assert!(listed.certificates().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_offered_certificate_is_deleted_by_neither_side() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    bench.simulator.offer(SOURCE, &id, TARGET, None).unwrap();
    for client in [&bench.source, &bench.target] {
        let delete = client.delete_certificate().certificate_id(&id);
        bench
            .refused(delete.send(), 406, "CertificateStateException")
            .await;
    }
}
