//! Programs run in a pseudo-terminal, as a person runs them.
//!
//! `harness` starts any command and looks at its screen; `child` holds the programs that the tests
//! of this crate's own terminal module run, by starting this test binary again.

mod child;
mod demo;
mod first_start;
mod harness;
mod helper;
mod job;
mod leaving;
mod looks;
mod pace;
mod served;
mod signing;
mod talking;

pub(crate) use harness::{Pty, command};
