//! What is made for one certificate in the recipient's account.

use std::collections::BTreeMap;

use crate::domain::{
    actions::resource::Resource,
    certificate::attachment::ThingRef,
    hand_over::proof::{Attached, Proof, ProvenThing},
    place::location::Place,
};

/// What a certificate gets in the recipient's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The policies that are attached to it, by their names in the source. Foreign text.
    pub policies: Vec<String>,
    /// Those that its device has there by a group, by their names in the source. Foreign text.
    pub inherited: Vec<String>,
    /// Its things.
    pub things: Vec<ArrivingThing>,
    /// Whether it is activated.
    pub activate: bool,
}

/// A thing in the recipient's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivingThing {
    /// Its name there, and how it holds the certificate. Foreign text.
    pub held: ThingRef,
    /// The name of its type, when it has one. Foreign text.
    pub type_name: Option<String>,
    /// Its attributes. Foreign text.
    pub attributes: Vec<(String, String)>,
    /// Whether it was there when it was looked at.
    pub exists: bool,
    /// Its type, when that is to be created.
    pub creates_type: Option<Resource>,
    /// The groups there that it is added to. Foreign text.
    pub groups: Vec<String>,
}

impl ArrivingThing {
    /// Whether another one would have the same type and attributes.
    pub fn is_made_as(&self, other: &Self) -> bool {
        let attributes = |it: &Self| it.attributes.iter().cloned().collect::<BTreeMap<_, _>>();
        let types = [&self.creates_type, &other.creates_type];
        self.type_name == other.type_name
            && attributes(self) == attributes(other)
            && (types.contains(&&None) || self.creates_type == other.creates_type)
    }
}

impl Arrival {
    /// What must be allowed there, a proof for each thing. Without things there is one for the certificate alone.
    pub fn proofs(&self, policies: &[Attached<'_>], at: &Place) -> Vec<Proof> {
        let proven = |it: &ArrivingThing| {
            let thing = ProvenThing {
                name: &it.held.name,
                type_name: it.type_name.as_deref(),
                attributes: &it.attributes,
            };
            Proof::of(policies, at, Some(&thing))
        };
        let mut proofs: Vec<Proof> = self.things.iter().map(proven).collect();
        if proofs.is_empty() {
            proofs.push(Proof::of(policies, at, None));
        }
        proofs.retain(|proof| !proof.checks.is_empty());
        proofs
    }
}
