//! certferry moves X.509 device certificates from one AWS account to another, from a terminal.

pub mod app;
pub mod config;
pub mod domain;
pub mod iot;
pub mod simulator;
pub mod view;
pub mod worker;
