//! The words on the disk: a journal of an earlier version, read by this one.

use certferry::{
    domain::{
        Attachment, Before, CertificateId, CertificateStatus, Change, Edition, FailureKind, Plan,
        PlannedStep, Purpose, Record, RunEvent, RunId, RunState, Step, StepFailure, StepState,
        ThingPrincipalType, ThingRef,
    },
    journal::Journal,
};
use rusqlite::Connection;

use super::{Place, account, at, before, open, plan};

/// Every word that version 2 of the schema has, as a dump.
const VERSION_2: &str = include_str!("fixtures/version-2.sql");

/// The kinds of failures of that version, in the order in which the dump has them.
const KINDS: [FailureKind; 36] = [
    FailureKind::NoCredentials,
    FailureKind::BadProfile,
    FailureKind::NoRegion,
    FailureKind::ExpiredCredentials,
    FailureKind::InvalidCredentials,
    FailureKind::OtherAccount,
    FailureKind::AccountNotKnown,
    FailureKind::CodeNeeded,
    FailureKind::CodeRefused,
    FailureKind::RoleRefused,
    FailureKind::RoleNotAssigned,
    FailureKind::RegionOff,
    FailureKind::ClockWrong,
    FailureKind::AccessDenied,
    FailureKind::DeniedByOrganization,
    FailureKind::Throttled,
    FailureKind::ConnectionRefused,
    FailureKind::UnknownHost,
    FailureKind::NotTrusted,
    FailureKind::TimedOut,
    FailureKind::ConnectionLost,
    FailureKind::NotFound,
    FailureKind::CertificateState,
    FailureKind::TransferConflict,
    FailureKind::TransferCompleted,
    FailureKind::InvalidRequest,
    FailureKind::LimitExceeded,
    FailureKind::NotSupported,
    FailureKind::BadSetting,
    FailureKind::Changed,
    FailureKind::ServiceFault,
    FailureKind::UnreadableAnswer,
    FailureKind::ReadOnly,
    FailureKind::Journal,
    FailureKind::Internal,
    FailureKind::Other,
];

fn earlier() -> (Place, Journal) {
    let place = Place::new();
    std::fs::create_dir_all(place.folder()).unwrap();
    let file = Connection::open(place.path()).unwrap();
    file.execute_batch(VERSION_2).unwrap();
    drop(file);
    let journal = open(&place.path()).unwrap();
    (place, journal)
}

fn record(journal: &Journal, run: i64) -> Record {
    journal.record(RunId(run)).unwrap().unwrap()
}

fn thing(name: &str, principal_type: Option<ThingPrincipalType>) -> ThingRef {
    ThingRef {
        name: name.to_owned(),
        principal_type,
    }
}

#[test]
fn every_kind_of_failure_is_read() {
    let (_place, journal) = earlier();
    let run = record(&journal, 1);
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!(run.began, at(1000));
    assert_eq!(run.ended, Some(at(3000)));
    assert_eq!(run.steps.len(), KINDS.len());
    for (n, (step, kind)) in run.steps.iter().zip(KINDS).enumerate() {
        let failure = StepFailure {
            kind,
            text: format!("failure {n}"),
            ambiguous: n % 2 == 1,
        };
        assert_eq!(step.state, StepState::Failed(at(2000), failure));
        assert_eq!(
            step.step,
            Step::Change(Change::Detach(Attachment::Policy(format!("policy-{n}"))))
        );
    }
    let things = [
        thing("exclusive", Some(ThingPrincipalType::Exclusive)),
        thing("shared", Some(ThingPrincipalType::NonExclusive)),
        thing("untold", None),
    ];
    assert_eq!(run.before.things, things);
    assert_eq!(run.before.policies, before(1).policies);
    assert_eq!(run.before.policy_editions, before(1).policy_editions);
    assert_eq!(run.before.place, before(1).place);
}

#[test]
fn every_step_and_every_state_of_one_is_read() {
    let (_place, journal) = earlier();
    let to = account("444455556666");
    let of = |run: &Record| -> Vec<(Step, StepState)> {
        let steps = run.steps.iter();
        steps
            .map(|it| (it.step.clone(), it.state.clone()))
            .collect()
    };
    let run = record(&journal, 2);
    assert_eq!(run.purpose, Purpose::PrepareAndTransfer);
    assert_eq!(run.state, RunState::PutBack);
    let press = thing("press", Some(ThingPrincipalType::Exclusive));
    let message = Some("moving".to_owned());
    assert_eq!(
        of(&run),
        [
            (Step::Change(Change::Deactivate), StepState::Done(at(2000))),
            (
                Step::Change(Change::Detach(Attachment::Policy("connect".to_owned()))),
                StepState::Gone(at(2001))
            ),
            (
                Step::Change(Change::Detach(Attachment::Thing(press))),
                StepState::Begun(at(2002))
            ),
            (Step::AwaitDetached, StepState::Planned),
            (
                Step::Change(Change::Transfer { to, message }),
                StepState::Planned
            ),
            (Step::Confirm { to }, StepState::Planned),
        ]
    );
    let put_back = record(&journal, 3);
    assert_eq!(put_back.purpose, Purpose::PutBack { of: Some(RunId(2)) });
    assert_eq!(put_back.state, RunState::Done);
    let steps: Vec<Step> = of(&put_back).into_iter().map(|(step, _)| step).collect();
    assert_eq!(
        steps,
        [
            Step::Change(Change::CancelTransfer),
            Step::AwaitLists,
            Step::Change(Change::Attach(Attachment::Policy("connect".to_owned()))),
            Step::Change(Change::Attach(Attachment::Thing(thing("press", None)))),
            Step::SeeAttached,
            Step::Change(Change::Activate),
        ]
    );
}

