//! From a profile and a region to the clients of one account.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_iot::config::retry::{RetryConfig, RetryPartition};
use aws_types::{
    os_shim_internal::{Env, Fs},
    service_config::ServiceConfigKey,
};

use crate::{
    aws::{
        answer::Answers,
        classify::earlier::Tries,
        classify::not_connected,
        config,
        credentials::{
            roles::RoleSessions,
            signer::{self, Gate, Signer},
            sources::Sources,
        },
        files::{
            chain::AssumedRole,
            profiles::{self, Files},
        },
        pace::{
            Priority,
            registry::{Attempts, Paced, Paces},
        },
        partition, trust,
        wire::{GivenWire, Wire},
    },
    domain::{
        AccountId, ConnectionFacts, ControlPlane, CredentialSource, Failure, FailureKind, MfaCode,
        Operation, Slowed, Target,
    },
};

/// How long the configuration may take to load: a region that is configured nowhere is asked of
/// the instance metadata, which elsewhere than on EC2 nobody answers.
const LOAD_LIMIT: Duration = Duration::from_secs(20);
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);
const OPERATION_LIMIT: Duration = Duration::from_secs(30);

/// What the connections of a process have in common. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// How fast accounts are called.
    pub paces: Paces,
    /// The sessions that were begun with a code of an MFA device.
    pub sessions: RoleSessions,
}

/// The clients of one account and region. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Connection {
    pub(super) iot: aws_sdk_iot::Client,
    /// For shadows alone.
    pub(super) data: aws_sdk_iotdataplane::Client,
    pub(super) signer: Signer,
    /// The caller's ARN, as STS said it last.
    caller: Arc<Mutex<Option<String>>>,
    /// Set once the endpoint turned out not to know `ListPrincipalThingsV2`.
    first_version_things: Arc<AtomicBool>,
    /// Whether the endpoint is AWS's own.
    aws: bool,
    pub(super) paced: Paced,
    priority: Priority,
    /// The roles that it acts as, of which there may be sessions.
    roles: Arc<[AssumedRole]>,
    sessions: RoleSessions,
    /// A region of the same partition that cannot be switched off, when this is another one.
    pub(super) always_on: Option<&'static str>,
}

impl Connection {
    /// The caller's ARN; `None` while STS does not say it of the credentials in use.
    pub fn caller(&self) -> Option<String> {
        let caller = self.caller.lock().unwrap_or_else(PoisonError::into_inner);
        caller.clone()
    }

    pub(super) fn calls_as(&self, arn: Option<String>) {
        let mut caller = self.caller.lock().unwrap_or_else(PoisonError::into_inner);
        *caller = arn;
    }

    fn new(shared: &SdkConfig, signer: Signer, common: &Common, facts: &ConnectionFacts) -> Self {
        let profile = facts.profile.as_deref();
        let own = (common.paces).of_profile(profile, &facts.region, facts.endpoint.as_deref());
        let iot = aws_sdk_iot::config::Builder::from(&signer.configured(shared))
            .retry_partition(retry_partition(profile, &facts.region))
            .interceptor(Attempts(own.slot().clone()))
            .interceptor(Gate(signer.clone()))
            .interceptor(Answers)
            .interceptor(Tries)
            .build();
        let mut data = aws_sdk_iotdataplane::config::Builder::from(&signer.configured(shared))
            .retry_partition(retry_partition(profile, &facts.region))
            .interceptor(Attempts(own.slot().clone()))
            .interceptor(Gate(signer.clone()))
            .interceptor(Answers);
        if let Some(endpoint) = shared.endpoint_url().or(facts.endpoint.as_deref()) {
            // What stands in the place of AWS IoT is asked for its shadows too, and AWS is not.
            data = data.endpoint_url(endpoint);
        }
        Self {
            iot: aws_sdk_iot::Client::from_conf(iot),
            data: aws_sdk_iotdataplane::Client::from_conf(data.build()),
            signer,
            caller: Arc::default(),
            first_version_things: Arc::default(),
            aws: facts.control_plane == ControlPlane::Aws,
            paced: own,
            priority: Priority::Interactive,
            roles: Arc::default(),
            sessions: common.sessions.clone(),
            always_on: partition::always_on(facts.partition.as_ref())
                .filter(|region| *region != facts.region),
        }
    }

    /// The same connection, whose calls let a person's go first.
    pub fn for_batch(&self) -> Self {
        Self {
            priority: Priority::Batch,
            ..self.clone()
        }
    }

    /// Waits until the operation may be called. Dropped while it waits, it has taken nothing.
    pub async fn turn(&self, operation: Operation) {
        let pace = self.paced.slot().pace();
        pace.acquire(operation, self.priority).await;
    }

    /// How much AWS slows the calls down now.
    pub fn slowed(&self) -> Option<Slowed> {
        self.paced.slot().pace().slowed()
    }

