//! How AWS is reached.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

/// How AWS is reached, and what is written down of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Connecting {
    /// The AWS profile to use; otherwise the default credential chain decides.
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(profiles))]
    pub profile: Option<String>,

    /// The AWS profile of the other side of transfers, so that both are open.
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(profiles))]
    pub peer_profile: Option<String>,

    /// The AWS region to use; otherwise the profile or the environment decides.
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,

    /// Send every request to this URL instead of AWS: an emulator, a proxy, a VPC endpoint.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,

    /// Write down in this file what happens; `CERTFERRY_LOG` says how much, as in `debug`.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

impl Connecting {
    /// With what another one says where this one says nothing.
    pub(super) fn or(&mut self, other: &Self) {
        let texts = [
            (&mut self.profile, &other.profile),
            (&mut self.peer_profile, &other.peer_profile),
            (&mut self.region, &other.region),
            (&mut self.endpoint_url, &other.endpoint_url),
        ];
        for (own, others) in texts {
            if own.is_none() {
                own.clone_from(others);
            }
        }
        if self.log.is_none() {
            self.log.clone_from(&other.log);
        }
    }
}

/// The profiles of the configuration files that begin so.
fn profiles(typed: &std::ffi::OsStr) -> Vec<CompletionCandidate> {
    let names = crate::cli::names::profiles();
    beginning(typed, names)
}

/// Those that begin with what was typed.
pub(super) fn beginning(
    typed: &std::ffi::OsStr,
    names: impl IntoIterator<Item = String>,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let names = names.into_iter().filter(|name| name.starts_with(&*typed));
    names.map(CompletionCandidate::new).collect()
}
