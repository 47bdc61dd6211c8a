//! Latency, faults, quotas and the record of calls.

use std::time::Duration;

use aws_sdk_iot::config::StalledStreamProtectionConfig;
use aws_sdk_iot::config::retry::RetryConfig;
use aws_sdk_iot::config::timeout::TimeoutConfig;
use aws_sdk_iot::error::SdkError;
use certferry::simulator::{Fault, Loss, Operation, Status, Times};
use tokio::time::Instant;

use super::{Bench, SOURCE, TARGET, arn, configuration, refusal};

#[tokio::test(start_paused = true)]
async fn latency_passes_on_tokios_clock() {
    let bench = Bench::new();
    bench
        .simulator
        .set_latency(None, Duration::from_millis(100));
    bench
        .simulator
        .set_latency(Some(Operation::ListCertificates), Duration::from_secs(4));
    let start = Instant::now();
    bench.source.list_certificates().send().await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(4));
    let start = Instant::now();
    bench
        .source
        .list_outgoing_certificates()
        .send()
        .await
        .unwrap();
    assert_eq!(start.elapsed(), Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn the_effect_comes_half_way_through_the_latency() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let latency = Duration::from_secs(2);
    bench
        .simulator
        .set_latency(Some(Operation::TransferCertificate), latency);
    let transfer = || {
        let call = bench.source.transfer_certificate().certificate_id(&id);
        call.target_aws_account(TARGET).send()
    };
    let left = tokio::time::timeout(Duration::from_millis(900), transfer()).await;
    assert!(left.is_err());
    assert_eq!(bench.status(SOURCE, &id), Some(Status::Inactive));
    let left = tokio::time::timeout(Duration::from_millis(1100), transfer()).await;
    assert!(left.is_err());
    assert_eq!(bench.status(SOURCE, &id), Some(Status::PendingTransfer));
}

#[tokio::test(start_paused = true)]
async fn faults_happen_in_their_order_and_as_often_as_asked() {
    let bench = Bench::new();
    let list = || bench.source.list_certificates().send();
    let inject = |fault, times| {
        bench
            .simulator
            .inject(Operation::ListCertificates, fault, times);
    };
    inject(Fault::Pass, Times::Count(1));
    inject(Fault::throttling(), Times::Count(2));
    inject(Fault::Pass, Times::Count(0));
    inject(Fault::internal_failure(), Times::Count(1));
    inject(Fault::service_unavailable(), Times::Count(1));
    inject(Fault::expired_token(), Times::Count(1));
    inject(Fault::AccessDenied, Times::Count(1));
    inject(
        Fault::answer("TeapotException", 418, "short and stout"),
        Times::Forever,
    );
    list().await.unwrap();
    for (status, code) in [
        (400, "ThrottlingException"),
        (400, "ThrottlingException"),
        (500, "InternalFailureException"),
        (503, "ServiceUnavailableException"),
        (403, "ExpiredTokenException"),
        (403, "AccessDeniedException"),
        (418, "TeapotException"),
        (418, "TeapotException"),
    ] {
        assert_eq!(refusal(list().await), (status, code.to_owned()));
    }
    // Other operations are not concerned.
    bench
        .source
        .list_outgoing_certificates()
        .send()
        .await
        .unwrap();
    bench.simulator.clear_faults();
    list().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_error_answer_has_no_effect() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let fault = Fault::internal_failure();
    bench
        .simulator
        .inject(Operation::TransferCertificate, fault, Times::Count(1));
    let call = bench.source.transfer_certificate().certificate_id(&id);
    let call = call.target_aws_account(TARGET).send();
    bench.refused(call, 500, "InternalFailureException").await;
}

#[tokio::test(start_paused = true)]
async fn a_reset_comes_before_or_after_the_effect() {
    for (fault, status) in [
        (Fault::NoAnswerBefore(Loss::Reset), Status::Inactive),
        (Fault::NoAnswerAfter(Loss::Reset), Status::PendingTransfer),
    ] {
        let bench = Bench::new();
        let id = bench.certificate(1, Status::Inactive);
        bench
            .simulator
            .inject(Operation::TransferCertificate, fault, Times::Count(1));
        let call = bench.source.transfer_certificate().certificate_id(&id);
        let call = call.target_aws_account(TARGET).send();
        match call.await.unwrap_err() {
            SdkError::DispatchFailure(failure) => assert!(failure.is_io(), "{failure:?}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(bench.status(SOURCE, &id), Some(status));
        let calls = bench.simulator.calls();
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].status, None);
    }
}