    /// A call failed. When AWS does not take the credentials any more, what is kept of them is not used
    /// again.
    pub fn failed_with(&self, failure: &Failure) {
        let ended = matches!(
            failure.kind,
            FailureKind::ExpiredCredentials | FailureKind::InvalidCredentials
        );
        if ended {
            self.sessions.forget(&self.roles);
        }
    }

    pub(super) fn is_aws(&self) -> bool {
        self.aws
    }

    pub(super) fn knows_things_v2(&self) -> bool {
        !self.first_version_things.load(Ordering::Relaxed)
    }

    pub(super) fn forget_things_v2(&self) {
        self.first_version_things.store(true, Ordering::Relaxed);
    }
}

/// Makes the clients for a target, at the pace of its account and region. Reads the configuration and
/// the credentials, and asks AWS for nothing else. A code of an MFA device is used up, where a role needs one.
pub async fn connect(
    wire: &Wire,
    common: &Common,
    target: &Target,
    code: Option<MfaCode>,
) -> Result<(Connection, ConnectionFacts), Failure> {
    match wire {
        Wire::Given(given) => connect_given(given, common, target).await,
        Wire::Aws {
            endpoint_url,
            helper,
        } => {
            let endpoint_url = endpoint_url.as_deref();
            let connecting = connect_aws(endpoint_url, helper.as_deref(), common, target, code);
            let connected = tokio::time::timeout(LOAD_LIMIT, Box::pin(connecting)).await;
            connected.unwrap_or_else(|_| {
                Err(not_connected(
                    FailureKind::TimedOut,
                    "the AWS configuration did not load in time",
                ))
            })
        }
    }
}

/// The profiles of a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profiles {
    /// Their names, sorted, each with its account as far as the configuration tells it.
    pub usable: Vec<(String, Option<AccountId>)>,
    /// Sections that look like a profile but are not one, and why.
    pub refused: Vec<(String, String)>,
}

/// The profiles there are; none when the configuration cannot be read.
pub async fn profiles(wire: &Wire) -> Profiles {
    match wire {
        Wire::Given(given) => {
            let names = given.profiles.iter().map(|p| (p.name.clone(), None));
            Profiles {
                usable: names.collect(),
                refused: Vec::new(),
            }
        }
        Wire::Aws { .. } => match Files::load(&Env::real(), &Fs::real(), None).await {
            Ok(files) => {
                let names = files.names().into_iter();
                Profiles {
                    usable: names
                        .map(|name| (name.clone(), files.account(&name)))
                        .collect(),
                    refused: files.refused,
                }
            }
            Err(_) => Profiles::default(),
        },
    }
}

async fn connect_aws(
    endpoint_url: Option<&str>,
    helper: Option<&Path>,
    common: &Common,
    target: &Target,
    code: Option<MfaCode>,
) -> Result<(Connection, ConnectionFacts), Failure> {
    let (env, fs) = (Env::real(), Fs::real());
    let files = Files::load(&env, &fs, helper).await?;
    let configured = config::check(&env, &files, target)?;
    let profile = configured.profile.as_deref().unwrap_or("default");

    let mut loader = aws_config::defaults(behavior())
        .profile_files(files.beside_role(profile))
        .retry_config(configured.retry)
        .timeout_config(timeouts());
    if let Some(name) = app_name() {
        loader = loader.app_name(name);
    }
    if let Some(name) = &configured.profile {
        loader = loader.profile_name(profiles::encoded(name));
    } else if env.get("AWS_PROFILE").is_ok() {
        // Set, but to nothing. The SDK would look for a profile without a name.
        loader = loader.profile_name("default");
    }
    if let Some(region) = &target.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = endpoint_url {
        config::control_plane(Some(url))?;
        loader = loader.endpoint_url(url);
    }
    let trusting = trust::http_client(&env, &fs, &files, profile).await;
    if let Ok(Some(client)) = &trusting {
        loader = loader.http_client(client.clone());
    }
    let mut shared = loader.load().await;

    let endpoint = endpoint_in_force(&shared);
    let control_plane = config::control_plane(endpoint.as_deref())?;
    let region = shared.region().map(AsRef::as_ref).unwrap_or_default();
    let region = config::region(region, &control_plane)?;
    if let Err(failure) = trusting
        // Without TLS no certificate authority is needed.
        && !endpoint.as_deref().is_some_and(|url| url.starts_with("http://"))
    {
        return Err(failure);
    }
    // Blanks around it are a mistake: no host name has any.
    let builder = shared.to_builder();
    shared = builder.region(Region::new(region.clone())).build();
    let sts = sts_client(&shared, configured.profile.as_deref(), &region);
    let mut of_profile = false;
    if let Some(chain) = &configured.chain {
        let sources = Sources {
            shared: &shared,
            files: &files,
            only_profile: configured.only_profile,
        };
        if let Some(provider) = sources.provider(chain, &sts, &common.sessions, code) {
            of_profile = true;
            shared = (shared.to_builder().credentials_provider(provider)).build();
        }
    }
    // Once, before all that needs them. Why there are none is said where they are needed.
    let signer = signer_of(&shared, sts, files.place(profile))?;
    let credentials = signer.current().await.ok();
    let facts = ConnectionFacts {
        control_plane,
        partition: partition::of_region(&region).await,
        region,
        sign_in: (configured.chain.as_ref()).and_then(|chain| files.sign_in(chain)),
        credentials: credentials.map(|found| {
            let profile = || CredentialSource::Profile(profile.to_owned());
            let found = || signer::source(&found, configured.profile.as_deref());
            if of_profile { profile() } else { found() }
        }),
        profile: configured.profile,
        endpoint: endpoint.map(|url| config::without_password(&url)),
    };
    let mut connection = Connection::new(&shared, signer, common, &facts);
    connection.roles = configured
        .chain
        .map(|chain| chain.roles)
        .unwrap_or_default()
        .into();
    Ok((connection, facts))
}

