//! The table of actions: what can be done to a certificate, in which words, when it applies, how a
//! person confirms it, and what it does. Menus, batches, dialogs, the help and estimates read it.

use strum::{EnumIter, IntoEnumIterator as _};

use super::{
    batch::Procedure, certificate::ConsoleStatus, change::Change, failure::READ_ONLY,
    operation::Operation, readiness::Readiness,
};

/// Something that can be done to certificates. In the order in which menus and the help have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter)]
pub enum Action {
    /// Deactivates, detaches everything, and offers the certificate to another account.
    StartTransfer,
    /// Offers those to another account that need no preparation.
    TransferReady,
    /// Lets devices connect with the certificate.
    Activate,
    /// Stops devices from connecting with it.
    Deactivate,
    /// Takes a certificate that another account offers; it arrives inactive.
    Accept,
    /// Takes it and activates it in the same call.
    AcceptAndActivate,
    /// Sends it back, with an optional reason.
    Reject,
    /// Makes it again what it was before its latest run.
    PutBack,
    /// Goes on with a run that stopped.
    Resume,
    /// Leaves the certificate as a run left it that stopped.
    LeaveAsIs,
    /// Takes the offer back, before it is accepted.
    RevokeTransfer,
    /// Makes the certificate unusable for ever.
    Revoke,
    /// Detaches a policy or a thing.
    Detach,
}

/// What the table says of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRow {
    /// Its name in keymap files and reports, which never changes.
    pub name: &'static str,
    /// Its words, the console's where the console has it.
    pub label: &'static str,
    /// What the help says of its key.
    pub help: &'static str,
    /// The menus it stands in.
    pub menus: &'static [ActionMenu],
    /// How a person confirms it, beside the button.
    pub guard: Guard,
    /// What is looked at before it can be confirmed.
    pub looks_at: LooksAt,
    /// What it does.
    pub does: Does,
    /// Whether it is refused when the certificate is not what the dialog showed any more.
    pub bound: bool,
    /// The heading of its dialog for one certificate. In this and in `says`, `{id}`, `{place}`, `{sender}`,
    /// `{recipient}`, `{since}`, `{last six}` and `{attachment}` are put in.
    pub title: &'static str,
    /// What its dialog says first, for one certificate.
    pub says: &'static [&'static str],
    /// What its dialog says that will happen, for many, and for one that is about a run.
    pub effect: &'static str,
    /// The button that leaves everything as it is, for one certificate.
    pub keep: &'static str,
    /// The button that does it, for one certificate.
    pub button: &'static str,
    /// What is said behind the certificate's id once it is done.
    pub done: &'static str,
}

/// A menu that has actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionMenu {
    /// Of one certificate.
    Certificate,
    /// Over the marked certificates.
    Marks,
    /// Of a policy or a thing.
    Attachment,
}

/// How a person confirms an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// By the button alone: it can be undone. For many, digits of an account are typed.
    Button,
    /// The last 6 characters of the certificate's id are typed: it cannot be undone. Never for many.
    LastSix,
}

/// What is looked at before an action is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooksAt {
    /// Nothing: the status, which is known, decides.
    Nothing,
    /// What is attached to the certificates.
    Attachments,
    /// What the journal knows of them, and how they stand now.
    Journal,
    /// Which steps of their open runs are left to do, by how they stand now.
    Steps,
}

/// What an action does, before what is typed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Prepares and transfers, to an account that is typed.
    Transfer,
    /// Transfers what needs no preparation, to an account that is typed.
    TransferReady,
    /// Rejects, with a reason that is typed.
    Reject,
    /// Detaches what was chosen.
    Detach,
    /// Makes this change.
    Change(Change),
    /// Puts back.
    PutBack,
    /// Resumes.
    Resume,
    /// Leaves as it is.
    LeaveAsIs,
}

/// Whether an action applies now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It can be chosen.
    Enabled,
    /// It cannot, and why.
    Disabled(String),
}

