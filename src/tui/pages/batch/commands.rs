//! What keys ask for on the page of a batch.

use crate::{
    domain::{Action, CertificateId, Item, Procedure, Standing, text::visible},
    tui::{
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::context::Context,
        pages::batch::{
            notes::{note, note_for_all, note_for_owner, noted},
            report::csv,
            state::BatchState,
        },
        text::moments::file_stamp,
    },
};

const NO_NOTE: &str = "There is no note: nothing was offered or handed over from here.";

fn say(text: &str) -> Intent {
    Intent::Say(Level::Info, text.to_owned())
}

/// What a key asks for; `None` when it asks for nothing here, or only moves the cursor.
pub fn command(cx: &Context<'_>, run: &BatchState, command: Command) -> Option<Intent> {
    Some(match command {
        Command::Close => Intent::Close,
        Command::Choose => Intent::ShowItem(run.request, run.selected()?.id),
        Command::ItemOptions => options(cx, run, run.selected()?),
        Command::Stop => Intent::AskToStop(run.request),
        Command::Retry => retry(cx, run),
        Command::PutBackAll => put_back_all(cx, run),
        Command::SaveReport => Intent::Save {
            name: format!("certferry-{}.csv", file_stamp(run.tally.began)),
            text: csv(run),
        },
        Command::CopyText => copy_note(cx, run),
        Command::CopyAll => match note_for_all(cx, run) {
            Some(text) => Intent::Copy {
                what: match noted(cx, run).take(2).count() {
                    1 => "the note",
                    _ => "the note for all of them",
                },
                text,
            },
            None => say(NO_NOTE),
        },
        Command::SaveNote => match note_for_all(cx, run) {
            Some(text) => Intent::Save {
                name: format!("certferry-note-{}.txt", file_stamp(run.tally.began)),
                text: format!("{text}\n"),
            },
            None => say(NO_NOTE),
        },
        _ => return None,
    })
}

/// What can become of a certificate that stopped on its way; of any other, its steps.
fn options(cx: &Context<'_>, run: &BatchState, item: &Item) -> Intent {
    if waits_there(cx, run, item) {
        Intent::OnTheOtherSide(Box::new(Intent::Decide(item.id)))
    } else if run.tally.is_open(item) && cx.is_here(&run.place.place) {
        Intent::Actions(item.id)
    } else {
        Intent::ShowItem(run.request, item.id)
    }
}

/// Whether what is left of it is to be done on the other side: its own half of a hand-over is done.
pub fn waits_there(cx: &Context<'_>, run: &BatchState, item: &Item) -> bool {
    let Some(peer) = cx.peer.filter(|_| cx.is_here(&run.place.place)) else {
        return false;
    };
    let beside = run.beside.as_ref().map(|it| &it.place);
    let open = |id: CertificateId| peer.unfinished.iter().any(|it| it.before.certificate == id);
    beside.is_some()
        && peer.session.at().as_ref() == beside
        && run.tally.is_open(item)
        && cx.unfinished_run(item.id).is_none()
        && open(item.id)
}

/// Says where a batch was carried out, when that is not the side on the screen: nothing of it is done from here.
fn elsewhere(cx: &Context<'_>, run: &BatchState) -> Option<Intent> {
    if cx.is_here(&run.place.place) {
        return None;
    }
    let place = visible(&run.place.words);
    let other = cx.peer.and_then(|peer| peer.session.at());
    let text = if other.as_ref() == Some(&run.place.place) {
        let key = cx.key(Command::OtherSide);
        format!("This run was in {place}: close this page, and {key} goes there.")
    } else {
        format!("This run was in {place}.")
    };
    Some(Intent::Say(Level::Bad, text))
}

/// Puts back every certificate of a run, also what had nothing attached: its offer is taken back.
fn put_back_all(cx: &Context<'_>, run: &BatchState) -> Intent {
    if run.tally.ended.is_none() {
        return say("It is still running.");
    }
    if let Some(elsewhere) = elsewhere(cx, run) {
        return elsewhere;
    }
    if !run.tally.procedure.has_runs() || run.tally.procedure == Procedure::PutBack {
        return say("There is nothing here to put back.");
    }
    let done = |item: &Item| run.hands_over() && item.standing() == Standing::Done;
    let changed = run.tally.items().iter().filter(|item| !item.is_untouched());
    let changed = changed.filter(|item| !done(item));
    if run.hands_over() && changed.clone().next().is_none() {
        let history = cx.key(Command::History);
        return Intent::Say(
            Level::Bad,
            format!(
                "What is handed over has no way back but a hand-over from the other side: {history} there offers it."
            ),
        );
    }
    Intent::Begin(Action::PutBack, changed.map(|item| item.id).collect())
}

/// Does again what failed, alone: what was begun is resumed, what was not is begun.
fn retry(cx: &Context<'_>, run: &BatchState) -> Intent {
    if run.tally.ended.is_none() {
        return say("It is still running.");
    }
    if let Some(elsewhere) = elsewhere(cx, run) {
        return elsewhere;
    }
    let there = run.tally.items().iter();
    let there: Vec<CertificateId> = there
        .filter(|item| waits_there(cx, run, item))
        .map(|item| item.id)
        .collect();
    if !there.is_empty() {
        let resume = Intent::Begin(Action::Resume, there);
        return Intent::OnTheOtherSide(Box::new(resume));
    }
    let again = run.tally.items().iter().filter(|item| item.can_retry());
    // Whichever run of theirs is open now, that of the transfer or that of the put back: they are to be
    // put back, and nothing else.
    if run.tally.procedure == Procedure::PutBack {
        return Intent::Begin(Action::PutBack, again.map(|item| item.id).collect());
    }
    // A run that a person has decided about since is not open any more.
    let again =
        again.filter(|item| !run.tally.is_open(item) || cx.unfinished_run(item.id).is_some());
    let (begun, rest): (Vec<_>, Vec<_>) = again.partition(|item| run.tally.is_open(item));
    // When it is not known whether it was done, a person must look first.
    let (unknown, fresh): (Vec<_>, Vec<_>) = rest.into_iter().partition(|item| item.is_unknown());
    let ids =
        |items: Vec<&Item>| -> Vec<CertificateId> { items.iter().map(|item| item.id).collect() };
    let (begun, fresh) = (ids(begun), ids(fresh));
    let procedure = run.tally.procedure.clone();
    match (begun.is_empty(), fresh.is_empty()) {
        (true, true) if !unknown.is_empty() => Intent::Say(
            Level::Bad,
            "It is not known whether it was done: look at the certificate first.".to_owned(),
        ),
        (true, true) => say("Nothing has failed."),
        (false, true) => Intent::Begin(Action::Resume, begun),
        (true, false) => Intent::Again(procedure, fresh),
        (false, false) => Intent::TryAgain {
            procedure,
            begun,
            fresh,
        },
    }
}

/// Copies the note for the selected certificate of a transfer.
fn copy_note(cx: &Context<'_>, run: &BatchState) -> Intent {
    let chosen = run.selected().map(|item| item.id);
    match noted(cx, run).find(|item| Some(item.id) == chosen) {
        Some(item) if run.hands_over() => Intent::Copy {
            what: "the note for the device's owner",
            text: note_for_owner(cx, run, item.id),
        },
        Some(item) => Intent::Copy {
            what: "the note for the recipient",
            text: note(cx, item.id),
        },
        None => say(NO_NOTE),
    }
}
