//! The transfer, from both sides.

use std::time::Duration;

use aws_sdk_iot::types::{CertificateDescription, CertificateStatus};
use certferry::simulator::{Status, TransferPhase};

use super::{Bench, NOW, SOURCE, TARGET, arn, unknown_id};

async fn describe(client: &aws_sdk_iot::Client, id: &str) -> CertificateDescription {
    let answer = client.describe_certificate().certificate_id(id).send();
    answer.await.unwrap().certificate_description.unwrap()
}

async fn listed(client: &aws_sdk_iot::Client) -> Vec<(String, String)> {
    let answer = client.list_certificates().send().await.unwrap();
    answer
        .certificates()
        .iter()
        .map(|item| {
            (
                item.certificate_arn().unwrap().to_owned(),
                item.status().unwrap().as_str().to_owned(),
            )
        })
        .collect()
}

async fn outgoing(client: &aws_sdk_iot::Client) -> usize {
    let answer = client.list_outgoing_certificates().send().await.unwrap();
    assert_eq!(answer.next_marker(), None);
    answer.outgoing_certificates().len()
}

#[tokio::test(start_paused = true)]
async fn a_started_transfer_is_seen_by_both_sides_under_the_recipients_arn() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    tokio::time::advance(Duration::from_millis(1500)).await;
    let answer = bench
        .source
        .transfer_certificate()
        .certificate_id(&id)
        .target_aws_account(TARGET)
        .transfer_message("line 4 \u{1f680}")
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.transferred_certificate_arn(),
        Some(arn(TARGET, &id).as_str())
    );

    let list = bench
        .source
        .list_outgoing_certificates()
        .send()
        .await
        .unwrap();
    let [row] = list.outgoing_certificates() else {
        panic!("{list:?}");
    };
    assert_eq!(row.certificate_arn(), Some(arn(TARGET, &id).as_str()));
    assert_eq!(row.certificate_id(), Some(id.as_str()));
    assert_eq!(row.transferred_to(), Some(TARGET));
    assert_eq!(row.transfer_message(), Some("line 4 \u{1f680}"));
    assert_eq!(row.creation_date().unwrap().secs(), NOW);
    let started = row.transfer_date().unwrap();
    assert_eq!(
        (started.secs(), started.subsec_nanos()),
        (NOW + 1, 500_000_000)
    );
    assert_eq!(outgoing(&bench.target).await, 0);

    let pending = (arn(TARGET, &id), "PENDING_TRANSFER".to_owned());
    for client in [&bench.source, &bench.target] {
        assert_eq!(listed(client).await, std::slice::from_ref(&pending));
        let description = describe(client, &id).await;
        assert_eq!(
            description.status(),
            Some(&CertificateStatus::PendingTransfer)
        );
        assert_eq!(description.certificate_arn(), Some(pending.0.as_str()));
        assert_eq!(description.owned_by(), Some(TARGET));
        assert_eq!(description.previous_owned_by(), Some(SOURCE));
        let data = description.transfer_data().unwrap();
        assert_eq!(data.transfer_message(), Some("line 4 \u{1f680}"));
        assert_eq!(data.transfer_date().unwrap().secs(), NOW + 1);
        assert_eq!(data.accept_date(), None);
        assert_eq!(data.reject_date(), None);
        assert_eq!(data.reject_reason(), None);
    }
    assert_eq!(listed(&bench.third).await, []);
}

