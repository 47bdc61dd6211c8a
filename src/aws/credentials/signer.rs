//! Who signs: the credentials of a connection, and the account that they are of.
//!
//! Credentials are refreshed while the program runs, and what gives them may give another account's
//! the next time. So no key signs a change before it is known to be of the connection's account, and
//! the first key of another account closes the connection.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::{
    Credentials,
    credential_feature::AwsCredentialFeature,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_sdk_iot::config::SharedCredentialsProvider;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, context::BeforeTransmitInterceptorContextRef, dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use tokio::time::Instant;

use crate::{
    aws::{
        classify,
        credentials::refusals::{OtherAccount, Refusal, Unverified},
        pace::registry,
    },
    domain::{AccountId, CredentialSource, Failure, Identity, Operation, Partition},
};

/// How long STS may take to say whose a new key is, while requests wait for the key.
const CHECK_LIMIT: Duration = Duration::from_secs(8);
/// How long it may take to get credentials: all who need some wait for it.
const PROVIDE_LIMIT: Duration = Duration::from_secs(15);
/// For how long the reason why there are no credentials is given without asking again. A person who asks
/// again gets a connection of its own.
const REFUSED: Duration = Duration::from_secs(10);
/// For how long credentials are not asked for again.
const JUST_NOW: Duration = Duration::from_secs(5);
/// Credentials that end so soon are not used any more.
const ENDS_SOON: Duration = Duration::from_secs(10);

/// The credentials of a connection, with what is known of whose they are. Clones are the same ones.
#[derive(Debug, Clone)]
pub(in crate::aws) struct Signer {
    inner: Arc<SignerInner>,
}

