//! How changes are worded, while and after they are made.

use crate::domain::{Action, Attachment, Change, Mutation, Procedure, text::visible};

/// What a change is called.
pub(in crate::tui::app) fn title(change: &Change) -> String {
    let action = Action::of_procedure(&Procedure::Change(change.clone()));
    match (change, action) {
        (Change::Detach(attachment), Some(action)) => {
            format!("{} {}", action.label(), attachment.word())
        }
        (_, Some(action)) => action.label().to_owned(),
        (_, None) => change.operation().name().to_owned(),
    }
}

/// What happened, in one line.
pub(in crate::tui::app) fn success(mutation: &Mutation) -> String {
    let id = mutation.id().short();
    let action = Action::of_procedure(&Procedure::Change(mutation.change.clone()));
    match (&mutation.change, action) {
        (Change::Detach(Attachment::Policy(policy)), _) => {
            format!("Policy {} is detached from {id}.", visible(policy))
        }
        (Change::Detach(Attachment::Thing(thing)), _) => {
            let name = visible(&thing.name);
            format!("Thing {name} is being detached; AWS takes some seconds.")
        }
        (_, Some(action)) => format!("{id} {}", action.row().done),
        (_, None) => format!("{id} is changed."),
    }
}
