//! What goes wrong with a call, as a test has ordered it.

use crate::simulator::{
    wire::{NoAnswer, Response, error::ApiError},
    world::{
        World,
        fault::{Fault, Loss},
        operation::Operation,
    },
};

/// What goes wrong with one call.
pub(in crate::simulator) struct Mishap(Option<Fault>);

impl Mishap {
    /// That of the next call of an operation, taken off its queue.
    pub(in crate::simulator) fn next(world: &mut World, operation: Option<Operation>) -> Self {
        Self(operation.and_then(|operation| world.faults.take(operation)))
    }

    /// What happens before the call has an effect.
    ///
    /// # Panics
    /// If [`Fault::Panic`] was injected.
    pub(in crate::simulator) fn at_arrival(&self) {
        if self.0 == Some(Fault::Panic) {
            panic_on_purpose();
        }
    }

    /// The connection, unless it is lost before the call has an effect.
    pub(in crate::simulator) async fn before(&self) -> Result<(), NoAnswer> {
        match self.0 {
            Some(Fault::NoAnswerBefore(loss)) => lose(loss).await,
            _ => Ok(()),
        }
    }

    /// The connection, unless it is lost before the answer.
    pub(in crate::simulator) async fn after(&self) -> Result<(), NoAnswer> {
        match self.0 {
            Some(Fault::NoAnswerAfter(loss)) => lose(loss).await,
            _ => Ok(()),
        }
    }

    /// An answer for which the call has no effect.
    pub(in crate::simulator) fn instead(&self, request_id: &str) -> Option<Response> {
        match &self.0 {
            Some(Fault::Portal(text)) => Some(Response::foreign(text)),
            Some(Fault::NoEffect) => Some(Response::empty(request_id)),
            _ => None,
        }
    }

    /// An error for which the call has no effect.
    pub(in crate::simulator) fn error(&self) -> Option<ApiError> {
        match &self.0 {
            Some(Fault::Answer {
                code,
                status,
                message,
            }) => Some(ApiError::new(code.clone(), *status, message.clone())),
            _ => None,
        }
    }

    /// Whether IAM denies the call.
    pub(in crate::simulator) fn denies(&self) -> bool {
        self.0 == Some(Fault::AccessDenied)
    }

    /// Makes an answer one that cannot be read.
    pub(in crate::simulator) fn spoil(&self, response: &mut Response) {
        if self.0 != Some(Fault::GarbageBody) {
            return;
        }
        response.body = b"<html><body>502 Bad Gateway".to_vec();
        for (name, value) in &mut response.headers {
            if name == "content-length" {
                *value = response.body.len().to_string();
            }
        }
    }
}

async fn lose(loss: Loss) -> Result<(), NoAnswer> {
    match loss {
        Loss::Reset => Err(NoAnswer),
        Loss::Silence => std::future::pending().await,
    }
}

#[expect(
    clippy::panic,
    reason = "the fault that tests whether a panic is contained"
)]
fn panic_on_purpose() {
    panic!("the simulator panics, as it was told to");
}