#[derive(Debug)]
struct SignerInner {
    provider: SharedCredentialsProvider,
    profile: Option<Arc<str>>,
    /// Its credentials are replaced in each call.
    sts: aws_sdk_sts::Client,
    known: Mutex<KnownKey>,
    /// Held while the provider is asked, so that all who need credentials ask once.
    asking: tokio::sync::Mutex<()>,
    /// Held while STS is asked about a new key, so that it is asked once.
    checking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct KnownKey {
    /// The credentials that were given last, and when.
    last: Option<(Credentials, Instant)>,
    /// Whose the connection is.
    owner: Option<Whose>,
    /// The ids of the keys that are the owner's.
    verified: HashSet<String>,
    /// The ids of the keys of which STS could not say whose they are.
    untold: HashSet<String>,
    /// Why there are no credentials, and since when.
    refusal: Option<(Refusal, Instant)>,
    /// Why nothing is signed any more.
    closed: Option<OtherAccount>,
}

/// An account, and its partition as far as AWS names it.
pub(in crate::aws) type Whose = (Option<Partition>, AccountId);

impl Signer {
    /// Credentials of a provider; `profile` says where the profile stands that is to give them.
    pub(in crate::aws) fn new(
        provider: SharedCredentialsProvider,
        sts: aws_sdk_sts::Client,
        profile: Option<String>,
    ) -> Self {
        Self {
            inner: Arc::new(SignerInner {
                provider,
                profile: profile.map(Arc::from),
                sts,
                known: Mutex::default(),
                asking: tokio::sync::Mutex::default(),
                checking: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// The configuration, with these credentials.
    pub(in crate::aws) fn configured(&self, shared: &SdkConfig) -> SdkConfig {
        let provider = SharedCredentialsProvider::new(self.clone());
        shared.to_builder().credentials_provider(provider).build()
    }

    fn lock(&self) -> MutexGuard<'_, KnownKey> {
        // A panic elsewhere leaves it consistent.
        (self.inner.known.lock()).unwrap_or_else(PoisonError::into_inner)
    }

    /// The credentials that sign now.
    pub(in crate::aws) async fn current(&self) -> Result<Credentials, CredentialsError> {
        match self.last() {
            Some((credentials, _)) => Ok(credentials),
            None => self.fresh().await,
        }
    }

    /// The credentials that were given last, unless they end soon.
    fn last(&self) -> Option<(Credentials, Instant)> {
        let last = self.lock().last.clone();
        let soon = SystemTime::now()
            .checked_add(ENDS_SOON)
            .unwrap_or(SystemTime::UNIX_EPOCH);
        last.filter(|(credentials, _)| credentials.expiry().is_none_or(|end| end > soon))
    }

    async fn fresh(&self) -> Result<Credentials, CredentialsError> {
        let _one = self.inner.asking.lock().await;
        // Those who begin together ask once: a role is assumed by a call, a program is run.
        if let Some((credentials, at)) = self.last()
            && at.elapsed() < JUST_NOW
        {
            return Ok(credentials);
        }
        let told = self.lock().refusal.clone();
        // A program that was asked, or a service that did not answer, is not asked again by each call.
        if let Some((refusal, _)) = told.filter(|(_, at)| at.elapsed() < REFUSED) {
            return Err(CredentialsError::provider_error(refusal));
        }
        let provided = self.inner.provider.provide_credentials();
        let provided = tokio::time::timeout(PROVIDE_LIMIT, provided).await;
        match provided.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(PROVIDE_LIMIT)))
        {
            Ok(credentials) => {
                let mut known = self.lock();
                known.last = Some((credentials.clone(), Instant::now()));
                known.refusal = None;
                Ok(credentials)
            }
            Err(error) => {
                let mut known = self.lock();
                // The SDK says once why a profile cannot be followed, and from then on only that it
                // has said so.
                let first = match (&known.refusal, &error) {
                    (Some((first, _)), CredentialsError::Unhandled(_)) => first.clone(),
                    _ => Refusal {
                        error: Arc::new(error),
                        profile: self.inner.profile.clone(),
                    },
                };
                known.refusal = Some((first.clone(), Instant::now()));
                Err(CredentialsError::provider_error(first))
            }
        }
    }

    /// Asks STS whose credentials are, whatever was known before.
    pub(in crate::aws) async fn ask(&self, credentials: &Credentials) -> Result<Identity, Failure> {
        let operation = Operation::GetCallerIdentity;
        let given = SharedCredentialsProvider::new(credentials.clone());
        let given = aws_sdk_sts::config::Builder::new().credentials_provider(given);
        let call = self.inner.sts.get_caller_identity().customize();
        let answer = call.config_override(given).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let account = found
            .account()
            .and_then(|text| AccountId::parse(text).ok())
            .ok_or_else(|| classify::unreadable(operation, "the answer names no account"))?;
        Ok(Identity {
            account,
            arn: found.arn().unwrap_or_default().to_owned(),
        })
    }

    /// Whether STS takes credentials in another region.
    pub(in crate::aws) async fn is_known_in(&self, region: &'static str) -> bool {
        let Ok(credentials) = self.current().await else {
            return false;
        };
        let given = aws_sdk_sts::config::Builder::new()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(aws_config::Region::from_static(region));
        let call = self.inner.sts.get_caller_identity().customize();
        let asked = call.config_override(given).send();
        let asked = tokio::time::timeout(CHECK_LIMIT, asked).await;
        asked.is_ok_and(|answer| answer.is_ok())
    }

    /// Learns whose a key is. The first one's account is the connection's.
    ///
    /// # Errors
    ///
    /// It is another account's, or the connection was closed before.
    pub(in crate::aws) fn learn(
        &self,
        credentials: &Credentials,
        owner: Whose,
    ) -> Result<(), OtherAccount> {
        let mut known = self.lock();
        known.belongs_to(owner)?;
        let key = credentials.access_key_id().to_owned();
        known.untold.remove(&key);
        known.verified.insert(key);
        Ok(())
    }

    /// Learns from rows of the account whose the connection is. Which key they were listed with is
    /// not known here, so none is verified by it.
    ///
    /// # Errors
    ///
    /// They are of another account than the connection's.
    pub(in crate::aws) fn learn_owner(&self, owner: Whose) -> Result<(), OtherAccount> {
        self.lock().belongs_to(owner)
    }

    /// Whose the connection is, as far as it is known.
    pub(in crate::aws) fn owner(&self) -> Option<Whose> {
        self.lock().owner.clone()
    }

    /// Looks at credentials before they sign anything.
    async fn check(&self, credentials: &Credentials) -> Result<(), OtherAccount> {
        let _one = self.inner.checking.lock().await;
        {
            let known = self.lock();
            if let Some(other) = &known.closed {
                return Err(other.clone());
            }
            let key = credentials.access_key_id();
            if known.owner.is_none() || known.verified.contains(key) || known.untold.contains(key) {
                return Ok(());
            }
        }
        let asked = tokio::time::timeout(CHECK_LIMIT, self.ask(credentials)).await;
        if let Ok(Ok(identity)) = asked {
            let owner = (identity.partition(), identity.account);
            return self.learn(credentials, owner);
        }
        // They may read. The rows tell, or nothing is changed.
        let key = credentials.access_key_id().to_owned();
        self.lock().untold.insert(key);
        Ok(())
    }

    /// Whether a key may sign an operation.
    fn may_sign(&self, key: Option<&str>, operation: Operation) -> Result<(), BoxError> {
        let known = self.lock();
        if let Some(other) = &known.closed {
            return Err(other.clone().into());
        }
        let verified = key.is_some_and(|key| known.verified.contains(key));
        if operation.mutates() && !verified {
            return Err(Unverified.into());
        }
        Ok(())
    }
}

impl KnownKey {
    fn belongs_to(&mut self, (partition, account): Whose) -> Result<(), OtherAccount> {
        if let Some(other) = &self.closed {
            return Err(other.clone());
        }
        let (known, was) = self.owner.get_or_insert((partition.clone(), account));
        let elsewhere = match (known.as_ref(), &partition) {
            (Some(known), Some(partition)) => known != partition,
            _ => false,
        };
        if *was != account || elsewhere {
            let other = OtherAccount {
                was: *was,
                is: account,
            };
            self.closed = Some(other.clone());
            return Err(other);
        }
        if known.is_none() {
            *known = partition;
        }
        Ok(())
    }
}

impl ProvideCredentials for Signer {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.fresh().await?;
            let checked = self.check(&credentials).await;
            checked.map_err(CredentialsError::provider_error)?;
            Ok(credentials)
        })
    }
}

