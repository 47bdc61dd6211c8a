//! What the dialogs say that only ask: nothing is typed in them.

use crate::{
    domain::{CertificateId, Held, Life, text::counted, words::progress::finished},
    tui::{
        dialogs::form::{FormText, Said},
        known::context::Context,
        text::words::{holder, procedure_label},
    },
};

/// How many certificates are named one by one.
const NAMED: usize = 3;

/// What quitting stops.
pub(super) fn quit(cx: &Context<'_>) -> FormText {
    let running = cx.batches.iter().filter(|run| run.tally.ended.is_none());
    let mut intro: Vec<Said> = running
        .map(|run| {
            let (over, all) = (run.tally.over(), run.tally.items().len());
            let procedure = procedure_label(&run.tally.procedure);
            let text = format!(
                "{procedure} in {}: {}",
                run.place.words,
                finished(over, all)
            );
            Said::plain("Running", text)
        })
        .collect();
    let outlook = if intro.is_empty() {
        intro.push(Said::plain("", "Nothing is under way any more."));
        Vec::new()
    } else {
        let then = if cx.setup.simulator {
            "the demo keeps nothing: what is on its way is gone with it"
        } else {
            "what is on its way is in the journal, and the next start offers to resume it or to put it back"
        };
        vec![
            Said::plain("Does", "stops after the calls in flight, and quits"),
            Said::plain("Then", then),
        ]
    };
    FormText {
        title: "Quit".to_owned(),
        intro,
        remarks: Vec::new(),
        suggestions: Vec::new(),
        explains: &[],
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
            "there is no such process any more, but its lock is still there: the server of a \
             network's file system can keep the lock of a computer that was switched off."
        }
        Life::Alive | Life::Unknown => {
            "whether it is alive cannot be seen from here. Look there first, if you can."
        }
    };
    let then = "changes nothing in AWS: its runs, at other places too, are unfinished then, to resume \
                or to put back. If that process is alive after all, it stops before its next step; what it has just \
                sent may still arrive.";
    FormText {
        title: "Take over".to_owned(),
        intro: vec![
            Said::plain("Takes", what.join(", and ")),
            Said::plain("Held by", holder(&held.holder, cx.now)),
        ],
        remarks: Vec::new(),
        suggestions: Vec::new(),
        explains: &[],
        outlook: vec![Said::warn("Process", life), Said::plain("Then", then)],
        cancel: "Let it work",
        confirm: "Take it over",
        problem: None,
    }
}
