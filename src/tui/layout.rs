//! Where things are on the screen. Shared by the state, which must know how much of a list is in
//! sight, and by the view, which draws it.

use ratatui::layout::{Constraint, Flex, Layout, Rect};

/// The smallest screen that is drawn.
pub const SMALLEST: (u16, u16) = (40, 10);

/// From this width on the details stand beside the list.
pub const BESIDE: u16 = 120;

/// From this width on the list has as much room as the details beside it.
const ROOMY: u16 = 160;

/// From this width on a batch can stand beside the list.
pub const BATCH_BESIDE: u16 = 140;

/// From this width on a batch stands beside the list by itself: list, details and batch have room.
pub const ALL_BESIDE: u16 = 200;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    /// The line with account and region.
    pub header: Rect,
    /// What is wrong with the credentials, when something is.
    pub banner: Rect,
    /// Everything between those and the flash line.
    pub body: Rect,
    /// The list of certificates, unless the details take its place.
    pub list: Option<Rect>,
    /// The details, when they are open.
    pub details: Option<Rect>,
    /// A batch, when it stands beside the list.
    pub batch: Option<Rect>,
    /// The line for success and failure.
    pub flash: Rect,
    /// The line of key hints.
    pub hints: Rect,
}

impl Areas {
    /// Divides a screen. `banner` is how many rows say what is wrong with the credentials.
    pub fn new(screen: Rect, details_open: bool, banner: usize) -> Self {
        let banner = u16::try_from(banner).unwrap_or(u16::MAX);
        let [header, banner, body, flash, hints] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(banner),
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(1),
        ])
        .areas(screen);
        let (list, details) = match (details_open, screen.width >= BESIDE) {
            (false, _) => (Some(body), None),
            (true, false) => (None, Some(body)),
            (true, true) => {
                // The details are a text, which does not get better by being wide.
                let list = if screen.width >= ROOMY { 50 } else { 42 };
                let [list, details] =
                    Layout::horizontal([Constraint::Percentage(list), Constraint::Fill(1)])
                        .areas(body);
                (Some(list), Some(details))
            }
        };
        Self {
            header,
            banner,
            body,
            list,
            details,
            batch: None,
            flash,
            hints,
        }
    }

    /// The same with a batch beside the list and the details, where the screen is wide enough for that.
    pub fn with_batch(screen: Rect, details_open: bool, banner: usize) -> Self {
        let whole = Self::new(screen, details_open, banner);
        if screen.width < BATCH_BESIDE {
            return whole;
        }
        // The details keep their place beside the list where there is room for both.
        let [left, batch] =
            Layout::horizontal([Constraint::Percentage(60), Constraint::Fill(1)]).areas(whole.body);
        let part = Rect {
            width: left.width,
            ..screen
        };
        let left = Self::new(part, details_open, banner);
        Self {
            list: left.list,
            details: left.details,
            batch: Some(batch),
            ..whole
        }
    }

    /// Whether list and details are both in sight.
    pub fn beside(&self) -> bool {
        self.list.is_some() && self.details.is_some()
    }
}

/// The list's parts: title, column heads, rows, filter line.
pub fn list_areas(list: Rect, filtering: bool) -> [Rect; 4] {
    Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(u16::from(filtering)),
    ])
    .areas(list)
}

/// The details' parts: title, tabs, content.
pub fn details_areas(details: Rect) -> [Rect; 3] {
    Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inside(details, 2, 0))
}

/// A page on top of the list: all of its room. What peeped out beside it would be letters without their words.
pub const fn reader_area(body: Rect) -> Rect {
    body
}

/// The part of a dialog inside its border, with a column of air on both sides.
pub fn within_border(dialog: Rect) -> Rect {
    inside(dialog, 2, 1)
}

/// A rectangle of this size in the middle of the screen, cut to what there is.
pub fn centred(screen: Rect, columns: u16, rows: u16) -> Rect {
    let [row] = Layout::vertical([Constraint::Length(rows.min(screen.height))])
        .flex(Flex::Center)
        .areas(screen);
    let [area] = Layout::horizontal([Constraint::Length(columns.min(screen.width))])
        .flex(Flex::Center)
        .areas(row);
    area
}

/// What is left of an area when `columns` and `rows` are taken from each of its sides.
fn inside(area: Rect, columns: u16, rows: u16) -> Rect {
    area.inner(ratatui::layout::Margin::new(columns, rows))
}
