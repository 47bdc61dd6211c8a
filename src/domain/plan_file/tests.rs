//! What a file keeps of a plan, and which files are none.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::domain::{
    AccountId, Activation, Arrival, ArrivingThing, CertificateId, Choice, ConsoleStatus, Document,
    Edition, LONGEST_PLAN, LeftOut, Look, Mapping, Place, PlanCertificate, PlanFile, PlanFileError,
    PlanHandOver, PlanSide, PolicyTaken, Recipe, Resource, ThingPrincipalType, ThingRef,
    TypeProperties, Wishes,
};

fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

fn id() -> CertificateId {
    CertificateId::from_bytes([7; 32])
}

fn side(digits: &str, profile: &str) -> PlanSide {
    PlanSide {
        place: Place::aws("us-east-1", account(digits)),
        profile: Some(profile.to_owned()),
    }
}

fn thing(name: &str) -> ThingRef {
    ThingRef {
        name: name.to_owned(),
        principal_type: Some(ThingPrincipalType::Exclusive),
    }
}

fn transfer() -> PlanFile {
    PlanFile {
        made: time::macros::datetime!(2026-11-29 14:02:03.25 UTC),
        by: "arn:aws:sts::111122223333:assumed-role/ops/anna".to_owned(),
        source: side("111122223333", "prod"),
        to: account("444455556666"),
        message: Some("für Lyon\u{1b}[2J".to_owned()),
        pace: 0.8,
        estimate: Some(Duration::from_mins(4)),
        certificates: vec![PlanCertificate {
            look: Look {
                id: id(),
                status: ConsoleStatus::Active,
                policies: vec!["base".to_owned()],
                things: vec![thing("press-7")],
                edition: Some(Edition {
                    version: Some(3),
                    modified: Some(time::macros::datetime!(2026-11-01 09:00 UTC)),
                }),
            },
            created: Some(time::macros::datetime!(2025-01-01 00:00 UTC)),
        }],
        hand_over: None,
        left_out: vec![LeftOut {
            what: "press-99".to_owned(),
            code: "NotFound".to_owned(),
            why: "there is no such thing".to_owned(),
        }],
    }
}

fn hand_over() -> PlanFile {
    let document = |action: &str| {
        let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        Document::parse(&json!({"Version": "2012-10-17", "Statement": [statement]}).to_string())
            .unwrap()
    };
    let (name, document_there) = ("base-2".to_owned(), document("iot:Connect"));
    let created = PolicyTaken::Create {
        name,
        document: document_there,
    };
    let used = PolicyTaken::Use {
        name: "site".to_owned(),
        document: document("iot:Publish"),
    };
    let arrival = Arrival {
        policies: vec!["base".to_owned()],
        inherited: vec!["site".to_owned()],
        things: vec![ArrivingThing {
            held: thing("eu-press-7"),
            type_name: Some("Press".to_owned()),
            attributes: vec![("line".to_owned(), "A1".to_owned())],
            exists: false,
            creates_type: Some(Resource::ThingType {
                name: "Press".to_owned(),
                properties: TypeProperties {
                    description: Some("presses".to_owned()),
                    searchable: vec!["line".to_owned()],
                },
            }),
            groups: vec!["lyon".to_owned()],
        }],
        activate: true,
    };
    let policies = [
        ("base", created),
        ("site", used),
        ("old", PolicyTaken::LeftOut),
    ];
    let policies = policies.map(|(name, it)| (name.to_owned(), it));
    let choices = [
        ("base", Choice::CreateAs("base-2".to_owned())),
        ("site", Choice::Theirs),
        ("old", Choice::LeaveOut),
    ];
    PlanFile {
        hand_over: Some(PlanHandOver {
            recipient: side("444455556666", "eu"),
            wishes: Wishes {
                mapping: Mapping {
                    policies: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
                    groups: BTreeMap::new(),
                    thing_prefix: "eu-".to_owned(),
                },
                activation: Activation::Always,
                ..Wishes::default()
            },
            choices: choices.map(|(name, it)| (name.to_owned(), it)).into(),
            recipe: Arc::new(Recipe {
                policies: policies.into(),
                certificates: BTreeMap::from([(id(), Ok(arrival))]),
            }),
        }),
        ..transfer()
    }
}

