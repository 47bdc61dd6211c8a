//! What the dialog of a hand-over says.

use std::collections::HashSet;

use crate::{
    domain::{
        Arrival, CertificateId, Change, ConsoleStatus, Look, Plan, Step,
        text::{counted, counted_attachments},
    },
    tui::{
        confirm::batch::draft::Draft,
        dialogs::form::Said,
        known::context::Context,
        text::words::{certificates, listed, seconds},
    },
};

/// About how long a device is offline until its certificate is active in the other account: what AWS takes to
/// detach a thing, and a dozen calls.
const OFFLINE: &str = "about 10 s";
/// The same among many, which wait for each other's calls.
const OFFLINE_AMONG_MANY: &str = "about 20 s";
/// How many reasons are said for which certificates are left out.
const LEFT_OUT: usize = 5;

impl Draft {
    /// What is done here and there, what of it can be taken back, and how long it takes.
    pub fn hand_over(
        &self,
        cx: &Context<'_>,
        missing_groups: &[String],
        renames: bool,
    ) -> Vec<Said> {
        let (Some(recipe), Some(beside)) = (&self.selection.recipe, &self.selection.beside) else {
            return Vec::new();
        };
        let accounts = &cx.setup.config.accounts;
        let chosen: HashSet<CertificateId> = self.selection.chosen().into_iter().collect();
        let ready: Vec<&Arrival> = (recipe.ready())
            .filter(|(id, _)| chosen.contains(id))
            .map(|(_, arrival)| arrival)
            .collect();
        let looks: Vec<&Look> = (self.selection.wanted())
            .filter(|look| chosen.contains(&look.id))
            .collect();
        let there = accounts.describe(beside.place.account);
        let to = format!("{there}, {}", beside.place.region);
        let mut lines = vec![Said::plain("To", to)];
        let obstacles = recipe.obstacles_in_short();
        for (obstacle, ids) in obstacles.iter().take(LEFT_OUT) {
            let text = format!("{}: {obstacle}", certificates(ids.len()));
            lines.push(Said::warn("Left out", text));
        }
        if let n @ 1.. = obstacles.len().saturating_sub(LEFT_OUT) {
            let text = format!("for {n} more reasons: the page has them");
            lines.push(Said::warn("Left out", text));
        }
        lines.push(Said::plain("Here", here(&looks)));
        lines.push(Said::plain("There", self.there(&ready)));
        if !missing_groups.is_empty() {
            let text = format!(
                "it has no thing group {}: their things are not added to it, and what it gives is attached to the \
                 certificates themselves",
                listed(missing_groups)
            );
            lines.push(Said::warn("But", text));
        }
        if renames {
            let text = "their things have other names there: a policy that counts on the thing's name asks the device \
                        to connect by the new one";
            lines.push(Said::warn("But", text));
        }
        let active = looks.iter().any(|it| it.status != ConsoleStatus::Inactive);
        if active {
            let offline = if ready.len() > 1 {
                OFFLINE_AMONG_MANY
            } else {
                OFFLINE
            };
            let text = format!(
                "each device for {offline}, and then until it is told the endpoint of the other account"
            );
            lines.push(Said::warn("Offline", text));
        }
        if ready.iter().any(|it| !it.activate) {
            let text = "where AWS tests active certificates only, those that stay inactive are active for the test";
            lines.push(Said::quiet("Test", text));
        }
        let back = "Put back, until it is accepted; after that nothing but a hand-over in the other direction";
        lines.push(Said::warn("Undo", back));
        let pace = cx.setup.config.pace;
        if let Some(time) = self.selection.estimate(chosen.len(), pace) {
            let percent = (pace * 100.0).round();
            let text = format!(
                "about {} at {percent} % of the published quotas of both accounts; one goes ahead, to the proof",
                seconds(time)
            );
            lines.push(Said::quiet("Time", text));
        }
        lines
    }

    fn there(&self, ready: &[&Arrival]) -> String {
        let (Some(recipe), Some(beside)) = (&self.selection.recipe, &self.selection.beside) else {
            return String::new();
        };
        let created = recipe.created();
        let mut does = Vec::new();
        for (n, one, many) in [
            (created.policies, "policy", "policies"),
            (created.types, "thing type", "thing types"),
            (created.things, "thing", "things"),
        ] {
            if n > 0 {
                does.push(format!("create {}", counted(n, one, many)));
            }
        }
        let sum = |n: fn(&Arrival) -> usize| ready.iter().map(|it| n(it)).sum::<usize>();
        let joined = sum(|it| it.things.iter().map(|thing| thing.groups.len()).sum());
        if joined > 0 {
            does.push(format!("join groups {}", counted(joined, "time", "times")));
        }
        does.push("accept".to_owned());
        let attached = counted_attachments(sum(|it| it.policies.len()), sum(|it| it.things.len()));
        does.extend(attached.map(|it| format!("attach {it}")));
        let tested = |it: &&&Arrival| {
            let plan = Plan::set_up(
                recipe,
                it,
                self.selection.place.account,
                &beside.place,
                |_| true,
            );
            plan.steps
                .iter()
                .any(|it| matches!(it.step, Step::Prove(_)))
        };
        let proven = ready.iter().filter(tested).count();
        does.push(match proven {
            0 => "prove nothing, as no policy says what to test".to_owned(),
            n if n == ready.len() => {
                "prove that the devices are allowed what their policies say".to_owned()
            }
            n => format!("prove it of {n}; of the others no policy says what to test"),
        });
        let activated = ready.iter().filter(|it| it.activate).count();
        does.push(match activated {
            0 => "leave them inactive".to_owned(),
            n if n == ready.len() => Change::Activate.words(),
            n => format!("activate {n} of {}", ready.len()),
        });
        does.join(" · ")
    }
}

/// What is done in the account that has them.
fn here(looks: &[&Look]) -> String {
    let active = looks
        .iter()
        .filter(|it| it.status != ConsoleStatus::Inactive);
    let mut does = Vec::new();
    match active.count() {
        0 => {}
        n => does.push(format!("deactivate {n}")),
    }
    let sum = |n: fn(&Look) -> usize| looks.iter().map(|it| n(it)).sum::<usize>();
    let detached = counted_attachments(sum(|it| it.policies.len()), sum(|it| it.things.len()));
    does.extend(detached.map(|it| format!("detach {it}")));
    does.push(format!("offer {}", certificates(looks.len())));
    does.join(" · ")
}
