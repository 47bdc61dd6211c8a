//! The mouse: what was drawn where, so that a click means what a person saw.
//!
//! The places are noted while they are drawn: there is no second table of them that could differ.

use std::cell::RefCell;

use ratatui::layout::{Position, Rect};

use crate::{
    domain::{CertificateId, Timestamp},
    tui::{dialogs::form::Button, keymap::Command},
};

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// The left button went down.
    Press,
    /// The wheel was turned towards the person.
    WheelDown,
    /// The wheel was turned away.
    WheelUp,
}

/// The mouse did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// What it did.
    pub gesture: Gesture,
    /// The cell it was over.
    pub at: (u16, u16),
    /// When it was read.
    pub time: Timestamp,
    /// What stands there, in the frame that was drawn last.
    pub on: Option<Touched>,
}

/// What stands where the mouse is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// What it is.
    pub target: Touchable,
    /// How many dialogs had been opened when it was drawn.
    pub opened: u64,
}

/// What can be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touchable {
    /// A row of the list.
    Certificate(CertificateId),
    /// A row of another page or of a tab, so many rows below the chosen one.
    Row(isize),
    /// An entry of a menu, by its number.
    Entry(usize),
    /// A field of a form, by its number.
    Field(usize),
    /// A button of a form.
    Button(Button),
    /// What stands for a key.
    Press(Command),
    /// Nothing but the list.
    List,
    /// Nothing but the details.
    Details,
    /// Nothing but the dialog or page on top.
    Dialog,
}

/// What was drawn where.
#[derive(Debug, Default)]
pub struct Drawn {
    areas: RefCell<Vec<(Rect, Touchable)>>,
    opened: u64,
}

impl Drawn {
    /// Nothing so far, while so many dialogs had been opened.
    pub fn new(opened: u64) -> Self {
        Self {
            areas: RefCell::default(),
            opened,
        }
    }

    /// Notes what is drawn somewhere. What is drawn later lies above.
    pub fn note(&self, area: Rect, target: Touchable) {
        self.areas.borrow_mut().push((area, target));
    }

    /// What stands at a cell.
    pub fn at(&self, (column, row): (u16, u16)) -> Option<Touched> {
        let areas = self.areas.borrow();
        let mut above = areas.iter().rev();
        let (_, target) = above.find(|(area, _)| area.contains(Position::new(column, row)))?;
        Some(Touched {
            target: target.clone(),
            opened: self.opened,
        })
    }
}
