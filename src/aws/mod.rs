//! AWS IoT and AWS STS, spoken through the AWS SDK. Nothing else of certferry imports `aws_*`.
//!
//! What comes in and goes out are [`crate::domain`] types; an error of the SDK becomes a
//! [`Failure`](crate::domain::Failure) by its type and its code, never by its text.

mod answer;
mod calls;
mod chain;
mod classify;
mod config;
mod connect;
mod convert;
mod files;
mod ini;
mod mutate;
mod pace;
mod paces;
mod page;
mod partition;
mod refusals;
mod roles;
mod signer;
mod sources;
mod trust;
mod whose;
mod wire;

pub use connect::{Common, Connection, Profiles, connect, profiles};
pub use pace::{DEFAULT_FRACTION, Pace, Priority};
pub use paces::Paces;
pub use page::{Markers, Page};
pub use roles::RoleSessions;
pub use wire::{GivenWire, SharedHttpClient, StaticCredentials, Wire};
