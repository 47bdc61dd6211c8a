//! A value that lives elsewhere, with what is known of how fresh it is.

use crate::domain::{Failure, Timestamp};

/// A value asked of AWS. A failed refresh keeps the old value and says how old it is.
#[derive(Debug, Clone)]
pub struct Remote<T> {
    value: Option<T>,
    at: Option<Timestamp>,
    loading_since: Option<Timestamp>,
    failure: Option<Box<Failure>>,
}

/// The different pictures of a [`Remote`].
#[derive(Debug, Clone, Copy)]
pub enum Picture<'a, T> {
    /// Nothing was asked yet.
    Unasked,
    /// Asked for the first time, since this moment.
    Loading(Timestamp),
    /// It could not be had.
    Failed(&'a Failure),
    /// It is here.
    Ready(&'a T),
    /// It is here, as of this moment, but could not be had again.
    Stale(&'a T, Timestamp, &'a Failure),
}

impl<'a, T> Picture<'a, T> {
    /// The picture, whatever the value is.
    pub fn without_value(self) -> Picture<'a, ()> {
        match self {
            Self::Unasked => Picture::Unasked,
            Self::Loading(since) => Picture::Loading(since),
            Self::Failed(failure) => Picture::Failed(failure),
            Self::Ready(_) => Picture::Ready(&()),
            Self::Stale(_, at, failure) => Picture::Stale(&(), at, failure),
        }
    }
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self {
            value: None,
            at: None,
            loading_since: None,
            failure: None,
        }
    }
}

impl<T> Remote<T> {
    /// The question was sent.
    pub fn asked(&mut self, now: Timestamp) {
        self.loading_since = Some(now);
    }

    /// Whether neither a value nor a failure has come yet.
    pub fn is_waiting(&self) -> bool {
        self.value.is_none() && self.failure.is_none()
    }

    /// The answer came.
    pub fn loaded(&mut self, value: T, now: Timestamp) {
        *self = Self {
            value: Some(value),
            at: Some(now),
            loading_since: None,
            failure: None,
        };
    }

    /// The answer came, or the question failed.
    pub fn answered(&mut self, answer: Result<T, Box<Failure>>, now: Timestamp) {
        match answer {
            Ok(value) => self.loaded(value, now),
            Err(failure) => self.failed(failure),
        }
    }

    /// The question failed; an older value stays.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.loading_since = None;
        self.failure = Some(failure);
    }

    /// It cannot be had again, for this reason: what is here gets old. One that is being asked for says so
    /// itself.
    pub fn gets_old(&mut self, failure: &Failure) {
        if self.value.is_some() && self.loading_since.is_none() {
            self.failure = Some(Box::new(failure.clone()));
        }
    }

    /// The question was withdrawn.
    pub fn withdrawn(&mut self) {
        self.loading_since = None;
    }

    /// The value, however old.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The value, to change it in place.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// When the value was learned.
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }

    /// Why the last question failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_deref()
    }

    /// Since when an answer is awaited.
    pub fn loading_since(&self) -> Option<Timestamp> {
        self.loading_since
    }

    /// What to draw.
    pub fn picture(&self) -> Picture<'_, T> {
        match (&self.value, self.at, &self.failure, self.loading_since) {
            (Some(value), Some(at), Some(failure), None) => Picture::Stale(value, at, failure),
            (Some(value), ..) => Picture::Ready(value),
            (None, _, _, Some(since)) => Picture::Loading(since),
            (None, _, Some(failure), None) => Picture::Failed(failure),
            (None, _, None, None) => Picture::Unasked,
        }
    }
}
