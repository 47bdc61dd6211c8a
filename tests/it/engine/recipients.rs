//! Whom the account book keeps from receiving, the engine offers nothing to, whatever a front asks.

use certferry::{
    domain::{AccountBook, BookEntry, NoRecipient, Procedure, Reason, RunOutcome, TransferRule},
    engine::{JournalPlace, Settings},
    simulator::Operation,
};

use super::{RECIPIENT, Rig, World, account, prepare};

fn denied() -> AccountBook {
    let entry = BookEntry {
        name: "old-lab".to_owned(),
        rule: TransferRule::Deny,
        word: None,
    };
    [(account(RECIPIENT), entry)].into_iter().collect()
}

async fn rig(world: &World, accounts: AccountBook) -> Rig {
    let settings = Settings {
        pace: 1.0,
        accounts,
        ..Settings::new(JournalPlace::File(world.journal()))
    };
    Rig::start_with(&world.simulator, settings).await
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_from_a_certificate_for_a_recipient_that_is_denied() {
    let world = World::new();
    let (full, ready) = (world.certificate(1), world.bare(2));
    let start = world.state();
    let mut rig = rig(&world, denied()).await;
    let to = account(RECIPIENT);
    let message = None;
    let offer = certferry::domain::Change::Transfer { to, message };
    let procedures = [(prepare(), full), (Procedure::Change(offer), ready)];
    for (procedure, id) in procedures {
        let outcome = rig.one(procedure, id).await;
        let why = Reason::Recipient(NoRecipient::Denied(to));
        assert_eq!(outcome, RunOutcome::Refused(why));
    }
    assert_eq!(world.state(), start);
    assert_eq!(rig.open().await, []);
}

/// The book changed while a run was open: it is not gone on with, and can be put back.
#[tokio::test(start_paused = true)]
async fn a_run_to_a_recipient_that_is_denied_since_is_not_gone_on_with() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut before = rig(&world, AccountBook::default()).await;
    world
        .simulator
        .deny(super::SOURCE, "iot:TransferCertificate");
    let outcome = before.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    before.end().await;
    world
        .simulator
        .allow(super::SOURCE, "iot:TransferCertificate");
    let sent = world.calls(Operation::TransferCertificate);
    let mut after = rig(&world, denied()).await;
    let RunOutcome::Stopped(why) = after.one(Procedure::Resume, id).await else {
        panic!("it went on");
    };
    assert!(why.text.contains("marked deny"), "{why:?}");
    assert_eq!(world.calls(Operation::TransferCertificate), sent);
    assert_eq!(after.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
}
