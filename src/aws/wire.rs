//! How a control plane is reached.

use std::path::PathBuf;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};

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
    pub profiles: Vec<GivenProfile>,
    /// Where to send the requests, when not to the host names of AWS.
    pub endpoint_url: Option<String>,
}

/// A profile of a [`GivenWire`], with what gives its credentials.
#[derive(Debug, Clone)]
pub struct GivenProfile {
    /// The profile's name.
    pub name: String,
    /// Gives its credentials.
    pub credentials: SharedCredentialsProvider,
}

impl GivenProfile {
    /// One with an access key that never changes.
    pub fn new(name: &str, access_key_id: &str, secret_access_key: &str) -> Self {
        let key = Credentials::new(access_key_id, secret_access_key, None, None, "certferry");
        Self {
            name: name.to_owned(),
            credentials: SharedCredentialsProvider::new(key),
        }
    }
}
