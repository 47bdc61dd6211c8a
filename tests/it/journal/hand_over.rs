//! The two halves of a hand-over in the journal: begun together, each at its own place.

use std::collections::BTreeMap;

use certferry::domain::{
    self, Attachment, AuthAction, AuthCheck, Before, CertificateStatus, Change, PlannedStep, Proof,
    Purpose, Resource, RunEvent, RunState, Step, ThingPrincipalType, ThingRef, TypeProperties,
};
use certferry::{domain::Plan, journal::JournalError};

use super::{Place, account, at, before, plan};

fn there(byte: u8) -> Before {
    Before {
        place: domain::Place::aws("us-east-1", account("444455556666")),
        status: CertificateStatus::PendingTransfer,
        policies: Vec::new(),
        policy_editions: BTreeMap::new(),
        things: Vec::new(),
        ..before(byte)
    }
}

/// Every step that only this half has, with letters that are hard to keep.
fn set_up() -> Plan {
    let odd = || "it's \"odd\" \u{1b}[31m é".to_owned();
    let press = ThingRef {
        name: "press".to_owned(),
        principal_type: Some(ThingPrincipalType::Exclusive),
    };
    let steps = [
        Step::Change(Change::Create(Resource::Policy {
            name: odd(),
            document: format!("{{\"Statement\":[\"{}\"]}}", "x".repeat(2000)),
        })),
        Step::Change(Change::Create(Resource::ThingType {
            name: "Press".to_owned(),
            properties: TypeProperties {
                description: Some(odd()),
                searchable: vec!["line".to_owned(), odd()],
            },
        })),
        Step::Change(Change::Create(Resource::Thing {
            name: "press".to_owned(),
            type_name: Some("Press".to_owned()),
            attributes: vec![(odd(), odd()), ("line".to_owned(), String::new())],
        })),
        Step::Change(Change::Create(Resource::Thing {
            name: "bare".to_owned(),
            type_name: None,
            attributes: Vec::new(),
        })),
        Step::Change(Change::Join {
            thing: "press".to_owned(),
            group: "lyon".to_owned(),
        }),
        Step::AwaitOffer {
            from: account("111122223333"),
        },
        Step::Change(Change::Accept { activate: false }),
        Step::Change(Change::Attach(Attachment::Thing(press))),
        Step::Prove(Proof {
            client: Some(odd()),
            checks: vec![AuthCheck {
                action: AuthAction::Subscribe,
                resources: vec![odd(), "arn:aws:iot:us-east-1:4:topicfilter/#".to_owned()],
                policy: odd(),
            }],
        }),
        Step::Change(Change::Activate),
    ];
    let steps = (0_u16..).zip(steps);
    Plan {
        steps: steps
            .map(|(stage, step)| PlannedStep { stage, step })
            .collect(),
    }
}

#[test]
fn both_halves_are_begun_together_and_come_back_as_they_were() {
    let place = Place::new();
    let journal = place.open();
    let (here, there) = (before(1), there(1));
    let (offer, set_up) = (plan(&here), set_up());
    let begun = journal.begin_hand_over((&here, &offer), (&there, &set_up), at(1));
    let (offers, takes) = begun.unwrap();
    drop(journal);
    let journal = place.open();
    let open = journal.unfinished().unwrap();
    let found: Vec<_> = open
        .iter()
        .map(|it| (it.id, it.purpose, it.before.clone()))
        .collect();
    assert_eq!(
        found,
        [
            (offers, Purpose::PrepareAndTransfer, here.clone()),
            (takes, Purpose::SetUp { of: Some(offers) }, there.clone()),
        ]
    );
    let read = journal.set_up_of(offers).unwrap().unwrap();
    let steps: Vec<Step> = read.steps.into_iter().map(|it| it.step).collect();
    let wanted: Vec<Step> = set_up.steps.iter().map(|it| it.step.clone()).collect();
    assert_eq!(steps, wanted);
    assert_eq!(journal.set_up_of(takes).unwrap(), None);
    // While one of them is open, neither is begun again.
    let again = journal.begin_hand_over((&here, &offer), (&there, &set_up), at(2));
    assert!(matches!(again, Err(JournalError::Unfinished(_))));
    assert_eq!(journal.unfinished().unwrap().len(), 2);
}

#[test]
fn what_is_put_back_at_its_source_does_not_arrive_any_more() {
    let place = Place::new();
    let journal = place.open();
    let (here, there) = (before(1), there(1));
    let begun = journal.begin_hand_over((&here, &plan(&here)), (&there, &set_up()), at(1));
    let (offers, takes) = begun.unwrap();
    journal.finish(offers, RunEvent::Completed, at(2)).unwrap();
    journal.finish(takes, RunEvent::Interrupted, at(2)).unwrap();
    let back = journal.begin_put_back(offers, &plan(&here), at(3)).unwrap();
    assert_eq!(
        journal.record(takes).unwrap().unwrap().state,
        RunState::LeftAsIs
    );
    let open: Vec<_> = journal
        .unfinished()
        .unwrap()
        .into_iter()
        .map(|it| it.id)
        .collect();
    assert_eq!(open, [back]);
}

#[test]
fn another_process_that_works_on_the_other_half_keeps_it() {
    let place = Place::new();
    let (here, there) = (before(1), there(1));
    let working = place.open();
    let begun = working.begin_hand_over((&here, &plan(&here)), (&there, &set_up()), at(1));
    let (offers, takes) = begun.unwrap();
    working.finish(offers, RunEvent::Completed, at(2)).unwrap();
    let other = place.open();
    let refused = other.begin_put_back(offers, &plan(&here), at(3));
    assert!(
        matches!(refused, Err(JournalError::Claimed(run)) if run == takes),
        "{refused:?}"
    );
    // Nothing of it is written.
    assert_eq!(other.record(offers).unwrap().unwrap().state, RunState::Done);
    working.finish(takes, RunEvent::Interrupted, at(4)).unwrap();
    other.begin_put_back(offers, &plan(&here), at(5)).unwrap();
}
