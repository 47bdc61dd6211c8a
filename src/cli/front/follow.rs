//! Carrying out a batch without a screen: what is reported, what stops it, and how it ended.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    cli::{
        error::Error,
        front::{
            ended::{Ended, SOME_FAILED, code},
            open::Front,
            output::{Output, failure_json},
            progress::{EVERY, ProgressShown},
            signals::StopSignals,
        },
    },
    domain::{
        Action, Answer, Batch, Call, CarryReport, CertificateId, CommandPlace, Failure, Item,
        Mutation, Progress, Reason, RunOutcome, Slowed, Standing, StepFailure, StepState, StopAt,
        Tally, Timestamp, aws_cli_line,
        text::{counted, visible},
        words::{
            progress::{item_so_far, not_done, slowed_words},
            runs::{procedure_label, remark, seconds, step},
        },
    },
};

/// What a person calls a certificate.
pub(in crate::cli) type Called = HashMap<CertificateId, String>;

/// What is said of a batch while it goes on.
struct Following {
    out: Output,
    tally: Tally,
    /// The calls that are not answered, or whose answers were lost.
    unanswered: HashMap<(CertificateId, u64), Mutation>,
    shown: ProgressShown,
    names: Called,
    /// How much AWS slows it down now.
    slowed: Option<Slowed>,
}

/// Carries out a batch that was confirmed. `left_out` says how many certificates that were asked for are not in it.
///
/// # Errors
///
/// Why it was not begun at all.
pub(in crate::cli) async fn carry_out(
    front: &mut Front,
    batch: Batch,
    left_out: usize,
    signals: &mut StopSignals,
    names: Called,
) -> Result<Ended, Error> {
    let mut following = Following {
        out: front.out,
        tally: Tally::new(&batch, now()),
        unanswered: HashMap::new(),
        shown: ProgressShown::of(procedure_label(&batch.procedure), batch.certificates.len()),
        names,
        slowed: None,
    };
    front.out.json("begin", begin_json(&batch));
    let request = (front.engine).send(front.here.connection, Call::Carry(Box::new(batch)));
    let mut stopped = 0_u8;
    let mut end = End::Over;
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.tick().await;
    loop {
        let reply = tokio::select! {
            biased;
            () = signals.next() => {
                stopped = stopped.saturating_add(1);
                if stopped > 1 {
                    break;
                }
                front.engine.stop(request, StopAt::Step);
                following.shown.note(
                    "Stopping after the calls in flight; a second signal does not wait for them.",
                );
                continue;
            }
            reply = front.engine.next() => reply,
            _ = tick.tick() => {
                following.say();
                continue;
            }
        };
        match reply.map(|reply| reply.answer) {
            Some(Answer::Carried(CarryReport::Progress(reports))) => {
                for report in reports {
                    following.take(report);
                }
            }
            Some(Answer::Carried(CarryReport::Slowed(slowed))) => {
                following.slowed = slowed;
                following
                    .shown
                    .at(following.tally.over(), &following.remark());
            }
            Some(Answer::Failed(failure)) if following.nothing_is_begun() => {
                following.shown.end();
                return Err(front.failed(&failure));
            }
            Some(Answer::Failed(failure)) => {
                following.shown.note(&front.failed(&failure).to_string());
                following.tally.failed(failure, now());
                end = End::BrokenOff;
                break;
            }
            Some(_) => break,
            None => {
                following
                    .shown
                    .note("The background task has ended before it was over.");
                end = End::BrokenOff;
                break;
            }
        }
    }
    front.hurried = stopped > 1;
    if stopped > 0 {
        end = End::Stopped;
    }
    Ok(following.ended(front, left_out, end))
}

/// How it came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All of it is over.
    Over,
    /// A signal has stopped it.
    Stopped,
    /// What carries it out is gone.
    BrokenOff,
}

