//! What is said of batches, runs and their steps, on the screen and without one.

use std::time::Duration;

use crate::domain::{
    actions::{
        action::Action,
        batch::Procedure,
        run::{Holder, Purpose, Record, Step},
        run_state::RunState,
    },
    clock::Timestamp,
    plan::Remark,
    text::{counted, visible},
    words::moments::{age, as_of},
};

/// How many names of a list are said one by one.
const NAMES: usize = 5;

/// The first names of a list, and how many more there are.
pub fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(NAMES).map(|name| visible(name)).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// What a batch does, in a few words.
pub fn procedure_label(procedure: &Procedure) -> &'static str {
    Action::of_procedure(procedure).map_or("Change", Action::label)
}

/// What a run of the journal is for.
pub fn purpose(record: &Record) -> String {
    match record.purpose {
        Purpose::PrepareAndTransfer => "prepare and transfer".to_owned(),
        Purpose::PutBack { .. } => "put back".to_owned(),
        Purpose::SetUp { .. } => "set up here, of a hand-over".to_owned(),
        Purpose::FinalChange => record.steps.iter().map(|it| step(&it.step)).collect(),
    }
}

/// How a run of the journal stands, in a word or two.
pub const fn outcome(record: &Record) -> &'static str {
    match record.state {
        RunState::Unfinished if record.claimed => "under way",
        RunState::Unfinished => "cut off",
        RunState::Stopped => "stopped",
        RunState::Done => "done",
        RunState::PutBack => "put back",
        RunState::LeftAsIs => "left as it is",
    }
}

/// Who works on a run, and since when.
pub fn holder(of: &Holder, now: Timestamp) -> String {
    let process = match of.process {
        Some(process) => format!("process {process}"),
        None => "a process".to_owned(),
    };
    let host = match &of.host {
        Some(host) => visible(host),
        None => "a computer that is not named".into(),
    };
    let since = match of.since {
        Some(since) => {
            let age = age(since, now);
            format!(", since {} ({age})", as_of(since, now))
        }
        None => String::new(),
    };
    format!("{process} on {host}{since}")
}

/// One step in words.
pub fn step(of: &Step) -> String {
    match of {
        Step::Change(change) => change.words(),
        Step::AwaitDetached => "wait until nothing is attached".to_owned(),
        Step::Confirm { .. } => "see it among the outgoing transfers".to_owned(),
        Step::AwaitLists => "wait until AWS's lists have settled".to_owned(),
        Step::SeeAttached => "see all of it attached".to_owned(),
        Step::AwaitOffer { from } => format!("see the offer of {}", from.grouped()),
        Step::Prove(proof) => {
            let checks: usize = proof.checks.iter().map(|it| it.resources.len()).sum();
            let client = match &proof.client {
                Some(client) => format!(" as {}", visible(client)),
                None => String::new(),
            };
            format!(
                "prove that it is allowed{client}: {}",
                counted(checks, "test", "tests")
            )
        }
    }
}

/// What stays otherwise than it was.
pub fn remark(of: &Remark) -> String {
    match of {
        Remark::PolicyGone(name) => format!("policy {} does not exist any more", visible(name)),
        Remark::PolicyChanged { name, was, is } => {
            let versions = match (was, is) {
                (Some(was), Some(is)) if was != is => {
                    format!(" (version {} then, {} now)", visible(was), visible(is))
                }
                _ => String::new(),
            };
            let name = visible(name);
            format!("policy {name} says something else than it did{versions}")
        }
        Remark::ThingGone(name) => format!("thing {} does not exist any more", visible(name)),
        Remark::ThingHeldOtherwise(was, _) => {
            format!(
                "thing {} is attached, but otherwise than it was",
                visible(&was.name)
            )
        }
        Remark::ActiveNow => "it was inactive and is active now: left active".to_owned(),
        Remark::StatusNotRestorable(_) => "its former status cannot be given back".to_owned(),
    }
}

/// `14 s`, `3 min 20 s`.
pub fn seconds(time: Duration) -> String {
    let begun = u64::from(time.subsec_nanos() > 0);
    let all = time.as_secs().saturating_add(begun);
    match (all / 60, all % 60) {
        (0, s) => format!("{s} s"),
        (min, 0) => format!("{min} min"),
        (min, s) => format!("{min} min {s} s"),
    }
}

/// `998 certificates`.
pub fn certificates(n: usize) -> String {
    counted(n, "certificate", "certificates")
}

/// A number as people read it: `1,250`.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digits.len().saturating_sub(i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_have_groups_of_three() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_250, "1,250"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }
}
