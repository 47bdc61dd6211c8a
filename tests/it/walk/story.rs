//! What happened in a walk, to be read.

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

/// The first digits of a certificate's id.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// What happened, in order. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Story {
    began: Instant,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Story {
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            lines: Arc::default(),
        }
    }

    /// How long it goes on.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Something that somebody did, or that happened to somebody.
    pub(super) fn tell(&self, who: &str, what: impl fmt::Display) {
        let millis = self.began.elapsed().as_millis();
        let (seconds, millis) = (millis / 1_000, millis % 1_000);
        let (hours, minutes, seconds) = (10 + seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let mut line = String::new();
        write!(
            line,
            "{hours:02}:{minutes:02}:{seconds:02}.{millis:03} {who} {what}"
        )
        .unwrap();
        self.lines.lock().unwrap().push(line);
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}