impl Following {
    fn name(&self, id: CertificateId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| id.short())
    }

    /// How far it is, in a few words.
    fn remark(&self) -> String {
        let mut said = behind(not_done(&self.tally));
        if let Some(slowed) = &self.slowed {
            said = format!("{said}, {}", slowed_words(slowed));
        }
        if let Some(left) = self.tally.seconds_left(now()) {
            let left = seconds(std::time::Duration::from_secs(left));
            said = format!("{said}, about {left} left");
        }
        said
    }

    fn nothing_is_begun(&self) -> bool {
        self.tally.count(Standing::Waiting) == self.tally.items().len()
    }

    fn say(&self) {
        let all = self.tally.items().len();
        self.shown.say(self.tally.over(), all, &self.remark());
    }

    fn take(&mut self, report: Progress) {
        self.out_json(&report);
        match &report {
            Progress::Sent { call, mutation } => {
                let key = (mutation.id(), *call);
                self.unanswered.insert(key, (**mutation).clone());
            }
            Progress::Answered { id, call, answer } => match answer {
                Err(failure) if failure.ambiguous => {}
                _ => {
                    self.unanswered.remove(&(*id, *call));
                }
            },
            Progress::Step {
                id,
                position,
                state: StepState::Done(_),
            } if self.tally.items().len() == 1 => self.say_step(*id, *position),
            Progress::Ended { id, outcome } if *outcome != RunOutcome::Done => {
                let so_far = self.tally.item(*id).map(item_so_far).unwrap_or_default();
                let why = ended_words(outcome, &so_far);
                self.shown.note(&format!("{}: {why}", self.name(*id)));
            }
            _ => {}
        }
        self.tally.report(report, now());
        self.shown.at(self.tally.over(), &self.remark());
    }

    /// Says that a step of the only certificate is done.
    fn say_step(&self, id: CertificateId, position: usize) {
        let item = self.tally.item(id);
        if let Some((planned, _)) = item.and_then(|it| it.steps.get(position)) {
            self.shown.note(&format!("done: {}", step(&planned.step)));
        }
    }

    fn out_json(&self, report: &Progress) {
        if self.out.is_json() {
            let (kind, content) = report_json(report);
            self.out.json(kind, content);
        }
    }

    /// Says how it ended.
    fn ended(mut self, front: &Front, left_out: usize, end: End) -> Ended {
        self.tally.ended = Some(now());
        let (all, done) = (self.tally.items().len(), self.tally.count(Standing::Done));
        for item in self
            .tally
            .items()
            .iter()
            .filter(|it| !it.remarks.is_empty())
        {
            let remarks: Vec<String> = item.remarks.iter().map(remark).collect();
            let text = format!("{}: {}", self.name(item.id), remarks.join("; "));
            self.shown.note(&text);
        }
        self.shown.end();
        let open = self
            .tally
            .items()
            .iter()
            .filter(|it| self.tally.is_open(it));
        let open = open.count();
        let took = (now() - self.tally.began).unsigned_abs();
        let label = procedure_label(&self.tally.procedure);
        let mut ended = Ended::with(match code(&self.tally, end == End::Stopped) {
            0 if left_out > 0 => SOME_FAILED,
            code => code,
        });
        if end != End::Over || self.tally.items().iter().any(Item::is_unknown) {
            ended.unknown = self.unknown(front);
        }
        if open > 0 {
            let left = counted(open, "certificate is", "certificates are");
            ended.left_open = Some(format!(
                "{left} half-way: `certferry resume --all` goes on, `certferry put-back --all` puts back"
            ));
        }
        let rest = behind(not_done(&self.tally));
        self.out.words(&format!(
            "{label}: {done} of {} done in {}{rest}.",
            counted(all, "certificate", "certificates"),
            seconds(took)
        ));
        self.out.json(
            "over",
            json!({
                "action": action_name(&self.tally),
                "certificates": all,
                "done": done,
                "failed": (self.tally.count(Standing::Failed))
                    .saturating_add(self.tally.count(Standing::NotKnown)),
                "stopped": self.tally.count(Standing::Stopped),
                "not_begun": self.tally.count(Standing::NotBegun),
                "not_known": ended.unknown.len(),
                "left_open": open,
                "left_out": left_out,
                "seconds": took.as_secs_f64(),
                "exit": ended.code(),
            }),
        );
        ended
    }

    /// The changes of which it is not known whether they were made, as AWS CLI commands.
    fn unknown(&self, front: &Front) -> Vec<String> {
        let mut unanswered: Vec<_> = self.unanswered.iter().collect();
        unanswered.sort_by_key(|((_, call), _)| *call);
        let line = |mutation: &Mutation| {
            let arn = &mutation.certificate;
            let sides = [Some(&front.here), front.peer.as_ref()];
            let side = sides.into_iter().flatten();
            let side = side.filter(|it| it.place.account == arn.account);
            let at = CommandPlace {
                region: &arn.region,
                profile: side.clone().find_map(|it| it.profile.as_deref()),
                endpoint: side.clone().find_map(|it| it.endpoint()),
            };
            let where_it_is = side.map(|it| front.words(&it.place)).next();
            let where_it_is = where_it_is.unwrap_or_else(|| arn.account.grouped());
            format!(
                "{}: {}",
                visible(&where_it_is),
                visible(&aws_cli_line(mutation, &at))
            )
        };
        unanswered.iter().map(|(_, it)| line(it)).collect()
    }
}

