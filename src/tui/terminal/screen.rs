//! What ratatui draws on: one frame is one write, and a frame without a change is none.

use std::io::{self, Write};

use crossterm::{
    queue,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};

/// Collects a frame, and writes it inside a synchronised update, so that a slow link never shows
/// half of it. A terminal that knows no synchronised updates ignores the two marks.
///
/// ratatui's own backend writes colours, a cursor command and a flush for every draw, changed or
/// not. On an idle screen over a slow link that is traffic for nothing, so the cursor is tracked
/// here and whatever would change nothing is left out.
#[derive(Debug)]
pub struct TerminalScreen<W> {
    out: W,
    frame: Vec<u8>,
    size: Size,
    cursor_shown: Option<bool>,
    cursor_at: Option<Position>,
}

impl<W: Write> TerminalScreen<W> {
    /// One that writes there, of a terminal of this size in cells.
    pub fn new(out: W, size: Size) -> Self {
        Self {
            out,
            frame: Vec::with_capacity(16 * 1024),
            size,
            cursor_shown: None,
            cursor_at: None,
        }
    }

    /// The size that the next draw has. Nobody asks the terminal while drawing.
    pub fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// Where it writes.
    pub fn out(&self) -> &W {
        &self.out
    }

    /// Adds bytes to the frame that is written next.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.frame.extend_from_slice(bytes);
    }

    /// Something else wrote on the terminal: nothing is known of the cursor any more.
    pub(super) fn forget(&mut self) {
        self.frame.clear();
        self.cursor_shown = None;
        self.cursor_at = None;
    }

    fn inner(&mut self) -> CrosstermBackend<&mut Vec<u8>> {
        CrosstermBackend::new(&mut self.frame)
    }
}

impl<W: Write> Backend for TerminalScreen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.cursor_at = None;
        self.inner().draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown == Some(false) {
            return Ok(());
        }
        self.cursor_shown = Some(false);
        self.inner().hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown == Some(true) {
            return Ok(());
        }
        self.cursor_shown = Some(true);
        self.inner().show_cursor()
    }

    /// Answers from memory: asking the terminal would block, and fight the input thread for the
    /// answer.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor_at.unwrap_or(Position::ORIGIN))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor_at == Some(position) {
            return Ok(());
        }
        self.cursor_at = Some(position);
        self.inner().set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner().clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner().clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(self.frame.len().saturating_add(16));
        queue!(bytes, BeginSynchronizedUpdate)?;
        bytes.append(&mut self.frame);
        queue!(bytes, EndSynchronizedUpdate)?;
        self.out.write_all(&bytes)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, style::Stylize as _, text::Line};

    use super::*;

    const BEGIN: &str = "\u{1b}[?2026h";
    const END: &str = "\u{1b}[?2026l";

    fn terminal() -> Terminal<TerminalScreen<Vec<u8>>> {
        Terminal::new(TerminalScreen::new(Vec::new(), Size::new(20, 3))).unwrap()
    }

    fn draw(
        terminal: &mut Terminal<TerminalScreen<Vec<u8>>>,
        text: &str,
        cursor: Option<(u16, u16)>,
    ) -> String {
        terminal.backend_mut().out.clear();
        terminal
            .draw(|frame| {
                frame.render_widget(Line::from(text), frame.area());
                if let Some(at) = cursor {
                    frame.set_cursor_position(at);
                }
            })
            .unwrap();
        String::from_utf8(terminal.backend().out.clone()).unwrap()
    }

    #[test]
    fn a_frame_is_one_synchronised_update() {
        let sent = draw(&mut terminal(), "one", None);
        assert!(sent.starts_with(BEGIN) && sent.ends_with(END), "{sent:?}");
        assert_eq!(sent.matches(BEGIN).count(), 1);
        assert!(sent.contains("one"));
    }

    #[test]
    fn a_frame_without_a_change_is_not_written() {
        let mut terminal = terminal();
        draw(&mut terminal, "one", None);
        assert_eq!(draw(&mut terminal, "one", None), "");
        assert!(draw(&mut terminal, "two", None).contains("tw"));
        draw(&mut terminal, "two", Some((3, 0)));
        assert_eq!(draw(&mut terminal, "two", Some((3, 0))), "");
    }

    #[test]
    fn the_cursor_goes_back_to_its_place_after_cells_were_written() {
        let mut terminal = terminal();
        draw(&mut terminal, "one", Some((1, 0)));
        let sent = draw(&mut terminal, "two", Some((1, 0)));
        assert!(sent.ends_with(&format!("\u{1b}[1;2H{END}")), "{sent:?}");
        let sent = draw(&mut terminal, "two", None);
        assert_eq!(sent, format!("{BEGIN}\u{1b}[?25l{END}"));
    }

    #[test]
    fn a_new_size_draws_everything() {
        let mut terminal = terminal();
        draw(&mut terminal, "one", None);
        terminal.backend_mut().set_size(Size::new(10, 2));
        let sent = draw(&mut terminal, "one", None);
        assert!(
            sent.contains("\u{1b}[2J") && sent.contains("one"),
            "{sent:?}"
        );
    }

    #[test]
    fn without_colours_reversed_stays_reversed() {
        // crossterm writes a colour as `ESC[;m`, a full reset, when NO_COLOR is set; the loop
        // switches that off and leaves colours to the theme.
        crossterm::style::force_color_output(true);
        let mut terminal = terminal();
        terminal
            .draw(|frame| frame.render_widget(Line::from("one".reversed().red()), frame.area()))
            .unwrap();
        let sent = String::from_utf8(terminal.backend().out.clone()).unwrap();
        assert!(
            sent.contains("\u{1b}[7m") && !sent.contains("[;m"),
            "{sent:?}"
        );
    }
}