/// What is known of a certificate when its menu opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Status and attachments.
    pub readiness: Readiness,
    /// Whether this session may change anything.
    pub read_only: bool,
    /// Whether a change of the certificate is under way.
    pub changing: bool,
    /// Whether that is a run, which has it alone.
    pub running: bool,
    /// What the journal has of it.
    pub journaled: Journaled,
}

/// What the journal has of a certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Journaled {
    /// Whether it has a run that nobody has decided about.
    pub open: bool,
    /// Whether another process works on it.
    pub held: bool,
    /// Whether there is something to put back; `None` while that is not known.
    pub restorable: Option<bool>,
}

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
                says: &["From {place}."],
                effect: "",
                keep: "Cancel",
                button: "Start transfer",
                done: "is offered, not accepted yet.",
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
                says: &["{id} in {place}."],
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
                    "Activates {id} in {place}.",
                    "Devices can connect with it again.",
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
                    "Deactivates {id} in {place}.",
                    "Devices using it are disconnected within a few minutes and cannot connect until it is \
                     activated again.",
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
                title: "Accept transfer {id}",
                says: &[
                    "Takes {id} into {place}.",
                    "Offered by {sender}, {since}.",
                    "It arrives inactive, with no policies and no things. Activate it before use.",
                    "Once accepted, the transfer cannot be taken back by its sender.",
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
                title: "Accept transfer and activate {id}",
                says: &[
                    "Takes {id} into {place}.",
                    "Offered by {sender}, {since}.",
                    "It is activated at once. It has no policies and no things here yet.",
                    "Once accepted, the transfer cannot be taken back by its sender.",
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
                    "It is offered to {place}, {since}.",
                    "It goes back to {sender}, inactive and with nothing attached.",
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
                says: &["{id} in {place}."],
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
                says: &["{id} in {place}."],
                effect: "Goes on where it stopped, and does nothing else.",
                keep: "Cancel",
                button: "Resume",
                done: "has come to the end of its run.",
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
                says: &["{id} in {place}."],
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
                    "Cancels the transfer of {id} to {recipient}, {since}.",
                    "The certificate comes back to {place} as Inactive.",
                    "It is not revoked: this is not the irreversible Revoke.",
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
                    "Revokes {id} in {place}.",
                    "AWS IoT never accepts a revoked certificate again. This cannot be undone.",
                    "To confirm, type the last 6 characters of its id: {last six}",
                ],
                effect: "",
                keep: "Keep certificate",
                button: "Revoke for ever",
                done: "is revoked.",
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
                says: &["Detaches the {attachment} from {id} in {place}."],
                effect: "",
                keep: "Keep attached",
                button: "Detach",
                done: "",
            },
        }
    }

    /// The actions of a menu, in its order.
    pub fn of(menu: ActionMenu) -> impl Iterator<Item = Self> {
        Self::iter().filter(move |action| action.row().menus.contains(&menu))
    }

    /// What may be in the menu of a certificate with this status: Revoke needs one that is not in transfer
    /// and Revoke transfer one that is, so the irreversible one never stands beside the one it could be
    /// mistaken for.
    pub fn menu(status: ConsoleStatus) -> Vec<Self> {
        let other = if status.in_transfer() {
            Self::Revoke
        } else {
            Self::RevokeTransfer
        };
        let actions = Self::of(ActionMenu::Certificate);
        actions.filter(|action| *action != other).collect()
    }

    /// Its words.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Whether it is about runs that the journal has open, and about nothing else.
    pub const fn needs_open_run(self) -> bool {
        matches!(self, Self::Resume | Self::LeaveAsIs)
    }

    /// The action of a batch.
    pub fn of_procedure(procedure: &Procedure) -> Option<Self> {
        let does = match procedure {
            Procedure::PrepareAndTransfer { .. } => Does::Transfer,
            Procedure::Resume => Does::Resume,
            Procedure::PutBack => Does::PutBack,
            Procedure::LeaveAsIs => Does::LeaveAsIs,
            Procedure::Change(Change::Transfer { .. }) => Does::TransferReady,
            Procedure::Change(Change::Reject { .. }) => Does::Reject,
            Procedure::Change(Change::Detach(_)) => Does::Detach,
            Procedure::Change(change) => Does::Change(change.clone()),
        };
        Self::iter().find(|action| action.row().does == does)
    }

    /// The calls that it makes for each certificate whatever is attached to it; what else it takes depends
    /// on its steps.
    pub fn calls(self) -> Vec<Operation> {
        match self.row().does {
            Does::Transfer | Does::TransferReady => vec![Operation::TransferCertificate],
            Does::Reject => vec![Operation::RejectCertificateTransfer],
            Does::Change(change) => vec![change.operation()],
            Does::Detach | Does::PutBack | Does::Resume | Does::LeaveAsIs => Vec::new(),
        }
    }

    /// Whether it can do anything with a certificate of this status, as far as that decides.
    pub fn applies_to(self, status: ConsoleStatus) -> bool {
        self.by_status(status).is_none()
    }

    /// Whether the action applies to the certificate, or the reason why it does not.
    pub fn availability(self, subject: &Subject) -> Availability {
        let journaled = subject.journaled;
        let why = if subject.read_only {
            Some(READ_ONLY)
        } else if self == Self::Detach {
            subject.running.then_some("a run works on the certificate")
        } else if self.needs_open_run() && !journaled.open {
            Some(if journaled.held {
                "another process works on it"
            } else {
                "it has no unfinished run"
            })
        } else if subject.changing {
            Some("a change of it is under way")
        } else if self == Self::PutBack {
            match (journaled.open, journaled.restorable) {
                (true, _) | (false, Some(true)) => None,
                (false, Some(false)) => Some("the journal has nothing of it"),
                (false, None) => self.by_status(subject.readiness.status),
            }
        } else {
            self.by_status(subject.readiness.status)
        };
        why.map_or(Availability::Enabled, |why| {
            Availability::Disabled(why.to_owned())
        })
    }

    /// Why it does not apply to a certificate of this status; `None` when it does.
    fn by_status(self, status: ConsoleStatus) -> Option<&'static str> {
        use ConsoleStatus as S;
        match (self, status) {
            (Self::Activate, S::Inactive | S::PendingActivation)
            | (Self::Deactivate, S::Active | S::PendingActivation)
            // What is in the way can be prepared: the dialog names it.
            | (Self::StartTransfer | Self::Revoke, S::Active | S::Inactive | S::PendingActivation)
            | (Self::TransferReady, S::Inactive)
            | (Self::RevokeTransfer, S::Transferred)
            | (Self::Accept | Self::AcceptAndActivate | Self::Reject, S::PendingTransfer)
            | (Self::Resume | Self::LeaveAsIs | Self::Detach, _) => None,
            (Self::Activate, S::Active) => Some("already active"),
            (Self::Deactivate, S::Inactive) => Some("already inactive"),
            (Self::Revoke, S::Revoked) => Some("already revoked"),
            (Self::RevokeTransfer, S::PendingTransfer) => Some("only the sender can; reject it"),
            (Self::Accept | Self::AcceptAndActivate | Self::Reject, S::Transferred) => {
                Some("only the recipient can")
            }
            (
                Self::RevokeTransfer | Self::Accept | Self::AcceptAndActivate | Self::Reject,
                S::InTransfer,
            ) => Some("direction not known yet"),
            (Self::RevokeTransfer | Self::Accept | Self::AcceptAndActivate | Self::Reject, _) => {
                Some("not in transfer")
            }
            (Self::PutBack, S::Revoked) => Some("revoked for ever"),
            (Self::PutBack, S::PendingTransfer) => Some("only its sender can"),
            (Self::PutBack, _) => None,
            (Self::TransferReady, S::Active | S::PendingActivation) => Some("not inactive"),
            (
                Self::Activate
                | Self::Deactivate
                | Self::StartTransfer
                | Self::TransferReady
                | Self::Revoke,
                other,
            ) => Some(match other {
                S::Revoked => "revoked for ever",
                other if other.in_transfer() => "in transfer",
                _ => "its status is unknown",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUSES: [ConsoleStatus; 8] = [
        ConsoleStatus::Active,
        ConsoleStatus::Inactive,
        ConsoleStatus::PendingTransfer,
        ConsoleStatus::Transferred,
        ConsoleStatus::InTransfer,
        ConsoleStatus::PendingActivation,
        ConsoleStatus::Revoked,
        ConsoleStatus::Unknown,
    ];

    fn subject(status: ConsoleStatus) -> Subject {
        Subject {
            readiness: Readiness {
                status,
                policies: Some(0),
                things: Some(0),
            },
            read_only: false,
            changing: false,
            running: false,
            journaled: Journaled {
                restorable: Some(false),
                ..Journaled::default()
            },
        }
    }

    fn enabled(status: ConsoleStatus) -> Vec<Action> {
        Action::menu(status)
            .into_iter()
            .filter(|action| action.availability(&subject(status)) == Availability::Enabled)
            .collect()
    }

    #[test]
    fn revoke_and_revoke_transfer_are_never_in_one_menu() {
        for status in STATUSES {
            let menu = Action::menu(status);
            assert_ne!(
                menu.contains(&Action::Revoke),
                menu.contains(&Action::RevokeTransfer),
                "{status:?}"
            );
        }
    }

    #[test]
    fn each_status_offers_what_the_console_offers() {
        use Action::*;
        assert_eq!(
            enabled(ConsoleStatus::Active),
            [StartTransfer, Deactivate, Revoke]
        );
        assert_eq!(
            enabled(ConsoleStatus::Inactive),
            [StartTransfer, Activate, Revoke]
        );
        assert_eq!(
            enabled(ConsoleStatus::PendingTransfer),
            [Accept, AcceptAndActivate, Reject]
        );
        assert_eq!(enabled(ConsoleStatus::Transferred), [RevokeTransfer]);
        assert_eq!(enabled(ConsoleStatus::InTransfer), []);
        assert_eq!(enabled(ConsoleStatus::Revoked), []);
        assert_eq!(enabled(ConsoleStatus::Unknown), []);
        assert_eq!(
            enabled(ConsoleStatus::PendingActivation),
            [StartTransfer, Activate, Deactivate, Revoke]
        );
    }

    #[test]
    fn every_action_is_found_by_what_it_does() {
        let to = super::super::AccountId::parse("444455556666").unwrap();
        let message = || None;
        for action in Action::iter() {
            let procedure = match action.row().does {
                Does::Transfer => Procedure::PrepareAndTransfer {
                    to,
                    message: message(),
                },
                Does::TransferReady => Procedure::Change(Change::Transfer {
                    to,
                    message: message(),
                }),
                Does::Reject => Procedure::Change(Change::Reject { reason: message() }),
                Does::Detach => {
                    let policy = super::super::Attachment::Policy("x".to_owned());
                    Procedure::Change(Change::Detach(policy))
                }
                Does::Change(change) => Procedure::Change(change),
                Does::PutBack => Procedure::PutBack,
                Does::Resume => Procedure::Resume,
                Does::LeaveAsIs => Procedure::LeaveAsIs,
            };
            assert_eq!(Action::of_procedure(&procedure), Some(action));
        }
    }

    #[test]
    fn what_cannot_be_undone_is_never_done_to_many() {
        for action in Action::iter().filter(|it| it.row().guard == Guard::LastSix) {
            assert!(
                !action.row().menus.contains(&ActionMenu::Marks),
                "{action:?}"
            );
        }
    }

    #[test]
    fn a_certificate_that_is_being_changed_offers_nothing_more() {
        for status in STATUSES {
            let mut subject = subject(status);
            subject.changing = true;
            for action in Action::menu(status) {
                assert_ne!(action.availability(&subject), Availability::Enabled);
            }
        }
    }

    #[test]
    fn a_read_only_session_offers_nothing() {
        for status in STATUSES {
            let mut subject = subject(status);
            subject.read_only = true;
            for action in Action::menu(status) {
                assert_ne!(action.availability(&subject), Availability::Enabled);
            }
        }
    }
}
