//! certferry moves X.509 device certificates from one AWS account to another, from a terminal.
//!
//! Two ideas hold it up. The screen is a function: [`app::update`] changes the state and says what
//! should happen, [`view::render`] draws it, and neither waits for anything. And there is one seam,
//! the wire: the real AWS SDK is always in the loop, and the [`simulator`] answers its HTTP requests
//! in the demo and in the tests.
//!
//! # The house
//!
//! | Module | Its job | Imports |
//! |---|---|---|
//! | [`domain`] | the vocabulary, pure | nothing of ours |
//! | [`config`] | key bindings, account book | domain |
//! | [`iot`] | AWS IoT and STS through the SDK; the only importer of `aws_*` beside the simulator's connector | domain |
//! | [`journal`] | what was detached and what was done, durable before it is done; the only importer of SQLite | domain |
//! | [`worker`] | the background task: requests in, replies out | domain, iot, journal |
//! | [`app`] | state and update | domain, config |
//! | [`view`] | render | domain, config, app |
//! | [`terminal`] | the only one that touches the tty: modes, input, signals, the loop | domain, app |
//! | [`simulator`] | an AWS IoT control plane in memory | nothing of ours |
//! | [`cli`] | the command line | nothing of ours |
//! | [`run`] | puts the parts together | all |
//!
//! A test reads the `use` lines and keeps it so.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod iot;
pub mod journal;
pub mod run;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod terminal;
pub mod view;
pub mod worker;
