//! How far something is, on standard error: a bar where it can be drawn, otherwise a line now and then.

use std::{
    env,
    io::{IsTerminal as _, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    cli::front::output::{note, shown},
    domain::words::progress::finished,
};

/// How often it is said without a bar.
pub(in crate::cli) const EVERY: Duration = Duration::from_secs(10);

/// How far something is.
pub(in crate::cli) struct ProgressShown {
    bar: Option<ProgressBar>,
    what: &'static str,
}

impl ProgressShown {
    /// Of so many certificates.
    pub(in crate::cli) fn of(what: &'static str, all: usize) -> Self {
        let drawn = stderr().is_terminal() && can_be_drawn_on() && all > 1;
        let bar = drawn.then(|| {
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            // A template that cannot be read leaves the default one.
            if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}")
            {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(what);
            bar
        });
        Self { bar, what }
    }

    /// So many are over, with a remark.
    pub(in crate::cli) fn at(&self, over: usize, remark: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(u64::try_from(over).unwrap_or(u64::MAX));
            bar.set_message(shown(remark).into_owned());
        }
    }

    /// Says it in a line, where there is no bar.
    pub(in crate::cli) fn say(&self, over: usize, all: usize, remark: &str) {
        if self.bar.is_none() && all > 1 {
            note(&format!("{}: {}{remark}", self.what, finished(over, all)));
        }
    }

    /// Shows that so many are over; says it too when it was not for a while. Answers when it was said.
    pub(in crate::cli) fn now_and_then(&self, said: Instant, over: usize, all: usize) -> Instant {
        self.at(over, "");
        if said.elapsed() < EVERY {
            return said;
        }
        self.say(over, all, "");
        Instant::now()
    }

    /// Says something above the bar.
    pub(in crate::cli) fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| note(text)),
            None => note(text),
        }
    }

    /// It is over.
    pub(in crate::cli) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Whether the terminal can be drawn on: one that is `dumb`, as editors and screen readers have it, can not.
pub(in crate::cli) fn can_be_drawn_on() -> bool {
    let term = env::var_os("TERM").unwrap_or_default();
    !term.is_empty() && term != "dumb"
}
