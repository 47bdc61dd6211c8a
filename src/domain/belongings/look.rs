//! What a confirmation says of a certificate whose belongings were read.

use crate::domain::{
    actions::batch::Look,
    belongings::parts::{Belongings, HeldThing},
    certificate::attachment::ThingRef,
};

impl Belongings {
    /// What a confirmation says of it.
    pub fn look(&self) -> Look {
        let thing = |it: &HeldThing| ThingRef {
            name: it.name.clone(),
            principal_type: it.principal_type,
        };
        Look {
            id: self.id,
            status: self.status,
            policies: self.policies.clone(),
            things: self.things.iter().map(thing).collect(),
            edition: Some(self.edition),
        }
    }
}
