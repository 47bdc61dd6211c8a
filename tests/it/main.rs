//! One test crate, so that the AWS SDK is linked once.

// `cfg(test)` is always set here; clippy allows panics in helpers only where it is written.
#[cfg(test)]
mod commands;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod house;
#[cfg(test)]
mod journal;
#[cfg(test)]
#[path = "../live/mod.rs"]
mod live;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod pty;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod walk;
