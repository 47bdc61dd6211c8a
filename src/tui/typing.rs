//! How keys come in: one by one, held down, or all at once. What a person cannot have meant must
//! not change anything.
//!
//! A terminal tells none of this. A held key is the same key again and again, a paste that a
//! multiplexer has stripped of its brackets is keys without a pause, and what was typed while the
//! line stood still arrives in one piece. So it is told by time, which is a message like any other.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEventKind, KeyModifiers};

use crate::{domain::Timestamp, tui::msg::Stroke};

/// Keys that come closer together than this are not typed by hand.
const BURST: Duration = Duration::from_millis(15);
/// A key that comes again within this is held down: keyboards repeat 10 to 30 times a second.
const REPEAT: Duration = Duration::from_millis(110);
/// Before the first repeat keyboards wait for up to a second.
const FIRST_REPEAT: Duration = Duration::from_secs(1);
/// How long a dialog must have stood with the same words before its button takes a key, and how
/// long the keys must rest after a dialog was closed under them.
pub(super) const STANDS: Duration = Duration::from_millis(500);

/// How a key came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// By itself.
    Single,
    /// Held down.
    Held,
    /// Together with others, as a paste comes.
    Burst,
}

/// What is remembered of the keys before.
#[derive(Debug, Default)]
pub(super) struct Typing {
    last: Option<((KeyCode, KeyModifiers), Timestamp)>,
    /// When a text was typed where none can be.
    stray: Option<Timestamp>,
    /// When the keys lost what they were meant for, or the last key after that.
    deaf: Option<Timestamp>,
    /// Whether the key in hand is the one before once more, so that it may be held down.
    maybe_held: bool,
}

impl Typing {
    /// Takes a key, and tells how it came.
    pub(super) fn manner(&mut self, stroke: &Stroke) -> Manner {
        let key = (stroke.event.code, stroke.event.modifiers);
        let before = self.last.replace((key, stroke.at));
        let pause = before.map(|(_, at)| passed(at, stroke.at));
        let again = before.is_some_and(|(last, _)| last == key);
        let within = |limit: Duration| pause.is_some_and(|pause| pause < limit);
        self.maybe_held = again && within(FIRST_REPEAT);
        if stroke.event.kind == KeyEventKind::Repeat || again && within(REPEAT) {
            // One that repeats as fast as a paste is a paste.
            if within(BURST) {
                return Manner::Burst;
            }
            return Manner::Held;
        }
        if stroke.more || within(BURST) {
            Manner::Burst
        } else {
            Manner::Single
        }
    }

    /// Whether the last key may be one that is held down: the same came within a second before.
    pub(super) fn maybe_held(&self) -> bool {
        self.maybe_held
    }

    /// The mouse did something: no key is held down.
    pub(super) fn touched(&mut self) {
        self.last = None;
        self.maybe_held = false;
    }

    /// A character was typed where nothing can be typed.
    pub(super) fn astray(&mut self, at: Timestamp) {
        self.stray = Some(at);
    }

    /// Whether somebody seems to type a text that the dialog has no field for.
    pub(super) fn is_astray(&self, at: Timestamp) -> bool {
        (self.stray).is_some_and(|stray| passed(stray, at) < FIRST_REPEAT)
    }

    /// The dialog that the keys were meant for is gone: keys are ignored until they pause.
    pub(super) fn lost_its_dialog(&mut self, at: Timestamp) {
        self.deaf = Some(at);
    }

    /// Whether a key goes nowhere, since it belongs to what was typed before a dialog went away.
    pub(super) fn goes_nowhere(&mut self, at: Timestamp) -> bool {
        match self.deaf {
            Some(before) if passed(before, at) < STANDS => {
                self.deaf = Some(at);
                true
            }
            _ => {
                self.deaf = None;
                false
            }
        }
    }

    /// When keys are taken again, if they are not now.
    pub(super) fn rests_until(&self) -> Option<Timestamp> {
        self.deaf
            .and_then(|at| at.checked_add(time::Duration::try_from(STANDS).ok()?))
    }
}

/// The time between two moments; none when the clock was set back.
pub(super) fn passed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to - from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::*;

    fn manners(strokes: &[(char, u64)]) -> Vec<Manner> {
        let mut typing = Typing::default();
        let mut at = Timestamp::UNIX_EPOCH;
        let strokes = strokes.iter().map(|(c, pause)| {
            at += Duration::from_millis(*pause);
            let event = KeyEvent::new(KeyCode::Char(*c), KeyModifiers::NONE);
            typing.manner(&Stroke::new(event, at))
        });
        strokes.collect()
    }

    #[test]
    fn time_tells_how_keys_come() {
        use Manner::{Burst, Held, Single};
        assert_eq!(manners(&[('a', 0), ('b', 60), ('b', 200)]), [Single; 3]);
        assert_eq!(
            manners(&[('a', 0), ('a', 660), ('a', 33), ('a', 33), ('a', 110)]),
            [Single, Single, Held, Held, Single]
        );
        assert_eq!(
            manners(&[('a', 0), ('b', 3), ('b', 3), ('c', 14), ('d', 15)]),
            [Single, Burst, Burst, Burst, Single]
        );
    }

    #[test]
    fn the_first_of_many_that_wait_together_is_one_of_them() {
        let mut typing = Typing::default();
        let event = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        let stroke = Stroke {
            more: true,
            ..Stroke::new(event, Timestamp::UNIX_EPOCH)
        };
        assert_eq!(typing.manner(&stroke), Manner::Burst);
    }

    #[test]
    fn after_a_dialog_went_away_keys_go_nowhere_until_they_rest() {
        let mut typing = Typing::default();
        let at = |millis| Timestamp::UNIX_EPOCH + Duration::from_millis(millis);
        assert!(!typing.goes_nowhere(at(0)));
        typing.lost_its_dialog(at(1_000));
        assert!(typing.goes_nowhere(at(1_400)));
        assert!(typing.goes_nowhere(at(1_800)), "the typing goes on");
        assert!(!typing.goes_nowhere(at(2_300)));
        assert!(!typing.goes_nowhere(at(2_400)));
    }
}
