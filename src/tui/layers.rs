//! What stands on top of the list and the details: dialogs, and pages that take the whole screen. One
//! stack; the topmost has the keys.

use crate::{
    domain::{CertificateId, RequestId},
    tui::{
        confirm::confirmation::Confirmation,
        dialogs::{form::Form, menu::Menu},
        intent::Intent,
        pages::{
            belongings::state::BelongingsView, command_log::view::LogView,
            history::state::HistoryView, inventory::state::InventoryView, reader::state::Reader,
            transfers::state::TransfersView,
        },
    },
};

/// A dialog, or a page that is read.
#[derive(Debug)]
pub enum Dialog {
    /// Choices, one of which is taken.
    Menu(Menu<Intent>, MenuKind),
    /// Something to type or to confirm, and what for.
    Form(Box<Form>, Confirmation),
    /// A text to read.
    Reader(Reader),
    /// The command log.
    Log(LogView),
    /// A batch and how far it came.
    Batch(RequestId),
    /// The runs of the journal.
    History(Box<HistoryView>),
    /// What exists besides certificates.
    Inventory(Box<InventoryView>),
    /// The transfers of the account.
    Transfers(TransfersView),
    /// What certificates would lose.
    Belongings(Box<BelongingsView>),
}

/// Where a batch stands, where the screen is wide enough for one beside the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BatchStands {
    /// Nobody has said it: beside list and details, once there is room for all three.
    #[default]
    ByItself,
    /// Over the list: a person has put one there.
    Over,
    /// This one beside the list.
    Beside(RequestId),
}

impl BatchStands {
    /// The one beside the list.
    pub const fn beside(self) -> Option<RequestId> {
        match self {
            Self::Beside(request) => Some(request),
            Self::ByItself | Self::Over => None,
        }
    }
}

/// What a menu is about, so that it can be made again when more is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuKind {
    /// The actions of a certificate.
    Certificate(CertificateId),
    /// The batches of this session and the unfinished runs.
    Runs,
    /// How a batch is to be stopped.
    Stop(RequestId),
    /// Anything that does not change while it is open.
    Fixed,
}
