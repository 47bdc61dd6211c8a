//! The command line.

use clap::{Parser, ValueEnum};

/// Moves X.509 device certificates between AWS accounts, from a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Arguments {
    /// The AWS profile to use; otherwise the default credential chain decides.
    #[arg(long, value_name = "NAME", conflicts_with = "demo")]
    pub profile: Option<String>,

    /// The AWS region to use; otherwise the profile or the environment decides.
    #[arg(long, value_name = "NAME", conflicts_with = "demo")]
    pub region: Option<String>,

    /// Send every request to this URL instead of AWS: an emulator, a proxy, a VPC endpoint.
    #[arg(long, value_name = "URL", conflicts_with = "demo")]
    pub endpoint_url: Option<String>,

    /// Change nothing, whatever is asked for.
    #[arg(long)]
    pub read_only: bool,

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
    pub side: Side,
}

/// A side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Side {
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
        assert_eq!(parse("--demo").unwrap().side, Side::Source);
        assert_eq!(
            parse("--demo --as recipient").unwrap().side,
            Side::Recipient
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
}
