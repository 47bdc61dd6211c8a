//! What is said of how far batches and runs came, on the screen and without one.

use std::time::Duration;

use crate::domain::{
    actions::{
        change::Change,
        estimate::Bound,
        run::{Record, Step, StepState},
        tally::{
            Tally,
            item::{Item, Standing, StepTime},
        },
    },
    call::Slowed,
    text::visible,
    words::runs::{grouped, outcome, purpose, seconds, step},
};

/// `1 of 40 finished`.
pub fn finished(over: usize, all: usize) -> String {
    format!("{} of {} finished", grouped(over), grouped(all))
}

/// How a certificate of a batch stands, in a word or two.
pub const fn standing_word(of: Standing) -> &'static str {
    match of {
        Standing::Failed => "failed",
        Standing::NotKnown => "not known",
        Standing::Stopped => "stopped half-way",
        Standing::UnderWay => "under way",
        Standing::Waiting => "waiting",
        Standing::NotBegun => "not begun",
        Standing::Done => "done",
    }
}

/// What is over and not done: `2 failed`, `27 stopped half-way`, `3 not begun`.
pub fn not_done(of: &Tally) -> Vec<String> {
    let over = [
        Standing::Failed,
        Standing::NotKnown,
        Standing::Stopped,
        Standing::NotBegun,
    ];
    counts(of, over)
}

/// How many certificates stand so: `2 failed`, as far as there are any.
pub fn counts(of: &Tally, standings: impl IntoIterator<Item = Standing>) -> Vec<String> {
    let standings = standings.into_iter();
    let counts = standings.map(|it| (of.count(it), standing_word(it)));
    counts
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", grouped(n)))
        .collect()
}

/// What a step has done, as one word of a run; `None` for a step that only waits.
const fn done_word(of: &Step) -> Option<&'static str> {
    Some(match of {
        Step::Change(change) => match change {
            Change::Activate => "activated",
            Change::Deactivate => "deactivated",
            Change::Revoke => "revoked",
            Change::Delete => "deleted",
            Change::Attach(_) => "attached",
            Change::Detach(_) => "detached",
            Change::Transfer { .. } => "transferred",
            Change::Accept { activate: false } => "accepted",
            Change::Accept { activate: true } => "accepted and activated",
            Change::Reject { .. } => "rejected",
            Change::CancelTransfer => "taken back",
            Change::Create(_) => "created",
            Change::Join { .. } => "joined",
            Change::Remove(_) => "removed",
        },
        Step::Confirm { .. } | Step::SeeAttached => "checked",
        Step::Prove(_) => "proven",
        Step::AwaitDetached | Step::AwaitLists | Step::AwaitOffer { .. } => return None,
    })
}

/// How many steps of a kind there are, how many of them are over, and of how many that is not known.
struct Phase {
    word: &'static str,
    all: usize,
    over: usize,
    unclear: usize,
}

/// What was done of a run's steps, and what was not: `deactivated, detached, not transferred`; `transferred, not
/// checked`.
pub fn so_far<'a>(steps: impl Iterator<Item = (&'a Step, &'a StepState)>) -> String {
    let mut phases: Vec<Phase> = Vec::new();
    for (step, state) in steps {
        let Some(word) = done_word(step) else {
            continue;
        };
        if phases.last().is_none_or(|last| last.word != word) {
            phases.push(Phase {
                word,
                all: 0,
                over: 0,
                unclear: 0,
            });
        }
        if let Some(phase) = phases.last_mut() {
            phase.all = phase.all.saturating_add(1);
            let over = usize::from(state.is_over());
            phase.over = phase.over.saturating_add(over);
            // A look does no harm when it is not known how it went.
            let unclear = usize::from(step.changes() && state.is_unclear());
            phase.unclear = phase.unclear.saturating_add(unclear);
        }
    }
    if phases.iter().all(|it| it.over == 0 && it.unclear == 0) {
        return "nothing of it is done".to_owned();
    }
    // What is transferred was detached before.
    let offered = (phases.iter()).position(|it| it.word == "transferred" && it.over == it.all);
    let said = phases.into_iter().skip(offered.unwrap_or(0));
    let mut words: Vec<String> = Vec::new();
    let mut missing = false;
    for phase in said {
        let Phase {
            word,
            all,
            over,
            unclear,
        } = phase;
        // After what is missing nobody expects that it was checked.
        let looks = matches!(word, "checked" | "proven");
        if looks && missing {
            continue;
        }
        missing |= over < all;
        words.push(match (over, unclear) {
            _ if over == all => word.to_owned(),
            (_, 1..) if all == 1 => format!("not known whether {word}"),
            (_, 1..) => format!("{over} of {all} {word}, {unclear} not known"),
            (0, _) => format!("not {word}"),
            _ => format!("{over} of {all} {word}"),
        });
    }
    words.join(", ")
}

/// What was done of a certificate of a batch, and what was not.
pub fn item_so_far(of: &Item) -> String {
    so_far(
        of.steps
            .iter()
            .map(|(planned, state)| (&planned.step, state)),
    )
}

/// What was done of a run of the journal, and what was not.
pub fn record_so_far(of: &Record) -> String {
    so_far(of.steps.iter().map(|known| (&known.step, &known.state)))
}

/// How a run of the journal stands, in a few words: of one that is not over what was done, and what was not.
pub fn standing(record: &Record) -> String {
    let (what, how) = (purpose(record), outcome(record));
    if record.state.is_open() && !record.claimed {
        return format!("{what}: {how}: {}", record_so_far(record));
    }
    let over = record.steps.iter().filter(|step| step.state.is_over());
    let (over, all) = (over.count(), record.steps.len());
    format!("{what}: {how} after {over} of {all} steps")
}

