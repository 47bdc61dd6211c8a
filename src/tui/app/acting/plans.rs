//! Plans on the screen: one that was given on the command line is opened for a look, and what a dialog would do is
//! written down as one.

use std::{collections::HashSet, sync::Arc};

use crate::{
    domain::{Action, PlanFile, PlanHandOver, ask, text::visible},
    tui::{
        app::state::App,
        confirm::{batch::draft::Draft, confirmation::Confirmation},
        flash::Level,
        layers::Dialog,
        pages::belongings::choosing::Choosing,
        requests::{Answered, Slot},
        text::moments::file_stamp,
    },
};

impl App {
    /// Opens the plan that the program was started with, once its account is listed and nothing is in the way:
    /// what comes up by itself must not take keys that were meant for something else.
    pub(in crate::tui::app) fn open_plan(&mut self) {
        let Some(plan) = self.setup.plan.clone() else {
            return;
        };
        let here = self.side.session.at();
        let ready = self.takes_a_page() && self.side.list.is_listed();
        let Some(here) = here.filter(|_| ready) else {
            return;
        };
        if here != plan.source.place {
            self.setup.plan = None;
            let book = &self.setup.config.accounts;
            let text = format!(
                "The plan is for {}, and this is {}: it was not opened.",
                book.describe(plan.source.place.account),
                self.facts().place()
            );
            return self.say(Level::Bad, text);
        }
        match &plan.hand_over {
            None => {
                self.setup.plan = None;
                self.open_transfer_plan(plan);
            }
            // The other side takes longer.
            Some(hand_over) if self.beside().is_some() => {
                self.setup.plan = None;
                self.open_hand_over_plan(&plan, hand_over);
            }
            Some(_) => {}
        }
    }

    fn open_transfer_plan(&mut self, plan: Arc<PlanFile>) {
        let ids: Vec<_> = plan.certificates.iter().map(|it| it.look.id).collect();
        let procedure = plan.procedure();
        if let Some(mut draft) = self.draft(Action::StartTransfer, &ids) {
            draft.plan = Some(plan);
            self.ask_looks(&draft);
            self.open_form(Confirmation::Batch(Box::new(draft)));
            if let Some(Dialog::Form(form, purpose)) = self.dialogs.last_mut() {
                purpose.prefill(form, &procedure);
            }
        }
    }

    fn open_hand_over_plan(&mut self, plan: &Arc<PlanFile>, hand_over: &PlanHandOver) {
        let there = self.beside().map(|it| it.place);
        if there.as_ref() != Some(&hand_over.recipient.place) {
            let book = &self.setup.config.accounts;
            let text = format!(
                "The plan hands over to {}, and that is not the other side: it was not opened.",
                book.describe(plan.to)
            );
            return self.say(Level::Bad, text);
        }
        if let Some(why) = self.against_hand_over() {
            return self.say(Level::Bad, format!("{}: {why}.", Action::HandOver.label()));
        }
        let ids = plan.certificates.iter().map(|it| it.look.id).collect();
        let mut choosing = Choosing::new(&hand_over.wishes);
        choosing.choices.clone_from(&hand_over.choices);
        choosing.plan = Some(Arc::clone(plan));
        self.read_belongings(ids, Some(choosing));
    }

    /// Writes what the dialog would do into a file of the working folder.
    pub(in crate::tui::app) fn save_plan(&mut self) {
        let choosing = self.dialogs.iter().rev().find_map(|dialog| match dialog {
            Dialog::Belongings(view) => view.choosing.as_ref(),
            _ => None,
        });
        let Some(Dialog::Form(form, Confirmation::Batch(draft))) = self.dialogs.last() else {
            return;
        };
        let wished = choosing.map(|it| (&it.wishes, &it.choices));
        let plan = draft.plan_file(form, &self.facts(), wished);
        let text = (plan.map_err(str::to_owned))
            .and_then(|plan| plan.text().map_err(|error| error.to_string()));
        let text = match text {
            Ok(text) => text,
            Err(why) => return self.say(Level::Bad, format!("No plan: {why}.")),
        };
        let name = format!("certferry-{}.plan", file_stamp(self.now));
        let question = ask::SaveReport { name, text };
        self.ask(Slot::Report, question, |app, _, answer| {
            app.plan_saved(answer);
        });
    }

    fn plan_saved(&mut self, answer: Answered<ask::SaveReport>) {
        match answer {
            Ok(path) => {
                let name = path.rsplit('/').next().unwrap_or_default();
                let text = format!("Saved as {}: `certferry apply` does it.", visible(name));
                self.say(Level::Good, text);
            }
            Err(failure) => self.say(Level::Bad, format!("No plan: {}", failure.message)),
        }
    }
}

/// The certificates for which something else would be done than a plan says are left out of a hand-over, as long
/// as nobody has chosen otherwise.
pub(super) fn follow_plan(draft: &mut Draft, choosing: &Choosing) {
    let Some(plan) = choosing.plan.clone() else {
        return;
    };
    let Some(then) = &plan.hand_over else {
        return;
    };
    if then.wishes != choosing.wishes || then.choices != choosing.choices {
        return;
    }
    let looks = std::mem::take(&mut draft.selection.looks);
    draft.plan = Some(Arc::clone(&plan));
    for look in looks {
        draft.take_look(look);
    }
    if let Some(recipe) = &draft.selection.recipe {
        let now = PlanFile {
            hand_over: Some(PlanHandOver {
                recipe: Arc::clone(recipe),
                ..then.clone()
            }),
            ..(*plan).clone()
        };
        draft.leave_out_changed_there(&now);
    }
    let planned: HashSet<_> = plan.certificates.iter().map(|it| it.look.id).collect();
    draft
        .selection
        .certificates
        .retain(|id| planned.contains(id));
}
