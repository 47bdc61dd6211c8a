//! `certferry history` and `runs`: what the journal has.

use serde_json::{Value, json};

use crate::{
    aws::Wire,
    cli::{
        arguments::{Connecting, meant::Saying},
        commands::show::time_json,
        error::Error,
        front::{
            ended::Ended,
            open::Front,
            output::{Output, note},
        },
        settings::{configuration, engine_settings},
    },
    domain::{
        ConnectionId, Purpose, Record, RunState, StepState, Timestamp, ask,
        text::{counted, visible},
        words::{
            moments::moment,
            progress::standing,
            runs::{holder, outcome, step},
        },
    },
    engine::Engine,
};

/// Lists every run, newest first.
///
/// # Errors
///
/// The journal cannot be read.
pub(in crate::cli) async fn history(saying: Saying) -> Result<Ended, Error> {
    let out = Output::new(saying.json);
    let (config, _) = configuration()?;
    let wire = Wire::Aws {
        endpoint_url: None,
        helper: None,
    };
    let mut engine = Engine::start(wire, engine_settings(&config, true));
    let each = engine.each(ConnectionId(0), ask::PastRuns {}, |part| {
        for run in &part.runs {
            say_run(run, out);
        }
    });
    let read = each.await;
    engine.end_unheard().await;
    read.map_err(|failure| {
        let advice = failure.advice(crate::domain::Signing::default());
        Error::Failed(Box::new(failure), advice)
    })?;
    Ok(Ended::well())
}

/// Lists what is open here.
///
/// # Errors
///
/// Why that is not known.
pub(in crate::cli) async fn open(connecting: &Connecting, saying: Saying) -> Result<Ended, Error> {
    let out = Output::new(saying.json);
    let mut front = Front::open(connecting, out).await?;
    let open = front.engine.runs(front.here.connection).await;
    let open = open.map_err(|failure| front.failed(&failure))?;
    for run in &open.here {
        say_run(run, out);
    }
    let now: Timestamp = crate::domain::timestamp(std::time::SystemTime::now());
    for batch in &open.not_begun {
        let ids: Vec<String> = batch.certificates.iter().map(ToString::to_string).collect();
        let n = counted(ids.len(), "certificate", "certificates");
        let to = front.config.accounts.describe(batch.to);
        out.words(&format!(
            "{n} of a batch to {to}, confirmed {}: not begun, nothing of them was changed",
            moment(batch.began)
        ));
        let content = json!({
            "to": batch.to.to_string(), "hand_over": batch.hand_over,
            "began": time_json(batch.began), "certificates": ids,
        });
        out.json("not-begun", content);
    }
    for held in &open.held {
        let who = holder(&held.holder, now);
        let ids: Vec<String> = held.runs.iter().map(ToString::to_string).collect();
        let n = counted(ids.len(), "certificate", "certificates");
        out.words(&format!("{n} held by {who}"));
        let content = json!({
            "host": held.holder.host, "process": held.holder.process,
            "since": held.holder.since.map(time_json), "certificates": ids,
        });
        out.json("held", content);
    }
    for (place, n) in &open.elsewhere {
        let runs = counted(*n, "open run", "open runs");
        out.words(&format!("{runs} in {}", visible(place)));
        out.json("elsewhere", json!({ "place": place, "runs": n }));
    }
    if open.here.is_empty() && open.not_begun.is_empty() && open.held.is_empty() {
        note(&format!("Nothing is open in {}.", front.where_it_is()));
    }
    front.close().await;
    Ok(Ended::well())
}

fn say_run(run: &Record, out: Output) {
    let to = run.recipient().map(|to| format!(" to {}", to.grouped()));
    out.words(&format!(
        "{}  {}  {}{}: {}",
        run.before.certificate,
        moment(run.began),
        visible(&run.before.place.words()),
        to.unwrap_or_default(),
        standing(run)
    ));
    if out.is_json() {
        out.json("run", run_json(run));
    }
}

fn run_json(run: &Record) -> Value {
    let place = &run.before.place;
    let steps: Vec<Value> = run
        .steps
        .iter()
        .map(|it| {
            let (state, reason) = match &it.state {
                StepState::Planned => ("planned", None),
                StepState::Begun(_) => ("begun", None),
                StepState::Done(_) => ("done", None),
                StepState::Gone(_) => ("gone", None),
                StepState::Failed(_, why) => {
                    let reason = json!({ "code": why.kind.code(), "words": why.text });
                    ("failed", Some(reason))
                }
            };
            let mut step = json!({
                "step": step(&it.step), "state": state, "at": it.state.at().map(time_json),
            });
            if let (Some(step), Some(reason)) = (step.as_object_mut(), reason) {
                step.insert("reason".to_owned(), reason);
            }
            step
        })
        .collect();
    json!({
        "run": run.id.0,
        "id": run.before.certificate.to_string(),
        "purpose": purpose(run.purpose),
        "control_plane": place.control_plane.to_string(),
        "account": place.account.to_string(),
        "region": place.region,
        "recipient": run.recipient().map(|it| it.to_string()),
        "state": state(run.state),
        "standing": outcome(run),
        "began": time_json(run.began),
        "ended": run.ended.map(time_json),
        "policies": run.before.policies,
        "things": run.before.things.iter().map(|it| &it.name).collect::<Vec<_>>(),
        "steps": steps,
    })
}

const fn purpose(of: Purpose) -> &'static str {
    match of {
        Purpose::PrepareAndTransfer => "start-transfer",
        Purpose::PutBack { .. } => "put-back",
        Purpose::FinalChange => "final-change",
        Purpose::SetUp { .. } => "set-up",
    }
}

const fn state(of: RunState) -> &'static str {
    match of {
        RunState::Unfinished => "unfinished",
        RunState::Stopped => "stopped",
        RunState::Done => "done",
        RunState::PutBack => "put-back",
        RunState::LeftAsIs => "left-as-is",
    }
}
