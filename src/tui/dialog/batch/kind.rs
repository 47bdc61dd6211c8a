//! What a batch is for.

use crate::{
    domain::{Change, ConsoleStatus, Procedure},
    tui::keymap::Command,
};

/// What a batch is for, before account, message or reason are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Deactivate, detach, transfer.
    PrepareAndTransfer,
    /// Transfer what is ready.
    Transfer,
    /// Take offers back.
    RevokeTransfer,
    /// Take what is offered.
    Accept,
    /// Take what is offered and activate it.
    AcceptAndActivate,
    /// Send back what is offered.
    Reject,
    /// Attach again what runs detached.
    PutBack,
    /// Go on with stopped runs.
    Resume,
    /// Leave the certificates as stopped runs left them.
    LeaveAsIs,
    /// Let devices connect.
    Activate,
    /// Stop devices from connecting.
    Deactivate,
}

impl Kind {
    /// The kinds that a menu over marked certificates offers, in its order.
    pub const MENU: [Self; 11] = [
        Self::PrepareAndTransfer,
        Self::Transfer,
        Self::Activate,
        Self::Deactivate,
        Self::Accept,
        Self::AcceptAndActivate,
        Self::Reject,
        Self::PutBack,
        Self::Resume,
        Self::LeaveAsIs,
        Self::RevokeTransfer,
    ];

    /// What can become of a run that the journal has open, in the order of every menu.
    pub const UNFINISHED: [Self; 3] = [Self::PutBack, Self::Resume, Self::LeaveAsIs];

    /// Its letter in menus.
    pub const fn letter(self) -> Command {
        match self {
            Self::PrepareAndTransfer => Command::StartTransfer,
            Self::Transfer => Command::TransferReady,
            Self::RevokeTransfer => Command::RevokeTransfer,
            Self::Accept => Command::Accept,
            Self::AcceptAndActivate => Command::AcceptAndActivate,
            Self::Reject => Command::Reject,
            Self::PutBack => Command::PutBack,
            Self::Resume => Command::Resume,
            Self::LeaveAsIs => Command::LeaveAsIs,
            Self::Activate => Command::Activate,
            Self::Deactivate => Command::Deactivate,
        }
    }

    /// The kind of a batch that was given.
    pub const fn of(procedure: &Procedure) -> Self {
        match procedure {
            Procedure::PrepareAndTransfer { .. } => Self::PrepareAndTransfer,
            Procedure::Resume => Self::Resume,
            Procedure::PutBack => Self::PutBack,
            Procedure::LeaveAsIs => Self::LeaveAsIs,
            Procedure::Change(change) => match change {
                Change::Activate => Self::Activate,
                Change::Deactivate => Self::Deactivate,
                Change::Transfer { .. } => Self::Transfer,
                Change::Accept { activate: true } => Self::AcceptAndActivate,
                Change::Accept { activate: false } => Self::Accept,
                Change::Reject { .. } => Self::Reject,
                Change::CancelTransfer => Self::RevokeTransfer,
            },
        }
    }

    /// Its words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PrepareAndTransfer => "Prepare and transfer",
            Self::Transfer => "Transfer the ready ones",
            Self::RevokeTransfer => "Revoke transfer",
            Self::Accept => "Accept transfer",
            Self::AcceptAndActivate => "Accept transfer and activate",
            Self::Reject => "Reject transfer",
            Self::PutBack => "Put back",
            Self::Resume => "Resume",
            Self::LeaveAsIs => "Leave as is",
            Self::Activate => "Activate",
            Self::Deactivate => "Deactivate",
        }
    }

    /// Whether it can do anything with a certificate of this status.
    pub const fn applies_to(self, status: ConsoleStatus) -> bool {
        use ConsoleStatus as S;
        match self {
            Self::PrepareAndTransfer => {
                matches!(status, S::Active | S::Inactive | S::PendingActivation)
            }
            Self::Transfer => matches!(status, S::Inactive),
            Self::RevokeTransfer => matches!(status, S::Transferred),
            Self::Accept | Self::AcceptAndActivate | Self::Reject => {
                matches!(status, S::PendingTransfer)
            }
            Self::PutBack | Self::Resume | Self::LeaveAsIs => true,
            Self::Activate => matches!(status, S::Inactive | S::PendingActivation),
            Self::Deactivate => matches!(status, S::Active | S::PendingActivation),
        }
    }

    /// Whether it is about runs that the journal has open, and about nothing else.
    pub const fn needs_open_run(self) -> bool {
        matches!(self, Self::Resume | Self::LeaveAsIs)
    }

    /// What decides about it and is looked at first.
    pub const fn looks_at(self) -> Looks {
        match self {
            Self::PrepareAndTransfer | Self::Transfer => Looks::Attachments,
            Self::PutBack => Looks::Journal,
            Self::Resume => Looks::Steps,
            _ => Looks::Nothing,
        }
    }
}

/// What is looked at before a batch is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Nothing: the status, which is known, decides.
    Nothing,
    /// What is attached to the certificates.
    Attachments,
    /// What the journal knows of them.
    Journal,
    /// Which steps are left to do, by how they stand now.
    Steps,
}