/// `0.4 s`, `12 s`, `3 min 20 s`: how long something took.
pub fn took(time: Duration) -> String {
    let tenths = time.as_millis().saturating_add(50) / 100;
    match tenths {
        0 => "<0.1 s".to_owned(),
        1..=99 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ => seconds(Duration::from_secs(time.as_secs())),
    }
}

/// `0.4 s`; `12 s so far`.
pub fn step_time(of: StepTime) -> String {
    match of {
        StepTime::Took(time) => took(time),
        // It is drawn anew once a second at most.
        StepTime::SoFar(time) => {
            format!("{} so far", seconds(Duration::from_secs(time.as_secs())))
        }
    }
}

/// A number with at most one digit behind the point: `8`, `7.5`.
pub fn short_number(of: f64) -> String {
    let text = format!("{of:.1}");
    text.strip_suffix(".0")
        .map_or_else(|| text.clone(), str::to_owned)
}

/// `about 4 a second: 10 ListPrincipalThings a second, 2 each, 80 % used`.
pub fn bounded(by: &Bound, part: f64) -> String {
    let each = short_number(by.each);
    let each = if each == "1" {
        String::new()
    } else {
        format!(", {each} each")
    };
    let there = if by.beside { " there" } else { "" };
    format!(
        "about {} a second: {} {} a second{there}{each}, {} % used",
        short_number(by.certificates),
        short_number(by.quota),
        by.operation.name(),
        short_number(part * 100.0),
    )
}

/// `AWS slows it down: 3.1 ListPrincipalThings a second`.
pub fn slowed_words(of: &Slowed) -> String {
    let rate = short_number(f64::from(of.in_ten_seconds) / 10.0);
    format!("AWS slows it down: {rate} {} a second", of.operation.name())
}

/// `press-7 goes ahead; the other 39 wait`.
pub fn goes_ahead(name: &str, others: usize) -> String {
    let name = visible(name);
    match others {
        1 => format!("{name} goes ahead; the other one waits"),
        n => format!("{name} goes ahead; the other {} wait", grouped(n)),
    }
}

/// What is being done with a certificate: `detach policy base and 3 more`; `None` when no step is.
pub fn doing(of: &Item) -> Option<String> {
    let begun = |state: &StepState| matches!(state, StepState::Begun(_));
    let mut now = of.steps.iter().filter(|(_, state)| begun(state));
    let (first, _) = now.next()?;
    let first = step(&first.step);
    Some(match now.count() {
        0 => first,
        n => format!("{first} and {n} more"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, Attachment, FailureKind, StepFailure, Timestamp};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn said(states: &[StepState; 6]) -> String {
        let to = AccountId::parse("444455556666").unwrap();
        let detach = |name: &str| Change::Detach(Attachment::Policy(name.to_owned()));
        let steps = [
            Step::Change(Change::Deactivate),
            Step::Change(detach("a")),
            Step::Change(detach("b")),
            Step::AwaitDetached,
            Step::Change(Change::Transfer { to, message: None }),
            Step::Confirm { to },
        ];
        so_far(steps.iter().zip(states))
    }

    #[test]
    fn what_was_done_and_what_was_not_is_told_from_the_steps() {
        use StepState::{Begun, Done, Gone, Planned};
        let done = || Done(NOW);
        let failed = |ambiguous| {
            let failure = StepFailure {
                kind: FailureKind::TimedOut,
                text: String::new(),
                ambiguous,
            };
            StepState::Failed(NOW, failure)
        };
        let bare = [Planned, Planned, Planned, Planned, Planned, Planned];
        assert_eq!(said(&bare), "nothing of it is done");
        let detached = [done(), done(), Gone(NOW), done(), failed(false), Planned];
        assert_eq!(said(&detached), "deactivated, detached, not transferred");
        let half = [done(), done(), failed(false), Planned, Planned, Planned];
        assert_eq!(said(&half), "deactivated, 1 of 2 detached, not transferred");
        let offered = [done(), done(), done(), done(), done(), failed(false)];
        assert_eq!(said(&offered), "transferred, not checked");
        let unclear = [done(), done(), done(), done(), failed(true), Planned];
        let words = "deactivated, detached, not known whether transferred";
        assert_eq!(said(&unclear), words);
        let sent = [done(), Begun(NOW), done(), Planned, Planned, Planned];
        let words = "deactivated, 1 of 2 detached, 1 not known, not transferred";
        assert_eq!(said(&sent), words);
        let all = [done(), done(), done(), done(), done(), done()];
        assert_eq!(said(&all), "transferred, checked");
    }

    #[test]
    fn short_times_have_tenths() {
        for (milliseconds, words) in [
            (0, "<0.1 s"),
            (49, "<0.1 s"),
            (50, "0.1 s"),
            (420, "0.4 s"),
            (9_949, "9.9 s"),
            (12_300, "12 s"),
            (200_000, "3 min 20 s"),
        ] {
            assert_eq!(took(Duration::from_millis(milliseconds)), words);
        }
        let so_far = StepTime::SoFar(Duration::from_millis(12_900));
        assert_eq!(step_time(so_far), "12 s so far");
    }

    #[test]
    fn what_bounds_a_batch_is_said_with_its_quota() {
        let bound = Bound {
            operation: crate::domain::Operation::TransferCertificate,
            quota: 10.0,
            each: 1.0,
            beside: false,
            certificates: 8.0,
        };
        let words = "about 8 a second: 10 TransferCertificate a second, 80 % used";
        assert_eq!(bounded(&bound, 0.8), words);
        let twice = Bound {
            each: 2.0,
            certificates: 3.75,
            ..bound
        };
        let words = "about 3.8 a second: 10 TransferCertificate a second, 2 each, 75 % used";
        assert_eq!(bounded(&twice, 0.75), words);
    }
}
