//! What only a look inside can show: a full disk, and the versions of the schema.

use std::collections::HashSet;

use crate::{
    domain::{
        AccountId, Before, CertificateId, CertificateStatus, Change, ControlPlane, FailureKind,
        Partition, Place, Plan, PolicyEdition, Purpose, RunEvent, RunState, Step, StepFailure,
        ThingPrincipalType, ThingRef, Timestamp,
    },
    journal::*,
};

fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

fn before(byte: u8) -> Before {
    Before {
        place: Place::aws("us-east-1", account("111122223333")),
        certificate: CertificateId::from_bytes([byte; 32]),
        status: CertificateStatus::Active,
        policies: vec!["connect".to_owned(), "publish".to_owned()],
        policy_editions: [(
            "publish".to_owned(),
            PolicyEdition {
                version: Some("3".to_owned()),
                hash: [byte; 32],
            },
        )]
        .into(),
        things: vec![ThingRef {
            name: "press".to_owned(),
            principal_type: Some(ThingPrincipalType::Exclusive),
        }],
        newest_run: None,
        pem: None,
    }
}

fn plan(before: &Before) -> Plan {
    Plan::prepare_and_transfer(before, account("444455556666"), Some("hello")).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + time::Duration::seconds(second)
}

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("certferry/journal.db")
    }

    fn open(&self) -> Journal {
        Journal::open(&self.path(), &Options::default()).unwrap()
    }

    fn begun(&self, byte: u8) -> (Journal, RunId) {
        let journal = self.open();
        let before = before(byte);
        let run = journal.begin(&before, &plan(&before), at(1)).unwrap();
        (journal, run)
    }
}

#[test]
fn a_run_is_read_back_as_it_was_written() {
    let bench = Bench::new();
    let (journal, run) = bench.begun(1);
    journal.step_begun(run, 0, at(2)).unwrap();
    journal.step_done(run, 0, at(3)).unwrap();
    journal.step_begun(run, 1, at(4)).unwrap();
    journal.step_gone(run, 2, at(5)).unwrap();
    let failure = StepFailure {
        kind: FailureKind::AccessDenied,
        text: "access denied".to_owned(),
        ambiguous: false,
    };
    journal.step_failed(run, 3, failure.clone(), at(6)).unwrap();
    drop(journal);

    let record = bench.open().record(run).unwrap().unwrap();
    assert_eq!(record.before, before(1));
    assert_eq!(record.purpose, Purpose::PrepareAndTransfer);
    assert_eq!(record.state, RunState::Unfinished);
    assert_eq!((record.began, record.ended), (at(1), None));
    assert!(!record.claimed);
    let planned: Vec<(u16, Step)> = (plan(&before(1)).steps.into_iter())
        .map(|planned| (planned.stage, planned.step))
        .collect();
    let (steps, states): (Vec<_>, Vec<_>) = (record.steps.into_iter())
        .map(|known| ((known.stage, known.step), known.state))
        .unzip();
    assert_eq!(steps, planned);
    assert_eq!(
        states,
        [
            StepState::Done(at(3)),
            StepState::Begun(at(4)),
            StepState::Gone(at(5)),
            StepState::Failed(at(6), failure),
            StepState::Planned,
            StepState::Planned,
            StepState::Planned,
        ]
    );
}

