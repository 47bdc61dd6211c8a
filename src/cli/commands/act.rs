//! `certferry accept`, `reject`, `revoke-transfer`, `activate` and `deactivate`: single changes, of one certificate or of
//! many.

use std::collections::BTreeSet;

use crate::{
    cli::{
        arguments::Doing,
        error::Error,
        front::{
            choose::{Besides, Chosen, ChosenFor, choose, say_accounting},
            confirm::{check_yes, confirm},
            ended::Ended,
            follow::{Called, carry_out},
            known::FleetRow,
            open::Front,
            output::{Output, note},
            signals::{StopSignals, stopped_before},
        },
    },
    domain::{
        Action, Candidate, CertificateId, ConsoleStatus, Given, Selection, text::visible,
        words::runs::certificates,
    },
};

/// Does something to certificates.
///
/// # Errors
///
/// Why nothing of it was begun.
pub(in crate::cli) async fn run(
    action: Action,
    doing: &Doing,
    text: Option<String>,
) -> Result<Ended, Error> {
    if !doing.meant.is_said() {
        return Err(Error::NothingChosen);
    }
    let mut signals = StopSignals::listen()?;
    let out = Output::new(doing.saying.json);
    let prepared = tokio::select! {
        prepared = prepare(action, doing, out) => prepared?,
        () = signals.next() => return Ok(stopped_before()),
    };
    let Prepared {
        mut front,
        chosen,
        selection,
        left_out,
    } = prepared;
    let own = BTreeSet::from([front.here.place.account]);
    note(&format!(
        "{}: {} in {}. {}",
        action.label(),
        certificates(selection.certificates.len()),
        front.where_it_is(),
        action.row().effect
    ));
    say_parties(&front, &chosen, &selection.certificates);
    if !confirm(
        &doing.confirming,
        &own,
        &front.config.accounts,
        &mut signals,
    )
    .await?
    {
        return Ok(stopped_before());
    }
    let shown = |id: CertificateId| {
        let row = chosen.fleet.get(id);
        row.map_or_else(
            || crate::domain::Shown {
                certificate: id,
                status: ConsoleStatus::Unknown,
                party: None,
                started: None,
            },
            FleetRow::shown,
        )
    };
    let given = Given { to: None, text };
    let batch = selection.batch(given, shown).ok_or(Error::NothingFound)?;
    let names: Called = chosen
        .ids
        .iter()
        .map(|id| (*id, chosen.name(*id)))
        .collect();
    let ended = carry_out(&mut front, batch, left_out, &mut signals, names).await;
    front.close().await;
    ended
}

/// What is known before anything is done.
struct Prepared {
    front: Front,
    chosen: Chosen,
    selection: Selection,
    left_out: usize,
}

async fn prepare(action: Action, doing: &Doing, out: Output) -> Result<Prepared, Error> {
    let mut front = Front::open(&doing.connecting, out).await?;
    let own = BTreeSet::from([front.here.place.account]);
    check_yes(&doing.confirming, &own, &front.config.accounts)?;
    // Who offers it is what a person decides by.
    let besides = if action.row().bound {
        Besides::Senders
    } else {
        Besides::Nothing
    };
    let chosen = Box::pin(choose(
        &mut front,
        &doing.meant,
        besides,
        ChosenFor::Changing,
    ))
    .await?;
    let missing = say_accounting(&front, &chosen);
    if missing > 0 && !doing.meant.skip_missing {
        return Err(Error::Missing(missing));
    }
    let status = |id: CertificateId| {
        let row = chosen.fleet.get(id);
        row.map_or(ConsoleStatus::Unknown, |row| row.status)
    };
    let open = front.engine.runs(front.here.connection).await;
    let open = open.map_err(|failure| front.here.failed(&failure))?;
    let held = open.held.iter().flat_map(|it| it.runs.iter().copied());
    let claimed = open.here.iter().filter(|it| it.claimed);
    let in_work: BTreeSet<CertificateId> = held
        .chain(claimed.map(|it| it.before.certificate))
        .collect();
    let on_the_way: BTreeSet<CertificateId> =
        open.here.iter().map(|it| it.before.certificate).collect();
    let mut not_applying = 0_usize;
    let mut busy = 0_usize;
    let mut ids = Vec::new();
    for id in &chosen.ids {
        if in_work.contains(id) {
            busy = busy.saturating_add(1);
            note(&format!(
                "{}: left out, another certferry works on it",
                chosen.name(*id)
            ));
            continue;
        }
        if on_the_way.contains(id) {
            let name = chosen.name(*id);
            note(&format!(
                "{name}: a run of it stopped on the way, `certferry runs` shows it"
            ));
        }
        if action.applies_to(status(*id)) {
            ids.push(*id);
            continue;
        }
        not_applying = not_applying.saturating_add(1);
        // Of a filter it is clear that it takes more than the action does.
        if doing.meant.is_by_name() {
            let name = chosen.name(*id);
            let label = status(*id).label();
            note(&format!("{name}: left out, it is {label}"));
        }
    }
    if chosen.ids.is_empty() {
        return Err(Error::NothingFound);
    }
    if ids.is_empty() {
        return Err(Error::AppliesToNone(action.label()));
    }
    let known = |id| Candidate {
        status: status(id),
        changing: false,
        open: false,
    };
    let place = front.here.place.clone();
    let selection = Selection::choose(action, place, &ids, known);
    let selection = selection.map_err(|_| Error::AppliesToNone(action.label()))?;
    let left_out = if doing.meant.is_by_name() {
        missing.saturating_add(not_applying)
    } else {
        0
    };
    let left_out = left_out.saturating_add(busy);
    Ok(Prepared {
        front,
        chosen,
        selection,
        left_out,
    })
}

/// How many transfers are named one by one.
const NAMED: usize = 10;

/// Says whose transfers they are.
fn say_parties(front: &Front, chosen: &Chosen, ids: &[CertificateId]) {
    let book = &front.config.accounts;
    for id in ids.iter().take(NAMED) {
        let Some(row) = chosen.fleet.get(*id) else {
            continue;
        };
        let party = match (row.to, row.from) {
            (Some(to), _) => format!(" to {}", book.describe(to)),
            (None, Some(from)) => format!(" from {}", book.describe(from)),
            (None, None) => continue,
        };
        let message = row.message.as_deref().map(visible);
        let message = message.map(|it| format!(", \"{it}\"")).unwrap_or_default();
        note(&format!("  {}{party}{message}", chosen.name(*id)));
    }
    if let more @ 1.. = ids.len().saturating_sub(NAMED)
        && ids
            .first()
            .and_then(|id| chosen.fleet.get(*id))
            .is_some_and(|it| it.status.in_transfer())
    {
        note(&format!("  and {more} more"));
    }
}
