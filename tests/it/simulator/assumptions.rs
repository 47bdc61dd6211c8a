//! The switches for what AWS does not document, in the position that is not the default.

use std::time::Duration;

use aws_sdk_iot::types::CertificateStatus;
use certferry::simulator::{
    Assumptions, DetachUnattached, EndedTransferData, ForbiddenStatus, LeavingRevoked,
    NewCertificate, NotInTransfer, PendingOwner, SameIdInTarget, SelfTransfer, SourceDescribe,
    SourceList, Status, ThingsAttached, TransferOfUnusable, UnknownTarget, UpdateWhilePending,
    WrongSide,
};

use super::{Bench, SOURCE, TARGET, THIRD, arn};

const INVALID: (u16, &str) = (400, "InvalidRequestException");
const NOT_FOUND: (u16, &str) = (404, "ResourceNotFoundException");
const STATE: (u16, &str) = (406, "CertificateStateException");
const CONFLICT: (u16, &str) = (409, "TransferConflictException");

impl Bench {
    /// Asserts that the source's transfer to an account is refused.
    async fn transfer_refused(&self, id: &str, target: &str, (status, code): (u16, &str)) {
        let call = self.source.transfer_certificate().certificate_id(id);
        let call = call.target_aws_account(target).send();
        self.refused(call, status, code).await;
    }
}

