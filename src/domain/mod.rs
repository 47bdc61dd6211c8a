//! The vocabulary everything else speaks. Pure: no I/O, no runtime, no AWS SDK.

mod actions;
mod call;
mod certificate;
mod clock;
mod failure;
mod mfa;
mod place;
mod plan;
pub mod text;

pub use actions::action::*;
pub use actions::batch::*;
pub use actions::change::*;
pub use actions::command_line::*;
pub use actions::operation::*;
pub use actions::reason::*;
pub use actions::run::*;
pub use actions::selection::*;
pub use actions::tally::*;
pub use call::*;
pub use certificate::attachment::*;
pub use certificate::description::*;
pub use certificate::readiness::*;
pub use certificate::x509::*;
pub use clock::*;
pub use failure::*;
pub use mfa::*;
pub use place::account::*;
pub use place::arn::*;
pub use place::book::*;
pub use place::last_accounts::*;
pub use place::location::*;
pub use place::partition::*;
pub use plan::*;
