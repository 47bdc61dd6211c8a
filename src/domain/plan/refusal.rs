//! Why there can be no plan.

use crate::domain::{
    actions::run::Before, certificate::description::ConsoleStatus, plan::present::Present,
    text::visible,
};

/// Why there can be no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The certificate's status does not allow it.
    #[error("the certificate is {}", .0.label())]
    Status(ConsoleStatus),
    /// The recipient is the certificate's own account.
    #[error("the recipient is the certificate's own account")]
    OwnAccount,
    /// It is offered to another account than the run's.
    #[error("the certificate is offered to another account than this run's")]
    OfferedElsewhere,
    /// The run makes a change that cannot be undone, and it was not made. Only the dialog of that change
    /// leads to it.
    #[error("it was not done: leave it as it is, and choose it anew if it is still wanted")]
    NotMade,
    /// What the run did was undone since.
    #[error(
        "somebody has attached or activated again what this run took: put it back, or leave it as it is and begin anew"
    )]
    Undone,
    /// It was offered, and the recipient rejected it. Why, if they said it; foreign text.
    #[error("{}", rejected(.0.as_deref()))]
    Rejected(Option<String>),
    /// Things or policies are attached that were not recorded: they could not be put back. Foreign
    /// text.
    #[error("attached since the run began, and not recorded: {}", listed(.0))]
    Unrecorded(Vec<String>),
    /// More policies would be attached than AWS allows. Foreign text.
    #[error(
        "a certificate takes {MOST_POLICIES} policies, so there is no room for {}: detach what was attached since ({})",
        listed(.no_room),
        listed(.taken_by)
    )]
    Full {
        /// Those for which there is no room.
        no_room: Vec<String>,
        /// Those that were attached since, and take their place.
        taken_by: Vec<String>,
    },
}

/// How many policies can be attached to a certificate (AWS IoT Core endpoints and quotas, "Maximum
/// number of policies that can be attached to a certificate or Amazon Cognito identity"; it cannot be
/// raised).
const MOST_POLICIES: usize = 10;

/// Whether policies can be attached beside those that are there.
pub(super) fn has_room(
    before: &Before,
    present: &Present,
    attach: &[&String],
) -> Result<(), Refused> {
    let missing = attach
        .iter()
        .filter(|name| !present.policies.contains(**name));
    let missing: Vec<&&String> = missing.collect();
    let room = MOST_POLICIES.saturating_sub(present.policies.len());
    if missing.len() <= room {
        return Ok(());
    }
    let since = (present.policies.iter()).filter(|name| !before.policies.contains(name));
    Err(Refused::Full {
        no_room: missing
            .into_iter()
            .skip(room)
            .map(|it| (*it).clone())
            .collect(),
        taken_by: since.cloned().collect(),
    })
}

/// Names, one after the other.
fn listed(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
    names.join(", ")
}

fn rejected(why: Option<&str>) -> String {
    match why {
        None => "the recipient rejected it: put it back".to_owned(),
        Some(why) => format!("the recipient rejected it ({}): put it back", visible(why)),
    }
}
