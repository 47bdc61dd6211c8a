//! A change is of what the dialog showed, or it is not made.

use std::time::Duration;

use certferry::simulator::{NewCertificate, Operation, Simulator, Status, TransferPhase};

use super::person::{RECIPIENT, SOURCE, Start, clock};

const THIRD: &str = "777788889999";

fn world() -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    for account in [SOURCE, RECIPIENT, THIRD] {
        simulator.create_account(account);
    }
    let new = NewCertificate::new("press-line-7", 7).status(Status::Inactive);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    (simulator, id)
}

fn sent(simulator: &Simulator, operation: Operation) -> usize {
    let calls = simulator.calls();
    let of = calls
        .iter()
        .filter(|call| call.operation == Some(operation));
    of.count()
}

/// The sender takes the offer back and makes another one.
async fn offer_again(simulator: &Simulator, to: &str) {
    let mut sender = Start::new(simulator).settled().await;
    sender.keys("o W").keys("right enter").settle().await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    sender.keys("o t").settle().await;
    sender.keys(&format!("{to} tab tab right")).keys("enter");
    sender.sees("✓ see it among the outgoing").await;
    simulator.clear_calls();
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_goes_to_somebody_else_now_is_not_taken_back() {
    let (simulator, id) = world();
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o W");
    let dialog = person.screen();
    assert!(
        dialog.contains("to 4444-5555-6666") && dialog.contains("since 2026-"),
        "{dialog}"
    );
    offer_again(&simulator, THIRD).await;
    person.keys("right enter").settle().await;
    assert_eq!(sent(&simulator, Operation::CancelCertificateTransfer), 0);
    let screen = person.screen();
    assert!(screen.contains("changed since it was shown"), "{screen}");
    assert!(screen.contains("7777-8888-9999"), "{screen}");
    let transfer = simulator.certificate(SOURCE, &id).unwrap().transfer;
    let transfer = transfer.unwrap();
    assert_eq!(transfer.target, THIRD);
    assert_eq!(transfer.phase, TransferPhase::Pending);
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_is_another_one_now_is_neither_accepted_nor_rejected() {
    for (letter, button, operation) in [
        ("A", "right enter", Operation::AcceptCertificateTransfer),
        ("X", "tab tab enter", Operation::RejectCertificateTransfer),
    ] {
        let (simulator, id) = world();
        simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
        let mut person = Start::new(&simulator).recipient().settled().await;
        person.keys("o").keys(letter);
        let dialog = person.screen();
        assert!(dialog.contains("1111-2222-3333"), "{dialog}");
        offer_again(&simulator, RECIPIENT).await;
        person.keys(button).settle().await;
        assert_eq!(sent(&simulator, operation), 0, "{}", person.screen());
        let screen = person.screen();
        assert!(screen.contains("offered again since"), "{screen}");
    }
}

/// A batch looks at each of them, too.
#[tokio::test(start_paused = true)]
async fn of_a_batch_the_one_that_changed_is_refused() {
    let (simulator, id) = world();
    let new = NewCertificate::new("press-line-8", 8).status(Status::Inactive);
    let other = simulator.add_certificate(SOURCE, &new).unwrap();
    for id in [&id, &other] {
        simulator.offer(SOURCE, id, RECIPIENT, None).unwrap();
    }
    let mut person = Start::new(&simulator).recipient().settled().await;
    person.keys("* a A").settle().await;
    offer_again(&simulator, THIRD).await;
    person.keys("right enter").settle().await;
    assert!(
        person.screen().contains("1 failed · 1 done"),
        "{}",
        person.screen()
    );
    assert_eq!(sent(&simulator, Operation::AcceptCertificateTransfer), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_as_it_was_shown_is_not_revoked_for_ever() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o V");
    let mut other = Start::new(&simulator).settled().await;
    other.keys("o +").keys("right enter").settle().await;
    simulator.clear_calls();
    let six: String = id.chars().skip(58).collect();
    person
        .keys(&format!("\"{six}\" tab right enter"))
        .settle()
        .await;
    assert_eq!(sent(&simulator, Operation::UpdateCertificate), 0);
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Active);
    assert!(
        person.screen().contains("it is Active now"),
        "{}",
        person.screen()
    );
}
