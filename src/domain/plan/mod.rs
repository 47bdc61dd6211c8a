//! The steps of a run, worked out from what is known of a certificate.

mod doubt;
#[cfg(test)]
mod fixtures;
mod present;
mod put_back;
mod refusal;
mod resume;
mod steps;

pub use doubt::{answered_by, as_new_as, changed_since, made_after_all, offer_in_doubt};
pub use present::{Present, Rejection};
pub use put_back::{PutBack, Remark, put_back};
pub use refusal::Refused;
pub use resume::resume;
pub use steps::{Plan, PlannedStep};
