//! Nothing goes wrong with a call: a build without the feature `faults`.

use std::future::{Ready, ready};

use crate::simulator::{
    wire::{NoAnswer, Response, error::ApiError},
    world::{World, operation::Operation},
};

/// What goes wrong with one call: nothing.
pub(in crate::simulator) struct Mishap;

#[expect(clippy::unused_self, reason = "the same functions as with faults")]
impl Mishap {
    pub(in crate::simulator) const fn next(_: &mut World, _: Option<Operation>) -> Self {
        Self
    }

    pub(in crate::simulator) const fn at_arrival(&self) {}

    pub(in crate::simulator) fn before(&self) -> Ready<Result<(), NoAnswer>> {
        ready(Ok(()))
    }

    pub(in crate::simulator) fn after(&self) -> Ready<Result<(), NoAnswer>> {
        ready(Ok(()))
    }

    pub(in crate::simulator) const fn instead(&self, _: &str) -> Option<Response> {
        None
    }

    pub(in crate::simulator) const fn error(&self) -> Option<ApiError> {
        None
    }

    pub(in crate::simulator) const fn denies(&self) -> bool {
        false
    }

    pub(in crate::simulator) const fn spoil(&self, _: &mut Response) {}
}
