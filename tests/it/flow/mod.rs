//! Whole flows: the program in process, the real SDK, the simulator.

mod person;
mod procedure;
mod screens;
mod troubles;
