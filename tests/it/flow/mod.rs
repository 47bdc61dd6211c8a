//! Whole flows: the program in process, the real SDK, the simulator.

mod batches;
mod belongings;
mod bound;
mod combinations;
mod effective;
mod finding;
mod fingers;
mod hand_over;
mod held;
mod history;
mod inventory;
mod keys;
mod late;
mod lists;
mod looks;
mod mouse;
mod names;
pub(crate) mod person;
mod procedure;
mod recipients;
mod runs;
mod screens;
mod sides;
mod signing;
mod transfers;
mod troubles;