/// The endpoint that AWS IoT is asked at when it is not AWS's own, found as the IoT client finds
/// it: the one named by the person, else the one configured for IoT, else the one for all services.
fn endpoint_in_force(shared: &SdkConfig) -> Option<String> {
    if shared.get_origin("endpoint_url").is_client_config() {
        return shared.endpoint_url().map(str::to_owned);
    }
    let key = ServiceConfigKey::builder()
        .service_id("IoT")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok();
    let for_iot = key.and_then(|key| shared.service_config()?.load_config(key));
    for_iot.or_else(|| shared.endpoint_url().map(str::to_owned))
}

async fn connect_given(
    wire: &GivenWire,
    common: &Common,
    target: &Target,
) -> Result<(Connection, ConnectionFacts), Failure> {
    let mut profiles = wire.profiles.iter();
    let chosen = match &target.profile {
        None => profiles.next(),
        Some(name) => profiles.find(|p| p.name == *name),
    };
    let Some(chosen) = chosen else {
        let name = target.profile.as_deref().unwrap_or("default");
        return Err(not_connected(
            FailureKind::BadProfile,
            format!("there is no profile named `{name}`"),
        ));
    };
    config::control_plane(wire.endpoint_url.as_deref())?;
    let region = target.region.clone().unwrap_or_else(|| wire.region.clone());
    if region.is_empty() {
        return Err(not_connected(FailureKind::NoRegion, "no region is named"));
    }
    let mut shared = SdkConfig::builder()
        .behavior_version(behavior())
        .region(Region::new(region.clone()))
        .credentials_provider(chosen.credentials.clone())
        .http_client(wire.http_client.clone())
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts());
    shared.set_app_name(app_name());
    shared.set_endpoint_url(wire.endpoint_url.clone());
    let shared = shared.build();
    let facts = ConnectionFacts {
        profile: Some(chosen.name.clone()),
        credentials: Some(CredentialSource::Profile(chosen.name.clone())),
        endpoint: wire.endpoint_url.clone(),
        control_plane: wire.control_plane.clone(),
        partition: partition::of_region(&region).await,
        region,
        sign_in: None,
    };
    let sts = sts_client(&shared, Some(&chosen.name), &facts.region);
    let signer = signer_of(&shared, sts, None)?;
    Ok((Connection::new(&shared, signer, common, &facts), facts))
}

/// Asks STS, with whatever credentials each call brings along.
fn sts_client(shared: &SdkConfig, profile: Option<&str>, region: &str) -> aws_sdk_sts::Client {
    let sts = aws_sdk_sts::config::Builder::from(shared)
        .retry_partition(retry_partition(profile, region))
        .build();
    aws_sdk_sts::Client::from_conf(sts)
}

/// The credentials of a configuration.
fn signer_of(
    shared: &SdkConfig,
    sts: aws_sdk_sts::Client,
    place: Option<String>,
) -> Result<Signer, Failure> {
    let provider = shared.credentials_provider().ok_or_else(|| {
        not_connected(
            FailureKind::NoCredentials,
            "the AWS configuration has no provider of credentials",
        )
    })?;
    Ok(Signer::new(provider, sts, place))
}

fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

fn app_name() -> Option<AppName> {
    AppName::new("certferry").ok()
}

/// The SDK has only a connect timeout of its own: a server that never answers would hang a call.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_LIMIT)
        .operation_attempt_timeout(ATTEMPT_LIMIT)
        .operation_timeout(OPERATION_LIMIT)
        .build()
}

/// A bucket of retries for this connection alone. The SDK's own is shared by all clients of a
/// region in the process: one throttled account would leave the other without retries.
fn retry_partition(profile: Option<&str>, region: &str) -> RetryPartition {
    let profile = profile.unwrap_or("default");
    RetryPartition::custom(format!("certferry-{profile}-{region}")).build()
}
