//! certferry moves X.509 device certificates from one AWS account to another, from a terminal.

pub mod app;
pub mod domain;
pub mod simulator;
pub mod terminal;
