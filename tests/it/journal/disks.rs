//! The journal on a disk that is full, and after a crash that tore what was written last.

use std::{fs, path::Path};

use certferry::domain::{RunEvent, RunId, StepState};

use super::{Place, at, before, child::Process, open, plan};

/// How the steps of a run stand; `None` where the journal has no such run.
fn standing(path: &Path, run: RunId) -> Option<Vec<StepState>> {
    let record = open(path).unwrap().record(run).unwrap()?;
    Some(record.steps.into_iter().map(|it| it.state).collect())
}

/// What a run of six steps tells a journal, in the words of a [`Process`].
fn orders() -> Vec<String> {
    let steps = (0..6).flat_map(|step| [format!("begun 1 {step}"), format!("done 1 {step}")]);
    let begin = std::iter::once("begin 1".to_owned());
    begin.chain(steps).collect()
}

/// The limit of a file's size stands for a disk with so much room: writes fail beyond it.
#[test]
fn what_was_said_to_be_written_survives_a_disk_that_gets_full() {
    let mut failed_at = Vec::new();
    for room in (0..120_000).step_by(4_000) {
        for killed in [false, true] {
            let place = Place::new();
            let mut process = Process::start(&place.path());
            assert_eq!(process.tell(&format!("room {room}")), "room");
            let mut written = 0;
            let mut error = None;
            for order in orders() {
                let said = process.tell(&order);
                if said.contains("NotWritable") {
                    error = Some(said);
                    break;
                }
                written += 1;
            }
            failed_at.push(written);
            let run = RunId(1);
            let told = |path: &Path| {
                let steps = standing(path, run).unwrap_or_default();
                steps.iter().fold(0, |told, state| match state {
                    StepState::Done(_) => told + 2,
                    StepState::Begun(_) => told + 1,
                    _ => told,
                }) + usize::from(!steps.is_empty())
            };
            if killed {
                process.kill();
                assert_eq!(told(&place.path()), written, "{room}: {error:?}");
                continue;
            }
            // With room again, the same process goes on where it was.
            assert_eq!(process.tell("room all"), "room");
            for order in orders().into_iter().skip(written) {
                let said = process.tell(&order);
                assert!(!said.contains("NotWritable"), "{room}: {order}: {said}");
            }
            process.end();
            assert_eq!(told(&place.path()), orders().len(), "{room}");
        }
    }
    // It did get full at all kinds of orders, and at none of them with the most room.
    failed_at.sort_unstable();
    failed_at.dedup();
    assert!(failed_at.len() > 4, "{failed_at:?}");
    assert_eq!(failed_at.last(), Some(&orders().len()), "{failed_at:?}");
}

/// SQLite's write-ahead log has a header of 32 bytes, then frames of a header of 24 bytes and a page
/// (<https://sqlite.org/fileformat2.html#walformat>).
const FRAME: usize = 24 + 4_096;

/// Every state of the journal's files: what was written last is cut off, or is garbage.
#[test]
fn a_torn_end_is_as_if_it_had_not_been_written() {
    let place = Place::new();
    let journal = place.open();
    let wal = place.folder().join("journal.db-wal");
    let run = RunId(1);
    let look = || {
        let record = journal.record(run).unwrap();
        record.map(|it| (it.state, it.steps))
    };
    let mut states = vec![look()];
    let before = before(1);
    journal.begin(&before, &plan(&before), at(1)).unwrap();
    states.push(look());
    for step in 0..4 {
        journal.step_begun(run, step, at(2)).unwrap();
        states.push(look());
        journal.step_done(run, step, at(3)).unwrap();
        states.push(look());
    }
    journal.finish(run, RunEvent::Interrupted, at(4)).unwrap();
    states.push(look());

    let (database, log) = (fs::read(place.path()).unwrap(), fs::read(&wal).unwrap());
    let frames = (log.len() - 32) / FRAME;
    assert!(frames > states.len(), "{frames} frames");
    let mut found = 0;
    for frame in 0..=frames {
        for torn in [0, 1, 24, 1_000, FRAME - 1] {
            let end = 32 + frame * FRAME + torn;
            let Some(whole) = log.get(..end) else {
                continue;
            };
            // What comes after the tear is missing, or is what the disk had there.
            for rest in [Vec::new(), vec![0xa5; FRAME]] {
                let copy = Place::new();
                fs::create_dir(copy.folder()).unwrap();
                fs::write(copy.path(), &database).unwrap();
                let mut bytes = whole.to_vec();
                bytes.extend(rest);
                fs::write(copy.folder().join("journal.db-wal"), bytes).unwrap();
                let opened = copy.open();
                let record = opened.record(run).unwrap();
                let state = record.map(|it| (it.state, it.steps));
                let is = states.iter().position(|known| *known == state);
                let is = is.unwrap_or_else(|| panic!("{frame} + {torn}: {state:?}"));
                assert!(is >= found, "{frame} + {torn}: {is} after {found}");
                found = is;
                // It can be written to.
                opened
                    .begin(&super::before(2), &plan(&super::before(2)), at(9))
                    .unwrap();
            }
        }
    }
    assert_eq!(found, states.len() - 1, "the whole log has everything");
}
