//! Whole flows: the program in process, the real SDK, the simulator.

mod orders;
mod person;
mod procedure;
mod screens;
mod troubles;
