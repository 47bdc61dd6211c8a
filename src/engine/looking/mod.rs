//! Looking at what AWS shows: before something is decided, before something is sent, and after an answer was
//! lost.

pub(super) mod look;
pub(super) mod lost_answer;
pub(super) mod outgoing;
pub(super) mod shown;
pub(super) mod watch;
