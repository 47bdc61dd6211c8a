//! What is made of what was read: recipes, and the plans that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    mapping::Mapping,
    recipe::{Activation, Choice, Obstacle, PolicyTaken, Recipe, Wishes},
};
use crate::domain::{
    AccountId, Belongings, CertificateId, Change, ConsoleStatus, Document, Failure, GroupRead,
    HeldThing, Operation, Place, Plan, PolicyRead, PolicyThere, Resource, Step, Survey, SurveyPart,
    There, ThingThere, TypeProperties, TypeRead,
};

fn id() -> CertificateId {
    CertificateId::from_bytes([7; 32])
}

fn place(account: &str) -> Place {
    Place::aws("us-east-1", AccountId::parse(account).unwrap())
}

fn document(topic: &str) -> Document {
    let text = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:111122223333:topic/{topic}"}}]}}"#
    );
    Document::parse(&text).unwrap()
}

fn policy(name: &str, there: PolicyThere) -> SurveyPart {
    let (here, to) = (place("111122223333"), place("444455556666"));
    let document = document(name);
    SurveyPart::Policy(Box::new(PolicyRead {
        name: name.to_owned(),
        name_there: name.to_owned(),
        moved: Some(document.moved(&here, &to).document),
        document: Ok(document),
        looks: BTreeSet::new(),
        there,
    }))
}

fn group(name: &str, there: There, takes_things: bool, policies: [&[&str]; 2]) -> SurveyPart {
    let [here, beside] = policies.map(|all| all.iter().map(|it| (*it).to_owned()).collect());
    SurveyPart::Group(Box::new(GroupRead {
        name: name.to_owned(),
        above: Ok(Vec::new()),
        policies: Ok(here),
        name_there: name.to_owned(),
        there,
        takes_things,
        policies_there: beside,
    }))
}

fn thing(there: ThingThere) -> HeldThing {
    HeldThing {
        name: "press".to_owned(),
        principal_type: None,
        type_name: Some("Press".to_owned()),
        attributes: vec![("line".to_owned(), "A1".to_owned())],
        groups: Ok(vec!["lyon".to_owned()]),
        connected: None,
        shadows: None,
        there,
    }
}

fn certificate(policies: &[&str], things: Vec<HeldThing>) -> SurveyPart {
    SurveyPart::Certificate(Ok(Box::new(Belongings {
        id: id(),
        status: ConsoleStatus::Active,
        policies: policies.iter().map(|it| (*it).to_owned()).collect(),
        things,
        edition: crate::domain::Edition {
            version: Some(1),
            modified: None,
        },
        ca: None,
        registered_there: Some(false),
    })))
}

fn of_type(there: There, properties: Result<TypeProperties, Box<Failure>>) -> SurveyPart {
    SurveyPart::Type(TypeRead {
        name: "Press".to_owned(),
        properties,
        there,
    })
}

fn recipe(parts: Vec<SurveyPart>, wishes: &Wishes, choices: &[(&str, Choice)]) -> Recipe {
    let mut survey = Survey::new(1);
    for part in parts {
        survey.take(part);
    }
    let choices = choices.iter().cloned();
    let choices: BTreeMap<String, Choice> =
        choices.map(|(name, it)| (name.to_owned(), it)).collect();
    Recipe::of(&survey, wishes, &choices)
}

fn obstacle(recipe: &Recipe) -> String {
    match &recipe.certificates[&id()] {
        Ok(arrival) => panic!("{arrival:?}"),
        Err(obstacle) => obstacle.to_string(),
    }
}

#[test]
fn what_is_not_known_is_never_guessed() {
    let wishes = Wishes::default();
    let lyon = || group("lyon", There::Missing, false, [&[], &[]]);
    let failure = || Box::new(Failure::internal(Operation::DescribeThingType, "denied"));
    let there = || of_type(There::Exists, Ok(TypeProperties::default()));
    let missing = || thing(ThingThere::Missing);
    for (parts, says) in [
        (
            vec![
                certificate(&["base"], Vec::new()),
                policy("base", PolicyThere::NotKnown("denied".to_owned())),
            ],
            "not known: policy base",
        ),
        // Its policy was not read yet.
        (
            vec![certificate(&["base"], Vec::new())],
            "not known: policy base",
        ),
        (
            vec![
                certificate(&[], vec![thing(ThingThere::NotKnown("denied".to_owned()))]),
                there(),
                lyon(),
            ],
            "not known: thing press there",
        ),
        (
            vec![
                certificate(&[], vec![missing()]),
                of_type(There::Missing, Err(failure())),
                lyon(),
            ],
            "not known: thing type Press",
        ),
        (
            vec![
                certificate(&[], vec![missing()]),
                there(),
                group(
                    "lyon",
                    There::NotKnown("denied".to_owned()),
                    false,
                    [&[], &[]],
                ),
            ],
            "not known: thing group lyon there",
        ),
    ] {
        assert_eq!(obstacle(&recipe(parts, &wishes, &[])), says);
    }
    let parts = vec![
        certificate(&["base"], Vec::new()),
        policy("base", PolicyThere::Other(document("other"))),
    ];
    let undecided = recipe(parts, &wishes, &[]);
    assert_eq!(
        undecided.certificates[&id()],
        Err(Obstacle::Undecided("base".to_owned()))
    );
    assert!(undecided.policies.is_empty());
}