#[tokio::test(start_paused = true)]
async fn an_accepted_certificate_is_the_recipients_and_inactive_unless_asked_otherwise() {
    for (as_active, status) in [
        (None, Status::Inactive),
        (Some(false), Status::Inactive),
        (Some(true), Status::Active),
    ] {
        let bench = Bench::new();
        let id = bench.offered(1).await;
        tokio::time::advance(Duration::from_secs(10)).await;
        bench
            .target
            .accept_certificate_transfer()
            .certificate_id(&id)
            .set_set_as_active(as_active)
            .send()
            .await
            .unwrap();
        let description = describe(&bench.target, &id).await;
        assert_eq!(description.status().unwrap().as_str(), status.as_str());
        assert_eq!(description.owned_by(), Some(TARGET));
        assert_eq!(description.previous_owned_by(), Some(SOURCE));
        assert_eq!(description.creation_date().unwrap().secs(), NOW);
        let data = description.transfer_data().unwrap();
        assert_eq!(data.transfer_date().unwrap().secs(), NOW);
        assert_eq!(data.accept_date().unwrap().secs(), NOW + 10);
        assert_eq!(outgoing(&bench.source).await, 0);
        assert_eq!(listed(&bench.source).await, []);
        assert_eq!(bench.status(SOURCE, &id), None);
        assert_eq!(
            listed(&bench.target).await,
            [(arn(TARGET, &id), status.as_str().to_owned())]
        );
        let call = bench.source.describe_certificate().certificate_id(&id);
        let call = call.send();
        bench.refused(call, 404, "ResourceNotFoundException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejected_certificate_returns_inactive_with_the_reason() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    tokio::time::advance(Duration::from_secs(10)).await;
    bench
        .target
        .reject_certificate_transfer()
        .certificate_id(&id)
        .reject_reason("wrong fleet")
        .send()
        .await
        .unwrap();
    let description = describe(&bench.source, &id).await;
    assert_eq!(description.status(), Some(&CertificateStatus::Inactive));
    assert_eq!(
        description.certificate_arn(),
        Some(arn(SOURCE, &id).as_str())
    );
    assert_eq!(description.owned_by(), Some(SOURCE));
    assert_eq!(description.previous_owned_by(), None);
    let data = description.transfer_data().unwrap();
    assert_eq!(data.reject_reason(), Some("wrong fleet"));
    assert_eq!(data.reject_date().unwrap().secs(), NOW + 10);
    assert_eq!(data.accept_date(), None);
    assert_eq!(listed(&bench.target).await, []);
    assert_eq!(outgoing(&bench.source).await, 0);
    let state = bench.simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.transfer.unwrap().phase, TransferPhase::Rejected);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_transfer_leaves_the_certificate_inactive_and_detached() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench
        .simulator
        .attach_policy(SOURCE, &id, "connect")
        .unwrap();
    let update = bench.source.update_certificate().certificate_id(&id);
    let update = update.new_status(CertificateStatus::Inactive);
    update.send().await.unwrap();
    let detach = bench.source.detach_policy().policy_name("connect");
    detach.target(arn(SOURCE, &id)).send().await.unwrap();
    bench.transfer(&id).await;
    let cancel = bench.source.cancel_certificate_transfer();
    cancel.certificate_id(&id).send().await.unwrap();

    let state = bench.simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Inactive);
    assert!(state.policies.is_empty() && state.things.is_empty());
    assert_eq!(state.owner, SOURCE);
    assert_eq!(state.previous_owner, None);
    assert_eq!(state.transfer.unwrap().phase, TransferPhase::Cancelled);
    assert_eq!(listed(&bench.target).await, []);
    assert_eq!(outgoing(&bench.source).await, 0);
    // And it can be tried again.
    bench.transfer(&id).await;
    assert_eq!(bench.status(TARGET, &id), Some(Status::PendingTransfer));
}

