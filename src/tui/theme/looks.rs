//! What a theme says: a look for each thing that is told apart.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

use crate::{domain::ConsoleStatus, tui::text::prose::Role};

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourDepth {
    /// None, or the person wants none.
    None,
    /// The 16 of its palette.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    Direct,
}

macro_rules! looks {
    ($($(#[doc = $doc:literal])+ $name:ident,)*) => {
        /// How things look, each by what it is for. The default uses the terminal's own palette, so that it fits
        /// light and dark ones.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Theme {
            $($(#[doc = $doc])+ pub $name: Style,)*
            /// Whether nothing beyond ASCII is drawn. Said by the locale or the person, never by a theme's file.
            pub ascii: bool,
            /// How many colours there are for what has a colour of its own, such as the word of an account.
            pub depth: ColourDepth,
        }

        /// The name of each look in a theme's file, with what it is for.
        pub const LOOKS: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc),+)),)*];

        impl Theme {
            /// One that tells nothing apart.
            pub(super) const BARE: Self = Self { $($name: Style::new(),)* ascii: false, depth: ColourDepth::Direct };

            /// A look by its name in a theme's file.
            pub(super) fn look_mut(&mut self, name: &str) -> Option<&mut Style> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }

            /// All looks, by their names.
            pub(super) fn looks(&self) -> Vec<(&'static str, Style)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

// The comment of a look is also what `certferry themes NAME` is asked about.
looks! {
    /// The whole screen, under everything else.
    screen,
    /// Ordinary text.
    plain,
    /// Less important text.
    quiet,
    /// Headings.
    heading,
    /// What went well.
    good,
    /// What went wrong.
    bad,
    /// What needs a second look, and is no failure.
    warn,
    /// What is still to do.
    todo,
    /// The chosen row, the focused button.
    selected,
    /// The chosen row of a list while the keys are elsewhere.
    selected_elsewhere,
    /// A row that is marked.
    marked,
    /// The keys in the hints.
    key,
    /// SIMULATOR, READ-ONLY, a custom endpoint.
    tag,
    /// The word of an account, such as PRODUCTION; a colour of its own goes before.
    account_word,
    /// Borders.
    border,
    /// What is typed.
    input,
    /// What a search found.
    found,
    /// The status Active.
    active,
    /// The statuses Inactive and Pending activation.
    inactive,
    /// Certificates in transfer.
    transfer,
    /// The status Revoked, and one that is not known.
    revoked,
    /// The full part of a progress bar.
    bar,
    /// The empty part of a progress bar.
    bar_rest,
    /// A sparkline.
    sparkline,
    /// A line of a difference that is there only now.
    added,
    /// A line of a difference that was there only before.
    removed,
}

impl Theme {
    /// The theme with nothing drawn that is beyond ASCII, when that is wanted.
    pub fn in_ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Gives a part of the screen that has nothing on it the theme's own colours.
    pub fn ground(&self, buffer: &mut Buffer, area: Rect) {
        buffer.set_style(area, self.screen);
    }

    /// Makes what was drawn there a chosen row, in a look for that. Where the look turns colours round, what the row
    /// says has none: each would be a patch of its own.
    pub fn choose(&self, buffer: &mut Buffer, row: Rect, look: Style) {
        if look.add_modifier.contains(Modifier::REVERSED) {
            let plain = Style::new().fg(Color::Reset).bg(Color::Reset);
            buffer.set_style(row, plain.remove_modifier(Modifier::DIM));
            self.ground(buffer, row);
        }
        buffer.set_style(row, look);
    }

    /// A status's style.
    pub const fn status(&self, status: ConsoleStatus) -> Style {
        match status {
            ConsoleStatus::Active => self.active,
            ConsoleStatus::Inactive | ConsoleStatus::PendingActivation => self.inactive,
            ConsoleStatus::PendingTransfer
            | ConsoleStatus::Transferred
            | ConsoleStatus::InTransfer => self.transfer,
            ConsoleStatus::Revoked | ConsoleStatus::Unknown => self.revoked,
        }
    }

    /// The style of a role.
    pub const fn role(&self, role: Role) -> Style {
        match role {
            Role::Plain => self.plain,
            Role::Heading => self.heading,
            Role::Quiet => self.quiet,
            Role::Good => self.good,
            Role::Bad => self.bad,
            Role::Warn => self.warn,
            Role::Todo => self.todo,
            Role::Added => self.added,
            Role::Removed => self.removed,
        }
    }
}
