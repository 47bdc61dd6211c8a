//! The only place with colours. Nothing needs them to be understood.

use ratatui::style::{Color, Modifier, Style};

use crate::{domain::ConsoleStatus, tui::text::prose::Role};

/// How things look. The default uses the terminal's own palette, so that it fits light and dark
/// ones.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// Ordinary text.
    pub plain: Style,
    /// Less important text.
    pub quiet: Style,
    /// Headings.
    pub heading: Style,
    /// What went well.
    pub good: Style,
    /// What went wrong.
    pub bad: Style,
    /// What needs a second look.
    pub warn: Style,
    /// The selected row, the focused button.
    pub selected: Style,
    /// The selected row while the keys are elsewhere.
    pub chosen_elsewhere: Style,
    /// The keys in the hints.
    pub key: Style,
    /// SIMULATOR, READ-ONLY, a custom endpoint.
    pub tag: Style,
    /// A dialog's border.
    pub border: Style,
    /// What is typed.
    pub input: Style,
    active: Style,
    inactive: Style,
    transfer: Style,
    revoked: Style,
}

impl Default for Theme {
    fn default() -> Self {
        let plain = Style::new();
        let fg = |color| Style::new().fg(color);
        Self {
            plain,
            quiet: plain.add_modifier(Modifier::DIM),
            heading: plain.add_modifier(Modifier::BOLD),
            good: fg(Color::Green),
            bad: fg(Color::Red),
            warn: fg(Color::Yellow),
            selected: plain.add_modifier(Modifier::REVERSED),
            chosen_elsewhere: plain.add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED)),
            key: plain.add_modifier(Modifier::BOLD),
            tag: fg(Color::Yellow).add_modifier(Modifier::BOLD),
            border: plain,
            input: plain.add_modifier(Modifier::UNDERLINED),
            active: fg(Color::Green),
            inactive: plain,
            transfer: fg(Color::Cyan),
            revoked: fg(Color::Red),
        }
    }
}

impl Theme {
    /// The theme without colours, for `NO_COLOR`: attributes and words say everything.
    pub fn without_colours() -> Self {
        let strip = |style: Style| Style {
            fg: None,
            bg: None,
            underline_color: None,
            ..style
        };
        let theme = Self::default();
        Self {
            plain: strip(theme.plain),
            quiet: strip(theme.quiet),
            heading: strip(theme.heading),
            good: strip(theme.good),
            bad: strip(theme.bad).add_modifier(Modifier::BOLD),
            warn: strip(theme.warn).add_modifier(Modifier::BOLD),
            selected: strip(theme.selected),
            chosen_elsewhere: strip(theme.chosen_elsewhere),
            key: strip(theme.key),
            tag: strip(theme.tag),
            border: strip(theme.border),
            input: strip(theme.input),
            active: strip(theme.active),
            inactive: strip(theme.inactive),
            transfer: strip(theme.transfer),
            revoked: strip(theme.revoked),
        }
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
}

impl Theme {
    /// The style of a role.
    pub fn role(&self, role: Role) -> Style {
        match role {
            Role::Plain => self.plain,
            Role::Heading => self.heading,
            Role::Quiet => self.quiet,
            Role::Good => self.good,
            Role::Bad => self.bad,
            Role::Warn => self.warn,
        }
    }
}