#[tokio::test(start_paused = true)]
async fn an_active_certificate_cannot_be_transferred() {
    let bench = Bench::new();
    for (number, status) in (1..).zip([
        Status::Active,
        Status::Revoked,
        Status::PendingActivation,
        Status::RegisterInactive,
    ]) {
        let id = bench.certificate(number, status);
        let call = bench.source.transfer_certificate().certificate_id(&id);
        let call = call.target_aws_account(TARGET).send();
        bench.refused(call, 406, "CertificateStateException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn attached_policies_and_things_block_the_transfer() {
    let bench = Bench::new();
    let with_policy = bench.certificate(1, Status::Inactive);
    bench
        .simulator
        .attach_policy(SOURCE, &with_policy, "connect")
        .unwrap();
    let with_thing = bench.certificate(2, Status::Inactive);
    bench.attach_thing(&with_thing, "press");
    for id in [with_policy, with_thing] {
        let call = bench.source.transfer_certificate().certificate_id(&id);
        let call = call.target_aws_account(TARGET).send();
        bench.refused(call, 409, "TransferConflictException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_in_transfer_cannot_be_transferred_or_updated_by_either_side() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    for (client, target) in [
        (&bench.source, super::THIRD),
        (&bench.target, super::THIRD),
        (&bench.source, TARGET),
    ] {
        let call = client.transfer_certificate().certificate_id(&id);
        let call = call.target_aws_account(target).send();
        bench.refused(call, 406, "CertificateStateException").await;
        let call = client.update_certificate().certificate_id(&id);
        let call = call.new_status(CertificateStatus::Revoked).send();
        bench.refused(call, 406, "CertificateStateException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_attached_to_a_certificate_in_transfer_and_its_lists_are_empty() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    for (client, account) in [
        (&bench.source, SOURCE),
        (&bench.source, TARGET),
        (&bench.target, TARGET),
    ] {
        let call = client.attach_policy().policy_name("connect");
        let call = call.target(arn(account, &id)).send();
        bench.refused(call, 400, "InvalidRequestException").await;
        let call = client.attach_thing_principal().thing_name("press");
        let call = call.principal(arn(account, &id)).send();
        bench.refused(call, 400, "InvalidRequestException").await;
        let list = client.list_attached_policies().target(arn(account, &id));
        assert!(list.send().await.unwrap().policies().is_empty());
        let list = client.list_principal_things().principal(arn(account, &id));
        assert!(list.send().await.unwrap().things().is_empty());
    }
    // The recipient does not reach it under the source's ARN.
    let call = bench
        .target
        .list_attached_policies()
        .target(arn(SOURCE, &id));
    let call = call.send();
    bench.refused(call, 404, "ResourceNotFoundException").await;
}

#[tokio::test(start_paused = true)]
async fn an_accepted_transfer_is_complete_for_both_sides() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    let accept = bench.target.accept_certificate_transfer();
    let accept = accept.certificate_id(&id);
    accept.clone().send().await.unwrap();
    let completed = "TransferAlreadyCompletedException";
    bench.refused(accept.send(), 410, completed).await;
    let reject = bench.target.reject_certificate_transfer();
    bench
        .refused(reject.certificate_id(&id).send(), 410, completed)
        .await;
    let cancel = bench.source.cancel_certificate_transfer();
    bench
        .refused(cancel.certificate_id(&id).send(), 410, completed)
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_came_back_is_over_for_the_source_and_gone_for_the_recipient() {
    let bench = Bench::new();
    let cancelled = bench.offered(1).await;
    let cancel = bench.source.cancel_certificate_transfer();
    cancel.certificate_id(&cancelled).send().await.unwrap();
    let rejected = bench.offered(2).await;
    let reject = bench.target.reject_certificate_transfer();
    reject.certificate_id(&rejected).send().await.unwrap();
    for id in [cancelled, rejected] {
        let cancel = bench
            .source
            .cancel_certificate_transfer()
            .certificate_id(&id)
            .send();
        bench
            .refused(cancel, 410, "TransferAlreadyCompletedException")
            .await;
        let accept = bench
            .target
            .accept_certificate_transfer()
            .certificate_id(&id)
            .send();
        bench
            .refused(accept, 404, "ResourceNotFoundException")
            .await;
        let reject = bench
            .target
            .reject_certificate_transfer()
            .certificate_id(&id)
            .send();
        bench
            .refused(reject, 404, "ResourceNotFoundException")
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_recipient_accepts_and_rejects_and_only_the_source_cancels() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    let not_found = "ResourceNotFoundException";
    for client in [&bench.source, &bench.third] {
        let accept = client
            .accept_certificate_transfer()
            .certificate_id(&id)
            .send();
        bench.refused(accept, 404, not_found).await;
        let reject = client
            .reject_certificate_transfer()
            .certificate_id(&id)
            .send();
        bench.refused(reject, 404, not_found).await;
    }
    for client in [&bench.target, &bench.third] {
        let cancel = client
            .cancel_certificate_transfer()
            .certificate_id(&id)
            .send();
        bench.refused(cancel, 404, not_found).await;
    }
    let call = bench
        .third
        .describe_certificate()
        .certificate_id(&id)
        .send();
    bench.refused(call, 404, not_found).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_transfer_says_is_validated() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let invalid = "InvalidRequestException";
    let start = || bench.source.transfer_certificate();
    for account in ["1234", "12345678901a", "1111-2222-3333"] {
        let call = start().certificate_id(&id).target_aws_account(account);
        bench.refused(call.send(), 400, invalid).await;
    }
    let call = start().certificate_id(&id).target_aws_account(SOURCE);
    bench.refused(call.send(), 400, invalid).await;
    let call = start()
        .certificate_id(unknown_id())
        .target_aws_account(TARGET);
    bench
        .refused(call.send(), 404, "ResourceNotFoundException")
        .await;
    // 128 characters, not bytes.
    let call = start().certificate_id(&id).target_aws_account(TARGET);
    let too_long = call.clone().transfer_message("ü".repeat(129));
    bench.refused(too_long.send(), 400, invalid).await;
    call.transfer_message("ü".repeat(128)).send().await.unwrap();
    let reject = bench
        .target
        .reject_certificate_transfer()
        .certificate_id(&id);
    let too_long = reject.clone().reject_reason("\u{1f680}".repeat(129));
    bench.refused(too_long.send(), 400, invalid).await;
    reject
        .reject_reason("\u{1f680}".repeat(128))
        .send()
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_certificate_travels_on_and_comes_home() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    let accept = bench.target.accept_certificate_transfer();
    accept.certificate_id(&id).send().await.unwrap();
    // Sent back and cancelled: the previous owner is still the first one.
    let send_back = bench.target.transfer_certificate().certificate_id(&id);
    let send_back = send_back.target_aws_account(SOURCE);
    send_back.clone().send().await.unwrap();
    let cancel = bench.target.cancel_certificate_transfer();
    cancel.certificate_id(&id).send().await.unwrap();
    let state = bench.simulator.certificate(TARGET, &id).unwrap();
    assert_eq!(
        (state.owner.as_str(), state.previous_owner.as_deref()),
        (TARGET, Some(SOURCE))
    );
    // Sent back and accepted: it is what it was, with a history.
    send_back.send().await.unwrap();
    let accept = bench.source.accept_certificate_transfer();
    accept
        .certificate_id(&id)
        .set_as_active(true)
        .send()
        .await
        .unwrap();
    let state = bench.simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(
        (state.owner.as_str(), state.previous_owner.as_deref()),
        (SOURCE, Some(TARGET))
    );
    assert_eq!(state.status, Status::Active);
    let cancel = bench.target.cancel_certificate_transfer();
    let cancel = cancel.certificate_id(&id).send();
    bench
        .refused(cancel, 410, "TransferAlreadyCompletedException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn nothing_the_source_attached_reaches_the_recipient() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let simulator = &bench.simulator;
    simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    // The API would not; the recipient would still see nothing.
    simulator.offer(SOURCE, &id, TARGET, None).unwrap();
    let list = bench.target.list_attached_policies();
    let list = list.target(arn(TARGET, &id));
    assert!(list.clone().send().await.unwrap().policies().is_empty());
    let accept = bench.target.accept_certificate_transfer();
    accept.certificate_id(&id).send().await.unwrap();
    assert!(list.send().await.unwrap().policies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn pages_have_no_gaps_where_certificates_have_left() {
    let bench = Bench::new();
    let stays = bench.offered(1).await;
    tokio::time::advance(Duration::from_secs(1)).await;
    let accepted = bench.offered(2).await;
    let accept = bench.target.accept_certificate_transfer();
    accept.certificate_id(&accepted).send().await.unwrap();
    let list = bench.source.list_outgoing_certificates().page_size(1);
    let list = list.send().await.unwrap();
    let ids = list
        .outgoing_certificates()
        .iter()
        .map(|row| row.certificate_id().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), [&stays]);
    assert_eq!(list.next_marker(), None);
    let list = bench.source.list_certificates().page_size(1);
    let list = list.send().await.unwrap();
    assert_eq!(
        list.certificates()[0].certificate_id(),
        Some(stays.as_str())
    );
    assert_eq!(list.next_marker(), None);
    let cancel = bench.source.cancel_certificate_transfer();
    cancel.certificate_id(&stays).send().await.unwrap();
    // The cancelled one is the older of the two.
    let list = bench
        .target
        .list_certificates()
        .page_size(1)
        .ascending_order(true);
    let list = list.send().await.unwrap();
    assert_eq!(
        list.certificates()[0].certificate_id(),
        Some(accepted.as_str())
    );
    assert_eq!(list.next_marker(), None);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_transfer_does_not_expire() {
    let bench = Bench::new();
    let id = bench.offered(1).await;
    tokio::time::advance(Duration::from_hours(10 * 365 * 24)).await;
    let accept = bench.target.accept_certificate_transfer();
    accept.certificate_id(&id).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn outgoing_certificates_come_in_pages_and_both_orders() {
    let bench = Bench::new();
    let mut ids = Vec::new();
    for number in 0..60 {
        ids.push(bench.offered(number).await);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    for size in [1, 24, 60, 250] {
        for ascending in [true, false] {
            let pages = bench.source.list_outgoing_certificates();
            let pages = pages.page_size(size).ascending_order(ascending);
            let rows = pages.into_paginator().items().send();
            let rows = rows.collect::<Result<Vec<_>, _>>().await.unwrap();
            let mut found: Vec<&str> = rows
                .iter()
                .map(|row| row.certificate_id().unwrap())
                .collect();
            if !ascending {
                found.reverse();
            }
            assert_eq!(found, ids);
        }
    }
}
