//! What the commands without a screen share: the engine with its connections, which certificates are meant, the
//! confirmation, the progress of a batch, and how it is said.

pub(super) mod choose;
pub(super) mod confirm;
pub(super) mod ended;
pub(super) mod follow;
pub(super) mod known;
pub(super) mod open;
pub(super) mod output;
pub(super) mod progress;
pub(super) mod signals;
pub(super) mod work_out;
