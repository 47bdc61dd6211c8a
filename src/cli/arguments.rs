//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// What is said where the demo or the simulator is asked of a build that has neither.
#[cfg(not(feature = "simulator"))]
pub(super) const NO_SIMULATOR: &str = "this build has neither the demo nor the simulator: it was made without the feature \
                                `simulator`";

/// Moves X.509 device certificates between AWS accounts, from a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    args_conflicts_with_subcommands = true
)]
#[cfg_attr(not(feature = "simulator"), command(after_help = NO_SIMULATOR))]
pub struct Arguments {
    /// What to do instead of showing the screen.
    #[command(subcommand)]
    pub command: Option<SubCommand>,

    /// The AWS profile to use; otherwise the default credential chain decides.
    #[arg(long, value_name = "NAME", conflicts_with = "demo")]
    pub profile: Option<String>,

    /// The AWS profile of the other side of transfers, so that both are open.
    #[arg(long, value_name = "NAME", conflicts_with = "demo")]
    pub peer_profile: Option<String>,

    /// The AWS region to use; otherwise the profile or the environment decides.
    #[arg(long, value_name = "NAME", conflicts_with = "demo")]
    pub region: Option<String>,

    /// Send every request to this URL instead of AWS: an emulator, a proxy, a VPC endpoint.
    #[arg(long, value_name = "URL", conflicts_with = "demo")]
    pub endpoint_url: Option<String>,

    /// Watch the transfers of the open accounts from the start: a call every 30 s and account.
    #[arg(long)]
    pub watch: bool,

    /// Change nothing, whatever is asked for.
    #[arg(long)]
    pub read_only: bool,

    /// Write down in this file what happens; `CERTFERRY_LOG` says how much, as in `debug`.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,

    /// Try it with a simulated fleet in two accounts. No AWS account is touched.
    #[arg(long)]
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

/// What certferry does beside its screen.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SubCommand {
    /// Answer on a loopback port as AWS IoT would, with a simulated fleet in two accounts.
    ///
    /// The AWS CLI, any AWS SDK and certferry itself can use it with the endpoint and the keys it
    /// prints, as lines for a shell. Then it closes its standard output, so that a script can start
    /// it and go on: `eval "$(certferry simulator &)"` begins, `kill "$CERTFERRY_SIMULATOR_PID"`
    /// ends. Nothing is kept: the next start has the same fleet again. Signatures are not checked.
    ///
    /// Each account has the roles `ops`, which anybody may assume, and `ops-mfa`, for which the device
    /// `arn:aws:iam::SOURCE:mfa/ops` shows the codes 111111, 222222 and so on to 999999, each good once.
    /// Whoever brings the access token `certferry` is signed in at IAM Identity Center for 8 hours, with
    /// the role `Operator` in both accounts.
    ///
    /// SIGTERM ends it with the exit code 0, Ctrl-C with 130, both at once.
    Simulator(SimulatorArguments),

    /// Print a certificate that was changed for ever here, as PEM, so that it can be registered again.
    ///
    /// Before certferry makes a change that cannot be undone, it writes the certificate itself into its
    /// journal, and keeps it for a year. Without an id, they are listed, the newest first. `aws iot
    /// register-certificate` and `register-certificate-without-ca` take the PEM; the certificate has the same
    /// id again then, and nothing attached.
    Pem {
        /// The certificate's id, or the beginning of it.
        id: Option<String>,
    },

    /// Run what a profile's `credential_process` names, without a terminal. certferry starts itself so.
    #[command(hide = true)]
    CredentialHelper {
        /// The command line, in hexadecimal digits.
        command: String,
    },
}

/// The simulator on a port.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SimulatorArguments {
    /// The loopback address and port to listen on; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// So many certificates in the source account, with one policy and one thing each, instead of
    /// the demo's fleet.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub certificates: Option<u32>,

    /// How long every call takes, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600_000))]
    pub latency: u64,

    /// The number of the account that has the certificates.
    #[arg(long, value_name = "ACCOUNT", default_value = "111122223333", value_parser = account)]
    pub source: String,

    /// The number of the account that receives them.
    #[arg(long, value_name = "ACCOUNT", default_value = "444455556666", value_parser = account)]
    pub recipient: String,
}

/// An account number as AWS writes it.
fn account(text: &str) -> Result<String, &'static str> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account number has 12 digits")
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
        Arguments::try_parse_from(["certferry"].into_iter().chain(words.split_whitespace()))
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
        for options in ["--demo", "--profile x", "--read-only"] {
            let words = format!("{options} simulator");
            assert!(parse(&words).is_err(), "{words}: the screen's");
        }
    }
}