#[test]
fn foreign_text_is_kept_to_the_byte() {
    let bench = Bench::new();
    let journal = bench.open();
    let foreign = "a\0b'); DROP TABLE run;--\u{202e}\u{1b}[31m\r\n\u{10ffff} é e\u{301}";
    let mut before = before(1);
    before.place.region = foreign.to_owned();
    before.place.control_plane = ControlPlane::Other(foreign.to_owned());
    before.policies = vec![foreign.to_owned(), String::new()];
    let edition = PolicyEdition {
        version: Some(foreign.to_owned()),
        hash: [0xff; 32],
    };
    before.policy_editions = [(foreign.to_owned(), edition)].into();
    before.things = vec![ThingRef {
        name: foreign.to_owned(),
        principal_type: None,
    }];
    let plan = Plan::prepare_and_transfer(&before, account("444455556666"), Some(foreign)).unwrap();
    let run = journal.begin(&before, &plan, at(1)).unwrap();
    let failure = StepFailure {
        kind: FailureKind::Other,
        text: foreign.to_owned(),
        ambiguous: true,
    };
    journal.step_failed(run, 0, failure.clone(), at(2)).unwrap();
    let record = journal.record(run).unwrap().unwrap();
    assert_eq!(record.before, before);
    assert_eq!(record.steps[0].state, StepState::Failed(at(2), failure));
    for (known, planned) in record.steps.iter().zip(&plan.steps) {
        assert_eq!(known.step, planned.step);
    }
    let history = journal.history(&before.place, before.certificate, 9);
    assert_eq!(history.unwrap().len(), 1);
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let bench = Bench::new();
    let (journal, run) = bench.begun(1);
    let pages: i64 = (journal.lock())
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    (journal.lock())
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let full = JournalError::NotWritable {
        path: bench.path(),
        why: NotWritable::DiskFull,
    };
    let mut begun = 0;
    let refused = (2..=250).find_map(|byte| {
        let before = before(byte);
        let refused = journal.begin(&before, &plan(&before), at(2)).err();
        begun += usize::from(refused.is_none());
        refused
    });
    assert_eq!(refused, Some(full));
    assert_eq!(journal.unfinished().unwrap().len(), begun + 1);
    // What needs no room goes on, and all of it once there is room again.
    journal.step_begun(run, 0, at(3)).unwrap();
    (journal.lock())
        .pragma_update(None, "max_page_count", pages + 1000)
        .unwrap();
    let before = before(251);
    journal.begin(&before, &plan(&before), at(4)).unwrap();
}

#[test]
fn a_second_run_of_a_certificate_waits_for_the_first_one() {
    let bench = Bench::new();
    let (journal, run) = bench.begun(1);
    let again = |now| journal.begin(&before(1), &plan(&before(1)), now);
    assert_eq!(again(at(2)), Err(JournalError::Unfinished(run)));
    journal.finish(run, RunEvent::Interrupted, at(3)).unwrap();
    assert_eq!(again(at(4)), Err(JournalError::Unfinished(run)));
    let step = journal.step_begun(run, 0, at(5));
    assert_eq!(step, Err(JournalError::Claimed(run)), "it was given up");
    assert!(journal.claim(run).unwrap().claimed);
    journal.step_begun(run, 0, at(6)).unwrap();
    journal.finish(run, RunEvent::Left, at(7)).unwrap();
    assert_eq!(journal.claim(run), Err(JournalError::Finished(run)));
    let step = journal.step_begun(run, 0, at(8));
    assert_eq!(step, Err(JournalError::Finished(run)));
    assert!(again(at(9)).unwrap() > run);
}

#[test]
fn another_place_s_certificate_is_another_one() {
    let bench = Bench::new();
    let (journal, _) = bench.begun(1);
    let here = before(1).place;
    let region = Place {
        region: "eu-west-1".to_owned(),
        ..here.clone()
    };
    let emulator = Place {
        control_plane: ControlPlane::Other("127.0.0.1:4566".to_owned()),
        ..here.clone()
    };
    let partition = Place {
        partition: Partition::named("aws-cn").unwrap(),
        ..here.clone()
    };
    let found = |place: &Place| journal.history(place, before(1).certificate, 9).unwrap();
    for place in [region, emulator, partition] {
        assert_eq!(found(&place), []);
        let elsewhere = Before {
            place: place.clone(),
            ..before(1)
        };
        let run = journal.begin(&elsewhere, &plan(&elsewhere), at(2)).unwrap();
        assert_eq!(found(&place).len(), 1);
        journal.step_begun(run, 0, at(3)).unwrap();
        journal.finish(run, RunEvent::Completed, at(4)).unwrap();
        let lost = journal.to_put_back(&place, before(1).certificate);
        assert_eq!(lost.unwrap().map(|it| it.id), Some(run));
        assert_eq!(journal.certificates(&place).unwrap().len(), 1);
    }
    assert_eq!(found(&here).len(), 1);
    assert_eq!(lost(&journal), None, "nothing was taken from the one here");
}

fn lost(journal: &Journal) -> Option<RunId> {
    let before = before(1);
    let found = journal.to_put_back(&before.place, before.certificate);
    found.unwrap().map(|record| record.id)
}

