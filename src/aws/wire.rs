//! How a control plane is reached.

use std::{fmt, path::PathBuf};

use crate::domain::ControlPlane;

pub use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// How a control plane is reached.
#[derive(Debug, Clone)]
pub enum Wire {
    /// AWS, or what the AWS configuration names instead: profiles, regions, credentials and
    /// endpoints come from the configuration files and the environment, as for the AWS CLI.
    Aws {
        /// An endpoint for every service, which wins over the configured ones.
        endpoint_url: Option<String>,
        /// The program that runs what a `credential_process` names, without a terminal: certferry
        /// itself. `None` lets the SDK run it.
        helper: Option<PathBuf>,
    },
    /// A control plane that the program brings along. The AWS configuration of the person, the
    /// environment and the instance's metadata are never looked at.
    Given(GivenWire),
}

/// A control plane that the program brings along.
#[derive(Debug, Clone)]
pub struct GivenWire {
    /// Who it is. The journal keeps its certificates apart from those of others.
    pub control_plane: ControlPlane,
    /// Answers the HTTP requests.
    pub http_client: SharedHttpClient,
    /// The region of a connection that does not ask for one.
    pub region: String,
    /// The profiles there are; the first one is the default.
    pub profiles: Vec<StaticCredentials>,
    /// Where to send the requests, when not to the host names of AWS.
    pub endpoint_url: Option<String>,
}

/// A profile of a [`GivenWire`], with its credentials.
#[derive(Clone)]
pub struct StaticCredentials {
    /// The profile's name.
    pub profile: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The secret key. Shown by nothing.
    pub secret_access_key: String,
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticCredentials")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
