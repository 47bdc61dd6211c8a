//! What a person has chosen of a hand-over, and what comes of it.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{
        CertificateId, Choice, Created, Obstacle, PlanFile, PolicyRead, PolicyTaken, PolicyThere,
        Recipe, Survey, Wishes,
        text::{counted, visible},
    },
    tui::text::prose::Role,
};

/// What was chosen, and what comes of it.
#[derive(Debug, Clone)]
pub struct Choosing {
    /// What is wished.
    pub wishes: Wishes,
    /// What becomes of policies, by their names in the source.
    pub choices: BTreeMap<String, Choice>,
    /// What would be done there; nothing before all was read.
    pub recipe: Option<Arc<Recipe>>,
    /// Those that would be handed over.
    pub ready: Vec<CertificateId>,
    /// What would be created there for them.
    pub creates: String,
    /// Those that would not be, by what stands in the way.
    pub hindered: BTreeMap<Obstacle, Vec<CertificateId>>,
    /// The plan that it follows.
    pub plan: Option<Arc<PlanFile>>,
}

impl Choosing {
    /// Nothing is chosen yet but what the configuration says.
    pub fn new(wishes: &Wishes) -> Self {
        Self {
            wishes: wishes.clone(),
            choices: BTreeMap::new(),
            recipe: None,
            ready: Vec::new(),
            creates: String::new(),
            hindered: BTreeMap::new(),
            plan: None,
        }
    }

    /// Works out what would be done, once all was read.
    pub fn work_out(&mut self, survey: &Survey) {
        let recipe = survey
            .over
            .then(|| Recipe::of(survey, &self.wishes, &self.choices));
        let of = recipe.as_ref();
        self.ready = of.map_or_else(Vec::new, |it| it.ready().map(|(id, _)| id).collect());
        self.hindered = of.map(Recipe::obstacles_in_short).unwrap_or_default();
        self.creates = of.map_or_else(String::new, |it| creates(it.created()));
        self.recipe = recipe.map(Arc::new);
    }

    /// What would become of a policy.
    pub fn fate(&self, of: &PolicyRead) -> Option<(Role, String)> {
        let name = |there: &str| {
            if there == of.name {
                String::new()
            } else {
                format!(" as {}", visible(there))
            }
        };
        let taken = self.recipe.as_ref()?.policies.get(&of.name);
        Some(match (taken, &of.there) {
            (Some(PolicyTaken::Create { name: there, .. }), _) => {
                (Role::Good, format!("would be created{}", name(there)))
            }
            (Some(PolicyTaken::Use { name: there, .. }), PolicyThere::Other(_)) => (
                Role::Good,
                format!("chosen: attached as it is there{}", name(there)),
            ),
            (Some(PolicyTaken::Use { name: there, .. }), _) => {
                (Role::Good, format!("there, same meaning{}", name(there)))
            }
            (Some(PolicyTaken::LeftOut), _) => (Role::Plain, "chosen: left out".to_owned()),
            (None, PolicyThere::Other(_)) => (
                Role::Todo,
                "! there, OTHER CONTENT: choose what becomes of it".to_owned(),
            ),
            (None, _) => return None,
        })
    }
}

/// `2 policies, 980 things would be created there`.
fn creates(created: Created) -> String {
    let parts = [
        (created.policies, "policy", "policies"),
        (created.types, "thing type", "thing types"),
        (created.things, "thing", "things"),
    ];
    let parts = parts.into_iter().filter(|(n, ..)| *n > 0);
    let parts: Vec<String> = parts.map(|(n, one, many)| counted(n, one, many)).collect();
    if parts.is_empty() {
        "nothing has to be created there".to_owned()
    } else {
        format!("{} would be created there", parts.join(", "))
    }
}
