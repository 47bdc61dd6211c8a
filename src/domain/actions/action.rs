//! The table of actions: what can be done to a certificate, in which words, when it applies, how a
//! person confirms it, and what it does. Menus, batches, dialogs, the help and estimates read it.

use strum::{EnumIter, IntoEnumIterator as _};

use crate::domain::{
    actions::{
        batch::{Look, Procedure},
        change::Change,
        operation::Operation,
    },
    certificate::{description::ConsoleStatus, readiness::Readiness},
    failure::READ_ONLY,
};

/// Something that can be done to certificates. In the order in which menus and the help have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter)]
pub enum Action {
    /// Deactivates, detaches everything, and offers the certificate to another account.
    StartTransfer,
    /// Does that, and carries it through in the other account until the device works there.
    HandOver,
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
    /// Deletes what its hand-over has created here and nothing uses.
    RemoveCreated,
    /// Leaves the certificate as a run left it that stopped.
    LeaveAsIs,
    /// Takes the offer back, before it is accepted.
    RevokeTransfer,
    /// Makes the certificate unusable for ever.
    Revoke,
    /// Makes AWS IoT forget the certificate.
    Delete,
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
    /// What its dialog says first, for one certificate: each behind the word that it is found by.
    pub says: &'static [(&'static str, &'static str)],
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
    /// Of a run of the journal.
    Run,
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
    /// Hands over to the account of the other side.
    HandOver,
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
    /// Deletes what was created.
    RemoveCreated,
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
    /// Whether that is the recipient's half of a hand-over, which takes nothing that could be put back.
    pub sets_up: bool,
    /// Whether another process works on it.
    pub held: bool,
    /// Whether there is something to put back; `None` while that is not known.
    pub restorable: Option<bool>,
}