#[test]
fn what_is_put_back_is_offered_no_more() {
    let bench = Bench::new();
    let (journal, first) = bench.begun(1);
    assert_eq!(lost(&journal), None, "nothing was taken from it yet");
    journal.step_begun(first, 0, at(1)).unwrap();
    journal.finish(first, RunEvent::Completed, at(2)).unwrap();
    assert_eq!(lost(&journal), Some(first));
    // Transferred again, bare, and returned again: the first run is still what is missing.
    let bare = Before {
        status: CertificateStatus::Inactive,
        policies: Vec::new(),
        things: Vec::new(),
        ..before(1)
    };
    let second = journal.begin(&bare, &plan(&bare), at(3)).unwrap();
    journal.finish(second, RunEvent::Completed, at(4)).unwrap();
    assert_eq!(lost(&journal), Some(first));

    let put = journal
        .begin_put_back(first, &Plan::default(), at(5))
        .unwrap();
    let record = journal.record(put).unwrap().unwrap();
    assert_eq!(record.before, before(1));
    assert_eq!(record.purpose, Purpose::PutBack { of: Some(first) });
    journal.finish(put, RunEvent::Completed, at(6)).unwrap();
    let record = journal.record(first).unwrap().unwrap();
    assert_eq!(
        (record.state, record.ended),
        (RunState::PutBack, Some(at(6)))
    );
    assert_eq!(lost(&journal), None);
}

#[test]
fn a_run_being_put_back_is_not_listed_beside_what_puts_it_back() {
    let bench = Bench::new();
    let (journal, run) = bench.begun(1);
    journal.step_begun(run, 0, at(1)).unwrap();
    let open = |journal: &Journal| -> Vec<RunId> {
        let records = journal.unfinished().unwrap();
        records.into_iter().map(|record| record.id).collect()
    };
    let first = journal
        .begin_put_back(run, &Plan::default(), at(2))
        .unwrap();
    assert_eq!(open(&journal), [first]);
    let other = journal.begin_put_back(run, &Plan::default(), at(3));
    assert_eq!(other, Err(JournalError::Unfinished(first)));
    // The first attempt is replaced by a second one, of the same run.
    let second = journal
        .begin_put_back(first, &Plan::default(), at(4))
        .unwrap();
    assert_eq!(open(&journal), [second]);
    let record = journal.record(second).unwrap().unwrap();
    assert_eq!(record.purpose, Purpose::PutBack { of: Some(run) });
    journal.finish(second, RunEvent::Left, at(5)).unwrap();
    assert_eq!(open(&journal), []);
    // Left as it is, it can still be put back another day.
    assert_eq!(lost(&journal), Some(run));
}

#[test]
fn several_steps_are_written_together_or_not_at_all() {
    let bench = Bench::new();
    let (journal, run) = bench.begun(1);
    let event = |position| StepEvent {
        run,
        position,
        state: StepState::Begun(at(2)),
    };
    journal.steps(&[event(0), event(1)]).unwrap();
    let failed = journal.steps(&[event(2), event(99)]);
    assert_eq!(failed, Err(JournalError::Unknown(run)));
    let record = journal.record(run).unwrap().unwrap();
    assert_eq!(record.steps[1].state, StepState::Begun(at(2)));
    assert_eq!(record.steps[2].state, StepState::Planned);
    let unknown = RunId(99);
    let step = journal.step_begun(unknown, 0, at(3));
    assert_eq!(step, Err(JournalError::Unknown(unknown)));
}

