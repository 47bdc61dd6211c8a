//! Latency and faults, on purpose.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::Simulator;
use super::operation::Operation;
use super::quota::Quotas;

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
pub(super) struct Faults(BTreeMap<Operation, VecDeque<(Fault, Times)>>);

impl Faults {
    /// The fault of this call, taken off the queue.
    pub(super) fn take(&mut self, operation: Operation) -> Option<Fault> {
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

impl Simulator {
    /// Makes one operation, or with `None` every operation without a latency of its own, take this long. The effect
    /// comes half way.
    pub fn set_latency(&self, operation: Option<Operation>, latency: Duration) {
        let mut world = self.lock();
        match operation {
            Some(operation) => {
                world.latencies.insert(operation, latency);
            }
            None => world.latency = latency,
        }
    }

    /// Puts a fault into an operation's queue. Without [`Times::Forever`] later faults follow when it is used up.
    pub fn inject(&self, operation: Operation, fault: Fault, times: Times) {
        self.lock()
            .faults
            .0
            .entry(operation)
            .or_default()
            .push_back((fault, times));
    }

    /// Forgets all faults that have not happened.
    pub fn clear_faults(&self) {
        self.lock().faults.0.clear();
    }

    /// Enforces the published quotas, times a factor. A call beyond them is answered with `ThrottlingException`.
    pub fn enforce_quotas(&self, scale: f64) {
        self.lock().quotas = Some(Quotas::new(scale));
    }
}
