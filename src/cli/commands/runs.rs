//! `certferry resume` and `put-back`: what is done with runs of the journal.

use std::collections::BTreeSet;

use crate::{
    cli::{
        arguments::Doing,
        error::Error,
        front::{
            choose::{Besides, ChosenFor, choose, say_accounting},
            confirm::{check_yes, confirm},
            ended::{Ended, SOME_FAILED},
            follow::{Called, carry_out},
            known::Fleet,
            open::Front,
            output::{Output, note},
            signals::{StopSignals, stopped_before},
        },
    },
    domain::{
        AccountId, Action, Batch, Beside, Candidate, CertificateId, ConsoleStatus, Given,
        Procedure, Record, Selection, ask,
        text::visible,
        words::runs::{certificates, listed, remark, step},
    },
};

/// Resumes runs, or puts back what they took.
///
/// # Errors
///
/// Why nothing of it was begun.
pub(in crate::cli) async fn run(action: Action, all: bool, doing: &Doing) -> Result<Ended, Error> {
    if !all && !doing.meant.is_said() {
        return Err(Error::NothingChosen);
    }
    let mut signals = StopSignals::listen()?;
    let out = Output::new(doing.saying.json);
    let prepared = tokio::select! {
        prepared = prepare(action, all, doing, out) => prepared?,
        () = signals.next() => return Ok(stopped_before()),
    };
    let (mut front, selection, left_out) = match prepared {
        Work::Runs(front, selection, left_out) => (*front, *selection, left_out),
        Work::Nothing { not_begun } => {
            note("There is nothing to do: the journal has no open run here.");
            return Ok(if not_begun > 0 {
                Ended::with(SOME_FAILED)
            } else {
                Ended::well()
            });
        }
    };
    let accounts = accounts(&front, &selection);
    check_yes(&doing.confirming, &accounts, &front.config.accounts)?;
    let chosen = selection.chosen();
    note(&format!(
        "{}: {} in {}. {}",
        action.label(),
        certificates(chosen.len()),
        front.where_it_is(),
        action.row().effect
    ));
    say_planned(&selection);
    if chosen.is_empty() {
        return Err(Error::AppliesToNone(action.label()));
    }
    if !confirm(
        &doing.confirming,
        &accounts,
        &front.config.accounts,
        &mut signals,
    )
    .await?
    {
        return Ok(stopped_before());
    }
    let shown = |id| crate::domain::Shown {
        certificate: id,
        status: ConsoleStatus::Unknown,
        party: None,
        started: None,
    };
    let refused = selection.certificates.len().saturating_sub(chosen.len());
    let batch = selection.batch(Given::default(), shown);
    let batch = batch.ok_or(Error::AppliesToNone(action.label()))?;
    let left_out = left_out.saturating_add(refused);
    let ended = carry_out(&mut front, batch, left_out, &mut signals, Called::new()).await;
    front.close().await;
    ended
}

/// What there is to do.
enum Work {
    /// Runs, and how many that were asked for are not among them.
    Runs(Box<Front>, Box<Selection>, usize),
    /// Nothing is open but so many certificates that a batch has not begun.
    Nothing { not_begun: usize },
}

/// What is worked out before anything is done.
async fn prepare(action: Action, all: bool, doing: &Doing, out: Output) -> Result<Work, Error> {
    let mut front = Front::open(&doing.connecting, out).await?;
    let connection = front.here.connection;
    let open = front.engine.runs(connection).await;
    let open = open.map_err(|failure| front.failed(&failure))?;
    for held in &open.held {
        let who = crate::domain::words::runs::holder(&held.holder, now());
        note(&format!(
            "{} held by another certferry: {who}",
            certificates(held.runs.len())
        ));
    }
    // Of these nothing was changed, so nothing goes on: a new plan begins them, or the screen.
    let not_begun = match action {
        Action::Resume if all => open.not_begun.iter().map(|it| it.certificates.len()).sum(),
        _ => 0_usize,
    };
    if not_begun > 0 {
        note(&format!(
            "{} of a batch not begun: `certferry runs` shows them, a new plan begins them, or the runs on the screen",
            certificates(not_begun)
        ));
    }
    let (ids, missing) = if all {
        let free = open.here.iter().filter(|it| !it.claimed);
        (free.map(|it| it.before.certificate).collect(), 0)
    } else {
        let chosen = Box::pin(choose(
            &mut front,
            &doing.meant,
            Besides::FormerThings,
            ChosenFor::Changing,
        ))
        .await?;
        let missing = say_accounting(&front, &chosen);
        if missing > 0 && !doing.meant.skip_missing {
            return Err(Error::Missing(missing));
        }
        (chosen.ids, missing)
    };
    let (records, missing) = match action {
        Action::Resume => {
            let wanted: BTreeSet<CertificateId> = ids.iter().copied().collect();
            let open = open.here.into_iter();
            let open = open.filter(|it| wanted.contains(&it.before.certificate));
            (open.collect(), missing)
        }
        _ => (restorable(&mut front, &ids).await?, missing),
    };
    if ids.is_empty() || records.is_empty() {
        if all {
            front.close().await;
            return Ok(Work::Nothing { not_begun });
        }
        return Err(match action {
            _ if ids.is_empty() => Error::NothingFound,
            Action::Resume => Error::NothingUnfinished,
            _ => Error::NothingTaken,
        });
    }
    let selection = planned(&mut front, action, records).await?;
    let left_out = missing.saturating_add(not_begun);
    Ok(Work::Runs(Box::new(front), Box::new(selection), left_out))
}

