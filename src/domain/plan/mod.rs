//! The steps of a run, worked out from what is known of a certificate.

mod doubt;
#[cfg(test)]
pub(in crate::domain) mod fixtures;
mod present;
mod put_back;
mod refusal;
mod resume;
mod set_up;
mod steps;

pub use crate::domain::plan::doubt::answered_by;
pub use crate::domain::plan::doubt::as_new_as;
pub use crate::domain::plan::doubt::changed_since;
pub use crate::domain::plan::doubt::made_after_all;
pub use crate::domain::plan::doubt::offer_in_doubt;
pub use crate::domain::plan::present::Present;
pub use crate::domain::plan::present::Rejection;
pub use crate::domain::plan::put_back::PutBack;
pub use crate::domain::plan::put_back::Remark;
pub use crate::domain::plan::put_back::put_back;
pub use crate::domain::plan::refusal::Refused;
pub use crate::domain::plan::resume::resume;
pub use crate::domain::plan::set_up::NEEDS_THE_OFFER;
pub use crate::domain::plan::steps::Plan;
pub use crate::domain::plan::steps::PlannedStep;
