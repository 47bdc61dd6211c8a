//! A world that is furnished while others go on.

use std::sync::mpsc::{Sender, channel};

use aws_sdk_iot::error::ProvideErrorMetadata as _;
use certferry::simulator::{Clock, NewCertificate, Simulator};
use tokio::task::yield_now;

use super::{NOW, SOURCE, iot};

/// A world with one certificate, furnished once it is said to begin.
fn one_behind() -> (Simulator, Sender<()>) {
    let (begin, told) = channel();
    let simulator = Simulator::furnished_behind(Clock::Fixed(NOW), move |world| {
        told.recv().unwrap();
        world.create_account(SOURCE);
        let new = NewCertificate::new("press-7", 7);
        world.add_certificate(SOURCE, &new).unwrap();
    });
    (simulator.unwrap(), begin)
}

#[tokio::test]
async fn requests_wait_until_it_is_furnished_and_find_all_of_it() {
    let (simulator, begin) = one_behind();
    let client = iot(&simulator, SOURCE);
    let call = tokio::spawn(client.list_certificates().send());
    for _ in 0..1_000 {
        yield_now().await;
    }
    assert!(!call.is_finished());
    assert_eq!(simulator.calls().len(), 0, "it has not arrived yet");

    begin.send(()).unwrap();
    let listed = call.await.unwrap().unwrap();
    assert_eq!(listed.certificates().len(), 1);
    // Nothing waits for a world that is there, nor for one of its other regions.
    let other = simulator.at("eu-west-1");
    let listed = iot(&other, SOURCE).list_certificates().send().await;
    assert_eq!(listed.unwrap().certificates().len(), 1);
}

#[tokio::test]
async fn one_that_is_never_furnished_keeps_nobody_waiting() {
    let (simulator, begin) = one_behind();
    // It panics.
    drop(begin);
    let refused = iot(&simulator, SOURCE).list_certificates().send().await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Some("UnrecognizedClientException"));
}
