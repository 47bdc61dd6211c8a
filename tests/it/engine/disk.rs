//! The journal on a disk that fails at each of its uses: nothing was changed then, or what was changed is in
//! the journal and can be put back or gone on with.

use std::ops::Range;

use certferry::{
    domain::{Procedure, RunOutcome, Timestamp},
    engine::{DiskFault, JournalPlace, Machine, Settings, SimulatedMachine},
    journal::{JournalError, NotWritable},
    simulator::{Assumptions, AttachWhileDetaching, TransferPhase},
};

use super::{Rig, SOURCE, World, prepare};

/// A computer with a disk that fails.
struct Failing {
    world: World,
    machine: SimulatedMachine,
    rig: Rig,
}

impl Failing {
    async fn start() -> Self {
        let world = World::with(Assumptions {
            attach_while_detaching: AttachWhileDetaching::Lost,
            ..Assumptions::default()
        });
        let now = Timestamp::now_utc().replace_nanosecond(0).unwrap();
        let machine = SimulatedMachine::new(now);
        let settings = Settings {
            machine: Machine::Simulated(machine.clone()),
            pace: 1.0,
            ..Settings::new(JournalPlace::File(world.journal()))
        };
        let rig = Rig::start_with(&world.simulator, settings).await;
        Self {
            world,
            machine,
            rig,
        }
    }

    fn fails(&self, uses: Range<u64>, why: &JournalError, written: bool) {
        self.machine.fail_with(Some(DiskFault {
            uses,
            why: why.clone(),
            written,
        }));
    }
}

fn errors(world: &World) -> [JournalError; 4] {
    let path = world.journal();
    let not_writable = |why| JournalError::NotWritable {
        path: path.clone(),
        why,
    };
    [
        not_writable(NotWritable::DiskFull),
        not_writable(NotWritable::Denied),
        not_writable(NotWritable::Other("input/output error".to_owned())),
        JournalError::Busy(path.clone()),
    ]
}

/// How often the journal is used by a procedure, after another one.
async fn uses(before: Option<Procedure>, procedure: Procedure) -> u64 {
    let mut failing = Failing::start().await;
    let id = failing.world.certificate(1);
    if let Some(before) = before {
        assert_eq!(failing.rig.one(before, id).await, RunOutcome::Done);
    }
    let from = failing.machine.uses();
    assert_eq!(failing.rig.one(procedure, id).await, RunOutcome::Done);
    failing.machine.uses() - from
}

/// Every use from now on that fails, once or for good, before its effect or after it.
fn faults(many: u64) -> impl Iterator<Item = (u64, bool, bool)> {
    let each = |at| [(false, false), (false, true), (true, false)].map(|(a, b)| (at, a, b));
    (0..many).flat_map(each)
}

#[tokio::test(start_paused = true)]
async fn a_transfer_survives_a_disk_that_fails_at_any_use() {
    let many = uses(None, prepare()).await;
    assert!(many > 10, "{many} uses");
    for (at, for_good, written) in faults(many) {
        for (n, then) in [Procedure::Resume, Procedure::PutBack]
            .into_iter()
            .enumerate()
        {
            let mut failing = Failing::start().await;
            let (id, start) = (failing.world.certificate(1), failing.world.state());
            let why = errors(&failing.world)[usize::try_from(at).unwrap() % 4].clone();
            let from = failing.machine.uses() + at;
            let until = if for_good { u64::MAX } else { from + 1 };
            failing.fails(from..until, &why, written);
            let case = format!("use {at} of {many}, {for_good}, {written}, {why:?}, {n}");
            let batch = failing.rig.batch(SOURCE, prepare(), &[id]);
            let ended = failing.rig.carried(batch).await.map(|it| it.outcome());
            failing.machine.fail(None);
            let (world, rig) = (&failing.world, &mut failing.rig);
            let open = rig.open().await;
            match &ended {
                Err(_) | Ok(RunOutcome::Refused(_)) => {
                    assert_eq!(world.state(), start, "{case}: {ended:?}");
                }
                // What is said to be unfinished is in the journal, unless its end was written after all.
                Ok(RunOutcome::Stopped(_)) => {
                    let transferred = world.simulator.certificate(SOURCE, &id.to_string());
                    let ended_after_all = written && transferred.unwrap().transfer.is_some();
                    let is_open = open.len() == 1;
                    assert!(is_open || ended_after_all, "{case}: {ended:?}");
                }
                Ok(_) => {}
            }
            if !open.is_empty() && then == Procedure::Resume {
                assert_eq!(rig.one(then, id).await, RunOutcome::Done, "{case}");
                let state = world.simulator.certificate(SOURCE, &id.to_string());
                let phase = state.unwrap().transfer.map(|transfer| transfer.phase);
                assert_eq!(phase, Some(TransferPhase::Pending), "{case}");
            }
            if world.state() != start {
                let back = rig.one(Procedure::PutBack, id).await;
                assert_eq!(back, RunOutcome::Done, "{case}: {ended:?}");
            } else if !rig.open().await.is_empty() {
                rig.one(Procedure::LeaveAsIs, id).await;
            }
            assert_eq!(world.state(), start, "{case}");
            assert_eq!(rig.open().await, [], "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_putting_back_survives_a_disk_that_fails_at_any_use() {
    let many = uses(Some(prepare()), Procedure::PutBack).await;
    for (at, for_good, written) in faults(many) {
        let mut failing = Failing::start().await;
        let (id, start) = (failing.world.certificate(1), failing.world.state());
        assert_eq!(failing.rig.one(prepare(), id).await, RunOutcome::Done);
        let why = errors(&failing.world)[usize::try_from(at).unwrap() % 4].clone();
        let from = failing.machine.uses() + at;
        let until = if for_good { u64::MAX } else { from + 1 };
        failing.fails(from..until, &why, written);
        let case = format!("use {at} of {many}, {for_good}, {written}, {why:?}");
        let batch = failing.rig.batch(SOURCE, Procedure::PutBack, &[id]);
        let ended = failing.rig.carried(batch).await.map(|it| it.outcome());
        failing.machine.fail(None);
        let (world, rig) = (&failing.world, &mut failing.rig);
        if world.state() != start || !rig.open().await.is_empty() {
            let back = rig.one(Procedure::PutBack, id).await;
            assert_eq!(back, RunOutcome::Done, "{case}: {ended:?}");
        }
        assert_eq!(world.state(), start, "{case}: {ended:?}");
        assert_eq!(rig.open().await, [], "{case}");
    }
}