#[tokio::test(start_paused = true)]
async fn things_attached() {
    for (things_attached, expected) in [
        (ThingsAttached::CertificateState, Some(STATE)),
        (ThingsAttached::InvalidRequest, Some(INVALID)),
        (ThingsAttached::Allowed, None),
    ] {
        let bench = Bench::with(Assumptions {
            things_attached,
            ..Assumptions::default()
        });
        let id = bench.certificate(1, Status::Inactive);
        bench.attach_thing(&id, "press");
        if let Some(expected) = expected {
            bench.transfer_refused(&id, TARGET, expected).await;
            continue;
        }
        bench.transfer(&id).await;
        for (client, seen) in [(&bench.source, 1), (&bench.target, 0)] {
            let list = client.list_principal_things().principal(arn(TARGET, &id));
            assert_eq!(list.send().await.unwrap().things().len(), seen);
        }
        let accept = bench.target.accept_certificate_transfer();
        accept.certificate_id(&id).send().await.unwrap();
        let state = bench.simulator.certificate(TARGET, &id).unwrap();
        assert!(state.things.is_empty(), "things are not transferred");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_sees_what_was_before() {
    let bench = Bench::with(Assumptions {
        source_describe: SourceDescribe::AsBefore,
        ..Assumptions::default()
    });
    let id = bench.offered(1).await;
    let call = bench.source.describe_certificate().certificate_id(&id);
    let seen = call.send().await.unwrap();
    let seen = seen.certificate_description().unwrap();
    assert_eq!(seen.status().unwrap().as_str(), "INACTIVE");
    assert!(seen.transfer_data().unwrap().transfer_date().is_none());
    let call = bench.target.describe_certificate().certificate_id(&id);
    let seen = call.send().await.unwrap();
    let seen = seen.certificate_description().unwrap();
    assert_eq!(seen.status().unwrap().as_str(), "PENDING_TRANSFER");
}

#[tokio::test(start_paused = true)]
async fn source_list_and_source_describe() {
    let bench = Bench::with(Assumptions {
        source_list: SourceList::Hidden,
        source_describe: SourceDescribe::ResourceNotFound,
        ..Assumptions::default()
    });
    let id = bench.offered(1).await;
    let other = bench.certificate(2, Status::Active);
    let list = bench.source.list_certificates().page_size(1).send();
    let list = list.await.unwrap();
    assert_eq!(list.certificates().len(), 1);
    assert_eq!(
        list.certificates()[0].certificate_id(),
        Some(other.as_str())
    );
    assert_eq!(list.next_marker(), None, "no page for what is hidden");
    let list = bench.source.list_outgoing_certificates().send();
    assert_eq!(list.await.unwrap().outgoing_certificates().len(), 1);
    let list = bench.target.list_certificates().send();
    assert_eq!(list.await.unwrap().certificates().len(), 1);
    let call = bench
        .source
        .describe_certificate()
        .certificate_id(&id)
        .send();
    bench.refused(call, NOT_FOUND.0, NOT_FOUND.1).await;
    let call = bench.target.describe_certificate().certificate_id(&id);
    call.send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn owner_while_pending() {
    let bench = Bench::with(Assumptions {
        owner_while_pending: PendingOwner::Source,
        ..Assumptions::default()
    });
    let id = bench.offered(1).await;
    for client in [&bench.source, &bench.target] {
        let call = client.describe_certificate().certificate_id(&id).send();
        let description = call.await.unwrap().certificate_description.unwrap();
        assert_eq!(description.owned_by(), Some(SOURCE));
        assert_eq!(description.previous_owned_by(), None);
        assert_eq!(
            description.certificate_arn(),
            Some(arn(TARGET, &id).as_str())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn data_after_cancel() {
    for (data_after_cancel, kept) in [
        (EndedTransferData::Kept, true),
        (EndedTransferData::Cleared, false),
    ] {
        let bench = Bench::with(Assumptions {
            data_after_cancel,
            ..Assumptions::default()
        });
        let id = bench.offered(1).await;
        let cancel = bench.source.cancel_certificate_transfer();
        cancel.certificate_id(&id).send().await.unwrap();
        let call = bench.source.describe_certificate().certificate_id(&id);
        let description = call.send().await.unwrap().certificate_description.unwrap();
        let data = description.transfer_data().unwrap();
        assert_eq!(data.transfer_date().is_some(), kept);
    }
}

#[tokio::test(start_paused = true)]
async fn wrong_side() {
    let bench = Bench::with(Assumptions {
        wrong_side: WrongSide::AccessDenied,
        ..Assumptions::default()
    });
    let id = bench.offered(1).await;
    let denied = "AccessDeniedException";
    for client in [&bench.source, &bench.third] {
        let call = client.accept_certificate_transfer().certificate_id(&id);
        bench.refused(call.send(), 403, denied).await;
        let call = client.reject_certificate_transfer().certificate_id(&id);
        bench.refused(call.send(), 403, denied).await;
    }
    for client in [&bench.target, &bench.third] {
        let call = client.cancel_certificate_transfer().certificate_id(&id);
        bench.refused(call.send(), 403, denied).await;
    }
    // What is in no transfer at all is still not found.
    let own = bench.certificate(2, Status::Inactive);
    let call = bench
        .third
        .accept_certificate_transfer()
        .certificate_id(&own);
    bench.refused(call.send(), NOT_FOUND.0, NOT_FOUND.1).await;
}

#[tokio::test(start_paused = true)]
async fn not_in_transfer() {
    for (not_in_transfer, expected) in [
        (
            NotInTransfer::TransferAlreadyCompleted,
            (410, "TransferAlreadyCompletedException"),
        ),
        (NotInTransfer::ResourceNotFound, NOT_FOUND),
        (NotInTransfer::InvalidRequest, INVALID),
    ] {
        let bench = Bench::with(Assumptions {
            not_in_transfer,
            ..Assumptions::default()
        });
        let never = bench.certificate(1, Status::Inactive);
        let returned = bench.offered(2).await;
        let cancel = bench.source.cancel_certificate_transfer();
        cancel.certificate_id(&returned).send().await.unwrap();
        for id in [never, returned] {
            let call = bench.source.cancel_certificate_transfer();
            let call = call.certificate_id(&id).send();
            bench.refused(call, expected.0, expected.1).await;
            let call = bench.source.reject_certificate_transfer();
            let call = call.certificate_id(&id).send();
            bench.refused(call, expected.0, expected.1).await;
        }
        // A transfer that was accepted is documented to be complete.
        let accepted = bench.offered(3).await;
        let accept = bench.target.accept_certificate_transfer();
        let accept = accept.certificate_id(&accepted);
        accept.clone().send().await.unwrap();
        let completed = "TransferAlreadyCompletedException";
        bench.refused(accept.send(), 410, completed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn update_while_pending() {
    let bench = Bench::with(Assumptions {
        update_while_pending: UpdateWhilePending::ResourceNotFound,
        ..Assumptions::default()
    });
    let id = bench.offered(1).await;
    for client in [&bench.source, &bench.target] {
        let call = client.update_certificate().certificate_id(&id);
        let call = call.new_status(CertificateStatus::Active).send();
        bench.refused(call, NOT_FOUND.0, NOT_FOUND.1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn forbidden_status_and_leaving_revoked() {
    let bench = Bench::with(Assumptions {
        forbidden_status: ForbiddenStatus::CertificateState,
        leaving_revoked: LeavingRevoked::Allowed,
        ..Assumptions::default()
    });
    let id = bench.certificate(1, Status::Revoked);
    let update = bench.source.update_certificate().certificate_id(&id);
    let call = update
        .clone()
        .new_status(CertificateStatus::PendingTransfer);
    bench.refused(call.send(), STATE.0, STATE.1).await;
    let call = update.new_status(CertificateStatus::Active);
    call.send().await.unwrap();
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Active));
}

#[tokio::test(start_paused = true)]
async fn transfer_of_unusable() {
    let bench = Bench::with(Assumptions {
        transfer_of_unusable: TransferOfUnusable::Allowed,
        ..Assumptions::default()
    });
    for (number, status) in (1..).zip([Status::Revoked, Status::PendingActivation]) {
        let id = bench.certificate(number, status);
        bench.transfer(&id).await;
        let reject = bench.target.reject_certificate_transfer();
        reject.certificate_id(&id).send().await.unwrap();
        assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
    }
    let active = bench.certificate(9, Status::Active);
    bench.transfer_refused(&active, TARGET, STATE).await;
}

#[tokio::test(start_paused = true)]
async fn self_transfer_and_unknown_target() {
    const NOBODY: &str = "000000000000";
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    for (unknown_target, expected) in [
        (UnknownTarget::ResourceNotFound, NOT_FOUND),
        (UnknownTarget::InvalidRequest, INVALID),
    ] {
        bench.simulator.set_assumptions(Assumptions {
            unknown_target,
            self_transfer: SelfTransfer::TransferConflict,
            ..Assumptions::default()
        });
        bench.transfer_refused(&id, NOBODY, expected).await;
        bench.transfer_refused(&id, SOURCE, CONFLICT).await;
    }
    bench.simulator.set_assumptions(Assumptions::default());
    let call = bench.source.transfer_certificate().certificate_id(&id);
    call.target_aws_account(NOBODY).send().await.unwrap();
    let cancel = bench.source.cancel_certificate_transfer();
    cancel.certificate_id(&id).send().await.unwrap();
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
}

#[tokio::test(start_paused = true)]
async fn same_id_in_target() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    // The same certificate is registered in a second account, which then offers it to a third.
    let new = NewCertificate::new("device", 1).status(Status::Inactive);
    assert_eq!(bench.simulator.add_certificate(TARGET, &new).unwrap(), id);
    bench.transfer_refused(&id, TARGET, CONFLICT).await;
    bench.simulator.set_assumptions(Assumptions {
        same_id_in_target: SameIdInTarget::InvalidRequest,
        ..Assumptions::default()
    });
    bench.transfer_refused(&id, TARGET, INVALID).await;
    let call = bench.target.transfer_certificate().certificate_id(&id);
    call.target_aws_account(THIRD).send().await.unwrap();
    bench.transfer_refused(&id, THIRD, INVALID).await;
}

#[tokio::test(start_paused = true)]
async fn policy_detach_delay() {
    let bench = Bench::with(Assumptions {
        policy_detach_delay: Duration::from_secs(20),
        ..Assumptions::default()
    });
    let id = bench.certificate(1, Status::Inactive);
    bench
        .simulator
        .attach_policy(SOURCE, &id, "connect")
        .unwrap();
    let detach = bench.source.detach_policy().policy_name("connect");
    let detach = detach.target(arn(SOURCE, &id));
    detach.clone().send().await.unwrap();
    let list = bench.source.list_attached_policies();
    let list = list.target(arn(SOURCE, &id)).send().await.unwrap();
    assert!(list.policies().is_empty(), "the list does not show it");
    bench.transfer_refused(&id, TARGET, CONFLICT).await;
    tokio::time::advance(Duration::from_secs(15)).await;
    bench.transfer_refused(&id, TARGET, CONFLICT).await;
    // Asking again does not start it anew.
    detach.send().await.unwrap();
    tokio::time::advance(Duration::from_secs(5)).await;
    bench.transfer(&id).await;
}

#[tokio::test(start_paused = true)]
async fn thing_detach_delay_and_detach_unattached_thing() {
    let bench = Bench::with(Assumptions {
        detach_unattached_thing: DetachUnattached::Succeeds,
        ..Assumptions::instant_detach()
    });
    let id = bench.certificate(1, Status::Inactive);
    bench.attach_thing(&id, "press");
    for _ in 0..2 {
        let detach = bench.source.detach_thing_principal().thing_name("press");
        detach.principal(arn(SOURCE, &id)).send().await.unwrap();
        assert_eq!(bench.simulator.certificate(SOURCE, &id).unwrap().things, []);
    }
    bench.transfer(&id).await;
}
