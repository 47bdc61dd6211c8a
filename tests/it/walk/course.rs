//! The course of a walk: the world is made, everybody acts, the faults end, and everything is brought to an
//! end.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use certferry::{
    domain::{CertificateId, Procedure, Reason, Record, RunOutcome, RunState, Timestamp},
    journal::{Journal, JournalError, NotWritable, Options},
    simulator::{Clock, NewCertificate, PrincipalType, Simulator, Status},
};
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use super::{
    computer::{Computer, Surroundings},
    console,
    desk::{Desk, Screen},
    network::Network,
    promises::{PATIENCE, Promise, Promises, words},
    script::{Account, Act, Deed, Event, NewOne, Operator, Script},
    story::Story,
};

/// When every walk begins: 2026-11-24 10:00 UTC.
const NOW: i64 = 1_795_514_400;

/// How a walk went.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) story: Vec<String>,
    /// The promise that was broken first, and how.
    pub(super) broken: Option<(Promise, String)>,
    pub(super) calls: u32,
}

/// Makes the world of a script, and does something in it.
pub(super) fn in_a_world<T>(script: &Script, work: impl AsyncFnOnce(Surroundings) -> T) -> T {
    let folder = tempfile::Builder::new().prefix("walk").tempdir().unwrap();
    // The SDK's own dice: how long it waits before it tries again.
    fastrand::seed(script.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let around = surroundings(script, folder.path());
        work(around).await
    })
}

/// Walks through a script.
pub(super) fn walk(script: &Script) -> Walked {
    in_a_world(script, async |around| course(script, around).await)
}

fn surroundings(script: &Script, folder: &Path) -> Surroundings {
    let simulator = Simulator::with_assumptions(Clock::Fixed(NOW), script.assumptions.clone());
    let ids = furnish(&simulator, &script.certificates);
    let story = Story::begin();
    let promises = Promises::new(&simulator, &script.assumptions, &story);
    let network = Network::new(&simulator, &story, &promises, script);
    let around = Surroundings {
        simulator,
        network,
        promises,
        story,
        ids: Arc::new(ids),
        epoch: Timestamp::from_unix_timestamp(NOW).unwrap(),
        folder: folder.to_owned(),
    };
    for who in [Operator::One, Operator::Three, Operator::There] {
        let journal = Journal::open(&around.journal(who), &Options::default()).unwrap();
        around.promises.reads(who.team(), journal);
    }
    around
}

async fn course(script: &Script, around: Surroundings) -> Walked {
    let mut day = Day {
        around: around.clone(),
        running: BTreeMap::new(),
        desk: None,
        read_only: (script.seed.is_multiple_of(5)).then_some(Operator::Three),
        deeds: JoinSet::new(),
        by_keys: script.seed.is_multiple_of(2),
    };
    if let Some(who) = day.read_only {
        around.promises.is_read_only(who);
    }
    for event in &script.events {
        day.until(event).await;
        day.act(&event.act).await;
        around.promises.check_nothing_lost(false);
    }
    day.ends().await;
    Walked {
        story: around.story.lines(),
        broken: around.promises.broken(),
        calls: around.network.calls(),
    }
}

fn furnish(simulator: &Simulator, certificates: &[NewOne]) -> Vec<CertificateId> {
    let accounts = [Account::Source, Account::Recipient, Account::Third];
    let document = |account: Account, topic: &str| {
        let arn = |what: &str| format!("arn:aws:iot:us-east-1:{}:{what}", account.number());
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "iot:Connect", "Resource": arn("client/*") },
            { "Effect": "Allow", "Action": "iot:Publish", "Resource": arn(&format!("topic/{topic}")) },
        ] })
    };
    for account in accounts {
        simulator.create_account(account.number());
        simulator.create_thing_group(account.number(), "lyon", None);
    }
    let source = Account::Source.number();
    let recipient = Account::Recipient.number();
    for n in 0..4 {
        let topic = format!("t{n}");
        let here = document(Account::Source, &topic);
        simulator.create_policy(source, &console::policy(n), &here);
    }
    // The first one is there, the second one says something else there, and the others are missing.
    let same = document(Account::Recipient, "t0");
    simulator.create_policy(recipient, &console::policy(0), &same);
    let other = document(Account::Recipient, "other");
    simulator.create_policy(recipient, &console::policy(1), &other);
    let mut ids = Vec::new();
    for (n, new) in certificates.iter().enumerate() {
        let number = u64::try_from(n).unwrap() + 1;
        let status = if new.active {
            Status::Active
        } else {
            Status::Inactive
        };
        let created = (NOW - 86_400 * i64::try_from(number).unwrap()) * 1_000;
        let made = NewCertificate::new("press", number)
            .status(status)
            .created(created);
        let id = simulator.add_certificate(source, &made).unwrap();
        for which in 0..4 {
            simulator.create_thing(source, &console::thing(n, which), None, &[("line", "A1")]);
        }
        if let Some(to) = new.offered {
            simulator.offer(source, &id, to.number(), None).unwrap();
        } else {
            for policy in 0..new.policies {
                let name = console::policy(policy);
                simulator.attach_policy(source, &id, &name).unwrap();
            }
            for which in 0..new.things {
                let kind = if new.exclusive && new.things == 1 {
                    PrincipalType::ExclusiveThing
                } else {
                    PrincipalType::NonExclusiveThing
                };
                let name = console::thing(n, which);
                simulator.attach_thing(source, &id, &name, kind).unwrap();
                simulator.put_into_group(source, "lyon", &name);
            }
        }
        ids.push(CertificateId::parse(&id).unwrap());
    }
    ids
}

