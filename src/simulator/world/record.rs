//! What is remembered of calls.

use crate::simulator::world::operation::Operation;

/// One call that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// What was called; `None` if the simulator has no such operation.
    pub operation: Option<Operation>,
    /// Who called; `None` if the access key is unknown.
    pub account: Option<String>,
    /// Whether it was done: it has its effect, also if the answer never comes.
    pub done: bool,
    /// The HTTP status of the answer; `None` while there is none, also if none ever comes.
    pub status: Option<u16>,
    /// The error's code.
    pub code: Option<String>,
    /// Method and target.
    pub request: String,
    /// The request id of the answer.
    pub request_id: String,
}
