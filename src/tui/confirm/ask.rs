//! What the dialogs say that only ask: nothing is typed in them.

use crate::{
    domain::{CertificateId, Held, Life, text::counted},
    tui::{
        dialogs::form::FormText,
        known::context::Context,
        text::{
            prose::Role,
            words::{holder, procedure_label},
        },
    },
};

/// How many certificates are named one by one.
const NAMED: usize = 3;

/// What quitting stops.
pub(super) fn quit(cx: &Context<'_>) -> FormText {
    let running = cx.batches.iter().filter(|run| run.tally.ended.is_none());
    let mut intro: Vec<String> = running
        .map(|run| {
            let (over, all) = (run.tally.over(), run.tally.items.len());
            let procedure = procedure_label(&run.tally.procedure);
            format!(
                "{procedure} in {}: {over} of {all} are over.",
                run.place.words
            )
        })
        .collect();
    let outlook = if intro.is_empty() {
        intro.push("Nothing is under way any more.".to_owned());
        Vec::new()
    } else {
        let text = "Quitting stops after the calls in flight. What is on its way then is in the \
                    journal, and the next start offers to resume it or to put it back.";
        vec![(Role::Plain, text.to_owned())]
    };
    FormText {
        title: "Quit".to_owned(),
        intro,
        remarks: Vec::new(),
        suggestions: Vec::new(),
        outlook,
        cancel: "Keep running",
        confirm: "Stop and quit",
        problem: None,
    }
}

/// What is taken, and from whom.
pub(super) fn take_over(cx: &Context<'_>, held: &Held) -> FormText {
    let mut what = Vec::new();
    match held.runs.as_slice() {
        [] => {}
        runs => {
            let first: Vec<String> = runs.iter().take(NAMED).map(CertificateId::short).collect();
            let more = match runs.len().saturating_sub(first.len()) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            what.push(format!("what is begun with {}{more}", first.join(", ")));
        }
    }
    if held.not_begun > 0 {
        let n = counted(held.not_begun, "certificate", "certificates");
        what.push(format!("{n} not begun"));
    }
    let life = match held.holder.life {
        Life::Gone => {
            "There is no such process any more, but its lock is still there: the server of a \
             network's file system can keep the lock of a computer that was switched off."
        }
        Life::Alive | Life::Unknown => {
            "Whether it is alive cannot be seen from here. Look there first, if you can."
        }
    };
    let then = "Changes nothing in AWS: its runs, at other places too, are unfinished then, to resume \
                or to put back. If that process is alive after all, it stops before its next step; what it has just \
                sent may still arrive.";
    FormText {
        title: "Take over".to_owned(),
        intro: vec![
            format!("Takes over {}.", what.join(", and ")),
            format!("Held by {}.", holder(&held.holder, cx.now)),
        ],
        remarks: Vec::new(),
        suggestions: Vec::new(),
        outlook: vec![(Role::Bad, life.to_owned()), (Role::Plain, then.to_owned())],
        cancel: "Let it work",
        confirm: "Take it over",
        problem: None,
    }
}