fn now() -> crate::domain::Timestamp {
    crate::domain::timestamp(std::time::SystemTime::now())
}

async fn restorable(front: &mut Front, ids: &[CertificateId]) -> Result<Vec<Record>, Error> {
    let connection = front.here.connection;
    let question = ask::RestorableOf { ids: ids.to_vec() };
    let records = front.engine.ask(connection, question).await;
    records.map_err(|failure| front.failed(&failure))
}

/// The selection, with the steps that would be done.
async fn planned(
    front: &mut Front,
    action: Action,
    records: Vec<Record>,
) -> Result<Selection, Error> {
    let ids: Vec<CertificateId> = records.iter().map(|it| it.before.certificate).collect();
    let open: BTreeSet<CertificateId> = records
        .iter()
        .filter(|it| it.state.is_open())
        .map(|it| it.before.certificate)
        .collect();
    // Whether devices use it again decides about those that nobody is asked about.
    let statuses = Fleet::described(front, &ids).await?;
    let known = |id: CertificateId| Candidate {
        status: statuses
            .get(id)
            .map_or(ConsoleStatus::Unknown, |row| row.status),
        changing: false,
        open: open.contains(&id),
    };
    let place = front.here.place.clone();
    let selection = Selection::choose(action, place.clone(), &ids, known);
    let mut selection = selection.map_err(|_| Error::AppliesToNone(action.label()))?;
    selection.beside = front.peer.as_ref().map(|it| Beside {
        connection: it.connection,
        place: it.place.clone(),
    });
    selection.records = records;
    let (procedure, certificates) = match action {
        Action::Resume => (Procedure::Resume, selection.certificates.clone()),
        _ => (Procedure::PutBack, selection.chosen()),
    };
    if certificates.is_empty() {
        return Ok(selection);
    }
    let batch = Batch {
        beside: selection.beside.clone(),
        ..Batch::new(place, procedure, certificates)
    };
    let planned = front.engine.plan(front.here.connection, batch).await;
    for one in planned.map_err(|failure| front.failed(&failure))? {
        selection.plan(one.steps);
    }
    selection.looked = true;
    Ok(selection)
}

/// The accounts that have to be confirmed: the recipients of what is gone on with, or the own one.
fn accounts(front: &Front, selection: &Selection) -> BTreeSet<AccountId> {
    let to: BTreeSet<AccountId> = selection.resumed_for().into_keys().collect();
    if to.is_empty() {
        BTreeSet::from([front.here.place.account])
    } else {
        to
    }
}

/// How many certificates are named with their steps.
const NAMED: usize = 10;

/// Says what would be done with each, or why nothing can be.
fn say_planned(selection: &Selection) {
    for planned in selection.planned.iter().take(NAMED) {
        let name = planned.id.short();
        let text = match &planned.steps {
            Ok(steps) if steps.is_empty() => "nothing is left to do".to_owned(),
            Ok(steps) => {
                let steps: Vec<String> = steps.iter().map(step).collect();
                listed(&steps)
            }
            Err(why) => format!("left out: {why}"),
        };
        note(&format!("  {name}: {}", visible(&text)));
        for it in &planned.remarks {
            note(&format!("    {}", remark(it)));
        }
    }
    for record in &selection.records {
        if let Some(why) = selection.against_many(record) {
            let name = record.before.certificate.short();
            note(&format!("  {name}: left out: {why}"));
        }
    }
    if let more @ 1.. = selection.planned.len().saturating_sub(NAMED) {
        note(&format!("  and {more} more"));
    }
}
