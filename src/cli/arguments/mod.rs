//! The command line: what may be said, and what each of it means.

mod commands;
pub(super) mod connecting;
mod looks;
pub(super) mod meant;
pub(super) mod planning;
mod simulator;

use std::{ffi::OsString, path::PathBuf};

use clap::{CommandFactory as _, Parser, ValueEnum, error::ErrorKind};

pub use commands::{Doing, Looking, SubCommand};
pub use connecting::Connecting;
pub use looks::Appearance;
pub use meant::{Confirming, Meant, Saying};
pub use planning::{Activate, ApplyArguments, Differing, PlanArguments, ShowArguments};
pub use simulator::SimulatorArguments;

/// What is said where the demo or the simulator is asked of a build that has neither.
#[cfg(not(feature = "simulator"))]
pub(super) const NO_SIMULATOR: &str = "this build has neither the demo nor the simulator: it was made without the feature \
                                `simulator`";

/// Moves X.509 device certificates between AWS accounts, from a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(version, about, max_term_width = 100)]
#[cfg_attr(not(feature = "simulator"), command(after_help = NO_SIMULATOR))]
pub struct Arguments {
    /// What to do instead of showing the screen.
    #[command(subcommand)]
    pub command: Option<SubCommand>,

    /// A plan to be opened on the screen: what has changed since it was made is said, and it is confirmed by hand.
    #[arg(value_name = "PLAN", conflicts_with = "demo")]
    pub plan: Option<PathBuf>,

    /// Mark on the screen what a list in a file names: ids, ARNs, things or PEM files, one a line, or a table with a
    /// head. What became of each line is shown.
    #[arg(long, value_name = "FILE", conflicts_with = "plan", value_parser = list_file)]
    pub select: Option<PathBuf>,

    /// How AWS is reached.
    #[command(flatten)]
    pub connecting: Connecting,

    /// How it looks.
    #[command(flatten)]
    pub appearance: Appearance,

    /// Watch the transfers of the open accounts from the start: a call every 30 s and account.
    #[arg(long)]
    pub watch: bool,

    /// Change nothing, whatever is asked for.
    #[arg(long)]
    pub read_only: bool,

    /// Try it with a simulated fleet in two accounts. No AWS account is touched.
    #[arg(long, conflicts_with_all = ["profile", "peer_profile", "region", "endpoint_url"])]
    pub demo: bool,

    /// The side to begin the demo on.
    #[arg(
        long = "as",
        value_name = "SIDE",
        requires = "demo",
        default_value = "source"
    )]
    pub side: DemoSide,
}

impl Arguments {
    /// Reads the command line. What says how AWS is reached may stand before a command too.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that help was asked for.
    pub fn of<T: Into<OsString> + Clone>(
        words: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let mut arguments = Self::try_parse_from(words)?;
        let looks = arguments.appearance != Appearance::default();
        let of_screen = arguments.demo || arguments.watch || arguments.read_only || looks;
        let given = arguments.connecting.clone();
        let Some(command) = &mut arguments.command else {
            return Ok(arguments);
        };
        let conflict = |what: &str| Self::command().error(ErrorKind::ArgumentConflict, what);
        if of_screen || arguments.plan.is_some() || arguments.select.is_some() {
            let what = "--demo, --watch, --read-only, --select, --theme, --color, --ascii, --mouse and a plan's file before a \
                        command are for the screen";
            return Err(conflict(what));
        }
        match command.connecting_mut() {
            Some(own) => {
                own.or(&given);
                arguments.connecting = own.clone();
            }
            None if given != Connecting::default() => {
                return Err(conflict(
                    "this command does not ask AWS: options before it have no meaning",
                ));
            }
            None => {}
        }
        Ok(arguments)
    }
}

/// A list for the screen, which needs standard input for its keys.
fn list_file(path: &str) -> Result<PathBuf, String> {
    match path {
        "-" => Err("the screen needs standard input for its keys: name a file".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

/// A side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DemoSide {
    /// The account that has the certificates: 111122223333.
    Source,
    /// The account that receives them: 444455556666.
    Recipient,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Arguments, clap::Error> {
        Arguments::of(["certferry"].into_iter().chain(words.split_whitespace()))
    }

    #[test]
    fn the_demo_has_two_sides() {
        assert_eq!(parse("--demo").unwrap().side, DemoSide::Source);
        assert_eq!(
            parse("--demo --as recipient").unwrap().side,
            DemoSide::Recipient
        );
        assert!(parse("--as recipient").is_err(), "a side is for the demo");
        assert!(parse("--demo --as nobody").is_err());
    }

    #[test]
    fn the_demo_has_nothing_to_do_with_the_aws_configuration() {
        for option in ["--profile x", "--region x", "--endpoint-url http://x"] {
            assert!(parse(&format!("--demo {option}")).is_err(), "{option}");
            assert!(parse(option).is_ok(), "{option}");
        }
        assert!(parse("--demo --read-only").is_ok());
    }

    fn simulator(words: &str) -> SimulatorArguments {
        match parse(&format!("simulator {words}")).unwrap().command {
            Some(SubCommand::Simulator(arguments)) => arguments,
            other => panic!("{other:?} in {words}"),
        }
    }

    #[test]
    fn the_simulator_needs_no_options() {
        assert_eq!(parse("").unwrap().command, None);
        let expected = SimulatorArguments {
            listen: "127.0.0.1:0".parse().unwrap(),
            certificates: None,
            latency: 0,
            source: "111122223333".to_owned(),
            recipient: "444455556666".to_owned(),
        };
        assert_eq!(simulator(""), expected);
        let expected = SimulatorArguments {
            listen: "[::1]:4566".parse().unwrap(),
            certificates: Some(1000),
            latency: 250,
            source: "000000000001".to_owned(),
            recipient: "999999999999".to_owned(),
        };
        let words = "--listen [::1]:4566 --certificates 1000 --latency 250 \
                     --source 000000000001 --recipient 999999999999";
        assert_eq!(simulator(words), expected);
    }

    #[test]
    fn the_simulator_s_options_are_checked() {
        for words in [
            "--listen localhost",
            "--listen 127.0.0.1",
            "--certificates -1",
            "--certificates 1000001",
            "--latency soon",
            "--latency 600001",
            "--source 1111-2222-3333",
            "--recipient 12345678901",
            "--read-only",
        ] {
            assert!(parse(&format!("simulator {words}")).is_err(), "{words}");
        }
        for options in ["--demo", "--profile x", "--read-only", "a.plan"] {
            let words = format!("{options} simulator");
            assert!(parse(&words).is_err(), "{words}: the screen's");
        }
    }

    #[test]
    fn how_aws_is_reached_may_stand_before_a_command() {
        let of = |words: &str| parse(words).unwrap().connecting.profile;
        for words in [
            "--profile a list",
            "list --profile a",
            "--profile b list --profile a",
        ] {
            assert_eq!(of(words).as_deref(), Some("a"), "{words}");
        }
        assert_eq!(of("--profile a").as_deref(), Some("a"));
        for words in [
            "--profile a man",
            "--read-only list",
            "--demo list",
            "a.plan list",
            "--select a.csv list",
            "--select a.csv a.plan",
            "--select -",
        ] {
            assert!(parse(words).is_err(), "{words}");
        }
        let plan = parse("--profile a lyon.plan").unwrap();
        assert_eq!(plan.plan, Some("lyon.plan".into()));
    }
}
