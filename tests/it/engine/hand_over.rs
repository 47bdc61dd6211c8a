//! Hand-overs: both accounts, until the device works there.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use certferry::{
    domain::{
        Activation, Answer, Batch, Beside, Call, CarryReport, CertificateId, Change, Choice,
        ConnectionId, DifferingThings, Mapping, Place, Procedure, Progress, Reason, Recipe, Record,
        RequestId, RunOutcome, Standing, StopAt, Survey, Tally, Target, Timestamp, Wishes, ask,
        name_pairs,
    },
    engine::Engine,
    simulator::{
        Assumptions, Fault, InactiveAuthorization, Loss, NewCertificate, Operation, Status, Times,
        TransferPhase,
    },
};
use serde_json::json;
use strum::IntoEnumIterator as _;
use tokio::time::Instant;

use super::{
    RECIPIENT, SOURCE, World, account, connection,
    survey::{allow, arn, engine, furnish, usual},
};

pub(super) fn place(of: &str) -> Place {
    Place::aws("us-east-1", account(of))
}

/// What a person would see and choose before the dialog.
pub(super) struct Wanted {
    pub(super) wishes: Wishes,
    pub(super) choices: BTreeMap<String, Choice>,
}

impl Wanted {
    /// The policy of the same name and other content is attached as it is.
    pub(super) fn theirs() -> Self {
        Self {
            wishes: Wishes::default(),
            choices: BTreeMap::from([("jobs".to_owned(), Choice::Theirs)]),
        }
    }
}

async fn looked(engine: &mut Engine, ids: &[CertificateId], mapping: &Mapping) -> Survey {
    let mut survey = Survey::new(ids.len());
    let question = ask::TakesAlong {
        ids: ids.to_vec(),
        beside: Some(connection(RECIPIENT)),
        mapping: Box::new(mapping.clone()),
    };
    let read = engine.each(connection(SOURCE), question, |part| survey.take(part));
    read.await.unwrap();
    survey
}

/// The batch that the dialog would make of it.
pub(super) async fn batch(engine: &mut Engine, ids: &[CertificateId], wanted: &Wanted) -> Batch {
    let survey = looked(engine, ids, &wanted.wishes.mapping).await;
    let recipe = Recipe::of(&survey, &wanted.wishes, &wanted.choices);
    let look = |id: &CertificateId| survey.certificates[id].look();
    Batch {
        looks: ids.iter().map(look).collect(),
        recipe: Some(Arc::new(recipe)),
        beside: Some(Beside {
            connection: connection(RECIPIENT),
            place: place(RECIPIENT),
        }),
        ..Batch::new(
            place(SOURCE),
            Procedure::HandOver {
                to: account(RECIPIENT),
                message: Some("for the new plant".to_owned()),
            },
            ids.to_vec(),
        )
    }
}

pub(super) async fn hand_over(
    engine: &mut Engine,
    ids: &[CertificateId],
    wanted: &Wanted,
) -> Tally {
    let batch = batch(engine, ids, wanted).await;
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    carried.unwrap()
}

