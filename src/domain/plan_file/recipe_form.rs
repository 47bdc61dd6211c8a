//! The recipient's half of a plan, in the form of its file.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{
    actions::resource::{Resource, TypeProperties},
    belongings::document::Document,
    certificate::description::CertificateId,
    hand_over::{
        arrival::{Arrival, ArrivingThing},
        mapping::Mapping,
        recipe::{Activation, Choice, DifferingThings, PolicyTaken, Recipe, Wishes},
    },
    plan_file::{
        file::{PlanFileError, PlanHandOver},
        form_parts::{SideForm, ThingForm, wrong},
    },
};

/// The recipient's half.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOverForm {
    recipient: SideForm,
    activate: String,
    differing_things: String,
    names: NamesForm,
    choices: BTreeMap<String, ChoiceForm>,
    policies: BTreeMap<String, PolicyForm>,
}

/// How what a certificate has is called there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesForm {
    thing_prefix: String,
    policies: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ChoiceForm {
    Theirs,
    CreateAs(String),
    LeaveOut,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum PolicyForm {
    Create { name: String, document: Value },
    Use { name: String, document: Value },
    LeftOut,
}

/// What a certificate gets there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArrivalForm {
    policies: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inherited: Vec<String>,
    things: Vec<ArrivingThingForm>,
    activate: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArrivingThingForm {
    held: ThingForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    type_name: Option<String>,
    // Pairs, since their order is that of the call.
    attributes: Vec<(String, String)>,
    exists: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    creates_type: Option<TypeForm>,
    groups: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    searchable: Vec<String>,
}

impl PolicyForm {
    fn of(taken: &PolicyTaken) -> Self {
        let both = |name: &String, document: &Document| (name.clone(), document.value().clone());
        match taken {
            PolicyTaken::Create { name, document } => {
                let (name, document) = both(name, document);
                Self::Create { name, document }
            }
            PolicyTaken::Use { name, document } => {
                let (name, document) = both(name, document);
                Self::Use { name, document }
            }
            PolicyTaken::LeftOut => Self::LeftOut,
        }
    }

    fn read(self, what: &str) -> Result<PolicyTaken, PlanFileError> {
        let document =
            |value: &Value| Document::parse(&value.to_string()).map_err(|why| wrong(what, why));
        Ok(match self {
            Self::Create { name, document: it } => PolicyTaken::Create {
                name,
                document: document(&it)?,
            },
            Self::Use { name, document: it } => PolicyTaken::Use {
                name,
                document: document(&it)?,
            },
            Self::LeftOut => PolicyTaken::LeftOut,
        })
    }
}

impl TypeForm {
    /// Of a type to be created; other resources have other places in the file.
    fn of(resource: &Resource) -> Option<Self> {
        match resource {
            Resource::ThingType { name, properties } => Some(Self {
                name: name.clone(),
                description: properties.description.clone(),
                searchable: properties.searchable.clone(),
            }),
            Resource::Policy { .. } | Resource::Thing { .. } => None,
        }
    }

    fn read(self) -> Resource {
        Resource::ThingType {
            name: self.name,
            properties: TypeProperties {
                description: self.description,
                searchable: self.searchable,
            },
        }
    }
}

impl ArrivingThingForm {
    fn of(thing: &ArrivingThing) -> Self {
        Self {
            held: ThingForm::of(&thing.held),
            type_name: thing.type_name.clone(),
            attributes: thing.attributes.clone(),
            exists: thing.exists,
            creates_type: thing.creates_type.as_ref().and_then(TypeForm::of),
            groups: thing.groups.clone(),
        }
    }

    fn read(self) -> Result<ArrivingThing, PlanFileError> {
        Ok(ArrivingThing {
            held: self.held.read()?,
            type_name: self.type_name,
            attributes: self.attributes,
            exists: self.exists,
            creates_type: self.creates_type.map(TypeForm::read),
            groups: self.groups,
        })
    }
}

impl ArrivalForm {
    pub(super) fn of(arrival: &Arrival) -> Self {
        Self {
            policies: arrival.policies.clone(),
            inherited: arrival.inherited.clone(),
            things: arrival.things.iter().map(ArrivingThingForm::of).collect(),
            activate: arrival.activate,
        }
    }

    fn read(self) -> Result<Arrival, PlanFileError> {
        let things = self.things.into_iter().map(ArrivingThingForm::read);
        Ok(Arrival {
            policies: self.policies,
            inherited: self.inherited,
            things: things.collect::<Result<_, _>>()?,
            activate: self.activate,
        })
    }
}

impl HandOverForm {
    pub(super) fn of(it: &PlanHandOver) -> Self {
        let wishes = &it.wishes;
        let choices = it.choices.iter().map(|(name, choice)| {
            let choice = match choice {
                Choice::Theirs => ChoiceForm::Theirs,
                Choice::CreateAs(name) => ChoiceForm::CreateAs(name.clone()),
                Choice::LeaveOut => ChoiceForm::LeaveOut,
            };
            (name.clone(), choice)
        });
        let policies = it.recipe.policies.iter();
        Self {
            recipient: SideForm::of(&it.recipient),
            activate: wishes.activation.word().to_owned(),
            differing_things: wishes.differing_things.word().to_owned(),
            names: NamesForm {
                thing_prefix: wishes.mapping.thing_prefix.clone(),
                policies: wishes.mapping.policies.clone(),
                groups: wishes.mapping.groups.clone(),
            },
            choices: choices.collect(),
            policies: policies
                .map(|(name, taken)| (name.clone(), PolicyForm::of(taken)))
                .collect(),
        }
    }

    pub(super) fn read(
        self,
        arrivals: Vec<(CertificateId, ArrivalForm)>,
    ) -> Result<PlanHandOver, PlanFileError> {
        let activation = Activation::named(&self.activate);
        let activation = activation.ok_or_else(|| wrong("activate", "there is no such word"))?;
        let differing = DifferingThings::named(&self.differing_things);
        let differing_things =
            differing.ok_or_else(|| wrong("differing_things", "there is no such word"))?;
        let choices = self.choices.into_iter().map(|(name, choice)| {
            let choice = match choice {
                ChoiceForm::Theirs => Choice::Theirs,
                ChoiceForm::CreateAs(name) => Choice::CreateAs(name),
                ChoiceForm::LeaveOut => Choice::LeaveOut,
            };
            (name, choice)
        });
        let mut policies = BTreeMap::new();
        for (name, form) in self.policies {
            let taken = form.read(&name)?;
            policies.insert(name, taken);
        }
        let mut certificates = BTreeMap::new();
        for (id, form) in arrivals {
            certificates.insert(id, Ok(form.read()?));
        }
        Ok(PlanHandOver {
            recipient: self.recipient.read("hand_over.recipient")?,
            wishes: Wishes {
                mapping: Mapping {
                    policies: self.names.policies,
                    groups: self.names.groups,
                    thing_prefix: self.names.thing_prefix,
                },
                activation,
                differing_things,
            },
            choices: choices.collect(),
            recipe: Arc::new(Recipe {
                policies,
                certificates,
            }),
        })
    }
}
