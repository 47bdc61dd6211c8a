//! What several pages and dialogs say: a failure, a step and how it stands.

use crate::{
    domain::{
        Change, Failure, Signing, Step, StepState, ThingAttributes,
        text::{sentence, visible},
    },
    tui::text::prose::{Prose, Role},
};

pub use crate::domain::words::runs::{
    certificates, grouped, holder, listed, outcome, procedure_label, purpose, remark, seconds, step,
};

pub use crate::domain::words::progress::standing;

/// A failure, with all a person needs to act on it or to ask for help.
pub fn failure_text(page: &mut Prose, of: &Failure, signing: Signing<'_>) {
    let summary = sentence(&of.summary());
    page.text(Role::Bad, format!("{summary}."));
    if of.refuted {
        page.text(Role::Plain, "AWS was asked afterwards: it was not done.");
    }
    page.gap();
    page.text(Role::Plain, of.advice(signing));
    page.gap();
    page.fact("Tried", of.operation.name());
    page.fact_if("AWS's code", of.code.as_deref().map(visible));
    for (i, line) in of.message.lines().enumerate() {
        page.fact(if i == 0 { "Message" } else { "" }, visible(line));
    }
    page.fact_if("Request id", of.request_id.as_deref().map(visible));
}

/// A step, and how it stands.
pub fn step_line(of: &Step, state: &StepState) -> (Role, String) {
    let (role, mark, why) = match state {
        StepState::Planned => (Role::Quiet, " ", String::new()),
        StepState::Begun(_) => (Role::Plain, "…", String::new()),
        StepState::Done(_) => (Role::Good, "✓", String::new()),
        StepState::Gone(_) if matches!(of, Step::Change(Change::Create(_))) => {
            (Role::Quiet, "–", ": there already".to_owned())
        }
        StepState::Gone(_) => (Role::Quiet, "–", ": does not exist any more".to_owned()),
        StepState::Failed(_, failure) => {
            let doubt = if failure.ambiguous {
                " (it may have been done)"
            } else {
                ""
            };
            (
                Role::Bad,
                "✗",
                format!(": {}{doubt}", visible(&failure.text)),
            )
        }
    };
    (role, format!("{mark} {}{why}", step(of)))
}

/// A thing's type and attributes.
pub fn attributes(of: &ThingAttributes) -> Prose {
    let mut page = Prose::default();
    page.fact("Name", visible(&of.name));
    let type_name = of.type_name.as_deref().map_or("none".into(), visible);
    page.fact("Type", type_name);
    page.fact_if("Version", of.version.map(|version| version.to_string()));
    page.gap();
    page.text(Role::Heading, "Attributes");
    if of.attributes.is_empty() {
        page.text(Role::Quiet, "None.");
    }
    for (name, value) in &of.attributes {
        page.fact(&visible(name), visible(value));
    }
    page
}