/// A day that goes on.
struct Day {
    around: Surroundings,
    running: BTreeMap<Operator, Arc<Computer>>,
    desk: Option<Desk>,
    read_only: Option<Operator>,
    deeds: JoinSet<()>,
    /// Whether somebody at a screen ends what is open.
    by_keys: bool,
}

impl Day {
    async fn until(&self, event: &Event) {
        let at = Duration::from_millis(event.at);
        tokio::time::sleep(at.saturating_sub(self.around.story.elapsed())).await;
    }

    fn computer(&mut self, who: Operator) -> Arc<Computer> {
        let read_only = self.read_only == Some(who);
        let start = || Computer::start(who, &self.around, read_only);
        Arc::clone(self.running.entry(who).or_insert_with(start))
    }

    async fn act(&mut self, act: &Act) {
        let around = self.around.clone();
        match act {
            Act::With {
                who,
                deed: Deed::Kill,
                ..
            } => {
                if let Some(computer) = self.running.remove(who) {
                    computer.kill().await;
                }
            }
            Act::With {
                who,
                deed: Deed::Disk { full, seconds },
                ..
            } => self.disk(*who, *full, *seconds),
            Act::With {
                who,
                deed: Deed::OtherAccount { seconds },
                ..
            } => {
                let (computer, seconds) = (self.computer(*who), *seconds);
                around
                    .story
                    .tell(who.name(), "signs with the keys of the recipient");
                computer.keys.give(Account::Recipient);
                self.deeds.spawn(async move {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    computer.keys.give(computer.who.home());
                });
            }
            Act::AtTheDesk { dice, times } => {
                let desk = self.desk.get_or_insert_with(|| Desk::start(&around));
                desk.press(*dice, *times);
            }
            Act::DeskDies => {
                if let Some(desk) = self.desk.take() {
                    desk.kill().await;
                }
            }
            Act::With { who, deed, think } => {
                let (computer, deed, think) = (self.computer(*who), deed.clone(), *think);
                around.story.tell(who.name(), format!("wants {deed:?}"));
                self.deeds
                    .spawn(async move { computer.does(deed, think).await });
            }
            Act::Console {
                of,
                deed,
                certificate,
                which,
            } => {
                let id = around.ids[*certificate].to_string();
                let named = (*certificate, &*id);
                let (simulator, promises) = (&around.simulator, &around.promises);
                console::does(
                    simulator,
                    promises,
                    &around.story,
                    *of,
                    *deed,
                    named,
                    *which,
                )
                .await;
            }
            Act::Expire { of, seconds } => {
                let (of, seconds) = (*of, *seconds);
                around.story.tell(of.name(), "its credentials end");
                around.simulator.set_expired(of.number(), true);
                self.deeds.spawn(async move {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    around.simulator.set_expired(of.number(), false);
                });
            }
            Act::Deny {
                of,
                action,
                seconds,
            } => {
                let (of, action, seconds) = (*of, *action, *seconds);
                around.story.tell(of.name(), format!("is denied {action}"));
                around.simulator.deny(of.number(), action);
                self.deeds.spawn(async move {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    around.simulator.allow(of.number(), action);
                });
            }
        }
    }

