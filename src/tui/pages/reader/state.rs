//! Texts to read: help, documents, failures, the note for a recipient.

use crate::{
    domain::{Attachment, CertificateId, NamedKind, RequestId},
    tui::{
        known::remote::Remote,
        text::{
            prose::{Prose, Scroll},
            search::TextSearch,
        },
    },
};

/// What a reader shows.
#[derive(Debug)]
pub enum Content {
    /// The help; made from the keymap. What could be done where it was opened stands first.
    Help(Here),
    /// A text that is here.
    Prose(Prose),
    /// A certificate of a batch; made from the batch.
    Item(RequestId, CertificateId),
    /// A text that AWS is asked for, and what it is of.
    Remote(Remote<Prose>, RemoteText),
}

/// What AWS is asked for to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteText {
    /// A policy's document, or a thing's attributes.
    Attached(Attachment),
    /// Everything of a policy or of a thing, by its name.
    All(NamedKind, String),
}

/// What can be done on the page that the help was opened on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// What the page is called.
    pub page: String,
    /// The keys of each command as they are bound, and what it does.
    pub keys: Vec<(String, String)>,
    /// Whether a filter is typed.
    pub filter: bool,
}

/// An open text.
#[derive(Debug)]
pub struct Reader {
    /// Its heading.
    pub title: String,
    /// What it shows.
    pub content: Content,
    /// What copying it copies; `None` copies the page itself.
    pub copy: Option<String>,
    /// How far it is scrolled.
    pub scroll: Scroll,
    /// What is looked for in it.
    pub search: TextSearch,
}

impl Reader {
    /// A text on top of everything.
    pub fn new(title: impl Into<String>, content: Content) -> Self {
        Self {
            title: title.into(),
            content,
            copy: None,
            scroll: Scroll::default(),
            search: TextSearch::default(),
        }
    }

    /// The text with something else to copy than what is read.
    pub fn copying(mut self, text: String) -> Self {
        self.copy = Some(text);
        self
    }
}
