//! How changes are worded: before, while, after.

use crate::domain::{Mutation, text::visible};

impl Mutation {
    /// The dialog's heading.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Activate(_) => "Activate",
            Self::Deactivate(_) => "Deactivate",
            Self::Revoke(_) => "Revoke",
            Self::AttachPolicy { .. } => "Attach policy",
            Self::DetachPolicy { .. } => "Detach policy",
            Self::AttachThing { .. } => "Attach thing",
            Self::DetachThing { .. } => "Detach thing",
            Self::Transfer { .. } => "Start transfer",
            Self::Accept { activate, .. } => {
                if *activate {
                    "Accept transfer and activate"
                } else {
                    "Accept transfer"
                }
            }
            Self::Reject { .. } => "Reject transfer",
            Self::CancelTransfer(_) => "Revoke transfer",
        }
    }

    /// What happened, in one line.
    pub(super) fn success(&self) -> String {
        let id = self.certificate().short();
        match self {
            Self::Activate(_) => format!("{id} is active."),
            Self::Deactivate(_) => {
                format!("{id} is inactive; devices lose it within minutes.")
            }
            Self::Revoke(_) => format!("{id} is revoked."),
            Self::AttachPolicy { policy, .. } => {
                format!("Policy {} is attached to {id}.", visible(policy))
            }
            Self::AttachThing { thing, .. } => {
                format!("Thing {} is attached to {id}.", visible(thing))
            }
            Self::DetachPolicy { policy, .. } => {
                format!("Policy {} is detached from {id}.", visible(policy))
            }
            Self::DetachThing { thing, .. } => {
                format!(
                    "Thing {} is being detached; AWS takes some seconds.",
                    visible(thing)
                )
            }
            Self::Transfer { to, .. } => {
                format!("{id} is transferred to {}, not accepted yet.", to.grouped())
            }
            Self::Accept { activate: true, .. } => format!("{id} is yours, and active."),
            Self::Accept { .. } => format!("{id} is yours, and inactive: activate it before use."),
            Self::Reject { .. } => format!("{id} is rejected and back with its sender."),
            Self::CancelTransfer(_) => format!("{id} is back, inactive and with nothing attached."),
        }
    }
}