#[test]
fn under_another_name_it_is_created_whatever_is_known_of_this_one() {
    for there in [
        PolicyThere::NotKnown("a key stands twice".to_owned()),
        PolicyThere::Other(document("other")),
        PolicyThere::Same,
    ] {
        let parts = vec![certificate(&["base"], Vec::new()), policy("base", there)];
        let choice = Choice::CreateAs("base-2".to_owned());
        let recipe = recipe(parts, &Wishes::default(), &[("base", choice)]);
        let Some(PolicyTaken::Create { name, document }) = recipe.policies.get("base") else {
            panic!("{:?}", recipe.policies);
        };
        assert_eq!(name, "base-2");
        assert!(document.text().contains("444455556666:topic/base"));
    }
}

#[test]
fn a_group_that_finds_its_things_by_itself_is_not_joined() {
    for (takes_things, joined) in [(true, vec!["lyon".to_owned()]), (false, Vec::new())] {
        let parts = vec![
            certificate(&[], vec![thing(ThingThere::Missing)]),
            of_type(There::Exists, Ok(TypeProperties::default())),
            group("lyon", There::Exists, takes_things, [&[], &[]]),
        ];
        let recipe = recipe(parts, &Wishes::default(), &[]);
        let (_, arrival) = recipe.ready().next().unwrap();
        assert_eq!(arrival.things[0].groups, joined);
    }
}

#[test]
fn what_its_group_gives_there_is_not_attached_but_proven() {
    for (beside, inherits) in [(&["alarms"][..], true), (&[][..], false)] {
        let parts = vec![
            certificate(&[], vec![thing(ThingThere::Same)]),
            of_type(There::Exists, Ok(TypeProperties::default())),
            group("lyon", There::Exists, true, [&["alarms"], beside]),
            policy("alarms", PolicyThere::Same),
        ];
        let recipe = recipe(parts, &Wishes::default(), &[]);
        let (_, arrival) = recipe.ready().next().unwrap();
        assert_eq!(arrival.policies.is_empty(), inherits);
        let (from, at) = (place("111122223333"), place("444455556666"));
        let plan = Plan::set_up(&recipe, arrival, from.account, &at, |_| false);
        let proofs = plan.steps.iter().filter_map(|it| match &it.step {
            Step::Prove(proof) => Some(proof.checks.len()),
            _ => None,
        });
        assert_eq!(proofs.collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn ten_policies_are_the_most_and_names_have_an_end() {
    let names: Vec<String> = (0..11).map(|n| format!("p{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let parts = |names: &[&str]| {
        let policies = names.iter().map(|name| policy(name, PolicyThere::Missing));
        let mut parts: Vec<SurveyPart> = policies.collect();
        parts.push(certificate(names, Vec::new()));
        parts
    };
    let wishes = Wishes::default();
    let text = obstacle(&recipe(parts(&names), &wishes, &[]));
    assert_eq!(text, "11 policies would be attached, and 10 can be");
    let one_less = recipe(parts(&names), &wishes, &[("p3", Choice::LeaveOut)]);
    assert_eq!(one_less.created().policies, 10);

    let wishes = Wishes {
        mapping: Mapping {
            thing_prefix: "x".repeat(127),
            ..Mapping::default()
        },
        ..wishes
    };
    let parts = vec![
        certificate(&[], vec![thing(ThingThere::Missing)]),
        of_type(There::Exists, Ok(TypeProperties::default())),
        group("lyon", There::Missing, false, [&[], &[]]),
    ];
    let text = obstacle(&recipe(parts, &wishes, &[]));
    assert!(text.ends_with("is longer than AWS takes"), "{text}");
}

#[test]
fn what_is_made_already_is_not_made_again_and_activation_is_as_wished() {
    let parts = || {
        vec![
            certificate(&["base"], vec![thing(ThingThere::Missing)]),
            of_type(There::Missing, Ok(TypeProperties::default())),
            group("lyon", There::Exists, true, [&[], &[]]),
            policy("base", PolicyThere::Missing),
        ]
    };
    let plan = |activation, made: bool| {
        let wishes = Wishes {
            activation,
            ..Wishes::default()
        };
        let recipe = recipe(parts(), &wishes, &[]);
        let (_, arrival) = recipe.ready().next().unwrap();
        let (from, at) = (place("111122223333"), place("444455556666"));
        let is_made = |it: &Resource| made && !matches!(it, Resource::Thing { .. });
        let plan = Plan::set_up(&recipe, arrival, from.account, &at, is_made);
        let steps: Vec<Step> = plan.steps.into_iter().map(|it| it.step).collect();
        let created = |it: &&Step| matches!(it, Step::Change(Change::Create(_)));
        let created = steps.iter().filter(created).count();
        let activates = steps.last() == Some(&Step::Change(Change::Activate));
        (created, activates)
    };
    assert_eq!(plan(Activation::AsBefore, false), (3, true));
    assert_eq!(plan(Activation::Never, true), (1, false));
}

#[test]
fn many_things_that_differ_are_said_in_short() {
    let differs = |n: usize| Obstacle::ThingDiffers {
        thing: format!("press-{n}"),
        how: "another type".to_owned(),
    };
    for (count, said) in [(3, 3), (4, 1)] {
        let id = |n: usize| CertificateId::from_bytes([u8::try_from(n).unwrap(); 32]);
        let recipe = Recipe {
            policies: BTreeMap::new(),
            certificates: (0..count).map(|n| (id(n), Err(differs(n)))).collect(),
        };
        let short = recipe.obstacles_in_short();
        assert_eq!(short.len(), said);
        assert_eq!(short.values().flatten().count(), count);
    }
}
