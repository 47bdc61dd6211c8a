//! Plans in the dialog of a batch: what has changed since one was made, and the file of one.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{
        Action, Choice, Identity, Look, PlanCertificate, PlanFile, PlanHandOver, PlanSide, Wishes,
        differences,
    },
    tui::{
        confirm::batch::draft::Draft,
        dialogs::form::Form,
        known::{context::Context, session::Session},
        text::{moments::as_of, prose::Role, words::certificates},
    },
};

/// How many certificates that have changed are named with what has.
const NAMED: usize = 5;

impl Draft {
    /// Takes a look. One that differs from what the plan says is left out, and said.
    pub fn take_look(&mut self, look: Look) {
        let planned = self.plan.as_ref().and_then(|plan| {
            let mut certificates = plan.certificates.iter();
            certificates.find(|it| it.look.id == look.id)
        });
        let found = planned.map(|then| differences(&then.look, &look));
        match found {
            Some(found) if !found.is_empty() => self.changed.push((look.id, found)),
            _ => self.selection.looks.push(look),
        }
    }

    /// Leaves out those for which something else would be done in the recipient's account than the plan says.
    pub fn leave_out_changed_there(&mut self, now: &PlanFile) {
        let Some(plan) = self.plan.clone() else {
            return;
        };
        let looks = std::mem::take(&mut self.selection.looks);
        for look in looks {
            let found = plan.differences_there(&look, now);
            if found.is_empty() {
                self.selection.looks.push(look);
            } else {
                self.changed.push((look.id, found));
            }
        }
    }

    /// What has changed since the plan was made.
    pub(super) fn since_the_plan(&self, cx: &Context<'_>) -> Vec<(Role, String)> {
        let Some(plan) = &self.plan else {
            return Vec::new();
        };
        let made = as_of(plan.made, cx.now);
        if self.changed.is_empty() {
            let text = format!("By a plan of {made}. Nothing of it has changed since.");
            return vec![(Role::Good, text)];
        }
        let text = format!(
            "By a plan of {made}. {} changed since: left out.",
            match self.changed.len() {
                1 => "1 certificate has".to_owned(),
                n => format!("{} have", certificates(n)),
            }
        );
        let mut lines = vec![(Role::Bad, text)];
        for (id, found) in self.changed.iter().take(NAMED) {
            let words: Vec<String> = found.iter().map(|it| it.words(cx.now)).collect();
            let text = format!("{}: {}.", id.short(), words.join("; "));
            lines.push((Role::Bad, text));
        }
        if let more @ 1.. = self.changed.len().saturating_sub(NAMED) {
            lines.push((Role::Bad, format!("And {more} more.")));
        }
        lines
    }

    /// Whether a plan can be made of it.
    pub const fn can_be_planned(&self) -> bool {
        matches!(
            self.selection.action,
            Action::StartTransfer | Action::HandOver
        )
    }

    /// What the dialog would do, as a plan. `hand_over` is what was wished and chosen of one.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn plan_file(
        &self,
        form: &Form,
        cx: &Context<'_>,
        hand_over: Option<(&Wishes, &BTreeMap<String, Choice>)>,
    ) -> Result<PlanFile, &'static str> {
        if !self.can_be_planned() {
            return Err("a plan is for transfers and hand-overs");
        }
        if !self.selection.looked {
            return Err("not before all of them are looked at");
        }
        let batch = self.batch(form, cx).ok_or("type the recipient first")?;
        let to = batch.procedure.recipient();
        let to = to.ok_or("type the recipient first")?;
        let recipe = self.selection.recipe.as_ref().zip(cx.peer);
        let hand_over = hand_over.zip(recipe);
        let hand_over = hand_over.map(|((wishes, choices), (recipe, peer))| {
            let mut recipe = Arc::clone(recipe);
            let chosen = &batch.certificates;
            (Arc::make_mut(&mut recipe).certificates).retain(|id, _| chosen.contains(id));
            Some(PlanHandOver {
                recipient: side(&peer.session)?,
                wishes: wishes.clone(),
                choices: choices.clone(),
                recipe,
            })
        });
        let looks = batch.certificates.iter().filter_map(|id| {
            let mut looks = self.selection.looks.iter();
            looks.find(|look| look.id == *id)
        });
        let certificates = looks.map(|look| PlanCertificate {
            look: look.clone(),
            created: cx.list.get(look.id).and_then(|row| row.created),
        });
        let certificates: Vec<PlanCertificate> = certificates.collect();
        if certificates.is_empty() {
            return Err("no certificate is left");
        }
        let identity = cx.session.identity.value();
        Ok(PlanFile {
            made: cx.now,
            by: identity.map_or_else(String::new, |it: &Identity| it.arn.clone()),
            source: side(cx.session).ok_or("the own account is not known yet")?,
            to,
            message: self.message(form),
            pace: cx.setup.config.pace,
            estimate: (self.selection).estimate(certificates.len(), cx.setup.config.pace),
            certificates,
            hand_over: hand_over.flatten(),
            left_out: Vec::new(),
        })
    }
}

fn side(session: &Session) -> Option<PlanSide> {
    Some(PlanSide {
        place: session.at()?,
        profile: session.profile().map(str::to_owned),
    })
}
