//! The steps of a certificate as they follow one another: what runs together stands together, each with its time.

use crate::{
    domain::{
        Item, StepState, Timestamp,
        text::{visible, width},
        words::progress::step_time,
    },
    tui::{
        pages::batch::state::BatchState,
        text::{
            prose::{Prose, Role},
            words::{remark, step_line},
        },
    },
};

/// The widest column of steps: a time that stands far from its step is not seen.
const WIDEST: usize = 56;

/// Where a step stands among those that run together with it.
fn branch(first: bool, last: bool) -> &'static str {
    match (first, last) {
        (true, true) => "",
        (_, false) => "├ ",
        (false, true) => "└ ",
    }
}

/// The steps of a certificate, in rows of at most so many columns. Answers with the line of the first one that is being
/// done.
pub fn timeline(
    run: &BatchState,
    item: &Item,
    now: Timestamp,
    columns: usize,
    page: &mut Prose,
) -> Option<usize> {
    let mut running = None;
    // A plan is made from what was seen, and is in the journal before it is reported.
    if !item.steps.is_empty() {
        let seen = "✓ describe it, list what is attached, write it down";
        page.text(Role::Good, seen);
    }
    let mut rows: Vec<(Role, String, String)> = Vec::new();
    let mut place_before = None;
    let mut at = 0;
    let mut steps = item.steps.as_slice();
    while let Some((first, _)) = steps.first() {
        let same = |(it, _): &&(crate::domain::RunStep, StepState)| {
            it.stage == first.stage && it.beside == first.beside
        };
        let together = steps.iter().take_while(same).count().max(1);
        let place = run.place_of_step(first);
        if run.beside.is_some() && place_before != Some(first.beside) {
            place_before = Some(first.beside);
            let text = format!("In {}", visible(&place.words));
            rows.push((Role::Heading, text, String::new()));
        }
        if together > 1 {
            rows.push((Role::Quiet, "  at the same time".to_owned(), String::new()));
        }
        for (n, (planned, state)) in steps.iter().take(together).enumerate() {
            let (role, text) = step_line(&planned.step, state);
            let branch = branch(n == 0 && together == 1, n.saturating_add(1) == together);
            let indent = if together > 1 { "  " } else { "" };
            let time = item.step_time(at, now).map(step_time);
            let waits = item.waiting.as_ref();
            let waits = waits.filter(|_| matches!(state, StepState::Begun(_)));
            let time = match (time, waits) {
                (Some(time), Some(what)) => format!("{time}, waits for {}", visible(what)),
                (None, Some(what)) => format!("waits for {}", visible(what)),
                (time, None) => time.unwrap_or_default(),
            };
            if matches!(state, StepState::Begun(_)) && item.outcome.is_none() {
                let line = page.lines().len().saturating_add(rows.len());
                running = running.or(Some(line));
            }
            rows.push((role, format!("{indent}{branch}{text}"), time));
            at = at.saturating_add(1);
        }
        steps = steps.get(together..).unwrap_or_default();
    }
    let timed = rows.iter().filter(|(_, _, time)| !time.is_empty());
    let widest = timed.map(|(_, text, _)| width(text)).max().unwrap_or(0);
    let column = widest.min(WIDEST).min(columns.saturating_sub(12));
    for (role, text, time) in rows {
        let gap = column.saturating_sub(width(&text)).saturating_add(2);
        let text = if time.is_empty() {
            text
        } else {
            format!("{text}{}{time}", " ".repeat(gap))
        };
        page.text(role, text);
    }
    for what in &item.remarks {
        page.text(Role::Warn, format!("! {}", remark(what)));
    }
    running
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            AccountId, Attachment, Batch, CertificateId, Change, Place, Procedure, Progress,
            RequestId, RunStep, Step,
        },
        tui::pages::batch::state::BatchPlace,
    };

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::milliseconds(milliseconds)
    }

    #[test]
    fn what_runs_together_stands_together_with_times() {
        let id = CertificateId::from_bytes([7; 32]);
        let here = Place::aws("us-east-1", AccountId::parse("111122223333").unwrap());
        let batch = Batch::new(here.clone(), Procedure::PutBack, vec![id]);
        let place = BatchPlace {
            words: "here".to_owned(),
            place: here,
            profile: None,
            endpoint: None,
        };
        let mut run = BatchState::new(RequestId(1), place, None, &batch, at(0));
        let detach = |name: &str| Change::Detach(Attachment::Policy(name.to_owned()));
        let steps = [
            (1, Step::Change(Change::Deactivate)),
            (2, Step::Change(detach("a"))),
            (2, Step::Change(detach("b"))),
            (3, Step::AwaitDetached),
        ];
        let steps = steps.map(|(stage, step)| RunStep {
            stage,
            step,
            beside: false,
        });
        let planned = Progress::Planned {
            id,
            steps: steps.to_vec(),
            remarks: Vec::new(),
        };
        run.tally.report(planned, at(0));
        for (position, state) in [
            (0, StepState::Begun(at(0))),
            (0, StepState::Done(at(400))),
            (1, StepState::Begun(at(400))),
            (2, StepState::Begun(at(400))),
            (1, StepState::Done(at(12_400))),
        ] {
            let step = Progress::Step {
                id,
                position,
                state,
            };
            run.tally.report(step, at(0));
        }
        let waiting = Progress::Waiting {
            id,
            what: "AWS".to_owned(),
        };
        run.tally.report(waiting, at(0));
        let mut page = Prose::default();
        let item = run.tally.item(id).unwrap();
        let running = timeline(&run, item, at(5_900), 80, &mut page);
        assert_eq!(running, Some(4));
        let wanted = "\
✓ describe it, list what is attached, write it down
✓ deactivate           0.4 s
  at the same time
  ├ ✓ detach policy a  12 s
  └ … detach policy b  5 s so far, waits for AWS
  wait until nothing is attached";
        assert_eq!(page.plain(), wanted);
    }
}
