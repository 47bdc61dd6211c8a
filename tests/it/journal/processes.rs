//! Processes that are killed, and processes that work at the same time.

use certferry::{
    domain::{Held, Life, RunEvent, RunId, StepState},
    journal::JournalError,
};

use super::{Place, at, before, child::Process, plan};

#[test]
fn whatever_was_said_to_be_done_is_there_after_a_kill() {
    let orders: Vec<String> = std::iter::once("begin 1".to_owned())
        .chain((0..3).flat_map(|step| [format!("begun 1 {step}"), format!("done 1 {step}")]))
        .collect();
    for told in 0..=orders.len() {
        let place = Place::new();
        let mut process = Process::start(&place.path());
        for order in &orders[..told] {
            process.tell(order);
        }
        process.kill();
        let journal = place.open();
        let records = journal.unfinished().unwrap();
        assert_eq!(records.len(), usize::from(told > 0), "{told}");
        let Some(record) = records.into_iter().next() else {
            continue;
        };
        assert_eq!(record.before, before(1));
        assert!(!record.claimed);
        for (step, known) in record.steps.iter().enumerate() {
            let expected = match told.saturating_sub(1 + 2 * step) {
                0 => StepState::Planned,
                1 => StepState::Begun(at(2)),
                _ => StepState::Done(at(3)),
            };
            assert_eq!(known.state, expected, "step {step} after {told} orders");
        }
        // The dead one's claim does not stand in the way.
        journal.claim(record.id).unwrap();
        journal.finish(record.id, RunEvent::Left, at(5)).unwrap();
    }
}

#[test]
fn a_kill_in_the_middle_of_writing_leaves_whole_records() {
    for n in 0..8 {
        let place = Place::new();
        let mut process = Process::start(&place.path());
        process.order("many 1 100");
        // Some have been written, and another one is being written.
        let journal = place.open();
        while journal.unfinished().unwrap().len() <= n {
            std::thread::yield_now();
        }
        process.kill();
        for record in journal.unfinished().unwrap() {
            assert_eq!(record.steps.len(), plan(&record.before).steps.len());
            assert_eq!(record.before.policies, before(1).policies);
            assert_eq!(record.before.things, before(1).things);
            journal.claim(record.id).unwrap();
        }
        drop(journal);
        place.open();
    }
}

#[test]
fn two_processes_at_once_lose_nothing() {
    let place = Place::new();
    let mut first = Process::start(&place.path());
    let mut second = Process::start(&place.path());
    first.order("many 1 20");
    second.order("many 101 20");
    assert_eq!(first.said(), "many");
    assert_eq!(second.said(), "many");
    let journal = place.open();
    let records = journal.unfinished().unwrap();
    assert_eq!(records.len(), 40);
    for record in &records {
        assert!(record.claimed);
        let done = |known: &certferry::domain::StepRecord| known.state == StepState::Done(at(3));
        assert!(record.steps.iter().all(done), "{record:?}");
    }
    first.end();
    second.kill();
    let records = journal.unfinished().unwrap();
    assert!(records.iter().all(|record| !record.claimed));
}

#[test]
fn a_run_is_one_process_s() {
    let place = Place::new();
    let mut first = Process::start(&place.path());
    let mut second = Process::start(&place.path());
    assert_eq!(first.tell("begin 1"), "1");
    let claimed = "Claimed(RunId(1))";
    assert_eq!(second.tell("claim 1"), claimed);
    assert_eq!(second.tell("begun 1 0"), claimed);
    assert_eq!(second.tell("begin 1"), "Unfinished(RunId(1))");
    let journal = place.open();
    let error = journal.claim(RunId(1)).unwrap_err();
    assert_eq!(error, JournalError::Claimed(RunId(1)));
    first.kill();
    assert_eq!(second.tell("claim 1"), "1");
    assert_eq!(second.tell("begun 1 0"), "begun");
    assert_eq!(journal.claim(RunId(1)).unwrap_err(), error);
    assert_eq!(second.tell("finish 1"), "finished");
    assert_eq!(second.tell("begin 1"), "2");
    second.end();
}

/// A living process that is taken for a dead one does no harm: it goes no further.
#[test]
fn what_is_taken_over_is_nobody_s_and_its_holder_goes_no_further() {
    let place = Place::new();
    let mut first = Process::start(&place.path());
    assert_eq!(first.tell("begin 1"), "1");
    assert_eq!(first.tell("begin 2"), "2");
    assert_eq!(first.tell("begun 1 0"), "begun");
    let journal = place.open();
    let at = before(1).place;
    let held = |at: &certferry::domain::Place| {
        let open = journal.unfinished().unwrap();
        let open: Vec<_> = open
            .into_iter()
            .filter(|it| it.before.place == *at)
            .collect();
        journal.held(at, &open).unwrap()
    };
    let found = held(&at);
    let [Held { holder, runs, .. }] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(runs.len(), 2);
    assert_eq!(holder.process, Some(first.number()));
    assert_eq!(holder.life, Life::Alive);
    assert!(holder.host.is_some() && holder.since.is_some());
    // Not by another's name, and not at another place.
    assert_eq!(journal.take_over("F00D"), Err(JournalError::Nothing));
    let elsewhere = certferry::domain::Place {
        region: "eu-west-1".to_owned(),
        ..at.clone()
    };
    assert_eq!(held(&elsewhere), []);
    assert!(journal.unfinished().unwrap().iter().all(|it| it.claimed));
    journal.take_over(&holder.token).unwrap();
    assert_eq!(held(&at), []);
    let free = journal.unfinished().unwrap();
    assert!(free.iter().all(|it| !it.claimed && it.holder.is_none()));
    // Neither its own nor anything new.
    for order in ["done 1 0", "begun 1 1", "finish 1", "claim 2", "begin 3"] {
        assert_eq!(first.tell(order), "TakenOver", "{order}");
    }
    journal.claim(RunId(1)).unwrap();
    assert_eq!(journal.take_over(&holder.token), Err(JournalError::Nothing));
    first.end();
    // Another process of that computer is none that was taken over.
    let mut second = Process::start(&place.path());
    assert_eq!(second.tell("claim 2"), "2");
    second.end();
}

#[test]
fn many_processes_may_start_at_once() {
    let place = Place::new();
    let path = &place.path();
    let start = || Process::start(path);
    let processes: Vec<Process> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
        starting.into_iter().map(|it| it.join().unwrap()).collect()
    });
    for (byte, mut process) in (1..).zip(processes) {
        process.tell(&format!("begin {byte}"));
        process.end();
    }
    assert_eq!(place.open().unfinished().unwrap().len(), 6);
    let owners = std::fs::read_dir(place.folder().join("journal.db.owners"));
    assert_eq!(owners.unwrap().count(), 0, "the processes have cleaned up");
}
