//! How a run as a whole stands, and what can happen to it.

/// How a run as a whole stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum RunState {
    /// Under way, or cut off by the end of the process that made it.
    Unfinished,
    /// Stopped by a failure or by the person, who has not decided yet what becomes of it.
    Stopped,
    /// All of it is done.
    Done,
    /// The certificate is again what it was before.
    PutBack,
    /// The person decided to leave the certificate as the run left it.
    LeftAsIs,
}

impl RunState {
    /// Whether somebody still has to decide: resume, put back, or leave as is.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Unfinished | Self::Stopped)
    }
}

/// What happens to a run as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum RunEvent {
    /// A process begins to work on it, or goes on with it.
    Claimed,
    /// All its steps are done.
    Completed,
    /// A failure or the person stops it.
    Interrupted,
    /// The person leaves the certificate as the run left it, or the run changed nothing.
    Left,
    /// A run begins that puts it back.
    PutBackBegun,
    /// It puts a run back, and another run begins that does the same: the rest is that one's work. Or it is
    /// the recipient's half of a hand-over, and its other half is put back.
    Superseded,
    /// The run that puts it back is done.
    PutBackCompleted,
    /// The run that puts it back is left as it is.
    PutBackLeft,
}

impl RunState {
    /// The state that follows; `None` when such a thing cannot happen to a run in this state.
    pub const fn next(self, event: RunEvent) -> Option<Self> {
        use RunEvent as Event;
        Some(match (self, event) {
            (Self::Unfinished | Self::Stopped, Event::Claimed) => Self::Unfinished,
            (Self::Unfinished, Event::Completed) => Self::Done,
            (Self::Unfinished, Event::Interrupted)
            | (Self::Unfinished | Self::Stopped, Event::PutBackBegun) => Self::Stopped,
            (Self::Unfinished, Event::Left)
            | (Self::Unfinished | Self::Stopped, Event::Superseded | Event::PutBackLeft) => {
                Self::LeftAsIs
            }
            (_, Event::PutBackCompleted) => Self::PutBack,
            // It is over, and stays what it is.
            (
                Self::Done | Self::PutBack | Self::LeftAsIs,
                Event::PutBackBegun | Event::Superseded | Event::PutBackLeft,
            ) => self,
            // A process must hold a run to end it, and a run that is over cannot be held.
            (Self::Stopped, Event::Completed | Event::Interrupted | Event::Left)
            | (
                Self::Done | Self::PutBack | Self::LeftAsIs,
                Event::Claimed | Event::Completed | Event::Interrupted | Event::Left,
            ) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_what() {
        use RunEvent as Event;
        use RunState::{Done, LeftAsIs, PutBack, Stopped, Unfinished};
        use strum::IntoEnumIterator as _;
        // By event: what becomes of Unfinished, Stopped, Done, PutBack, LeftAsIs.
        let table = [
            (
                Event::Claimed,
                [Some(Unfinished), Some(Unfinished), None, None, None],
            ),
            (Event::Completed, [Some(Done), None, None, None, None]),
            (Event::Interrupted, [Some(Stopped), None, None, None, None]),
            (Event::Left, [Some(LeftAsIs), None, None, None, None]),
            (
                Event::PutBackBegun,
                [
                    Some(Stopped),
                    Some(Stopped),
                    Some(Done),
                    Some(PutBack),
                    Some(LeftAsIs),
                ],
            ),
            (
                Event::Superseded,
                [
                    Some(LeftAsIs),
                    Some(LeftAsIs),
                    Some(Done),
                    Some(PutBack),
                    Some(LeftAsIs),
                ],
            ),
            (Event::PutBackCompleted, [Some(PutBack); 5]),
            (
                Event::PutBackLeft,
                [
                    Some(LeftAsIs),
                    Some(LeftAsIs),
                    Some(Done),
                    Some(PutBack),
                    Some(LeftAsIs),
                ],
            ),
        ];
        let known: Vec<RunEvent> = table.iter().map(|(event, _)| *event).collect();
        assert_eq!(known, RunEvent::iter().collect::<Vec<_>>());
        for (event, after) in table {
            for (state, next) in RunState::iter().zip(after) {
                assert_eq!(state.next(event), next, "{state:?}, {event:?}");
            }
        }
    }
}
