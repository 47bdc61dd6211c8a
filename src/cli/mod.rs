//! The command line: from arguments to the screen or to a command without one, and to an exit code.

mod appearance;
mod arguments;
mod commands;
mod completions;
#[cfg(feature = "simulator")]
mod demo;
mod error;
mod front;
mod helper;
mod log;
mod manual;
mod names;
mod run;
mod runtime;
mod screen;
mod settings;

pub use arguments::{
    Activate, Appearance, ApplyArguments, Arguments, Confirming, Connecting, DemoSide, Differing,
    Doing, Looking, Meant, PlanArguments, Saying, ShowArguments, SimulatorArguments, SubCommand,
};
pub use completions::answer_a_shell;
#[cfg(feature = "simulator")]
pub use demo::demo;
pub use error::Error;
pub use front::ended::Ended;
pub use front::output::shown;
pub use helper::run as credential_helper;
pub use manual::EXAMPLES;
pub use run::run;
pub use screen::Screen;
