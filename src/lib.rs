//! certferry moves X.509 device certificates from one AWS account to another, from a terminal.
//!
//! Two ideas hold it up. The screen is a function: [`tui::update`] changes the state and says what
//! should happen, [`tui::view::render`] draws it, and neither waits for anything. And there is one seam,
//! the wire: the real AWS SDK is always in the loop, and the [`simulator`] answers its HTTP requests
//! in the demo and in the tests.
//!
//! # The house
//!
//! | Module | Its job | Imports |
//! |---|---|---|
//! | [`domain`] | the vocabulary, pure | nothing of ours |
//! | [`config`] | key bindings, account book | domain |
//! | [`aws`] | AWS IoT and STS through the SDK; the only importer of `aws_*` beside the simulator's connector | domain |
//! | [`journal`] | what was detached and what was done, durable before it is done; the only importer of SQLite | domain |
//! | [`engine`] | everything that waits: requests in, replies out | domain, aws, journal |
//! | [`tui`] | the screen: state, update and render; `terminal` in it is the only one that touches the tty | domain, config, engine |
//! | [`simulator`] | an AWS IoT control plane in memory | nothing of ours |
//! | [`cli`] | the command line: from arguments to an exit code | all |
//!
//! A test reads the `use` lines and keeps it so.

pub mod aws;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod journal;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod tui;
