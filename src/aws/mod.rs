//! AWS IoT and AWS STS, spoken through the AWS SDK. Nothing else of certferry imports `aws_*`.
//!
//! What comes in and goes out are [`crate::domain`] types; an error of the SDK becomes a
//! [`Failure`](crate::domain::Failure) by its type and its code, never by its text.

mod answer;
mod change;
mod classify;
mod config;
mod connect;
mod convert;
mod credentials;
mod files;
mod pace;
mod partition;
mod reads;
mod recreate;
mod sought;
mod trust;
mod whose;
mod wire;

pub use connect::{Common, Connection, Profiles, connect, profiles};
pub use credentials::roles::RoleSessions;
pub use pace::registry::Paces;
pub use pace::{DEFAULT_FRACTION, Pace, Priority};
pub use reads::finding::AttachedTo;
pub use reads::page::{Markers, Page};
pub use sought::sought;
pub use wire::{GivenProfile, GivenWire, SharedHttpClient, Wire};