    fn disk(&mut self, who: Operator, full: bool, seconds: u64) {
        let path = self.around.folder.join("journal.db");
        let why = if full {
            JournalError::NotWritable {
                path,
                why: NotWritable::DiskFull,
            }
        } else {
            JournalError::Busy(path)
        };
        let story = &self.around.story;
        let what = if full { "full" } else { "busy" };
        story.tell(who.name(), format!("finds its journal {what}"));
        let computer = self.computer(who);
        computer.machine.fail(Some(why.clone()));
        self.deeds.spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            if computer.machine.fails() == Some(why) {
                computer.machine.fail(None);
            }
        });
    }

    /// The faults end, everybody goes home, and what is open is brought to an end.
    async fn ends(mut self) {
        let around = self.around.clone();
        let promises = &around.promises;
        around.story.tell("---", "nothing goes wrong any more");
        around.network.calm_down();
        let over = tokio::time::timeout(PATIENCE, async {
            while let Some(deed) = self.deeds.join_next().await {
                if let Err(error) = deed {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
        });
        if over.await.is_err() {
            promises.breaks(Promise::EveryWaitEnds, "a deed does not end".to_owned());
            return;
        }
        if let Some(desk) = self.desk.take() {
            desk.go_home().await;
        }
        for (who, computer) in &self.running {
            if tokio::time::timeout(PATIENCE, computer.quit())
                .await
                .is_err()
            {
                let what = format!("{} does not end", who.name());
                promises.breaks(Promise::EveryWaitEnds, what);
                return;
            }
            promises.died(*who);
        }
        let patience = Instant::now();
        while around.network.under_way() > 0 && patience.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        promises.check_nothing_lost(false);
        if promises.broken().is_some() {
            return;
        }
        // Every second time somebody at a screen does it first, and nothing is left.
        let by_keys = self.by_keys;
        if by_keys {
            let (mut screen, replies) = Screen::start(&around);
            screen.ends_what_is_open(replies).await;
        }
        // What stood in the way of the one with a journal of his own may be gone at the end.
        for who in [
            Operator::Three,
            Operator::There,
            Operator::One,
            Operator::Three,
        ] {
            closes(&around, who, by_keys && who == Operator::One).await;
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
        promises.check_nothing_lost(true);
    }
}

/// Somebody brings everything to an end that a journal has open, and puts everything back.
async fn closes(around: &Surroundings, who: Operator, nothing_is_open: bool) {
    let promises = &around.promises;
    let computer = Computer::start(who, around, false);
    let closing = async {
        for round in 0.. {
            let Some(open) = computer.open().await else {
                promises.breaks(
                    Promise::CanBeEnded,
                    "the journal cannot be asked".to_owned(),
                );
                return;
            };
            if nothing_is_open && !(open.here.is_empty() && open.not_begun.is_empty()) {
                let what = format!("the screen had nothing open any more: {open:?}");
                promises.breaks(Promise::CanBeEnded, what);
                return;
            }
            computer.forget(&open).await;
            if open.here.is_empty() {
                break;
            }
            if round == 3 {
                let what = format!("still open: {:?}", open.here);
                promises.breaks(Promise::CanBeEnded, what);
                return;
            }
            for run in &open.here {
                end(around, &computer, run.before.certificate).await;
            }
        }
        let Some(restorable) = computer.restorable().await else {
            promises.breaks(
                Promise::CanBeEnded,
                "the journal cannot be asked".to_owned(),
            );
            return;
        };
        for record in restorable {
            put_back_twice(around, &computer, record.before.certificate).await;
        }
    };
    if tokio::time::timeout(PATIENCE * 4, closing).await.is_err() {
        promises.breaks(
            Promise::EveryWaitEnds,
            "what is open does not end".to_owned(),
        );
    }
    computer.quit().await;
    promises.died(who);
}

/// Puts a certificate back, or goes on with its run, or leaves it: one of them must be possible.
async fn end(around: &Surroundings, computer: &Computer, id: CertificateId) {
    for procedure in [Procedure::PutBack, Procedure::Resume] {
        let outcomes = computer.planned(procedure, vec![id], 600).await;
        if outcomes.get(&id) == Some(&RunOutcome::Done) {
            return;
        }
    }
    let left = computer.leave(id).await;
    if left != Some(RunOutcome::Done) {
        let how = left.as_ref().map(words);
        let what = format!("{id} cannot be left as it is: {how:?}");
        around.promises.breaks(Promise::CanBeEnded, what);
    }
}

/// Puts a certificate back, and once more: then there is nothing to put back any more. What earlier runs
/// had taken and was left as it was can be put back after it.
async fn put_back_twice(around: &Surroundings, computer: &Computer, id: CertificateId) {
    for _ in 0..5 {
        let first = computer.planned(Procedure::PutBack, vec![id], 600).await;
        if first.get(&id) != Some(&RunOutcome::Done) {
            return;
        }
        let earlier = computer.restorable().await.unwrap_or_default();
        let left = |it: &Record| it.before.certificate == id && it.state == RunState::LeftAsIs;
        if !earlier.iter().any(left) {
            break;
        }
    }
    // Elsewhere a thing may still be on its way off.
    let state = || {
        let all = around.simulator.snapshot().places.into_iter();
        let of = all.map(|(at, place)| (at, place.certificates.get(&id.to_string()).cloned()));
        of.collect::<Vec<_>>()
    };
    let before = state();
    let again = computer.planned(Procedure::PutBack, vec![id], 600).await;
    let refused = again
        .get(&id)
        .is_none_or(|outcome| *outcome == RunOutcome::Refused(Reason::NothingToPutBack));
    if !refused || state() != before {
        let what = format!("{id} is put back twice: {again:?}");
        around.promises.breaks(Promise::PutBackOnce, what);
    }
}
