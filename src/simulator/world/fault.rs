//! Latency and faults, on purpose.

use std::collections::{BTreeMap, VecDeque};

use crate::simulator::world::operation::Operation;

/// Something that goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing goes wrong: lets calls through before the next fault in the queue.
    Pass,
    /// An error answer instead of the effect.
    Answer {
        /// The error's code, such as `ThrottlingException`.
        code: String,
        /// The HTTP status.
        status: u16,
        /// The text.
        message: String,
    },
    /// The error answer of IAM, with the operation's action and resource.
    AccessDenied,
    /// The connection is lost before the call has an effect.
    NoAnswerBefore(Loss),
    /// The call has its effect, and the connection is lost before the answer.
    NoAnswerAfter(Loss),
    /// The call has its effect, and the answer cannot be read.
    GarbageBody,
    /// Something between here and AWS answers with HTTP 200 and this text, and AWS hears nothing of the
    /// call.
    Portal(String),
    /// AWS answers an empty success, and the call has no effect.
    NoEffect,
    /// The connector panics before the call has an effect.
    Panic,
}

impl Fault {
    /// An error answer.
    pub fn answer(code: &str, status: u16, message: &str) -> Self {
        Self::Answer {
            code: code.to_owned(),
            status,
            message: message.to_owned(),
        }
    }

    /// `ThrottlingException`, HTTP 400.
    pub fn throttling() -> Self {
        Self::answer("ThrottlingException", 400, "Rate exceeded")
    }

    /// `InternalFailureException`, HTTP 500.
    pub fn internal_failure() -> Self {
        Self::answer(
            "InternalFailureException",
            500,
            "An unexpected error has occurred.",
        )
    }

    /// `ServiceUnavailableException`, HTTP 503.
    pub fn service_unavailable() -> Self {
        Self::answer(
            "ServiceUnavailableException",
            503,
            "The service is temporarily unavailable.",
        )
    }

    /// `ExpiredTokenException`, HTTP 403.
    pub fn expired_token() -> Self {
        Self::answer(
            "ExpiredTokenException",
            403,
            "The security token included in the request is expired",
        )
    }
}

/// How an answer fails to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The connection is reset.
    Reset,
    /// Nothing ever comes.
    Silence,
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// This often, then the next fault in the queue.
    Count(u32),
    /// Until [`Simulator::clear_faults`].
    Forever,
}

/// The faults that wait for their calls, one queue for each operation.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Faults(
    pub(in crate::simulator) BTreeMap<Operation, VecDeque<(Fault, Times)>>,
);

impl Faults {
    /// The fault of this call, taken off the queue.
    pub(in crate::simulator) fn take(&mut self, operation: Operation) -> Option<Fault> {
        let queue = self.0.get_mut(&operation)?;
        loop {
            let (fault, times) = queue.front_mut()?;
            match times {
                Times::Forever => return Some(fault.clone()),
                Times::Count(0) => {
                    queue.pop_front();
                }
                Times::Count(left) => {
                    *left -= 1;
                    return Some(fault.clone());
                }
            }
        }
    }
}
