//! The table of actions: of each its words, its menus, how it is confirmed, and what it does.

use crate::domain::actions::{
    action::{Action, ActionMenu, ActionRow, Does, Guard, LooksAt},
    change::Change,
};

const CERTIFICATE: &[ActionMenu] = &[ActionMenu::Certificate];
const MARKS: &[ActionMenu] = &[ActionMenu::Marks];
const BOTH: &[ActionMenu] = &[ActionMenu::Certificate, ActionMenu::Marks];

impl Action {
    /// Its row.
    #[expect(clippy::too_many_lines, reason = "it is the table")]
    pub const fn row(self) -> ActionRow {
        match self {
            Self::StartTransfer => ActionRow {
                name: "start-transfer",
                label: "Start transfer",
                help: "Start transfer: deactivate, detach everything, offer it",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Attachments,
                does: Does::Transfer,
                bound: false,
                title: "Start transfer of {id}",
                says: &[("From", "{place}")],
                effect: "",
                keep: "Cancel",
                button: "Start transfer",
                done: "is offered, not accepted yet.",
            },
            Self::HandOver => ActionRow {
                name: "hand-over",
                label: "Hand over",
                help: "Hand over: transfer it, and make its device work in the other account",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Attachments,
                does: Does::HandOver,
                bound: false,
                title: "Hand over {id}",
                says: &[],
                effect: "",
                keep: "Cancel",
                button: "Hand over",
                done: "is handed over: its device is allowed what its policies say.",
            },
            Self::TransferReady => ActionRow {
                name: "transfer-ready",
                label: "Transfer the ready ones",
                help: "Transfer the ready ones",
                menus: MARKS,
                guard: Guard::Button,
                looks_at: LooksAt::Attachments,
                does: Does::TransferReady,
                bound: false,
                title: "Transfer the ready ones",
                says: &[("In", "{id} in {place}")],
                effect: "Offers them to the account. Nothing is attached to them.",
                keep: "Cancel",
                button: "Transfer the ready ones",
                done: "is offered, not accepted yet.",
            },
            Self::Activate => ActionRow {
                name: "activate",
                label: "Activate",
                help: "Activate",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::Activate),
                bound: false,
                title: "Activate {id}",
                says: &[
                    ("Does", "activates {id} in {place}"),
                    ("Then", "devices can connect with it again"),
                    ("Undo", "Deactivate"),
                ],
                effect: "Devices can connect with them.",
                keep: "Cancel",
                button: "Activate",
                done: "is active.",
            },
            Self::Deactivate => ActionRow {
                name: "deactivate",
                label: "Deactivate",
                help: "Deactivate",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::Deactivate),
                bound: false,
                title: "Deactivate {id}",
                says: &[
                    ("Does", "deactivates {id} in {place}"),
                    ("Offline", "devices that use it, within a few minutes"),
                    ("Undo", "Activate"),
                ],
                effect: "Devices using them are disconnected within minutes.",
                keep: "Keep active",
                button: "Deactivate",
                done: "is inactive; devices lose it within minutes.",
            },
            Self::Accept => ActionRow {
                name: "accept",
                label: "Accept transfer",
                help: "Accept transfer",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::Accept { activate: false }),
                bound: true,
                title: "Accept transfer of {id}",
                says: &[
                    ("Does", "takes {id} into {place}"),
                    ("Offered", "by {sender}, {since}"),
                    (
                        "Arrives",
                        "inactive, with no policies and no things: activate it before use",
                    ),
                    (
                        "Undo",
                        "none: once accepted, its sender cannot take it back",
                    ),
                ],
                effect: "They arrive inactive, with no policies and no things.",
                keep: "Not now",
                button: "Accept transfer",
                done: "is yours, and inactive: activate it before use.",
            },
            Self::AcceptAndActivate => ActionRow {
                name: "accept-and-activate",
                label: "Accept transfer and activate",
                help: "Accept transfer and activate",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::Accept { activate: true }),
                bound: true,
                title: "Accept transfer of {id} and activate it",
                says: &[
                    ("Does", "takes {id} into {place} and activates it"),
                    ("Offered", "by {sender}, {since}"),
                    ("Arrives", "active, with no policies and no things yet"),
                    (
                        "Undo",
                        "none: once accepted, its sender cannot take it back",
                    ),
                ],
                effect: "They are activated at once; they have no policies and no things yet.",
                keep: "Not now",
                button: "Accept transfer and activate",
                done: "is yours, and active.",
            },
            Self::Reject => ActionRow {
                name: "reject",
                label: "Reject transfer",
                help: "Reject transfer",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Reject,
                bound: true,
                title: "Reject transfer of {id}",
                says: &[
                    ("Does", "sends {id} back to {sender}"),
                    ("Offered", "to {place}, {since}"),
                    ("There", "it is inactive then, with nothing attached"),
                    ("Undo", "none: only they can offer it again"),
                ],
                effect: "They go back to their senders, inactive.",
                keep: "Keep offer",
                button: "Reject transfer",
                done: "is rejected and back with its sender.",
            },
            Self::PutBack => ActionRow {
                name: "put-back",
                label: "Put back",
                help: "Put back",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Journal,
                does: Does::PutBack,
                bound: false,
                title: "Put back",
                says: &[("In", "{id} in {place}")],
                effect: "Attaches what is missing of it, and gives back the former status.",
                keep: "Cancel",
                button: "Put back",
                done: "is what it was before.",
            },
            Self::Resume => ActionRow {
                name: "resume",
                label: "Resume",
                help: "Resume a run that stopped",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Steps,
                does: Does::Resume,
                bound: false,
                title: "Resume",
                says: &[("In", "{id} in {place}")],
                effect: "Goes on where it stopped, and does nothing else.",
                keep: "Cancel",
                button: "Resume",
                done: "has come to the end of its run.",
            },
            Self::RemoveCreated => ActionRow {
                name: "remove-created",
                label: "Remove what it created",
                help: "Delete what a hand-over has created and nothing uses",
                menus: &[ActionMenu::Run],
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::RemoveCreated,
                bound: false,
                title: "Remove what the hand-over of {id} created",
                says: &[
                    ("In", "{place}"),
                    (
                        "Does",
                        "deletes what is below. Each is looked at first: what anything is attached to, or what was changed since, stays",
                    ),
                    ("Stays", "the certificate itself, as it is"),
                ],
                effect: "",
                keep: "Cancel",
                button: "Delete them",
                done: "has nothing left here that its hand-over created.",
            },
            Self::LeaveAsIs => ActionRow {
                name: "leave-as-is",
                label: "Leave as is",
                help: "Leave as is what a run has stopped at",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::LeaveAsIs,
                bound: false,
                title: "Leave as is",
                says: &[("In", "{id} in {place}")],
                effect: "Changes nothing: what was deactivated and detached stays so. certferry does not ask \
                         about it again; each can still be put back, alone.",
                keep: "Cancel",
                button: "Leave as is",
                done: "is left as it is.",
            },
            Self::RevokeTransfer => ActionRow {
                name: "revoke-transfer",
                label: "Revoke transfer",
                help: "Revoke transfer",
                menus: BOTH,
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::CancelTransfer),
                bound: true,
                title: "Revoke transfer {id}",
                says: &[
                    (
                        "Does",
                        "cancels the transfer of {id} to {recipient}, {since}",
                    ),
                    ("Then", "it comes back to {place} as Inactive"),
                    (
                        "Not",
                        "the irreversible Revoke: the certificate is not revoked",
                    ),
                ],
                effect: "Cancels their transfers: they come back inactive and with nothing attached. This \
                         is not the irreversible Revoke.",
                keep: "Keep transfer",
                button: "Revoke transfer",
                done: "is back, inactive and with nothing attached.",
            },
            Self::Revoke => ActionRow {
                name: "revoke",
                label: "Revoke",
                help: "Revoke, for ever",
                menus: CERTIFICATE,
                guard: Guard::LastSix,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::Revoke),
                bound: true,
                title: "Revoke {id} for ever",
                says: &[
                    ("Does", "revokes {id} in {place}"),
                    (
                        "Undo",
                        "none: AWS IoT never accepts a revoked certificate again",
                    ),
                    (
                        "Confirm",
                        "type the last 6 characters of its id: {last six}",
                    ),
                ],
                effect: "",
                keep: "Keep certificate",
                button: "Revoke for ever",
                done: "is revoked.",
            },
            Self::Delete => ActionRow {
                name: "delete",
                label: "Delete certificate",
                help: "Delete a certificate that is not active and has nothing attached",
                menus: CERTIFICATE,
                guard: Guard::LastSix,
                looks_at: LooksAt::Nothing,
                does: Does::Change(Change::Delete),
                bound: true,
                title: "Delete {id}",
                says: &[
                    ("Does", "deletes {id} from {place}: no device can use it"),
                    (
                        "Undo",
                        "none. Its PEM is kept in the journal for a year: certferry pem prints it, and with that it can be registered again",
                    ),
                    (
                        "Confirm",
                        "type the last 6 characters of its id: {last six}",
                    ),
                ],
                effect: "",
                keep: "Keep certificate",
                button: "Delete certificate",
                done: "is deleted.",
            },
            Self::Detach => ActionRow {
                name: "detach",
                label: "Detach",
                help: "Detach a policy or a thing",
                menus: &[ActionMenu::Attachment],
                guard: Guard::Button,
                looks_at: LooksAt::Nothing,
                does: Does::Detach,
                bound: false,
                title: "Detach {attachment}",
                says: &[("Does", "detaches the {attachment} from {id} in {place}")],
                effect: "",
                keep: "Keep attached",
                button: "Detach",
                done: "",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ConsoleStatus;

    #[test]
    fn what_cannot_be_done_to_a_status_says_why() {
        use ConsoleStatus as S;
        let ready = |action: Action, status| {
            let bare = crate::domain::Readiness {
                status,
                policies: Some(0),
                things: Some(0),
            };
            action.obstacle(&bare)
        };
        for action in [
            Action::Activate,
            Action::Deactivate,
            Action::StartTransfer,
            Action::HandOver,
            Action::TransferReady,
        ] {
            for (status, why) in [
                (S::Revoked, "revoked for ever"),
                (S::Transferred, "in transfer"),
                (S::PendingTransfer, "in transfer"),
                (S::Unknown, "its status is unknown"),
            ] {
                assert_eq!(ready(action, status).as_deref(), Some(why), "{action:?}");
            }
        }
        for (action, status, why) in [
            (Action::Revoke, S::Revoked, "already revoked"),
            (Action::PutBack, S::Revoked, "revoked for ever"),
            (Action::Accept, S::Transferred, "only the recipient can"),
            (
                Action::RevokeTransfer,
                S::PendingTransfer,
                "only the sender can; reject it",
            ),
            (Action::Reject, S::InTransfer, "direction not known yet"),
            (Action::Delete, S::Active, "deactivate it first"),
        ] {
            assert_eq!(ready(action, status).as_deref(), Some(why), "{action:?}");
        }
    }
}
