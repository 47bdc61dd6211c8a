//! The steps in the recipient's account.

use crate::domain::{
    actions::{change::Change, resource::Resource, run::Step},
    certificate::attachment::Attachment,
    hand_over::{
        arrival::Arrival,
        recipe::{PolicyTaken, Recipe},
    },
    place::{account::AccountId, location::Place},
    plan::steps::Plan,
};

/// The stages in the recipient's account. What does not need the certificate comes first: what fails there fails
/// before the device is touched.
mod stage {
    pub(super) const SHARED: u16 = 0;
    pub(super) const THINGS: u16 = 1;
    pub(super) const GROUPS: u16 = 2;
    pub(super) const OFFER: u16 = 3;
    pub(super) const ACCEPT: u16 = 4;
    pub(super) const ATTACH: u16 = 5;
    pub(super) const PROVE: u16 = 6;
    pub(super) const ACTIVATE: u16 = 7;
}

/// The first stage that needs the certificate to be offered.
pub const NEEDS_THE_OFFER: u16 = stage::OFFER;

impl Plan {
    /// What a certificate needs in the recipient's account once it is offered there. `is_made` tells what was
    /// created since it was looked at.
    pub fn set_up(
        recipe: &Recipe,
        arrival: &Arrival,
        from: AccountId,
        at: &Place,
        is_made: impl Fn(&Resource) -> bool,
    ) -> Self {
        let mut plan = Self::default();
        let mut create = |stage: u16, resource: Resource| {
            let step = Step::Change(Change::Create(resource.clone()));
            if !is_made(&resource) && !plan.steps.iter().any(|it| it.step == step) {
                plan.push(stage, step);
            }
        };
        for name in &arrival.policies {
            if let Some(PolicyTaken::Create { name, document }) = recipe.policies.get(name) {
                let (name, document) = (name.clone(), document.text());
                create(stage::SHARED, Resource::Policy { name, document });
            }
        }
        for thing in &arrival.things {
            if let Some(of_type) = &thing.creates_type {
                create(stage::SHARED, of_type.clone());
            }
        }
        for thing in arrival.things.iter().filter(|it| !it.exists) {
            let resource = Resource::Thing {
                name: thing.held.name.clone(),
                type_name: thing.type_name.clone(),
                attributes: thing.attributes.clone(),
            };
            create(stage::THINGS, resource);
        }
        for thing in &arrival.things {
            for group in &thing.groups {
                let (thing, group) = (thing.held.name.clone(), group.clone());
                plan.push(stage::GROUPS, Step::Change(Change::Join { thing, group }));
            }
        }
        plan.push(stage::OFFER, Step::AwaitOffer { from });
        let accept = Change::Accept { activate: false };
        plan.push(stage::ACCEPT, Step::Change(accept));
        for name in recipe.names(arrival) {
            let policy = Attachment::Policy(name.to_owned());
            plan.push(stage::ATTACH, Step::Change(Change::Attach(policy)));
        }
        for thing in &arrival.things {
            let thing = Attachment::Thing(thing.held.clone());
            plan.push(stage::ATTACH, Step::Change(Change::Attach(thing)));
        }
        for proof in arrival.proofs(&recipe.documents(arrival), at) {
            plan.push(stage::PROVE, Step::Prove(proof));
        }
        if arrival.activate {
            plan.push(stage::ACTIVATE, Step::Change(Change::Activate));
        }
        plan
    }
}
