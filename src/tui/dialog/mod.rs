//! What stands on top of the list and the details. One stack; the topmost has the keys.

mod batch;
mod confirm;
mod form;
mod log;
mod menu;
mod reader;

pub use batch::Draft;
pub(crate) use batch::seconds;
pub use form::{Button, Field, Focus, Form, FormText, Purpose};
pub use log::LogView;
pub use menu::{Choice, Entry, Menu, MenuKind};
pub use reader::{Content, Reader};

/// A dialog.
#[derive(Debug)]
pub enum Dialog {
    /// Choices, one of which is taken.
    Menu(Menu),
    /// Something to type or to confirm.
    Form(Box<Form>),
    /// A text to read.
    Reader(Reader),
    /// The command log.
    Log(LogView),
    /// A batch and how far it came.
    Batch(crate::domain::RequestId),
}
