//! `certferry apply`: looks whether a plan still holds, and does it.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    cli::{
        arguments::ApplyArguments,
        commands::show,
        error::Error,
        front::{
            confirm::{check_yes, confirm},
            ended::{Ended, STALE},
            follow::{Called, carry_out},
            open::{Front, Opened, as_planned},
            output::{Output, note},
            signals::{StopSignals, stopped_before},
            work_out::{Seen, look, look_at_both},
        },
    },
    domain::{
        CertificateId, Difference, Look, PlanFile, PlanHandOver, Timestamp, differences,
        text::visible,
        timestamp,
        words::{moments::as_of, runs::certificates},
    },
};

/// What has changed of each certificate since a plan was made.
type Changed = Vec<(CertificateId, Vec<Difference>)>;

/// Applies a plan.
///
/// # Errors
///
/// Why nothing of it was begun.
pub(in crate::cli) async fn run(arguments: &ApplyArguments) -> Result<Ended, Error> {
    let plan = show::read_plan(&arguments.plan)?;
    let mut signals = StopSignals::listen()?;
    let out = Output::new(arguments.saying.json);
    let connecting = as_planned(&arguments.connecting, &plan);
    let opened = tokio::select! {
        opened = Front::open(&connecting, out) => opened,
        () = signals.next() => return Ok(stopped_before()),
    };
    let mut front = opened?;
    let ended = Box::pin(apply(&mut front, &plan, arguments, &mut signals)).await;
    front.close().await;
    ended
}

/// The same over connections that are open.
pub(super) async fn apply(
    front: &mut Front,
    plan: &PlanFile,
    arguments: &ApplyArguments,
    signals: &mut StopSignals,
) -> Result<Ended, Error> {
    let out = front.out;
    let to = BTreeSet::from([plan.to]);
    check_yes(&arguments.confirming, &to, &front.config.accounts)?;
    let peer = right_places(front, plan)?;
    let ids: Vec<CertificateId> = plan.certificates.iter().map(|it| it.look.id).collect();
    let seen = tokio::select! {
        seen = look_again(front, plan, peer.as_ref(), &ids) => seen?,
        () = signals.next() => return Ok(stopped_before()),
    };
    let changed = changed(plan, &seen);
    if !changed.is_empty() {
        say_changed(plan, &changed, out);
        if !arguments.skip_changed {
            note("Nothing was done. --skip-changed goes on without them.");
            return Ok(Ended::with(STALE));
        }
    }
    let stale: BTreeSet<CertificateId> = changed.iter().map(|(id, _)| *id).collect();
    let ids: Vec<_> = ids.into_iter().filter(|id| !stale.contains(id)).collect();
    if ids.is_empty() {
        note("Nothing was done: all of them have changed.");
        return Ok(Ended::with(STALE));
    }
    note(&format!(
        "{}: {} from {} to {}.",
        if plan.hand_over.is_some() {
            "Hand over"
        } else {
            "Start transfer"
        },
        certificates(ids.len()),
        front.where_it_is(),
        front.config.accounts.describe(plan.to)
    ));
    if !confirm(&arguments.confirming, &to, &front.config.accounts, signals).await? {
        return Ok(stopped_before());
    }
    let batch = plan.batch(&ids, peer.map(|it| it.connection));
    let names = names(plan);
    carry_out(front, batch, stale.len(), signals, names).await
}

/// The connection to the recipient's account, when it is a hand-over.
///
/// # Errors
///
/// A connection leads elsewhere than the plan says, or the settings let nothing be offered to the recipient.
fn right_places(front: &Front, plan: &PlanFile) -> Result<Option<Opened>, Error> {
    let check = |planned: &crate::domain::Place, opened: &Opened| {
        if opened.place == *planned {
            return Ok(());
        }
        Err(Error::OtherPlace(
            front.words(planned),
            front.words(&opened.place),
        ))
    };
    check(&plan.source.place, &front.here)?;
    let book = &front.config.accounts;
    book.may_receive(plan.to)
        .map_err(|why| Error::Account(book.describe(plan.to), why.to_string()))?;
    let Some(hand_over) = &plan.hand_over else {
        return Ok(None);
    };
    let peer = front.peer.clone().ok_or(Error::NoPeer)?;
    check(&hand_over.recipient.place, &peer)?;
    Ok(Some(peer))
}

async fn look_again(
    front: &mut Front,
    plan: &PlanFile,
    peer: Option<&Opened>,
    ids: &[CertificateId],
) -> Result<Seen, Error> {
    match (&plan.hand_over, peer) {
        (Some(hand_over), Some(peer)) => {
            let PlanHandOver {
                wishes, choices, ..
            } = hand_over.clone();
            Box::pin(look_at_both(front, peer, ids, wishes, choices)).await
        }
        _ => look(front, ids).await,
    }
}

/// What has changed since the plan was made.
fn changed(plan: &PlanFile, seen: &Seen) -> Changed {
    let now = PlanFile {
        hand_over: seen.hand_over.clone(),
        ..plan.clone()
    };
    let mut all = Vec::new();
    for certificate in &plan.certificates {
        let look = &certificate.look;
        let failed = seen.not_looked_at.iter().find(|(id, _)| *id == look.id);
        let found = match (seen.looks.get(&look.id), failed) {
            (Some(now), _) => differences(look, now),
            (None, Some((_, failure))) if failure.kind == crate::domain::FailureKind::NotFound => {
                vec![Difference::Gone]
            }
            (None, Some((_, failure))) => vec![Difference::NotLookedAt(failure.summary())],
            (None, None) => vec![Difference::NotLookedAt("AWS did not answer".to_owned())],
        };
        let found = if found.is_empty() {
            plan.differences_there(look, &now)
        } else {
            found
        };
        if !found.is_empty() {
            all.push((look.id, found));
        }
    }
    all
}

fn say_changed(plan: &PlanFile, changed: &Changed, out: Output) {
    let now: Timestamp = timestamp(std::time::SystemTime::now());
    let names = names(plan);
    note(&format!(
        "Stale: {} of {} changed since {}.",
        changed.len(),
        certificates(plan.certificates.len()),
        as_of(plan.made, now)
    ));
    for (id, found) in changed {
        let words: Vec<String> = found.iter().map(|it| it.words(now)).collect();
        let name = names.get(id).cloned().unwrap_or_else(|| id.short());
        note(&format!("  {name}: {}", words.join("; ")));
        let differences: Vec<_> = found
            .iter()
            .map(|it| json!({ "code": it.code(), "words": it.words(now) }))
            .collect();
        out.json(
            "stale",
            json!({
                "id": id.to_string(),
                "planned": show::time_json(plan.made),
                "looked": show::time_json(now),
                "differences": differences,
            }),
        );
    }
}

/// What a person calls the certificates of a plan: by their things.
fn names(plan: &PlanFile) -> Called {
    let looks = plan.certificates.iter().map(|it| &it.look);
    looks.map(|look| (look.id, name(look))).collect()
}

/// The thing and the id, or the id alone where there is none or more than one.
pub(in crate::cli) fn name(look: &Look) -> String {
    match look.things.as_slice() {
        [thing] => format!("{} ({})", visible(&thing.name), look.id.short()),
        _ => look.id.short(),
    }
}
