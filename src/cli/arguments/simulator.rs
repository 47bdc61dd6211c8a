//! The arguments of the simulator.

use std::net::SocketAddr;

use clap::Args;

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