#[test]
fn the_oldest_finished_runs_go_and_no_open_one() {
    let bench = Bench::new();
    let journal = bench.open();
    let begin = |byte| {
        journal
            .begin(&before(byte), &plan(&before(byte)), at(1))
            .unwrap()
    };
    let runs: Vec<RunId> = (1..=6).map(begin).collect();
    for run in &runs[1..] {
        journal.finish(*run, RunEvent::Completed, at(2)).unwrap();
    }
    let put = journal
        .begin_put_back(runs[1], &Plan::default(), at(3))
        .unwrap();
    assert_eq!(journal.prune(2, at(5)).unwrap(), 2);
    let there = |run: RunId| journal.record(run).unwrap().is_some();
    let kept: Vec<bool> = runs.iter().copied().map(there).collect();
    assert_eq!(kept, [true, true, false, false, true, true]);
    assert!(there(put));
    let left: i64 = (journal.lock())
        .query_row(
            "SELECT count(*) FROM step WHERE run NOT IN (SELECT id FROM run)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, 0);
    // A number is never used again, though the newest run is gone.
    journal.finish(put, RunEvent::Completed, at(4)).unwrap();
    journal.prune(0, at(5)).unwrap();
    assert!(begin(9) > put);
}

#[test]
fn what_could_be_put_back_is_kept_for_a_year() {
    let bench = Bench::new();
    let journal = bench.open();
    let run = |byte, end| {
        let before = before(byte);
        let run = journal.begin(&before, &plan(&before), at(1)).unwrap();
        journal.step_done(run, 0, at(1)).unwrap();
        journal.finish(run, end, at(2)).unwrap();
        run
    };
    let older = run(1, RunEvent::Completed);
    let newest = run(1, RunEvent::Completed);
    let left = run(2, RunEvent::Left);
    let put_back = run(3, RunEvent::PutBackCompleted);
    let there = |run: RunId| journal.record(run).unwrap().is_some();
    assert_eq!(journal.prune(0, at(5)).unwrap(), 2);
    assert_eq!(
        [older, newest, left, put_back].map(there),
        [false, true, true, false]
    );
    let known = journal.certificates(&before(1).place).unwrap();
    let both = [before(1).certificate, before(2).certificate];
    assert_eq!(known, HashSet::from(both));
    let year_later = at(1) + time::Duration::days(366);
    assert_eq!(journal.prune(2, year_later).unwrap(), 0);
    assert_eq!(journal.prune(0, year_later).unwrap(), 2);
    assert!(!there(newest) && !there(left));
}

#[test]
fn a_certificate_that_was_changed_for_ever_is_kept_for_a_year() {
    let bench = Bench::new();
    let journal = bench.open();
    let before = Before {
        pem: Some("PEM".to_owned()),
        ..before(1)
    };
    let plan = Plan::of_change(Change::Revoke);
    let run = journal.begin_final_change(&before, &plan, at(1)).unwrap();
    journal.finish(run, RunEvent::Completed, at(2)).unwrap();
    assert_eq!(journal.prune(0, at(5)).unwrap(), 0);
    let kept = journal.record(run).unwrap().unwrap();
    assert_eq!(kept.before.pem.as_deref(), Some("PEM"));
    let year_later = at(1) + time::Duration::days(366);
    assert_eq!(journal.prune(0, year_later).unwrap(), 1);
}

#[test]
fn a_claim_is_the_living_journal_s_and_free_after_it() {
    let bench = Bench::new();
    let (first, run) = bench.begun(1);
    let second = bench.open();
    assert!(second.record(run).unwrap().unwrap().claimed);
    let claimed = JournalError::Claimed(run);
    assert_eq!(second.claim(run).unwrap_err(), claimed);
    assert_eq!(second.step_begun(run, 0, at(2)).unwrap_err(), claimed);
    let put = second.begin_put_back(run, &Plan::default(), at(3));
    assert_eq!(put.unwrap_err(), claimed);
    assert_eq!(
        second.finish(run, RunEvent::Left, at(3)).unwrap_err(),
        claimed
    );
    let clone = first.clone();
    drop(first);
    assert_eq!(second.claim(run).unwrap_err(), claimed, "a clone is left");
    drop(clone);
    assert!(!second.record(run).unwrap().unwrap().claimed);
    second.claim(run).unwrap();
    second.step_begun(run, 0, at(4)).unwrap();
}

#[test]
fn the_settings_are_in_force() {
    let bench = Bench::new();
    let journal = bench.open();
    let connection = journal.lock();
    let number = |name: &str| -> i64 {
        let sql = format!("PRAGMA {name}");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(number("synchronous"), 2);
    assert_eq!(number("foreign_keys"), 1);
    assert_eq!(number("user_version"), schema::VERSION);
    let mode: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

/// A process that is stopped in the middle of a write would keep all others waiting.
#[test]
fn at_rest_nothing_is_written_until_it_wakes() {
    let bench = Bench::new();
    let (journal, run) = bench.begun(1);
    let other = bench.open();
    assert!(journal.rest(Duration::from_secs(1)));
    let writing = {
        let journal = journal.clone();
        thread::spawn(move || journal.step_begun(run, 0, at(2)))
    };
    // The others go on.
    let second = before(2);
    other.begin(&second, &plan(&second), at(3)).unwrap();
    let known = journal.record(run).unwrap().unwrap();
    assert_eq!(known.steps[0].state, StepState::Planned);
    assert!(!writing.is_finished());
    journal.wake();
    writing.join().unwrap().unwrap();
    let known = journal.record(run).unwrap().unwrap();
    assert_eq!(known.steps[0].state, StepState::Begun(at(2)));
}

#[test]
fn it_comes_to_rest_when_nothing_is_being_written() {
    let journal = Bench::new().open();
    let writing = journal.lock();
    assert!(!journal.rest(Duration::from_millis(5)));
    let other = journal.clone();
    let resting = thread::spawn(move || other.rest(Duration::from_mins(1)));
    drop(writing);
    assert!(resting.join().unwrap());
}

#[test]
fn it_can_be_used_from_any_thread() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Journal>();
}
