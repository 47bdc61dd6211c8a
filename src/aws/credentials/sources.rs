//! From the chain of a profile to what gives its credentials.

use std::sync::Mutex;

use aws_config::{
    SdkConfig,
    ecs::EcsCredentialsProvider,
    environment::EnvironmentVariableCredentialsProvider,
    imds::credentials::ImdsCredentialsProvider,
    profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig,
    web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider},
};
use aws_sdk_iot::config::SharedCredentialsProvider;

use crate::{
    aws::{
        credentials::roles::{self, RoleProvider, RoleSessions, SignedInProvider},
        files::{
            chain::{Base, Chain},
            profiles::{self, Files},
        },
    },
    domain::MfaCode,
};

/// Where the credentials of a profile come from.
pub(in crate::aws) struct Sources<'a> {
    pub(in crate::aws) shared: &'a SdkConfig,
    pub(in crate::aws) files: &'a Files,
    /// Whether nothing but the profile may give them.
    pub(in crate::aws) only_profile: bool,
}

impl Sources<'_> {
    /// Gives the credentials of a profile; `None` leaves it to the SDK, which looks elsewhere too when a
    /// profile has none.
    pub(in crate::aws) fn provider(
        &self,
        chain: &Chain,
        sts: &aws_sdk_sts::Client,
        sessions: &RoleSessions,
        code: Option<MfaCode>,
    ) -> Option<SharedCredentialsProvider> {
        let signed_in = match &chain.base {
            Base::Profile(name) => self.files.signed_in(name),
            _ => None,
        };
        let plain = matches!(chain.base, Base::Profile(_)) && signed_in.is_none();
        if plain && chain.roles.is_empty() && !self.only_profile {
            return None;
        }
        let mut provider = self.base(&chain.base);
        if let Some(role) = signed_in {
            let inner = provider;
            provider = SharedCredentialsProvider::new(SignedInProvider { inner, role });
        }
        if chain.roles.is_empty() {
            return Some(provider);
        }
        Some(SharedCredentialsProvider::new(RoleProvider {
            base: provider,
            roles: chain.roles.clone(),
            sts: sts.clone(),
            sessions: sessions.clone(),
            code: Mutex::new(code),
        }))
    }

    fn base(&self, base: &Base) -> SharedCredentialsProvider {
        let shared = self.shared;
        let mut with = ProviderConfig::without_region().with_region(shared.region().cloned());
        if let Some(client) = shared.http_client() {
            with = with.with_http_client(client);
        }
        if let Some(retry) = shared.retry_config() {
            with = with.with_retry_config(retry.clone());
        }
        if let Some(timeouts) = shared.timeout_config() {
            with = with.with_timeout_config(timeouts.clone());
        }
        match base {
            Base::Profile(name) => {
                let provider = ProfileFileCredentialsProvider::builder()
                    .configure(&with)
                    .profile_files(self.files.beside_role(name))
                    .profile_name(profiles::encoded(name));
                SharedCredentialsProvider::new(provider.build())
            }
            Base::Token {
                file,
                role,
                session_name,
            } => {
                let session_name = session_name.clone();
                let token = StaticConfiguration {
                    web_identity_token_file: file.into(),
                    role_arn: role.clone(),
                    session_name: session_name.unwrap_or_else(roles::session_name),
                };
                let provider = WebIdentityTokenCredentialsProvider::builder()
                    .configure(&with)
                    .static_configuration(token);
                SharedCredentialsProvider::new(provider.build())
            }
            Base::Environment => {
                SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new())
            }
            Base::Instance => {
                let provider = ImdsCredentialsProvider::builder().configure(&with);
                SharedCredentialsProvider::new(provider.build())
            }
            Base::Container => {
                let provider = EcsCredentialsProvider::builder().configure(&with);
                SharedCredentialsProvider::new(provider.build())
            }
        }
    }
}
