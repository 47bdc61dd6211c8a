//! The command log, open: its lines, one of which is shown in full and can be copied.

use crate::tui::known::command_log::{CommandLog, LogEntry};

/// Where the cursor is.
#[derive(Debug, Default)]
pub struct LogView {
    /// The number of the entry; `None` for the newest one, whichever that is.
    selected: Option<usize>,
}

impl LogView {
    /// The row of the selected entry, the newest first.
    pub fn row(&self, log: &CommandLog) -> usize {
        let selected = |entry: &LogEntry| Some(entry.number()) == self.selected;
        log.entries().rev().position(selected).unwrap_or(0)
    }

    /// The selected entry; `None` while there is none.
    pub fn entry<'a>(&self, log: &'a CommandLog) -> Option<&'a LogEntry> {
        log.entries().rev().nth(self.row(log))
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows_down: isize, log: &CommandLog) {
        let last = log.entries().count().saturating_sub(1);
        let row = self.row(log).saturating_add_signed(rows_down).min(last);
        // One that was chosen stays, whatever is logged since; the top is the newest again.
        let entry = log.entries().rev().nth(row).filter(|_| row > 0);
        self.selected = entry.map(LogEntry::number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn the_cursor_stays_on_its_line_when_others_come() {
        let mut log = CommandLog::default();
        let begin = |log: &mut CommandLog, line: &str| {
            log.begin(Timestamp::UNIX_EPOCH, String::new(), line.to_owned());
        };
        let mut view = LogView::default();
        view.move_by(3, &log);
        assert!(view.entry(&log).is_none());
        for line in ["a", "b", "c"] {
            begin(&mut log, line);
        }
        let line = |view: &LogView, log: &CommandLog| view.entry(log).map(|it| it.line.clone());
        assert_eq!(line(&view, &log).as_deref(), Some("c"));
        view.move_by(1, &log);
        begin(&mut log, "d");
        assert_eq!(line(&view, &log).as_deref(), Some("b"));
        assert_eq!(view.row(&log), 2);
        view.move_by(isize::MAX, &log);
        assert_eq!(line(&view, &log).as_deref(), Some("a"));
        view.move_by(isize::MIN, &log);
        begin(&mut log, "e");
        assert_eq!(line(&view, &log).as_deref(), Some("e"));
    }
}