/// What the recipient's account has of a certificate.
pub(super) fn there(world: &World, id: CertificateId) -> (Status, Vec<String>, Vec<String>) {
    let state = world.simulator.certificate(RECIPIENT, &id.to_string());
    let state = state.unwrap();
    let things = state.things.into_iter().map(|(name, _)| name).collect();
    (state.status, state.policies, things)
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// The runs that are open in an account.
pub(super) async fn open(engine: &mut Engine, of: &str) -> Vec<Record> {
    engine.runs(connection(of)).await.unwrap().here
}

/// Goes on with the open run of a certificate in an account, with the other side open.
pub(super) async fn resume(engine: &mut Engine, of: &str, id: CertificateId) -> RunOutcome {
    let other = if of == SOURCE { RECIPIENT } else { SOURCE };
    let batch = Batch {
        beside: Some(Beside {
            connection: connection(other),
            place: place(other),
        }),
        ..Batch::new(place(of), Procedure::Resume, vec![id])
    };
    // As a person does: what is left is shown, and what is not is refused.
    let planned = engine.plan(connection(of), batch.clone()).await.unwrap();
    let batch = Batch {
        planned: planned.into_iter().map(|it| it.steps).collect(),
        ..batch
    };
    let carried = engine.carry(connection(of), batch, |_| {}).await;
    outcome(&carried.unwrap(), id)
}

/// Does something with a certificate of an account, with nothing else open.
pub(super) async fn alone(
    engine: &mut Engine,
    of: &str,
    procedure: Procedure,
    id: CertificateId,
) -> RunOutcome {
    let batch = Batch::new(place(of), procedure, vec![id]);
    let carried = engine.carry(connection(of), batch, |_| {}).await;
    outcome(&carried.unwrap(), id)
}

pub(super) fn outcome(tally: &Tally, id: CertificateId) -> RunOutcome {
    tally.item(id).unwrap().outcome.clone().unwrap()
}

pub(super) fn text(outcome: &RunOutcome) -> String {
    match outcome {
        RunOutcome::Stopped(failure) => failure.text.clone(),
        RunOutcome::Refused(reason) => reason.to_string(),
        other => format!("{other:?}"),
    }
}

/// Whether all of it is there, as a usual certificate has it.
pub(super) fn works_there(world: &World, id: CertificateId, thing: &str) {
    let expected = (
        Status::Active,
        strings(&["alarms", "base", "jobs", "time"]),
        strings(&[thing]),
    );
    assert_eq!(there(world, id), expected);
    assert_eq!(world.simulator.certificate(SOURCE, &id.to_string()), None);
}

#[tokio::test(start_paused = true)]
async fn a_device_works_in_the_other_account() {
    let world = World::new();
    furnish(&world);
    world.simulator.create_thing_group(RECIPIENT, "lyon", None);
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
    world.simulator.clear_calls();
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    let tally = carried.unwrap();
    let item = tally.item(id).unwrap();
    assert_eq!(item.outcome, Some(RunOutcome::Done), "{item:#?}");
    assert!(
        item.steps.iter().all(|(_, state)| state.is_over()),
        "{item:#?}"
    );
    // What is missing there is created before the device is touched.
    let operations: Vec<Operation> = item
        .steps
        .iter()
        .filter_map(|(planned, _)| {
            Operation::iter().find(|it| {
                planned
                    .step
                    .change()
                    .is_some_and(|change| change.operation().name() == it.name())
            })
        })
        .collect();
    let first = operations
        .iter()
        .position(|it| *it == Operation::UpdateCertificate);
    let created = operations.iter().rposition(|it| {
        matches!(
            it,
            Operation::CreatePolicy | Operation::CreateThing | Operation::AddThingToThingGroup
        )
    });
    assert!(created < first, "{operations:?}");
    works_there(&world, id, "press-1");
    let snapshot = world.simulator.snapshot();
    let of = &snapshot.places[&(RECIPIENT.to_owned(), "us-east-1".to_owned())];
    assert_eq!(of.things, ["press-1"]);
    // Which names the account in it.
    let document = &of.policies["alarms"];
    assert!(document.contains("iot:Receive"), "{document}");
    // What one costs: each operation once, but for the two lists at the source, which say what there is and that it
    // is gone, and for what is done for each attachment. One alone looks each second whether its thing is gone.
    let here: Vec<(Operation, usize)> = costs(&world, SOURCE);
    assert_eq!(
        here,
        [
            (Operation::DescribeCertificate, 1),
            (Operation::UpdateCertificate, 1),
            (Operation::ListAttachedPolicies, 2),
            (Operation::DetachPolicy, 2),
            (Operation::GetPolicy, 2),
            (Operation::ListPrincipalThingsV2, 4),
            (Operation::DetachThingPrincipal, 1),
            (Operation::TransferCertificate, 1),
            (Operation::GetCallerIdentity, 1),
        ]
    );
    let there: Vec<(Operation, usize)> = costs(&world, RECIPIENT);
    assert_eq!(
        there,
        [
            (Operation::DescribeCertificate, 1),
            (Operation::UpdateCertificate, 1),
            (Operation::AttachPolicy, 4),
            (Operation::GetPolicy, 2),
            (Operation::AttachThingPrincipal, 1),
            (Operation::CreatePolicy, 2),
            (Operation::TestAuthorization, 1),
            (Operation::CreateThing, 1),
            (Operation::CreateThingType, 1),
            (Operation::AddThingToThingGroup, 1),
            (Operation::AcceptCertificateTransfer, 1),
            (Operation::GetCallerIdentity, 1),
        ]
    );
    assert_eq!(open(&mut engine, SOURCE).await, []);
    assert_eq!(open(&mut engine, RECIPIENT).await, []);
    engine.end().await;
}

/// The calls that an account got, by operation.
fn costs(world: &World, account: &str) -> Vec<(Operation, usize)> {
    Operation::iter()
        .map(|operation| (operation, calls_of(world, account, operation)))
        .filter(|(_, n)| *n > 0)
        .collect()
}

/// A policy that is missing is created, one that means the same is used, and one that says something else becomes what
/// a person chooses: never what it was not.
#[tokio::test(start_paused = true)]
async fn a_policy_of_other_content_is_never_overwritten() {
    for (choice, policies, jobs_2) in [
        (
            Choice::Theirs,
            vec!["alarms", "base", "jobs", "time"],
            false,
        ),
        (
            Choice::CreateAs("jobs-2".to_owned()),
            vec!["alarms", "base", "jobs-2", "time"],
            true,
        ),
        (Choice::LeaveOut, vec!["alarms", "base", "time"], false),
    ] {
        let world = World::new();
        furnish(&world);
        let id = usual(&world, 1);
        let at = (RECIPIENT.to_owned(), "us-east-1".to_owned());
        let before = world.simulator.snapshot().places[&at].policies.clone();
        let mut engine = engine(&world).await;
        let wanted = Wanted {
            choices: BTreeMap::from([("jobs".to_owned(), choice.clone())]),
            ..Wanted::theirs()
        };
        let tally = hand_over(&mut engine, &[id], &wanted).await;
        assert_eq!(outcome(&tally, id), RunOutcome::Done, "{choice:?}");
        assert_eq!(there(&world, id).1, strings(&policies));
        let after = world.simulator.snapshot().places[&at].policies.clone();
        for (name, document) in &before {
            assert_eq!(after.get(name), Some(document), "{name} was changed");
        }
        assert_eq!(after.contains_key("jobs-2"), jobs_2);
        if jobs_2 {
            // With the other account in it, and nothing else.
            assert!(after["jobs-2"].contains("arn:aws:iot:us-east-1:444455556666:topic/jobs"));
        }
        engine.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_choice_its_certificates_are_left_out() {
    let world = World::new();
    furnish(&world);
    let (with, without) = (usual(&world, 1), world.bare(2));
    let mut engine = engine(&world).await;
    let wanted = Wanted {
        choices: BTreeMap::new(),
        ..Wanted::theirs()
    };
    let state = world.simulator.certificate(SOURCE, &with.to_string());
    let tally = hand_over(&mut engine, &[with, without], &wanted).await;
    assert!(text(&outcome(&tally, with)).contains("choose what becomes of it"));
    assert_eq!(outcome(&tally, without), RunOutcome::Done);
    assert_eq!(
        world.simulator.certificate(SOURCE, &with.to_string()),
        state
    );
    assert_eq!(
        there(&world, without),
        (Status::Active, Vec::new(), Vec::new())
    );
    engine.end().await;
}

/// What was made a moment ago need not be known everywhere at once.
#[tokio::test(start_paused = true)]
async fn what_is_not_known_yet_is_tried_again() {
    for operation in [
        Operation::CreateThing,
        Operation::AddThingToThingGroup,
        Operation::AttachPolicy,
        Operation::AttachThingPrincipal,
    ] {
        let world = World::new();
        furnish(&world);
        world.simulator.create_thing_group(RECIPIENT, "lyon", None);
        let id = usual(&world, 1);
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
        let unknown = Fault::answer("ResourceNotFoundException", 404, "not known here");
        world
            .simulator
            .inject(operation, unknown.clone(), Times::Count(2));
        let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
        assert_eq!(
            outcome(&carried.unwrap(), id),
            RunOutcome::Done,
            "{operation:?}"
        );
        works_there(&world, id, "press-1");
        engine.end().await;
    }
}

/// A policy that is deleted there on the way is missed, also one that no test would miss.
#[tokio::test(start_paused = true)]
async fn a_policy_that_is_gone_stops_it_before_it_is_let_in() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
    let simulator = world.simulator.clone();
    let hear = |progress: &Progress| {
        if let Progress::Sent { mutation, .. } = progress
            && matches!(mutation.change, Change::Accept { .. })
        {
            simulator.delete_policy(RECIPIENT, "alarms");
        }
    };
    let carried = engine.carry(connection(SOURCE), batch, hear).await;
    let end = outcome(&carried.unwrap(), id);
    assert!(text(&end).contains("AttachPolicy: not found"), "{end:?}");
    assert_eq!(there(&world, id).0, Status::Inactive);
    engine.end().await;
}

/// A thing that is there and differs stays as it is; a person says whether it is used.
#[tokio::test(start_paused = true)]
async fn a_thing_that_differs_is_used_only_when_that_is_wished() {
    for (differing, arrives) in [
        (DifferingThings::LeaveOut, false),
        (DifferingThings::Use, true),
    ] {
        let world = World::new();
        furnish(&world);
        let id = usual(&world, 1);
        let simulator = &world.simulator;
        simulator.create_thing(
            RECIPIENT,
            "press-1",
            None,
            &[("line", "Z9"), ("owner", "eu")],
        );
        let mut engine = engine(&world).await;
        let mut wanted = Wanted::theirs();
        wanted.wishes.differing_things = differing;
        simulator.clear_calls();
        let tally = hand_over(&mut engine, &[id], &wanted).await;
        if arrives {
            assert_eq!(outcome(&tally, id), RunOutcome::Done);
            works_there(&world, id, "press-1");
            assert_eq!(world.calls(Operation::CreateThing), 0);
            assert_eq!(world.calls(Operation::CreateThingType), 0);
        } else {
            let why = text(&outcome(&tally, id));
            assert!(
                why.contains("Press here, no type there; line A1 here, Z9 there"),
                "{why}"
            );
        }
        engine.end().await;
    }
}

/// A certificate that is registered in both accounts needs no transfer, and AWS would not make one.
#[tokio::test(start_paused = true)]
async fn what_the_other_account_has_already_is_left_out() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let new = NewCertificate::new("device-1", 1);
    let twin = world.simulator.add_certificate(RECIPIENT, &new).unwrap();
    assert_eq!(twin, id.to_string());
    let state = world.simulator.certificate(SOURCE, &twin);
    let mut engine = engine(&world).await;
    let tally = hand_over(&mut engine, &[id], &Wanted::theirs()).await;
    let why = text(&outcome(&tally, id));
    assert!(
        why.contains("the other account has this certificate already"),
        "{why}"
    );
    assert_eq!(world.simulator.certificate(SOURCE, &twin), state);
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn names_are_mapped_as_a_fleet_has_them() {
    let world = World::new();
    furnish(&world);
    let simulator = &world.simulator;
    let at = |name: &str| arn(RECIPIENT, name);
    simulator.create_policy(
        RECIPIENT,
        "jobs-eu",
        &allow("iot:Publish", &at("topic/jobs")),
    );
    simulator.create_thing_group(RECIPIENT, "lyon-eu", None);
    simulator.create_policy(RECIPIENT, "alarms", &allow("iot:Receive", "*"));
    simulator.attach_policy_to_group(RECIPIENT, "lyon-eu", "alarms");
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    let wanted = Wanted {
        wishes: Wishes {
            mapping: Mapping {
                policies: name_pairs("jobs>jobs-eu").unwrap(),
                groups: name_pairs("lyon>lyon-eu").unwrap(),
                thing_prefix: "eu-".to_owned(),
            },
            activation: Activation::Never,
            ..Wishes::default()
        },
        choices: BTreeMap::new(),
    };
    let tally = hand_over(&mut engine, &[id], &wanted).await;
    assert_eq!(outcome(&tally, id), RunOutcome::Done, "{tally:#?}");
    // The group there gives it the policy alarms.
    assert_eq!(
        there(&world, id),
        (
            Status::Inactive,
            strings(&["base", "jobs-eu", "time"]),
            strings(&["eu-press-1"])
        )
    );
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_device_that_would_be_denied_is_not_let_in() {
    for explicit in [false, true] {
        let world = World::new();
        furnish(&world);
        // The same name, and less in it, or a policy of its group that denies.
        let topic = arn(RECIPIENT, "topic/other");
        if explicit {
            let deny = json!({
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Deny", "Action": "iot:Publish", "Resource": topic }],
            });
            world.simulator.create_thing_group(RECIPIENT, "lyon", None);
            world.simulator.create_policy(RECIPIENT, "guard", &deny);
            world
                .simulator
                .attach_policy_to_group(RECIPIENT, "lyon", "guard");
        }
        let ids: Vec<_> = (1..=3).map(|n| usual(&world, n)).collect();
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &ids, &Wanted::theirs()).await;
        if !explicit {
            // AWS answers that they are attached, and they are not.
            let (fault, times) = (Fault::NoEffect, Times::Count(4));
            world
                .simulator
                .inject(Operation::AttachPolicy, fault, times);
        }
        let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
        let tally = carried.unwrap();
        let ends: Vec<(CertificateId, RunOutcome)> =
            ids.iter().map(|id| (*id, outcome(&tally, *id))).collect();
        let stopped: Vec<_> = ends
            .iter()
            .filter(|(_, it)| matches!(it, RunOutcome::Stopped(_)))
            .collect();
        // One goes ahead, and the others are not begun.
        assert_eq!(stopped.len(), 1, "{ends:?}");
        let (id, how) = stopped[0];
        let wanted = if explicit {
            "it is denied there by guard"
        } else {
            "nothing allows it there"
        };
        assert!(text(how).contains(wanted), "{}", text(how));
        assert_eq!(there(&world, *id).0, Status::Inactive);
        for other in ids.iter().filter(|other| *other != id) {
            let state = world
                .simulator
                .certificate(SOURCE, &other.to_string())
                .unwrap();
            assert_eq!(state.status, Status::Active);
        }
        // Put right, it is proven again and let in.
        if explicit {
            world.simulator.delete_policy(RECIPIENT, "guard");
        } else {
            for policy in ["alarms", "base", "jobs", "time"] {
                let attached = world
                    .simulator
                    .attach_policy(RECIPIENT, &id.to_string(), policy);
                attached.unwrap();
            }
        }
        assert_eq!(open(&mut engine, SOURCE).await, []);
        assert_eq!(open(&mut engine, RECIPIENT).await.len(), 1);
        assert_eq!(resume(&mut engine, RECIPIENT, *id).await, RunOutcome::Done);
        assert_eq!(there(&world, *id).0, Status::Active);
        engine.end().await;
    }
}

/// Whether AWS tests a certificate that is not active is not documented.
#[tokio::test(start_paused = true)]
async fn where_only_active_certificates_are_tested_it_is_let_in_for_the_test_alone() {
    for (activation, allowed) in [
        (Activation::AsBefore, true),
        (Activation::Never, true),
        (Activation::AsBefore, false),
    ] {
        let world = World::with(Assumptions {
            inactive_authorization: InactiveAuthorization::InvalidRequest,
            ..Assumptions::default()
        });
        furnish(&world);
        let id = usual(&world, 1);
        let mut engine = engine(&world).await;
        let mut wanted = Wanted::theirs();
        wanted.wishes.activation = activation;
        let batch = batch(&mut engine, &[id], &wanted).await;
        if !allowed {
            let (fault, times) = (Fault::NoEffect, Times::Count(4));
            world
                .simulator
                .inject(Operation::AttachPolicy, fault, times);
        }
        let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
        let end = outcome(&carried.unwrap(), id);
        let status = there(&world, id).0;
        if allowed {
            assert_eq!(end, RunOutcome::Done);
            let active = activation == Activation::AsBefore;
            assert_eq!(status == Status::Active, active, "{activation:?}");
        } else {
            assert!(text(&end).contains("nothing allows it there"), "{end:?}");
            assert_eq!(status, Status::Inactive);
        }
        engine.end().await;
    }
}

/// A test that fails, or a person who stops in the middle of it, leaves no certificate in that was not proven.
#[tokio::test(start_paused = true)]
async fn nothing_stays_let_in_that_was_not_proven() {
    for stops in [false, true] {
        let world = World::with(Assumptions {
            inactive_authorization: InactiveAuthorization::InvalidRequest,
            ..Assumptions::default()
        });
        furnish(&world);
        let id = usual(&world, 1);
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
        let end = if stops {
            // The last call before the test is the one that lets it in.
            world
                .simulator
                .inject(Operation::AttachPolicy, Fault::NoEffect, Times::Count(4));
            stopped_after(&mut engine, batch, id, 18).await
        } else {
            let fault = Fault::answer("InvalidRequestException", 400, "no such thing");
            world
                .simulator
                .inject(Operation::TestAuthorization, fault, Times::Forever);
            let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
            outcome(&carried.unwrap(), id)
        };
        assert!(
            matches!(
                end,
                RunOutcome::Stopped(_) | RunOutcome::Cancelled { begun: true }
            ),
            "{end:?}"
        );
        let activated = world.simulator.calls();
        let activated = activated.iter().filter(|it| {
            it.operation == Some(Operation::UpdateCertificate)
                && it.account.as_deref() == Some(RECIPIENT)
        });
        assert!(
            activated.count() >= 2,
            "it was let in, and shut out: {stops}"
        );
        assert_eq!(there(&world, id).0, Status::Inactive, "{stops}");
        engine.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn until_it_is_accepted_it_is_put_back_and_the_other_half_ends() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let start = world.state().places[&(SOURCE.to_owned(), "us-east-1".to_owned())].clone();
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
    world
        .simulator
        .deny(RECIPIENT, "iot:AcceptCertificateTransfer");
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    let end = outcome(&carried.unwrap(), id);
    assert!(text(&end).contains("access denied"), "{end:?}");
    assert_eq!(open(&mut engine, RECIPIENT).await.len(), 1);
    // At its source it is offered, which is done.
    assert_eq!(open(&mut engine, SOURCE).await, []);
    assert_eq!(
        alone(&mut engine, SOURCE, Procedure::PutBack, id).await,
        RunOutcome::Done
    );
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(
        world.state().places[&(SOURCE.to_owned(), "us-east-1".to_owned())],
        start
    );
    assert_eq!(open(&mut engine, RECIPIENT).await, []);
    // It was handed over once more, and arrives.
    world
        .simulator
        .allow(RECIPIENT, "iot:AcceptCertificateTransfer");
    let tally = hand_over(&mut engine, &[id], &Wanted::theirs()).await;
    assert_eq!(outcome(&tally, id), RunOutcome::Done);
    works_there(&world, id, "press-1");
    // Now AWS has no way back.
    let refused = alone(&mut engine, SOURCE, Procedure::PutBack, id).await;
    assert!(matches!(refused, RunOutcome::Refused(_)), "{refused:?}");
    engine.end().await;
}

/// What fails in the recipient's account before the transfer leaves the device as it was.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_created_takes_no_device_out_of_service() {
    for action in [
        "iot:CreatePolicy",
        "iot:CreateThing",
        "iot:CreateThingType",
        "iot:AddThingToThingGroup",
    ] {
        let world = World::new();
        furnish(&world);
        world.simulator.create_thing_group(RECIPIENT, "lyon", None);
        let id = usual(&world, 1);
        let start = world.simulator.certificate(SOURCE, &id.to_string());
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
        world.simulator.deny(RECIPIENT, action);
        world.simulator.clear_calls();
        let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
        let end = outcome(&carried.unwrap(), id);
        assert!(matches!(&end, RunOutcome::Refused(_)), "{end:?}");
        assert!(text(&end).contains(action), "{end:?}");
        assert_eq!(world.simulator.certificate(SOURCE, &id.to_string()), start);
        let touched = calls_of(&world, SOURCE, Operation::UpdateCertificate);
        assert_eq!(touched, 0, "{action}");
        for side in [SOURCE, RECIPIENT] {
            assert_eq!(open(&mut engine, side).await, [], "{action}");
        }
        engine.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_other_side_is_refused_as_a_whole() {
    let world = World::new();
    furnish(&world);
    world.simulator.create_account("777788889999");
    let id = usual(&world, 1);
    let start = world.simulator.snapshot();
    let mut engine = engine(&world).await;
    let right = batch(&mut engine, &[id], &Wanted::theirs()).await;
    let beside = |place: Place, connection: ConnectionId| Beside { connection, place };
    // Where it leads is not where the dialog said, it is not the recipient, it is in another region, it is not open.
    let elsewhere = Target {
        profile: Some(RECIPIENT.to_owned()),
        region: Some("eu-west-1".to_owned()),
    };
    let third = ConnectionId(3);
    engine.connect(third, elsewhere, None).await.unwrap();
    let to = |to: &str| Procedure::HandOver {
        to: account(to),
        message: None,
    };
    for (procedure, beside, says) in [
        (
            right.procedure.clone(),
            Some(beside(place("777788889999"), connection(RECIPIENT))),
            "this connection leads to",
        ),
        (
            to("777788889999"),
            right.beside.clone(),
            "the recipient is 7777-8888-9999",
        ),
        (
            right.procedure.clone(),
            Some(beside(Place::aws("eu-west-1", account(RECIPIENT)), third)),
            "a certificate stays in its region",
        ),
        (right.procedure.clone(), None, "the other side is not open"),
    ] {
        let batch = Batch {
            procedure,
            beside,
            ..right.clone()
        };
        let refused = engine.carry(connection(SOURCE), batch, |_| {}).await;
        let failure = refused.unwrap_err();
        assert!(failure.message.contains(says), "{}", failure.message);
        assert_eq!(world.simulator.snapshot(), start);
    }
    engine.end().await;
}

/// Credentials of one side end in the middle: nothing more is begun, and what is begun is resumed from either side.
#[tokio::test(start_paused = true)]
async fn when_one_side_expires_the_rest_waits_and_is_resumed() {
    for (expires, from) in [
        (SOURCE, SOURCE),
        (SOURCE, RECIPIENT),
        (RECIPIENT, SOURCE),
        (RECIPIENT, RECIPIENT),
    ] {
        let world = World::new();
        furnish(&world);
        let ids: Vec<_> = (1..=40).map(|n| usual(&world, n)).collect();
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &ids, &Wanted::theirs()).await;
        let simulator = world.simulator.clone();
        let mut accepted = 0;
        let hear = |progress: &Progress| {
            if let Progress::Sent { mutation, .. } = progress
                && matches!(mutation.change, Change::Accept { .. })
            {
                accepted += 1;
                if accepted == 8 {
                    simulator.set_expired(expires, true);
                }
            }
        };
        let carried = engine.carry(connection(SOURCE), batch, hear).await;
        let tally = carried.unwrap();
        assert!(tally.count(Standing::Done) >= 1, "{expires}");
        assert!(tally.count(Standing::Done) < 40, "{expires}");
        simulator.set_expired(expires, false);
        // Each is where the journal says: not begun, open at one place or at both, or at its end.
        for id in &ids {
            let at: Vec<&str> = {
                let mut at = Vec::new();
                for side in [SOURCE, RECIPIENT] {
                    let runs = open(&mut engine, side).await;
                    if runs.iter().any(|it| it.before.certificate == *id) {
                        at.push(side);
                    }
                }
                at
            };
            match at.as_slice() {
                [] => {
                    let here = world.simulator.certificate(SOURCE, &id.to_string());
                    assert!(
                        here.is_none_or(|it| it.status == Status::Active),
                        "{expires} {id}"
                    );
                }
                both => {
                    let side = both.iter().find(|side| **side == from).unwrap_or(&both[0]);
                    let end = resume(&mut engine, side, *id).await;
                    assert_eq!(end, RunOutcome::Done, "{expires} {from} {both:?}");
                    assert_eq!(there(&world, *id).0, Status::Active);
                }
            }
        }
        for side in [SOURCE, RECIPIENT] {
            assert_eq!(open(&mut engine, side).await, []);
        }
        engine.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_agree_stops_that_certificate_and_no_other() {
    let world = World::new();
    furnish(&world);
    let simulator = &world.simulator;
    let ids: Vec<_> = (1..=20).map(|n| usual(&world, n)).collect();
    // Before it is looked at: a thing of the same name that is another one.
    simulator.create_thing(RECIPIENT, "press-3", Some("Lathe"), &[("line", "Z9")]);
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &ids, &Wanted::theirs()).await;
    // Since: a policy more, a thing that somebody has created, one that is revoked, one that is offered to another.
    simulator
        .attach_policy(SOURCE, &ids[4].to_string(), "uploads")
        .unwrap();
    simulator.create_thing(RECIPIENT, "press-6", None, &[]);
    let third = "777788889999";
    simulator.create_account(third);
    let batch_start: Vec<_> = ids
        .iter()
        .map(|id| simulator.certificate(SOURCE, &id.to_string()))
        .collect();
    // And one whose thing cannot be attached.
    simulator.inject(
        Operation::AttachThingPrincipal,
        Fault::Pass,
        Times::Count(7),
    );
    simulator.inject(
        Operation::AttachThingPrincipal,
        Fault::AccessDenied,
        Times::Count(1),
    );
    simulator.delete_certificate(SOURCE, &ids[8].to_string());
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    let tally = carried.unwrap();
    let end = |n: usize| text(&outcome(&tally, ids[n]));
    assert!(
        end(2).contains("thing press-3 is there and differs"),
        "{}",
        end(2)
    );
    assert!(end(2).contains("line A1 here, Z9 there"), "{}", end(2));
    assert!(
        end(4).contains("attached since it was looked at: uploads"),
        "{}",
        end(4)
    );
    assert!(
        end(5).contains("thing press-6 is there by now, and differs"),
        "{}",
        end(5)
    );
    assert!(end(8).contains("not found"), "{}", end(8));
    let stopped: Vec<usize> = (0..20)
        .filter(|n| matches!(outcome(&tally, ids[*n]), RunOutcome::Stopped(_)))
        .collect();
    let [stopped] = stopped.as_slice() else {
        panic!("{stopped:?}");
    };
    assert!(
        end(*stopped).contains("iot:AttachThingPrincipal"),
        "{}",
        end(*stopped)
    );
    assert_eq!(tally.count(Standing::Done), 15);
    // What was refused is as it was; the one that stopped is there, not active, and resumed from there.
    for n in [2, 4, 5] {
        assert_eq!(
            simulator.certificate(SOURCE, &ids[n].to_string()),
            batch_start[n],
            "{n}"
        );
    }
    assert_eq!(there(&world, ids[*stopped]).0, Status::Inactive);
    assert_eq!(open(&mut engine, RECIPIENT).await.len(), 1);
    let rest = alone(&mut engine, RECIPIENT, Procedure::Resume, ids[*stopped]).await;
    assert_eq!(rest, RunOutcome::Done);
    for n in (0..20).filter(|n| ![2, 4, 5, 8].contains(n)) {
        works_there(&world, ids[n], &format!("press-{}", n + 1));
    }
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_has_changed_there_since_it_was_shown_is_not_attached() {
    for gone in [false, true] {
        let world = World::new();
        furnish(&world);
        let (with, without) = (usual(&world, 1), world.bare(2));
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &[with, without], &Wanted::theirs()).await;
        let start = world.simulator.certificate(SOURCE, &with.to_string());
        world.simulator.delete_policy(RECIPIENT, "base");
        if !gone {
            let more = allow("iot:*", "*");
            world.simulator.create_policy(RECIPIENT, "base", &more);
        }
        let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
        let tally = carried.unwrap();
        let why = text(&outcome(&tally, with));
        assert!(
            why.contains("policy base of the recipient's account has changed"),
            "{why}"
        );
        assert_eq!(outcome(&tally, without), RunOutcome::Done);
        assert_eq!(
            world.simulator.certificate(SOURCE, &with.to_string()),
            start
        );
        engine.end().await;
    }
}

/// Carries out a batch for one certificate, and stops it once so many calls that change something were sent.
async fn stopped_after(
    engine: &mut Engine,
    batch: Batch,
    id: CertificateId,
    after: usize,
) -> RunOutcome {
    let mut sent = 0;
    followed(engine, SOURCE, batch, id, async |engine, request, it| {
        sent += usize::from(matches!(it, Progress::Sent { .. }));
        if sent >= after {
            engine.stop(request, StopAt::Step);
        }
    })
    .await
}

/// Carries a batch out, and does something at each of its reports.
pub(super) async fn followed(
    engine: &mut Engine,
    of: &str,
    batch: Batch,
    id: CertificateId,
    mut act: impl AsyncFnMut(&Engine, RequestId, &Progress),
) -> RunOutcome {
    let mut tally = Tally::new(&batch, Timestamp::now_utc());
    let request = engine.send(connection(of), Call::Carry(Box::new(batch)));
    loop {
        match engine.next().await.unwrap().answer {
            Answer::Carried(CarryReport::Progress(reports)) => {
                for progress in reports {
                    act(engine, request, &progress).await;
                    tally.report(progress, Timestamp::now_utc());
                }
            }
            Answer::Carried(CarryReport::Slowed(_)) => {}
            Answer::Carried(CarryReport::Over) => return outcome(&tally, id),
            other => panic!("{other:?}"),
        }
    }
}

/// A person stops the batch: each certificate is at its start, at its end, or open, and both sides say so.
#[tokio::test(start_paused = true)]
async fn stopped_anywhere_it_is_resumed_from_either_side() {
    for after in 1..=16 {
        let world = World::new();
        furnish(&world);
        let id = usual(&world, 1);
        let start = world.simulator.certificate(SOURCE, &id.to_string());
        let mut engine = engine(&world).await;
        let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
        let end = stopped_after(&mut engine, batch, id, after).await;
        let (here, beside) = (
            open(&mut engine, SOURCE).await,
            open(&mut engine, RECIPIENT).await,
        );
        match &end {
            RunOutcome::Done => {}
            RunOutcome::Cancelled { begun: false } => {
                assert_eq!(world.simulator.certificate(SOURCE, &id.to_string()), start);
                assert!(here.is_empty() && beside.is_empty(), "{after}");
                continue;
            }
            RunOutcome::Cancelled { begun: true } => {
                assert_eq!(beside.len(), 1, "{after}");
                let side = if here.is_empty() || after % 2 == 0 {
                    RECIPIENT
                } else {
                    SOURCE
                };
                assert_eq!(
                    resume(&mut engine, side, id).await,
                    RunOutcome::Done,
                    "{after}"
                );
            }
            other => panic!("{after}: {other:?}"),
        }
        works_there(&world, id, "press-1");
        for side in [SOURCE, RECIPIENT] {
            assert_eq!(open(&mut engine, side).await, [], "{after}");
        }
        engine.end().await;
    }
}

/// Somebody else offers the same certificate meanwhile: it is not taken from them.
#[tokio::test(start_paused = true)]
async fn an_offer_of_another_sender_is_not_accepted() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    // A third account has the same one.
    let third = "777788889999";
    world.simulator.create_account(third);
    let new = NewCertificate::new("device-1", 1);
    let twin = world.simulator.add_certificate(third, &new).unwrap();
    assert_eq!(twin, id.to_string());
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
    world.simulator.deny(RECIPIENT, "iot:DescribeCertificate");
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    assert!(text(&outcome(&carried.unwrap(), id)).contains("iot:DescribeCertificate"));
    world.simulator.allow(RECIPIENT, "iot:DescribeCertificate");
    // The source's is gone, and the third account offers its own.
    world.simulator.delete_certificate(SOURCE, &id.to_string());
    world
        .simulator
        .offer(third, &twin, RECIPIENT, None)
        .unwrap();
    let end = alone(&mut engine, RECIPIENT, Procedure::Resume, id).await;
    let why = "account 7777-8888-9999 offers it, and not 1111-2222-3333";
    assert!(text(&end).contains(why), "{end:?}");
    let state = world.simulator.certificate(third, &twin).unwrap();
    assert!(
        state
            .transfer
            .is_some_and(|it| it.phase == TransferPhase::Pending)
    );
    engine.end().await;
}

/// What its source has not offered yet cannot be taken: that is said, and nothing is lost.
#[tokio::test(start_paused = true)]
async fn the_recipient_s_half_alone_waits_for_its_source() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
    world.simulator.deny(SOURCE, "iot:TransferCertificate");
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    assert!(text(&outcome(&carried.unwrap(), id)).contains("iot:TransferCertificate"));
    world.simulator.allow(SOURCE, "iot:TransferCertificate");
    let alone_there = alone(&mut engine, RECIPIENT, Procedure::Resume, id).await;
    assert!(
        text(&alone_there).contains("its other half, in"),
        "{alone_there:?}"
    );
    // With only its own side, the source offers it, and the rest is open there.
    assert_eq!(
        alone(&mut engine, SOURCE, Procedure::Resume, id).await,
        RunOutcome::Done
    );
    assert_eq!(open(&mut engine, RECIPIENT).await.len(), 1);
    assert_eq!(
        alone(&mut engine, RECIPIENT, Procedure::Resume, id).await,
        RunOutcome::Done
    );
    works_there(&world, id, "press-1");
    engine.end().await;
}

/// How many calls of an operation an account got.
pub(super) fn calls_of(world: &World, account: &str, operation: Operation) -> usize {
    let calls = world.simulator.calls();
    let of = calls
        .iter()
        .filter(|it| it.operation == Some(operation) && it.account.as_deref() == Some(account));
    of.count()
}

/// The published quotas set a bound, and a thousand hand-overs keep to it.
#[tokio::test(start_paused = true)]
async fn a_thousand_go_as_fast_as_the_quotas_let_them() {
    let world = World::new();
    furnish(&world);
    let ids: Vec<_> = (1..=1000).map(|n| usual(&world, n)).collect();
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &ids, &Wanted::theirs()).await;
    tokio::time::sleep(Duration::from_mins(10)).await;
    world.simulator.clear_calls();
    world.simulator.enforce_quotas(1.0);
    let began = Instant::now();
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    let took = began.elapsed();
    let tally = carried.unwrap();
    assert_eq!(tally.count(Standing::Done), 1000);
    // At 80 % of the quotas: four policies are attached at 15 a second, the things listed twice at 10.
    let (attaches, lists) = (4.0 * 1000.0 / 12.0, 2.0 * 1000.0 / 8.0);
    let bound = Duration::from_secs_f64(f64::max(attaches, lists));
    assert!(took <= bound.mul_f64(1.1), "{took:?}, at least {bound:?}");
    // Of the latest 10,000 calls. No throttled one was sent again.
    let throttled = world.simulator.calls();
    let throttled = throttled
        .iter()
        .filter(|it| it.code.as_deref() == Some("ThrottlingException"));
    assert_eq!(throttled.count(), 0);
    engine.end().await;
}

/// What can be deleted of what a hand-over created is, whatever becomes of one of them meanwhile.
#[tokio::test(start_paused = true)]
async fn what_it_created_is_removed_as_far_as_that_is_possible() {
    const POLICIES: [&str; 2] = ["alarms", "time"];
    // What is in the way, how the removal ends, and which policies are left.
    for (way, said, left) in [
        ("nothing", "", vec![]),
        ("created with its answer lost", "", vec![]),
        ("gone before", "", vec![]),
        ("gone meanwhile", "", vec![]),
        ("changed", "kept: it was changed since", vec!["alarms"]),
        ("thing changed", "kept: it was changed since", vec![]),
        (
            "uses unknown",
            "iot:ListTargetsForPolicy",
            POLICIES.to_vec(),
        ),
        ("content unknown", "iot:GetPolicy", POLICIES.to_vec()),
        ("denied", "iot:DeletePolicy", POLICIES.to_vec()),
    ] {
        let world = World::new();
        furnish(&world);
        let id = usual(&world, 1);
        let simulator = &world.simulator;
        let there = || {
            let mut places = simulator.snapshot().places;
            let at = (RECIPIENT.to_owned(), "us-east-1".to_owned());
            places.remove(&at).unwrap()
        };
        let names = || there().policies.into_keys().collect::<Vec<String>>();
        let before = names();
        let mut engine = engine(&world).await;
        simulator.deny(RECIPIENT, "iot:AcceptCertificateTransfer");
        if way == "created with its answer lost" {
            let lost = Fault::NoAnswerAfter(Loss::Reset);
            simulator.inject(Operation::CreatePolicy, lost, Times::Count(1));
        }
        hand_over(&mut engine, &[id], &Wanted::theirs()).await;
        let created: Vec<String> = names()
            .into_iter()
            .filter(|it| !before.contains(it))
            .collect();
        assert_eq!(created, POLICIES);
        // While it is open it is not removed.
        let open = alone(&mut engine, RECIPIENT, Procedure::RemoveCreated, id).await;
        assert_eq!(open, RunOutcome::Refused(Reason::Undecided));
        let back = alone(&mut engine, SOURCE, Procedure::PutBack, id).await;
        assert_eq!(back, RunOutcome::Done);
        match way {
            "gone before" => simulator.delete_policy(RECIPIENT, "alarms"),
            "gone meanwhile" => simulator.inject(
                Operation::DeletePolicy,
                Fault::NoAnswerAfter(Loss::Reset),
                Times::Count(1),
            ),
            "changed" => {
                let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
                simulator.create_policy(RECIPIENT, "alarms", &document);
            }
            // Of the same type, with another attribute.
            "thing changed" => {
                let other = [("site", "elsewhere")];
                simulator.create_thing(RECIPIENT, "press-1", Some("Press"), &other);
            }
            "uses unknown" => simulator.deny(RECIPIENT, "iot:ListTargetsForPolicy"),
            "content unknown" => simulator.deny(RECIPIENT, "iot:GetPolicy"),
            "denied" => simulator.deny(RECIPIENT, "iot:DeletePolicy"),
            _ => {}
        }
        let end = alone(&mut engine, RECIPIENT, Procedure::RemoveCreated, id).await;
        if said.is_empty() {
            assert_eq!(end, RunOutcome::Done, "{way}");
        } else {
            assert!(text(&end).contains(said), "{way}: {end:?}");
        }
        let kept: Vec<String> = names()
            .into_iter()
            .filter(|it| created.contains(it))
            .collect();
        assert_eq!(kept, left, "{way}");
        let thing_left = there().things.contains(&"press-1".to_owned());
        assert_eq!(thing_left, way == "thing changed", "{way}");
        engine.end().await;
    }
}
