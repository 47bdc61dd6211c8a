//! The engine with its connections, for a command.

use std::env;

use crate::{
    aws::Wire,
    cli::{
        arguments::Connecting,
        error::Error,
        front::{
            confirm::asked,
            output::{Output, is_attended, note},
        },
        settings::{configuration, engine_settings},
    },
    config::Config,
    domain::{
        ConnectionFacts, ConnectionId, Failure, FailureKind, Identity, MfaCode, Place, PlanFile,
        Signing, Target, ask, text::visible,
    },
    engine::Engine,
};

/// The engine, connected.
#[derive(Debug)]
pub(in crate::cli) struct Front {
    pub(in crate::cli) engine: Engine,
    pub(in crate::cli) config: Config,
    pub(in crate::cli) here: Opened,
    pub(in crate::cli) peer: Option<Opened>,
    pub(in crate::cli) out: Output,
    /// Whether nobody waits for what is in flight any more.
    pub(in crate::cli) hurried: bool,
}

/// A connection that leads somewhere.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Opened {
    pub(in crate::cli) connection: ConnectionId,
    pub(in crate::cli) place: Place,
    pub(in crate::cli) profile: Option<String>,
    /// The caller's ARN, where AWS STS tells it. Foreign text.
    pub(in crate::cli) caller: Option<String>,
    facts: ConnectionFacts,
}

/// The number of the connection to the account that is asked, and to the other one.
const HERE: ConnectionId = ConnectionId(1);
const PEER: ConnectionId = ConnectionId(2);

/// What a question for a code of an MFA device is answered with.
const CODE: &str = "Code of the MFA device: ";

impl Front {
    /// Connects, and asks where that leads. The other side is opened when a profile is named for it.
    ///
    /// # Errors
    ///
    /// What kept it from that. Nothing was changed.
    pub(in crate::cli) async fn open(to: &Connecting, out: Output) -> Result<Self, Error> {
        let (config, _) = configuration()?;
        let wire = Wire::Aws {
            endpoint_url: to.endpoint_url.clone(),
            helper: env::current_exe().ok(),
        };
        let engine = Engine::start(wire, engine_settings(&config, false));
        Self::connected(engine, config, to, out).await
    }

    /// Connects an engine.
    pub(in crate::cli) async fn connected(
        mut engine: Engine,
        config: Config,
        to: &Connecting,
        out: Output,
    ) -> Result<Self, Error> {
        let target = Target {
            profile: to.profile.clone(),
            region: to.region.clone(),
        };
        let here = Opened::open(&mut engine, HERE, target).await?;
        let peer = match &to.peer_profile {
            Some(profile) => {
                let target = Target {
                    profile: Some(profile.clone()),
                    // A transfer stays in its region.
                    region: Some(here.place.region.clone()),
                };
                Some(Opened::open(&mut engine, PEER, target).await?)
            }
            None => None,
        };
        Ok(Self {
            engine,
            config,
            here,
            peer,
            out,
            hurried: false,
        })
    }

    /// A failure, with what to do about it.
    pub(in crate::cli) fn failed(&self, failure: &Failure) -> Error {
        self.here.failed(failure)
    }

    /// `account 1111-2222-3333 fleet-prod in us-east-1`.
    pub(in crate::cli) fn where_it_is(&self) -> String {
        self.words(&self.here.place)
    }

    /// A place, with the account's name.
    pub(in crate::cli) fn words(&self, place: &Place) -> String {
        let name = self.config.accounts.name(place.account);
        let number = place.account.grouped();
        let account = name.map_or_else(|| number.clone(), |name| format!("{number} {name}"));
        place.words().replacen(&number, &account, 1)
    }

    /// Ends the background task.
    pub(in crate::cli) async fn close(self) {
        // Who asked twice to stop does not wait for the calls in flight.
        if !self.hurried {
            self.engine.end_unheard().await;
        }
    }
}

impl Opened {
    /// The endpoint, when it is not AWS's own.
    pub(in crate::cli) fn endpoint(&self) -> Option<&str> {
        self.facts.endpoint.as_deref()
    }

    async fn open(
        engine: &mut Engine,
        connection: ConnectionId,
        target: Target,
    ) -> Result<Self, Error> {
        let mut code = None;
        loop {
            let connecting = engine.connect(connection, target.clone(), code.take());
            let facts = match connecting.await {
                Ok(facts) => facts,
                Err(failure) => {
                    let typed = asked_code(&failure).await;
                    code = Some(typed.ok_or_else(|| bare(&failure))?);
                    continue;
                }
            };
            let identity = engine.ask(connection, ask::WhoAmI {}).await;
            let caller = identity.as_ref().ok().map(|it: &Identity| it.arn.clone());
            match engine.ask(connection, ask::WhereAmI {}).await {
                Ok(place) => {
                    return Ok(Self {
                        connection,
                        place,
                        profile: target.profile.or_else(|| facts.profile.clone()),
                        caller,
                        facts,
                    });
                }
                Err(failure) => match asked_code(&failure).await {
                    Some(typed) => code = Some(typed),
                    None => return Err(explained(&failure, &facts)),
                },
            }
        }
    }

    /// A failure of what was asked over it, with what to do about it.
    pub(in crate::cli) fn failed(&self, failure: &Failure) -> Error {
        explained(failure, &self.facts)
    }
}

/// How AWS is reached: as the command line says, or else as it was when the plan was made. Where it leads is checked in
/// any case.
pub(in crate::cli) fn as_planned(given: &Connecting, plan: &PlanFile) -> Connecting {
    let mut connecting = given.clone();
    let by_environment = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|it| !it.is_empty()));
    if connecting.profile.is_none() && !by_environment {
        connecting.profile.clone_from(&plan.source.profile);
    }
    if connecting.region.is_none() {
        connecting.region = Some(plan.source.place.region.clone());
    }
    let recipient = plan.hand_over.as_ref().map(|it| &it.recipient);
    connecting.peer_profile = recipient.and_then(|side| {
        let given = connecting.peer_profile.take();
        given.or_else(|| side.profile.clone())
    });
    connecting
}

/// A failure before anything is known of the connection.
fn bare(failure: &Failure) -> Error {
    let advice = failure.advice(Signing::default());
    Error::Failed(Box::new(failure.clone()), advice)
}

fn explained(failure: &Failure, facts: &ConnectionFacts) -> Error {
    let signing = Signing {
        profile: facts.profiles().last(),
        sign_in: facts.sign_in.as_deref(),
    };
    Error::Failed(Box::new(failure.clone()), failure.advice(signing))
}

/// A code of the MFA device, when that is what is missing and somebody is there to be asked.
async fn asked_code(failure: &Failure) -> Option<MfaCode> {
    let asks = matches!(
        failure.kind,
        FailureKind::CodeNeeded | FailureKind::CodeRefused
    );
    if !asks || !is_attended() {
        return None;
    }
    note(&visible(&failure.summary()));
    let typed = asked(CODE.to_owned()).await?;
    MfaCode::parse(typed.trim())
}