#[tokio::test(start_paused = true)]
async fn silence_comes_before_or_after_the_effect_and_lasts() {
    for (fault, status) in [
        (Fault::NoAnswerBefore(Loss::Silence), Status::Inactive),
        (Fault::NoAnswerAfter(Loss::Silence), Status::PendingTransfer),
    ] {
        let bench = Bench::new();
        let id = bench.certificate(1, Status::Inactive);
        bench
            .simulator
            .inject(Operation::TransferCertificate, fault, Times::Count(1));
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_hours(1));
        // It measures with the computer's clock, which here has nothing to do with tokio's.
        let unprotected = StalledStreamProtectionConfig::disabled();
        let config = configuration(&bench.simulator, SOURCE)
            .timeout_config(timeouts.build())
            .stalled_stream_protection(unprotected);
        let client = aws_sdk_iot::Client::from_conf(config.build());
        let start = Instant::now();
        let call = client.transfer_certificate().certificate_id(&id);
        let error = call.target_aws_account(TARGET).send().await.unwrap_err();
        assert!(matches!(error, SdkError::TimeoutError(_)), "{error:?}");
        assert!(start.elapsed() >= Duration::from_hours(1));
        assert_eq!(bench.status(SOURCE, &id), Some(status));
    }
}

#[tokio::test(start_paused = true)]
async fn the_sdk_retries_what_it_takes_for_transient() {
    let bench = Bench::new();
    let config = configuration(&bench.simulator, SOURCE)
        .retry_config(RetryConfig::standard())
        .build();
    let client = aws_sdk_iot::Client::from_conf(config);
    let fault = Fault::throttling();
    bench
        .simulator
        .inject(Operation::ListCertificates, fault, Times::Count(2));
    client.list_certificates().send().await.unwrap();
    let statuses: Vec<_> = bench
        .simulator
        .calls()
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [Some(400), Some(400), Some(200)]);
}

#[tokio::test(start_paused = true)]
async fn a_garbage_body_comes_after_the_effect() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    bench.simulator.inject(
        Operation::TransferCertificate,
        Fault::GarbageBody,
        Times::Count(1),
    );
    let call = bench.source.transfer_certificate().certificate_id(&id);
    let error = call.target_aws_account(TARGET).send().await.unwrap_err();
    assert!(
        matches!(
            error,
            SdkError::ResponseError(_) | SdkError::ServiceError(_)
        ),
        "{error:?}"
    );
    assert_eq!(bench.status(SOURCE, &id), Some(Status::PendingTransfer));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_the_callers_and_the_world_goes_on() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench.simulator.inject(
        Operation::DescribeCertificate,
        Fault::Panic,
        Times::Count(1),
    );
    let describe = bench.source.describe_certificate().certificate_id(&id);
    let call = tokio::spawn(describe.clone().send());
    assert!(call.await.unwrap_err().is_panic());
    describe.send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn quotas_hold_per_operation_and_account_and_refill() {
    let bench = Bench::new();
    let list = || bench.source.list_certificates().send();
    for _ in 0..100 {
        list().await.unwrap();
    }
    bench.simulator.enforce_quotas(1.0);
    for _ in 0..10 {
        list().await.unwrap();
    }
    bench.refused(list(), 400, "ThrottlingException").await;
    // Another operation and another account have buckets of their own.
    bench
        .source
        .list_outgoing_certificates()
        .send()
        .await
        .unwrap();
    bench.target.list_certificates().send().await.unwrap();
    tokio::time::advance(Duration::from_millis(300)).await;
    for _ in 0..3 {
        list().await.unwrap();
    }
    bench.refused(list(), 400, "ThrottlingException").await;
    tokio::time::advance(Duration::from_mins(1)).await;
    for _ in 0..10 {
        list().await.unwrap();
    }
    bench.refused(list(), 400, "ThrottlingException").await;
}

#[tokio::test(start_paused = true)]
async fn quotas_are_the_published_ones_times_the_scale() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench.simulator.enforce_quotas(0.2);
    let policies = || {
        let call = bench.source.list_attached_policies();
        call.target(arn(SOURCE, &id)).send()
    };
    for _ in 0..3 {
        policies().await.unwrap();
    }
    bench.refused(policies(), 400, "ThrottlingException").await;
    // The second version of the list shares the first one's bucket of two.
    let principal = arn(SOURCE, &id);
    let first = bench.source.list_principal_things().principal(&principal);
    let second = bench
        .source
        .list_principal_things_v2()
        .principal(&principal);
    first.clone().send().await.unwrap();
    second.send().await.unwrap();
    bench
        .refused(first.send(), 400, "ThrottlingException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn calls_are_recorded_with_what_became_of_them() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench.source.list_certificates().send().await.unwrap();
    let call = bench.target.describe_certificate().certificate_id(&id);
    call.send().await.unwrap_err();
    let calls = bench.simulator.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].operation, Some(Operation::ListCertificates));
    assert_eq!(calls[0].account.as_deref(), Some(SOURCE));
    assert_eq!(calls[0].status, Some(200));
    assert_eq!(calls[0].code, None);
    assert_eq!(calls[1].account.as_deref(), Some(TARGET));
    assert_eq!(calls[1].status, Some(404));
    assert_eq!(calls[1].code.as_deref(), Some("ResourceNotFoundException"));
    assert!(calls[1].request.ends_with(&format!("/certificates/{id}")));
    assert_ne!(calls[0].request_id, calls[1].request_id);
    bench.simulator.clear_calls();
    assert!(bench.simulator.calls().is_empty());
}
