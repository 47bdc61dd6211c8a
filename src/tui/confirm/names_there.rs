//! The dialog that asks what a hand-over does in the recipient's account: what things, policies and groups are called
//! there, what becomes of things that differ, and what is activated.

use crate::{
    domain::{Activation, DifferingThings, Mapping, Wishes, is_thing_prefix, name_pairs},
    tui::{
        dialogs::form::{Form, FormText, Said},
        text::prose::Role,
    },
};

/// What can be typed.
pub(super) const LABELS: [&str; 5] = [
    "Thing prefix",
    "Policies",
    "Thing groups",
    "Differing",
    "Activate",
];

/// What stands beside each field.
const HINTS: [&str; 5] = [
    "before the name of every thing",
    "FROM>TO, with spaces between them",
    "FROM>TO, with spaces between them",
    "things that are there and differ: leave out, or use",
    "as before, yes or no",
];

/// What is typed, when it is right.
///
/// # Errors
///
/// What is wrong, by field.
fn read(form: &Form) -> Result<Wishes, [Option<String>; 5]> {
    let prefix = form.typed(0).trim();
    let wrong_prefix =
        (!is_thing_prefix(prefix)).then(|| "letters, digits, :, _ and - only".to_owned());
    let (policies, groups) = (name_pairs(form.typed(1)), name_pairs(form.typed(2)));
    let differing = DifferingThings::named(form.typed(3));
    let activation = Activation::named(form.typed(4));
    match (policies, groups, differing, activation) {
        (Ok(policies), Ok(groups), Some(differing_things), Some(activation))
            if wrong_prefix.is_none() =>
        {
            Ok(Wishes {
                mapping: Mapping {
                    policies,
                    groups,
                    thing_prefix: prefix.to_owned(),
                },
                activation,
                differing_things,
            })
        }
        (policies, groups, differing, activation) => Err([
            wrong_prefix,
            policies.err(),
            groups.err(),
            (differing.is_none()).then(|| "leave out, or use".to_owned()),
            (activation.is_none()).then(|| "as before, yes or no".to_owned()),
        ]),
    }
}

/// What was typed, when nothing is wrong.
pub(super) fn typed(form: &Form) -> Option<Wishes> {
    read(form).ok()
}

/// What the dialog says.
pub(super) fn text(form: &Form) -> FormText {
    let mistakes = read(form).err().unwrap_or_default();
    let remarks = HINTS
        .into_iter()
        .zip(&mistakes)
        .map(|(hint, wrong)| match wrong {
            Some(wrong) => (Role::Bad, wrong.clone()),
            None => (Role::Quiet, hint.to_owned()),
        });
    let problem = mistakes.iter().any(Option::is_some);
    FormText {
        title: "What it is there".to_owned(),
        intro: vec![Said::plain(
            "",
            "In the recipient's account. What is not named keeps its name.",
        )],
        remarks: remarks.collect(),
        suggestions: Vec::new(),
        explains: &[],
        outlook: vec![Said::quiet(
            "",
            "Both accounts are read again with it. Nothing is changed.",
        )],
        cancel: "Cancel",
        confirm: "Read again",
        problem: problem.then(|| "Correct what stands beside the fields first.".to_owned()),
    }
}
