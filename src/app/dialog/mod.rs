//! What stands on top of the list and the details. One stack; the topmost has the keys.

mod form;
mod menu;
mod reader;

pub use form::{Button, Field, Focus, Form, FormText, Purpose};
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
}
