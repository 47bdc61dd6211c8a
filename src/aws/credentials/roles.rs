//! Credentials of a role: assumed with others, with a code of an MFA device where the profile names one.
//!
//! The SDK's own provider knows no MFA, and says of a role that is refused no more than that there was an
//! error.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_sdk_iot::config::SharedCredentialsProvider;
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_sdk_sts::{error::ProvideErrorMetadata, operation::assume_role::AssumeRoleOutput};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};

use crate::{
    aws::{
        classify::{self, find},
        credentials::refusals::{NeedsCode, NotAssigned, NotSignedIn, RoleRefused},
        files::chain::{AssumedRole, SignedIn},
    },
    domain::MfaCode,
};

type PortalError = SdkError<GetRoleCredentialsError, HttpResponse>;

/// A session that ends so soon is not begun with.
const ENDS_SOON: Duration = Duration::from_secs(30);

/// The sessions that were begun with a code, for all connections of the process: a code is good once, and a
/// session for an hour or more. Nothing of them is written anywhere.
#[derive(Clone, Default)]
pub struct RoleSessions(Arc<Mutex<HashMap<AssumedRole, Credentials>>>);

impl fmt::Debug for RoleSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleSessions").finish_non_exhaustive()
    }
}

impl RoleSessions {
    fn get(&self, role: &AssumedRole) -> Option<Credentials> {
        let soon = SystemTime::now().checked_add(ENDS_SOON)?;
        // A panic elsewhere leaves the map consistent.
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.expiry().is_none_or(|end| end > soon));
        sessions.get(&key(role)).cloned()
    }

    /// Forgets those of some roles: AWS does not take them.
    pub(in crate::aws) fn forget(&self, roles: &[AssumedRole]) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for role in roles {
            sessions.remove(&key(role));
        }
    }

    fn keep(&self, role: &AssumedRole, session: &Credentials) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(key(role), session.clone());
    }
}

/// The same role, wherever in the file it stands.
fn key(role: &AssumedRole) -> AssumedRole {
    AssumedRole {
        place: String::new(),
        ..role.clone()
    }
}

/// Gives the credentials of the last of some roles, each assumed with those of the one before.
#[derive(Debug)]
pub(in crate::aws) struct RoleProvider {
    /// Gives the first credentials.
    pub(in crate::aws) base: SharedCredentialsProvider,
    pub(in crate::aws) roles: Vec<AssumedRole>,
    /// Its credentials are replaced in each call.
    pub(in crate::aws) sts: aws_sdk_sts::Client,
    pub(in crate::aws) sessions: RoleSessions,
    /// A code that was typed and not used yet.
    pub(in crate::aws) code: Mutex<Option<MfaCode>>,
}

impl RoleProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        // The last role with a live session: the roles before it are not needed.
        let mut begun = self.roles.iter().enumerate().rev();
        let begun = begun.find_map(|(at, role)| Some((at, self.sessions.get(role)?)));
        let (next, mut credentials) = match begun {
            Some((at, session)) => (at.saturating_add(1), session),
            None => (0, self.base.provide_credentials().await?),
        };
        for role in self.roles.iter().skip(next) {
            credentials = self.assume(role, credentials).await?;
            if role.mfa_serial.is_some() {
                self.sessions.keep(role, &credentials);
            }
        }
        Ok(credentials)
    }

    async fn assume(
        &self,
        role: &AssumedRole,
        with: Credentials,
    ) -> Result<Credentials, CredentialsError> {
        let mut code = None;
        if let Some(serial) = &role.mfa_serial {
            // It is good once, whatever becomes of it.
            code = self
                .code
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if code.is_none() {
                return Err(CredentialsError::provider_error(NeedsCode {
                    role: role.arn.clone(),
                    serial: serial.clone(),
                    place: role.place.clone(),
                }));
            }
        }
        let with_code = code.is_some();
        let given = aws_sdk_sts::config::Builder::new()
            .credentials_provider(SharedCredentialsProvider::new(with));
        let call = self.sts.assume_role();
        let call = call
            .role_arn(&role.arn)
            .role_session_name(role.session_name.clone().unwrap_or_else(session_name))
            .set_external_id(role.external_id.clone())
            .set_duration_seconds(role.duration)
            .set_serial_number(role.mfa_serial.clone())
            .set_token_code(code.map(|code| code.digits().to_owned()));
        let answer = call.customize().config_override(given).send().await;
        let answer = answer.map_err(|error| {
            CredentialsError::provider_error(RoleRefused {
                role: role.arn.clone(),
                place: role.place.clone(),
                said: classify::words(&error),
                with_code,
                error: Box::new(error),
            })
        })?;
        session(answer)
    }
}

/// The credentials of an answer.
fn session(answer: AssumeRoleOutput) -> Result<Credentials, CredentialsError> {
    let unread = || CredentialsError::unhandled("STS gave a role without credentials");
    let given = answer.credentials.ok_or_else(unread)?;
    let ends = SystemTime::try_from(given.expiration).map_err(|_| unread())?;
    Ok(Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        Some(ends),
        "certferry",
    ))
}

/// What the session is called in the role's account, unless the profile says it.
pub(in crate::aws) fn session_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    format!("certferry-{}", now.unwrap_or_default().as_secs())
}

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

/// Gives the credentials of a role that somebody is signed in to, and says what is wrong when it cannot.
#[derive(Debug)]
pub(in crate::aws) struct SignedInProvider {
    pub(in crate::aws) inner: SharedCredentialsProvider,
    pub(in crate::aws) role: SignedIn,
}

/// What the portal says, or why it was not asked.
fn portal_words(error: &CredentialsError) -> String {
    match find::<PortalError>(error) {
        Some(refusal) => classify::words(refusal),
        // The errors of the outer providers add nothing.
        None => classify::innermost(error).to_string(),
    }
}

impl SignedInProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let given = self.inner.provide_credentials().await;
        given.map_err(|error| {
            let portal = find::<PortalError>(&error);
            let code = portal.and_then(ProvideErrorMetadata::code);
            let unasked = portal.is_none() && matches!(error, CredentialsError::ProviderError(_));
            let (said, code) = (portal_words(&error), code.map(str::to_owned));
            let role = self.role.clone();
            // When the portal was not even asked, there was no token to ask with.
            if unasked || code.as_deref() == Some("UnauthorizedException") {
                let place = role.place;
                CredentialsError::provider_error(NotSignedIn { place, said, code })
            } else if code.as_deref() == Some("ForbiddenException") {
                CredentialsError::provider_error(NotAssigned {
                    role: role.role,
                    account: role.account,
                    place: role.place,
                    said,
                    code,
                })
            } else {
                error
            }
        })
    }
}

impl ProvideCredentials for SignedInProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