impl Action {
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
            Procedure::HandOver { .. } => Does::HandOver,
            Procedure::Resume => Does::Resume,
            Procedure::PutBack => Does::PutBack,
            Procedure::LeaveAsIs => Does::LeaveAsIs,
            Procedure::RemoveCreated => Does::RemoveCreated,
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
            Does::Transfer | Does::TransferReady | Does::HandOver => {
                vec![Operation::TransferCertificate]
            }
            Does::Reject => vec![Operation::RejectCertificateTransfer],
            Does::Change(change) => vec![change.operation()],
            Does::Detach | Does::PutBack | Does::Resume | Does::LeaveAsIs | Does::RemoveCreated => {
                Vec::new()
            }
        }
    }

    /// Whether it can do anything with a certificate of this status, as far as that decides.
    pub fn applies_to(self, status: ConsoleStatus) -> bool {
        self.by_status(status).is_none()
    }

    /// Whether it can do anything with a certificate that was looked at.
    pub fn wants(self, look: &Look) -> bool {
        let readiness = Readiness {
            status: look.status,
            policies: Some(look.policies.len()),
            things: Some(look.things.len()),
        };
        self.obstacle(&readiness).is_none()
    }

    /// Whether it can be done only to a certificate that nothing is attached to.
    const fn needs_bare(self) -> bool {
        matches!(self, Self::TransferReady | Self::Delete)
    }

    /// Why it cannot be done to a certificate, as far as status and attachments are known.
    pub fn obstacle(self, of: &Readiness) -> Option<String> {
        let by_status = self.by_status(of.status).map(str::to_owned);
        by_status.or_else(|| of.attached().filter(|_| self.needs_bare()))
    }

    /// Whether the action applies to the certificate, or the reason why it does not.
    pub fn availability(self, subject: &Subject) -> Availability {
        let journaled = subject.journaled;
        let obstacle = self.obstacle(&subject.readiness);
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
        } else if self == Self::PutBack && journaled.sets_up {
            Some("only its source can: it is being handed over")
        } else if self == Self::PutBack {
            match (journaled.open, journaled.restorable) {
                (true, _) | (false, Some(true)) => None,
                (false, Some(false)) => Some("the journal has nothing of it"),
                (false, None) => obstacle.as_deref(),
            }
        } else {
            obstacle.as_deref()
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
            | (Self::StartTransfer | Self::HandOver | Self::Revoke, S::Active | S::Inactive | S::PendingActivation)
            | (Self::TransferReady, S::Inactive)
            | (Self::Delete, S::Inactive | S::Revoked)
            | (Self::RevokeTransfer, S::Transferred)
            | (Self::Accept | Self::AcceptAndActivate | Self::Reject, S::PendingTransfer)
            | (Self::Resume | Self::LeaveAsIs | Self::RemoveCreated | Self::Detach, _) => None,
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
            (Self::Delete, S::Active | S::PendingActivation) => Some("deactivate it first"),
            (
                Self::Activate
                | Self::Deactivate
                | Self::StartTransfer
                | Self::HandOver
                | Self::TransferReady
                | Self::Revoke
                | Self::Delete,
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
        for status in ConsoleStatus::iter() {
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
            [StartTransfer, HandOver, Deactivate, Revoke]
        );
        assert_eq!(
            enabled(ConsoleStatus::Inactive),
            [StartTransfer, HandOver, Activate, Revoke, Delete]
        );
        assert_eq!(
            enabled(ConsoleStatus::PendingTransfer),
            [Accept, AcceptAndActivate, Reject]
        );
        assert_eq!(enabled(ConsoleStatus::Transferred), [RevokeTransfer]);
        assert_eq!(enabled(ConsoleStatus::InTransfer), []);
        assert_eq!(enabled(ConsoleStatus::Revoked), [Delete]);
        assert_eq!(enabled(ConsoleStatus::Unknown), []);
        assert_eq!(
            enabled(ConsoleStatus::PendingActivation),
            [StartTransfer, HandOver, Activate, Deactivate, Revoke]
        );
    }

    #[test]
    fn what_is_attached_stands_in_the_way_of_deleting() {
        let with = |policies, things| {
            let mut subject = subject(ConsoleStatus::Inactive);
            subject.readiness.policies = policies;
            subject.readiness.things = things;
            Action::Delete.availability(&subject)
        };
        let why = "1 policy and 2 things are attached".to_owned();
        assert_eq!(with(Some(1), Some(2)), Availability::Disabled(why));
        // The engine looks before it is sent.
        assert_eq!(with(None, None), Availability::Enabled);
    }

    #[test]
    fn every_action_is_found_by_what_it_does() {
        let to = crate::domain::AccountId::parse("444455556666").unwrap();
        let message = || None;
        for action in Action::iter() {
            let procedure = match action.row().does {
                Does::Transfer => Procedure::PrepareAndTransfer {
                    to,
                    message: message(),
                },
                Does::HandOver => Procedure::HandOver {
                    to,
                    message: message(),
                },
                Does::TransferReady => Procedure::Change(Change::Transfer {
                    to,
                    message: message(),
                }),
                Does::Reject => Procedure::Change(Change::Reject { reason: message() }),
                Does::Detach => {
                    let policy = crate::domain::Attachment::Policy("x".to_owned());
                    Procedure::Change(Change::Detach(policy))
                }
                Does::Change(change) => Procedure::Change(change),
                Does::PutBack => Procedure::PutBack,
                Does::Resume => Procedure::Resume,
                Does::LeaveAsIs => Procedure::LeaveAsIs,
                Does::RemoveCreated => Procedure::RemoveCreated,
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
        for status in ConsoleStatus::iter() {
            let mut subject = subject(status);
            subject.changing = true;
            for action in Action::menu(status) {
                assert_ne!(action.availability(&subject), Availability::Enabled);
            }
        }
    }

    #[test]
    fn a_read_only_session_offers_nothing() {
        for status in ConsoleStatus::iter() {
            let mut subject = subject(status);
            subject.read_only = true;
            for action in Action::menu(status) {
                assert_ne!(action.availability(&subject), Availability::Enabled);
            }
        }
    }
}