#[test]
fn a_file_keeps_all_of_a_plan_and_steers_no_terminal() {
    for plan in [transfer(), hand_over()] {
        let text = plan.text().unwrap();
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(PlanFile::parse(&text).unwrap(), plan);
    }
}

/// The file of a plan with a part of it changed.
fn changed(plan: &PlanFile, at: &str, to: Value) -> PlanFileError {
    let mut file: Value = serde_json::from_str(&plan.text().unwrap()).unwrap();
    *file.pointer_mut(at).unwrap_or_else(|| panic!("{at}")) = to;
    PlanFile::parse(&file.to_string()).unwrap_err()
}

#[test]
fn a_file_that_was_changed_by_hand_is_no_plan() {
    let (transfer, hand_over) = (transfer(), hand_over());
    let first = "/certificates/0";
    let at = |path: &str| format!("{first}/{path}");
    for (plan, at, to, said) in [
        (
            &transfer,
            "/certferry".to_owned(),
            json!("runs"),
            "no plan of certferry",
        ),
        (&transfer, "/version".to_owned(), json!(2), "version 2"),
        (
            &transfer,
            "/to".to_owned(),
            json!("111122223333"),
            "the account that",
        ),
        (&transfer, "/to".to_owned(), json!("4444"), "4 of 12 digits"),
        (
            &transfer,
            "/pace".to_owned(),
            json!(3.0),
            "between 0.01 and 1",
        ),
        (
            &transfer,
            "/action".to_owned(),
            json!("hand-over"),
            "hand_over",
        ),
        (
            &transfer,
            "/action".to_owned(),
            json!("revoke"),
            "unknown variant",
        ),
        (
            &transfer,
            "/certificates".to_owned(),
            json!([]),
            "there is none",
        ),
        (&transfer, at("id"), json!("ab"), "64 hexadecimal"),
        (&transfer, at("status"), json!("Busy"), "no such status"),
        // Another policy would be detached than the steps say.
        (
            &transfer,
            at("policies/0"),
            json!("jobs"),
            "its steps are not",
        ),
        (&transfer, at("steps"), json!([]), "its steps are not"),
        (&transfer, at("modified"), json!("yesterday"), "0707"),
        (
            &transfer,
            at("things/0/principal_type"),
            json!("HALF"),
            "HALF",
        ),
        (
            &transfer,
            "/source/partition".to_owned(),
            json!("x"),
            "partition",
        ),
        (
            &hand_over,
            "/hand_over/recipient/account".to_owned(),
            json!("999999999999"),
            "another account",
        ),
        (
            &hand_over,
            "/hand_over/policies/base/create/document".to_owned(),
            json!({}),
            "no statements",
        ),
        (
            &hand_over,
            "/hand_over/activate".to_owned(),
            json!("maybe"),
            "no such word",
        ),
        (&hand_over, at("arrival"), Value::Null, "is missing"),
    ] {
        let error = changed(plan, &at, to).to_string();
        assert!(error.contains(said), "{at}: {error}");
    }
    let mut unknown: Value = serde_json::from_str(&transfer.text().unwrap()).unwrap();
    unknown["notify"] = json!("everybody");
    let error = PlanFile::parse(&unknown.to_string()).unwrap_err();
    assert!(error.to_string().contains("notify"), "{error}");
    let error = PlanFile::parse("{").unwrap_err().to_string();
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn a_plan_that_could_not_be_read_is_not_written() {
    let mut plan = transfer();
    plan.left_out.push(LeftOut {
        what: "lyon.csv".to_owned(),
        code: "not-found".to_owned(),
        why: "x".repeat(usize::try_from(LONGEST_PLAN).unwrap()),
    });
    let error = plan.text().unwrap_err().to_string();
    assert!(error.contains("67 MB"), "{error}");
}

#[test]
fn what_is_no_plan_is_told_from_what_is_no_json() {
    for (text, error) in [
        ("[]", PlanFileError::NotAPlan),
        ("7", PlanFileError::NotAPlan),
        ("{}", PlanFileError::NotAPlan),
        (r#"{"certferry": 1}"#, PlanFileError::NotAPlan),
        (r#"{"certferry": "plan"}"#, PlanFileError::Version(0)),
        (
            r#"{"certferry": "plan", "version": 9}"#,
            PlanFileError::Version(9),
        ),
    ] {
        assert_eq!(PlanFile::parse(text), Err(error), "{text}");
    }
    let whole = transfer().text().unwrap();
    let cut: String = whole.chars().take(100).collect();
    let error = PlanFile::parse(&cut).unwrap_err();
    assert!(matches!(error, PlanFileError::NotJson(_)), "{error}");
}

#[test]
fn a_certificate_that_stands_twice_is_no_plan() {
    let mut plan = transfer();
    plan.certificates.push(plan.certificates[0].clone());
    let error = PlanFile::parse(&plan.text().unwrap()).unwrap_err();
    assert!(error.to_string().contains("twice"), "{error}");
}

#[test]
fn a_batch_names_what_the_plan_saw() {
    let plan = hand_over();
    let connection = crate::domain::ConnectionId(2);
    let batch = plan.batch(&[id()], Some(connection));
    assert_eq!(batch.looks, [plan.certificates[0].look.clone()]);
    assert_eq!(batch.place, plan.source.place);
    let beside = batch.beside.unwrap();
    assert_eq!(
        (beside.connection, beside.place.account),
        (connection, plan.to)
    );
    assert!(plan.batch(&[], None).looks.is_empty());
}

#[test]
fn what_would_be_done_otherwise_there_is_said() {
    let then = hand_over();
    let look = &then.certificates[0].look;
    let now = time::macros::datetime!(2026-11-29 16:00 UTC);
    let said = |change: &dyn Fn(&mut Recipe)| -> Vec<String> {
        let mut plan = then.clone();
        let half = plan.hand_over.as_mut().unwrap();
        change(Arc::make_mut(&mut half.recipe));
        let found = then.differences_there(look, &plan);
        found.iter().map(|it| it.words(now)).collect()
    };
    assert_eq!(said(&|_| {}), [""; 0]);
    let arrival = |recipe: &mut Recipe, change: &dyn Fn(&mut Arrival)| {
        let entry = recipe.certificates.get_mut(&id()).unwrap();
        change(entry.as_mut().unwrap());
    };
    // Somebody has created the thing meanwhile.
    let exists = said(&|recipe| arrival(recipe, &|it| it.things[0].exists = true));
    assert_eq!(
        exists,
        ["there is nothing left to do of: create thing eu-press-7"]
    );
    let group = said(&|recipe| arrival(recipe, &|it| it.things[0].groups.push("paris".to_owned())));
    assert_eq!(
        group,
        ["there would be to do besides: add eu-press-7 to group paris"]
    );
    let says = said(&|recipe| {
        let other = recipe.policies["site"].attached().unwrap().document.clone();
        if let Some(PolicyTaken::Create { document, .. }) = recipe.policies.get_mut("base") {
            *document = other;
        }
    });
    assert!(
        says.iter()
            .any(|it| it == "policy base says something else now"),
        "{says:?}"
    );
    let obstacle = said(&|recipe| {
        let why = crate::domain::Obstacle::AlreadyThere;
        recipe.certificates.insert(id(), Err(why));
    });
    assert_eq!(obstacle, ["the other account has this certificate already"]);
}
