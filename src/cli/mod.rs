//! The command line: from arguments to the screen, the simulator, a kept certificate or the helper, and to an exit code.

mod arguments;
#[cfg(feature = "simulator")]
mod demo;
mod error;
mod helper;
mod log;
mod pem;
mod run;
mod runtime;
#[cfg(feature = "simulator")]
mod simulator;

pub use arguments::{Arguments, DemoSide, SimulatorArguments, SubCommand};
#[cfg(feature = "simulator")]
pub use demo::demo;
pub use error::Error;
pub use helper::run as credential_helper;
pub use run::{Ended, Screen, run};