/// Refuses requests that are signed with a key which may be another account's.
#[derive(Debug)]
pub(in crate::aws) struct Gate(pub(in crate::aws) Signer);

#[dyn_dispatch_hint]
impl Intercept for Gate {
    fn name(&self) -> &'static str {
        "Gate"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(operation) = registry::operation(config) else {
            return Ok(());
        };
        let header = context.request().headers().get("authorization");
        self.0.may_sign(header.and_then(key_in), operation)
    }
}

/// The id of the key in `AWS4-HMAC-SHA256 Credential=KEY/date/region/service/aws4_request, ...`.
fn key_in(authorization: &str) -> Option<&str> {
    let (_, rest) = authorization.split_once("Credential=")?;
    Some(rest.split_once('/')?.0)
}

/// What gave credentials. `profile` is the profile whose settings are in use.
pub(in crate::aws) fn source(credentials: &Credentials, profile: Option<&str>) -> CredentialSource {
    use AwsCredentialFeature as Feature;
    let features = credentials.get_property::<Vec<Feature>>();
    let has = |feature| features.is_some_and(|all| all.contains(&feature));
    // A profile may take them from any of the others.
    if has(Feature::CredentialsProfile) {
        CredentialSource::Profile(profile.unwrap_or("default").to_owned())
    } else if has(Feature::CredentialsEnvVars) {
        CredentialSource::Environment
    } else if has(Feature::CredentialsHttp) {
        CredentialSource::Container
    } else if has(Feature::CredentialsImds) {
        CredentialSource::Instance
    } else if has(Feature::CredentialsProfileStsWebIdToken) {
        CredentialSource::WebIdentity
    } else {
        CredentialSource::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_in_the_signature() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261125/us-east-1/iot/aws4_request, \
                      SignedHeaders=host, Signature=ab";
        assert_eq!(key_in(header), Some("AKIAEXAMPLE"));
        assert_eq!(key_in("Bearer x"), None);
        assert_eq!(key_in("Credential=AKIA"), None);
    }

    #[test]
    fn the_first_account_stays_the_connection_s() {
        let account = |digits| AccountId::parse(digits).unwrap();
        let (one, two) = (account("111122223333"), account("444455556666"));
        let mut known = KnownKey::default();
        assert_eq!(known.belongs_to((None, one)), Ok(()));
        assert_eq!(known.belongs_to((Some(Partition::default()), one)), Ok(()));
        assert_eq!(known.belongs_to((None, one)), Ok(()));
        assert!(known.belongs_to((Partition::named("aws-cn"), one)).is_err());

        let mut known = KnownKey::default();
        known.belongs_to((None, one)).unwrap();
        let other = OtherAccount { was: one, is: two };
        assert_eq!(known.belongs_to((None, two)), Err(other.clone()));
        // An earlier key came back: which one signs the next request is not known.
        assert_eq!(known.belongs_to((None, one)), Err(other));
    }

    /// Never answers, and counts how often it is asked.
    #[derive(Debug, Default)]
    struct Silent(Arc<std::sync::atomic::AtomicUsize>);

    impl ProvideCredentials for Silent {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            future::ProvideCredentials::new(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_gives_no_credentials_is_asked_once_and_not_for_ever() {
        let asked = Arc::default();
        let provider = SharedCredentialsProvider::new(Silent(Arc::clone(&asked)));
        let sts = aws_sdk_sts::Config::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .build();
        let sts = aws_sdk_sts::Client::from_conf(sts);
        let signer = Signer::new(provider, sts, Some("profile `m`: c, line 1".to_owned()));
        let asked = || asked.load(std::sync::atomic::Ordering::Relaxed);
        let start = Instant::now();
        let (one, two) = tokio::join!(signer.current(), signer.current());
        assert_eq!(start.elapsed(), PROVIDE_LIMIT);
        assert!(one.is_err() && two.is_err());
        assert_eq!(asked(), 1);
        let failure = classify::no_credentials(Operation::Connect, &one.unwrap_err());
        assert!(
            failure.message.ends_with("(profile `m`: c, line 1)"),
            "{failure:?}"
        );
        // The next caller asks again.
        tokio::time::advance(REFUSED).await;
        assert!(signer.current().await.is_err());
        assert_eq!(asked(), 2);
    }
}
