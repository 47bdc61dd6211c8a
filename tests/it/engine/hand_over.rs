//! Hand-overs: both accounts, until the device works there.

use std::{collections::BTreeMap, sync::Arc};

use certferry::{
    domain::{
        Activation, Batch, Beside, CertificateId, Choice, Look, Mapping, Place, Procedure, Recipe,
        RunOutcome, Standing, Survey, Tally, ThingRef, ask,
    },
    engine::Engine,
    simulator::Status,
};

use super::{
    RECIPIENT, SOURCE, World, account, connection,
    survey::{engine, furnish, usual},
};

fn place(of: &str) -> Place {
    Place::aws("us-east-1", account(of))
}

/// What a person would see and choose before the dialog.
pub(super) struct Wanted {
    pub(super) mapping: Mapping,
    pub(super) choices: BTreeMap<String, Choice>,
    pub(super) activation: Activation,
}

impl Wanted {
    /// The policy of the same name and other content is attached as it is.
    pub(super) fn theirs() -> Self {
        Self {
            mapping: Mapping::default(),
            choices: BTreeMap::from([("jobs".to_owned(), Choice::Theirs)]),
            activation: Activation::AsBefore,
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
    let survey = looked(engine, ids, &wanted.mapping).await;
    let recipe = Recipe::of(&survey, &wanted.mapping, &wanted.choices, wanted.activation);
    let look = |id: &CertificateId| {
        let has = &survey.certificates[id];
        Look {
            id: *id,
            status: has.status,
            policies: has.policies.clone(),
            things: (has.things.iter())
                .map(|it| ThingRef {
                    name: it.name.clone(),
                    principal_type: it.principal_type,
                })
                .collect(),
        }
    };
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

async fn hand_over(engine: &mut Engine, ids: &[CertificateId], wanted: &Wanted) -> Tally {
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

#[tokio::test(start_paused = true)]
async fn a_device_works_in_the_other_account() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    let tally = hand_over(&mut engine, &[id], &Wanted::theirs()).await;
    let item = tally.item(id).unwrap();
    assert_eq!(item.outcome, Some(RunOutcome::Done), "{item:#?}");
    assert!(
        item.steps.iter().all(|(_, state)| state.is_over()),
        "{item:#?}"
    );
    assert_eq!(
        there(&world, id),
        (
            Status::Active,
            strings(&["alarms", "base", "jobs", "time"]),
            strings(&["press-1"])
        )
    );
    assert_eq!(world.simulator.certificate(SOURCE, &id.to_string()), None);
    let _ = Standing::Done;
}
