//! What devices are called: asked for gently, and only once.

use std::time::Duration;

use certferry::{
    domain::{CertificateId, DeviceName, ask},
    engine::{Engine, JournalPlace, Settings},
    simulator::{NewCertificate, Operation, PrincipalType},
};
use tokio::time::Instant;

use super::{SOURCE, World, connection, wire};

/// An engine that keeps names beside its journal.
async fn engine(world: &World) -> Engine {
    let settings = Settings {
        names: Some(world.folder.path().join("state/names.db")),
        ..Settings::new(JournalPlace::File(world.journal()))
    };
    let mut engine = Engine::start(wire(&world.simulator), settings);
    let target = certferry::domain::Target {
        profile: Some(SOURCE.to_owned()),
        region: None,
    };
    let connected = engine.connect(connection(SOURCE), target, None).await;
    connected.unwrap();
    engine
}

async fn names(engine: &mut Engine, ids: &[CertificateId], gently: bool) -> Vec<DeviceName> {
    let ids = ids.to_vec();
    let mut names = Vec::new();
    let question = ask::NamesOf { ids, gently };
    let each = engine.each(connection(SOURCE), question, |part| {
        names.extend(part.names);
    });
    each.await.unwrap();
    names
}

#[tokio::test(start_paused = true)]
async fn a_name_is_asked_for_once_and_known_at_the_next_start() {
    let world = World::new();
    let named = world.bare(1);
    // AWS IoT calls all of its own certificates the same: the thing tells them apart.
    let new = NewCertificate::new("AWS IoT Certificate", 2);
    let id = world.simulator.add_certificate(SOURCE, &new).unwrap();
    let anonymous = CertificateId::parse(&id).unwrap();
    world.attach_thing(anonymous, "press-2", PrincipalType::NonExclusiveThing);
    let ids = [named, anonymous];
    let mut first = engine(&world).await;
    let learned = names(&mut first, &ids, true).await;
    let words = |names: &[DeviceName], id| {
        let name = names.iter().find(|it| it.id == id).unwrap();
        name.words().map(str::to_owned)
    };
    assert_eq!(words(&learned, named).as_deref(), Some("device-1"));
    assert_eq!(words(&learned, anonymous).as_deref(), Some("press-2"));
    assert_eq!(world.calls(Operation::DescribeCertificate), 2);
    assert_eq!(world.calls(Operation::ListPrincipalThingsV2), 1);
    first.end().await;

    world.simulator.clear_calls();
    let mut second = engine(&world).await;
    let known = names(&mut second, &ids, true).await;
    assert_eq!(words(&known, anonymous).as_deref(), Some("press-2"));
    let kept = second
        .ask(connection(SOURCE), ask::KnownNames { ids: ids.to_vec() })
        .await;
    assert_eq!(kept.unwrap().len(), 2);
    assert_eq!(world.calls(Operation::DescribeCertificate), 0);
    // What is described for another reason is learned besides.
    let other = world.bare(3);
    let question = ask::Describe { id: other };
    second.ask(connection(SOURCE), question).await.unwrap();
    let kept = second
        .ask(connection(SOURCE), ask::KnownNames { ids: vec![other] })
        .await;
    assert_eq!(kept.unwrap()[0].words(), Some("device-3"));
    second.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_takes_a_quarter_of_the_quota_at_most() {
    let world = World::new();
    let ids: Vec<CertificateId> = (1..=40).map(|n| world.bare(n)).collect();
    world.simulator.enforce_quotas(1.0);
    let mut engine = engine(&world).await;
    let began = Instant::now();
    let learned = names(&mut engine, &ids[..20], true).await;
    assert_eq!(learned.len(), 20);
    // 10 a second are allowed, of which 2.5 are used.
    let gentle = began.elapsed();
    assert!(gentle >= Duration::from_millis(19 * 400), "{gentle:?}");
    let began = Instant::now();
    names(&mut engine, &ids[20..], false).await;
    let wanted = began.elapsed();
    assert!(
        wanted <= Duration::from_secs_f64(20.0 / 8.0 * 1.1),
        "{wanted:?}"
    );
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_named_is_not_asked_for_again_and_a_missing_right_ends_it() {
    let world = World::new();
    let (there, gone) = (world.bare(1), CertificateId::from_bytes([9; 32]));
    let mut engine = engine(&world).await;
    let learned = names(&mut engine, &[gone, there], false).await;
    let name = learned.iter().find(|it| it.id == gone).unwrap();
    assert_eq!(
        (name.words(), name.wants_subject(), name.wants_thing()),
        (None, false, false)
    );
    world.simulator.deny(SOURCE, "iot:DescribeCertificate");
    let others = (2..=9).map(|n| world.bare(n)).collect();
    let question = ask::NamesOf {
        ids: others,
        gently: true,
    };
    let mut parts = 0;
    let each = engine.each(connection(SOURCE), question, |_| parts += 1);
    let failure = each.await.unwrap_err();
    assert_eq!(
        failure.operation,
        certferry::domain::Operation::DescribeCertificate
    );
    assert_eq!(parts, 1, "only what is kept");
    engine.end().await;
}