#[test]
fn every_status_and_every_state_of_a_run_is_read() {
    let (_place, journal) = earlier();
    for (run, status, state) in [
        (2, CertificateStatus::Inactive, RunState::PutBack),
        (4, CertificateStatus::Active, RunState::Done),
        (5, CertificateStatus::Revoked, RunState::LeftAsIs),
        (6, CertificateStatus::PendingTransfer, RunState::Stopped),
        (7, CertificateStatus::PendingActivation, RunState::Done),
        (8, CertificateStatus::RegisterInactive, RunState::Done),
        (9, CertificateStatus::Unknown, RunState::Unfinished),
    ] {
        let found = record(&journal, run);
        assert_eq!((found.before.status, found.state), (status, state), "{run}");
    }
    let certificate = record(&journal, 4).before.certificate;
    assert_eq!(certificate, CertificateId::from_bytes([3; 32]));
}

/// A later version may have words that this one does not know.
#[test]
fn an_unknown_kind_of_failure_is_another_one_and_an_unknown_state_is_an_error() {
    let (place, journal) = earlier();
    drop(journal);
    let file = Connection::open(place.path()).unwrap();
    let later = "UPDATE step SET failure_kind = 'Later' WHERE run = 1 AND position = 0";
    file.execute_batch(later).unwrap();
    let journal = open(&place.path()).unwrap();
    let first = record(&journal, 1).steps.into_iter().next().unwrap();
    let StepState::Failed(_, failure) = first.state else {
        panic!("{first:?}");
    };
    assert_eq!(failure.kind, FailureKind::Other);
    drop(journal);
    file.execute_batch("UPDATE run SET state = 'later' WHERE id = 1")
        .unwrap();
    let journal = open(&place.path()).unwrap();
    let error = journal.record(RunId(1)).unwrap_err();
    assert!(error.to_string().contains("state of a run"), "{error}");
}

/// What version 3 has besides: a change that cannot be undone, with the certificate.
#[test]
fn a_final_change_is_written_in_words() {
    let place = Place::new();
    let journal = place.open();
    let before = Before {
        pem: Some("-----BEGIN".to_owned()),
        ..before(1)
    };
    let plan = Plan::of_change(Change::Revoke);
    let run = journal.begin_final_change(&before, &plan, at(1)).unwrap();
    let file = Connection::open(place.path()).unwrap();
    let row = file.query_row("SELECT purpose, pem FROM run", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    let written = ("final change".to_owned(), "-----BEGIN".to_owned());
    assert_eq!(row.unwrap(), written);
    let kept = journal.record(run).unwrap().unwrap();
    assert_eq!((kept.purpose, kept.before), (Purpose::FinalChange, before));
}

#[test]
fn every_step_is_read_as_it_was_written() {
    let policy = || Attachment::Policy("connect".to_owned());
    let press = || Attachment::Thing(thing("press", Some(ThingPrincipalType::Exclusive)));
    let change = Step::Change;
    let to = account("444455556666");
    let reason = Some("wrong fleet".to_owned());
    let written = [
        change(Change::Accept { activate: true }),
        change(Change::Accept { activate: false }),
        change(Change::Reject { reason }),
        change(Change::Reject { reason: None }),
        change(Change::Revoke),
        change(Change::Delete),
        change(Change::CancelTransfer),
        change(Change::Transfer { to, message: None }),
        change(Change::Remove(policy())),
        change(Change::Remove(press())),
        change(Change::Attach(policy())),
        change(Change::Attach(press())),
        change(Change::Detach(policy())),
        change(Change::Detach(press())),
        change(Change::Activate),
        change(Change::Deactivate),
        Step::AwaitOffer { from: to },
        Step::AwaitDetached,
        Step::AwaitLists,
        Step::SeeAttached,
    ];
    let place = Place::new();
    let journal = open(&place.path()).unwrap();
    let planned = |step: &Step| PlannedStep {
        stage: 1,
        step: step.clone(),
    };
    let plan = Plan {
        steps: written.iter().map(planned).collect(),
    };
    let run = journal.begin(&before(1), &plan, at(1)).unwrap();
    assert!(journal.holds(run).unwrap());
    drop(journal);
    let journal = open(&place.path()).unwrap();
    assert!(!journal.holds(run).unwrap());
    let read = record(&journal, run.0).steps.into_iter();
    let read: Vec<Step> = read.map(|it| it.step).collect();
    assert_eq!(read, written);
}

#[test]
fn an_edition_is_kept_also_when_half_of_it_is_known() {
    let both = Edition {
        version: Some(3),
        modified: Some(at(9)),
    };
    for edition in [
        both,
        Edition {
            version: None,
            ..both
        },
        Edition {
            modified: None,
            ..both
        },
    ] {
        let place = Place::new();
        let journal = open(&place.path()).unwrap();
        let before = before(1);
        let run = journal.begin(&before, &plan(&before), at(1)).unwrap();
        let returned = || journal.record(run).unwrap().unwrap().returned;
        // What has not ended has not come back.
        journal
            .returned(&before.place, before.certificate, edition)
            .unwrap();
        assert_eq!(returned(), None);
        for position in 0..journal.record(run).unwrap().unwrap().steps.len() {
            journal.step_begun(run, position, at(2)).unwrap();
            journal.step_done(run, position, at(2)).unwrap();
        }
        journal.finish(run, RunEvent::Completed, at(3)).unwrap();
        journal
            .returned(&before.place, before.certificate, edition)
            .unwrap();
        assert_eq!(returned(), Some(edition));
        // What was seen first stays.
        let later = Edition {
            version: Some(7),
            ..both
        };
        journal
            .returned(&before.place, before.certificate, later)
            .unwrap();
        assert_eq!(returned(), Some(edition));
    }
}