/// Remarks behind something: each with a comma before it.
fn behind(remarks: Vec<String>) -> String {
    let mut said = String::new();
    for remark in remarks {
        said.push_str(", ");
        said.push_str(&remark);
    }
    said
}

/// Why a certificate is not done, in words.
fn ended_words(outcome: &RunOutcome, so_far: &str) -> String {
    match outcome {
        RunOutcome::Done => "done".to_owned(),
        RunOutcome::Refused(why @ Reason::NotBegun(_)) => {
            format!(
                "its device stays as it is, not all that it needs there could be created: {why}"
            )
        }
        RunOutcome::Refused(why) => format!("nothing was done: {why}"),
        RunOutcome::Stopped(failure) if failure.ambiguous => {
            format!(
                "not known whether its last change was made: {}",
                failure.text
            )
        }
        RunOutcome::Stopped(failure) => format!("{so_far}: {}", failure.text),
        RunOutcome::Cancelled { begun: true } => format!("stopped: {so_far}"),
        RunOutcome::Cancelled { begun: false } => "not begun".to_owned(),
    }
}

fn now() -> Timestamp {
    crate::domain::timestamp(std::time::SystemTime::now())
}

fn action_name(tally: &Tally) -> Option<&'static str> {
    Action::of_procedure(&tally.procedure).map(|action| action.row().name)
}

fn begin_json(batch: &Batch) -> Value {
    let action = Action::of_procedure(&batch.procedure);
    json!({
        "action": action.map(|it| it.row().name),
        "account": batch.place.account.to_string(),
        "region": batch.place.region,
        "recipient": batch.procedure.recipient().map(|it| it.to_string()),
        "certificates": batch.certificates.len(),
    })
}

fn report_json(report: &Progress) -> (&'static str, Value) {
    let id = report.certificate().to_string();
    match report {
        Progress::Planned { steps, remarks, .. } => {
            let steps: Vec<Value> = steps
                .iter()
                .map(|it| {
                    let account = if it.beside { "recipient" } else { "own" };
                    json!({ "account": account, "step": step(&it.step) })
                })
                .collect();
            let remarks: Vec<String> = remarks.iter().map(remark).collect();
            (
                "planned",
                json!({ "id": id, "steps": steps, "remarks": remarks }),
            )
        }
        Progress::Step {
            position, state, ..
        } => {
            let (state, failure) = match state {
                StepState::Planned => ("planned", None),
                StepState::Begun(_) => ("begun", None),
                StepState::Done(_) => ("done", None),
                StepState::Gone(_) => ("gone", None),
                StepState::Failed(_, failure) => ("failed", Some(reason_of(failure))),
            };
            let content =
                json!({ "id": id, "position": position, "state": state, "reason": failure });
            ("step", content)
        }
        Progress::Sent { call, mutation } => {
            let operation = mutation.change.operation().name();
            let parameters = mutation.parameters();
            let account = mutation.certificate.account.to_string();
            (
                "sent",
                json!({
                    "id": id, "call": call, "account": account, "operation": operation,
                    "parameters": parameters,
                }),
            )
        }
        Progress::Answered { call, answer, .. } => ("answered", answered_json(&id, *call, answer)),
        Progress::Waiting { what, .. } => ("waiting", json!({ "id": id, "for": what })),
        Progress::Ended { outcome, .. } => {
            let (word, reason) = match outcome {
                RunOutcome::Done => ("done", None),
                RunOutcome::Refused(why) => ("refused", serde_json::to_value(why).ok()),
                RunOutcome::Stopped(failure) => ("stopped", Some(reason_of(failure))),
                RunOutcome::Cancelled { begun: true } => ("cancelled", None),
                RunOutcome::Cancelled { begun: false } => ("not begun", None),
            };
            let not_known = matches!(outcome, RunOutcome::Stopped(it) if it.ambiguous);
            (
                "ended",
                json!({ "id": id, "outcome": word, "reason": reason, "not_known": not_known }),
            )
        }
    }
}

fn answered_json(id: &str, call: u64, answer: &Result<crate::domain::Done, Box<Failure>>) -> Value {
    match answer {
        Ok(done) => json!({
            "id": id, "call": call, "outcome": "done", "request_id": done.request_id,
            "seen_afterwards": done.confirmed_afterwards,
        }),
        Err(failure) => json!({
            "id": id, "call": call,
            "outcome": if failure.ambiguous { "not known" } else { "not done" },
            "failure": failure_json(failure),
        }),
    }
}

/// Why a step failed, with a code that never changes.
fn reason_of(failure: &StepFailure) -> Value {
    json!({ "code": failure.kind.code(), "words": failure.text })
}
