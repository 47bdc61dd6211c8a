//! The actions of the AWS IoT console, and when each applies.

use super::{ConsoleStatus, Readiness};

/// Why nothing that changes something can be chosen in a session that is read-only.
pub const READ_ONLY: &str = "this session is read-only";

/// One entry of a certificate's Actions menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Lets devices connect with the certificate.
    Activate,
    /// Stops devices from connecting with it.
    Deactivate,
    /// Offers the certificate to another account.
    StartTransfer,
    /// Takes the offer back, before it is accepted.
    RevokeTransfer,
    /// Takes a certificate that another account offers; it arrives inactive.
    Accept,
    /// Takes it and activates it in the same call.
    AcceptAndActivate,
    /// Sends it back, with an optional reason.
    Reject,
    /// Makes the certificate unusable for ever.
    Revoke,
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
}

impl Action {
    /// Everything that may be in a menu for this status: Revoke needs a
    /// certificate that is not in transfer and Revoke transfer one that is, so the irreversible one
    /// never stands beside the one it could be mistaken for.
    pub fn menu(status: ConsoleStatus) -> Vec<Self> {
        let mut actions = vec![
            Self::StartTransfer,
            Self::Activate,
            Self::Deactivate,
            Self::Accept,
            Self::AcceptAndActivate,
            Self::Reject,
        ];
        actions.push(if status.in_transfer() {
            Self::RevokeTransfer
        } else {
            Self::Revoke
        });
        actions
    }

    /// The entry's words, which are the console's.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Activate => "Activate",
            Self::Deactivate => "Deactivate",
            Self::StartTransfer => "Start transfer",
            Self::RevokeTransfer => "Revoke transfer",
            Self::Accept => "Accept transfer",
            Self::AcceptAndActivate => "Accept transfer and activate",
            Self::Reject => "Reject transfer",
            Self::Revoke => "Revoke",
        }
    }

    /// Whether the action applies to the certificate, or the reason why it does not.
    pub fn availability(self, subject: &Subject) -> Availability {
        if subject.read_only {
            return disabled(READ_ONLY);
        }
        if subject.changing {
            return disabled("a change of it is under way");
        }
        let status = subject.readiness.status;
        match self {
            Self::Activate => match status {
                ConsoleStatus::Inactive | ConsoleStatus::PendingActivation => Availability::Enabled,
                ConsoleStatus::Active => disabled("already active"),
                other => elsewhere(other),
            },
            Self::Deactivate => match status {
                ConsoleStatus::Active | ConsoleStatus::PendingActivation => Availability::Enabled,
                ConsoleStatus::Inactive => disabled("already inactive"),
                other => elsewhere(other),
            },
            // What is in the way can be prepared: the dialog names it.
            Self::StartTransfer => match status {
                ConsoleStatus::Active
                | ConsoleStatus::Inactive
                | ConsoleStatus::PendingActivation => Availability::Enabled,
                other => elsewhere(other),
            },
            Self::RevokeTransfer => match status {
                ConsoleStatus::Transferred => Availability::Enabled,
                ConsoleStatus::PendingTransfer => disabled("only the sender can; reject it"),
                ConsoleStatus::InTransfer => disabled("direction not known yet"),
                _ => disabled("not in transfer"),
            },
            Self::Accept | Self::AcceptAndActivate | Self::Reject => match status {
                ConsoleStatus::PendingTransfer => Availability::Enabled,
                ConsoleStatus::Transferred => disabled("only the recipient can"),
                ConsoleStatus::InTransfer => disabled("direction not known yet"),
                _ => disabled("not in transfer"),
            },
            Self::Revoke => match status {
                ConsoleStatus::Active
                | ConsoleStatus::Inactive
                | ConsoleStatus::PendingActivation => Availability::Enabled,
                ConsoleStatus::Revoked => disabled("already revoked"),
                other => elsewhere(other),
            },
        }
    }
}

fn disabled(reason: &str) -> Availability {
    Availability::Disabled(reason.to_owned())
}

fn elsewhere(status: ConsoleStatus) -> Availability {
    match status {
        ConsoleStatus::Revoked => disabled("revoked for ever"),
        other if other.in_transfer() => disabled("in transfer"),
        _ => disabled("its status is unknown"),
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
