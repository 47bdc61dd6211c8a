//! Which pace a connection goes at, and what the SDK does beneath it.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef},
            dyn_dispatch_hint,
        },
        orchestrator::{HttpResponse, Metadata},
        retries::RequestAttempts,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use sha2::{Digest as _, Sha256};

use crate::{
    aws::{
        answer::code,
        classify,
        pace::{DEFAULT_FRACTION, Pace},
    },
    domain::{AccountId, Operation},
};

/// The paces of all accounts and regions of the program. Clones are the same registry.
#[derive(Debug, Clone)]
pub struct Paces {
    fraction: f64,
    /// The folder of what the processes of this computer share.
    shared: Option<Arc<Path>>,
    known: Arc<Mutex<KnownPace>>,
}

#[derive(Debug, Default)]
struct KnownPace {
    /// By profile, region and endpoint: what is known of a connection from the start.
    by_profile: HashMap<PacePlace<Option<String>>, PaceSlot>,
    /// By account, once that is known.
    by_account: HashMap<PacePlace<AccountId>, Pace>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct PacePlace<T> {
    whose: T,
    region: String,
    endpoint: Option<String>,
}

impl Default for Paces {
    fn default() -> Self {
        Self::new(DEFAULT_FRACTION, None)
    }
}

impl Paces {
    /// At a fraction of the quotas, between 0.01 and 1; with a folder, together with all processes of
    /// this computer that use the same one.
    pub fn new(fraction: f64, shared: Option<&Path>) -> Self {
        Self {
            fraction,
            shared: shared.map(Arc::from),
            known: Arc::default(),
        }
    }

    /// The pace of a profile's account in a region.
    pub(in crate::aws) fn of_profile(
        &self,
        profile: Option<&str>,
        region: &str,
        endpoint: Option<&str>,
    ) -> Paced {
        let place = PacePlace {
            whose: profile.map(str::to_owned),
            region: region.to_owned(),
            endpoint: endpoint.map(str::to_owned),
        };
        let slot = (self.lock().by_profile.entry(place.clone()))
            .or_insert_with(|| PaceSlot(Arc::new(Mutex::new(Pace::new(self.fraction)))))
            .clone();
        Paced {
            slot,
            place,
            registry: self.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, KnownPace> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pace that is exchanged once it turns out that another profile is of the same account.
#[derive(Debug, Clone)]
pub(in crate::aws) struct PaceSlot(Arc<Mutex<Pace>>);

impl PaceSlot {
    pub(in crate::aws) fn pace(&self) -> Pace {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The pace of a connection.
#[derive(Debug, Clone)]
pub(in crate::aws) struct Paced {
    slot: PaceSlot,
    place: PacePlace<Option<String>>,
    registry: Paces,
}

impl Paced {
    pub(in crate::aws) fn slot(&self) -> &PaceSlot {
        &self.slot
    }

    /// The connection turned out to be this account's: from now on it shares that one's pace.
    pub(in crate::aws) fn belongs_to(&self, account: AccountId) {
        let place = PacePlace {
            whose: account,
            region: self.place.region.clone(),
            endpoint: self.place.endpoint.clone(),
        };
        let mine = self.slot.pace();
        let shared = (self.registry.lock().by_account.entry(place))
            .or_insert_with(|| mine.clone())
            .clone();
        if let Some(folder) = &self.registry.shared {
            shared.share(&folder.join(file_name(account, &self.place)));
        }
        if !shared.is(&mine) {
            *(self.slot.0.lock()).unwrap_or_else(PoisonError::into_inner) = shared;
        }
    }
}

/// The file of an account and region, by who answers there. The endpoint may have any letters.
fn file_name(account: AccountId, place: &PacePlace<Option<String>>) -> String {
    let endpoint = place.endpoint.as_deref().unwrap_or_default();
    let whose = format!("{account}\n{}\n{endpoint}", place.region);
    let hash: [u8; 32] = Sha256::digest(whose.as_bytes()).into();
    let first = hash.first_chunk().copied().unwrap_or_default();
    let hash = u128::from_be_bytes(first);
    format!("{hash:032x}.json")
}

/// Tells the pace of a connection what the SDK's attempts come to.
#[derive(Debug)]
pub(in crate::aws) struct Attempts(pub(in crate::aws) PaceSlot);

#[dyn_dispatch_hint]
impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempt = config
            .load::<RequestAttempts>()
            .map(RequestAttempts::attempts);
        if attempt.is_some_and(|attempt| attempt > 1)
            && let Some(operation) = operation(config)
        {
            self.0.pace().debit(operation);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.response().is_some_and(is_throttling)
            && let Some(operation) = operation(config)
        {
            self.0.pace().throttled(operation);
        }
        Ok(())
    }
}

/// The operation of a call. The second version of a listing counts as the first one.
pub(in crate::aws) fn operation(config: &ConfigBag) -> Option<Operation> {
    let name = config.load::<Metadata>()?.name();
    Operation::named(name.strip_suffix("V2").unwrap_or(name))
}

/// Whether AWS throttled a call, by its error code, which is in a header or in the body.
fn is_throttling(response: &HttpResponse) -> bool {
    let status = response.status().as_u16();
    if status < 400 {
        return false;
    }
    status == 429 || code(response).is_some_and(|code| classify::is_throttling(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn profiles_of_one_account_share_one_pace() {
        let paces = Paces::new(1.0, None);
        let of = |profile| paces.of_profile(Some(profile), "us-east-1", None);
        let (admin, reader) = (of("admin"), of("reader"));
        let same = |a: &Paced, b: &Paced| a.slot().pace().is(&b.slot().pace());
        assert!(same(&admin, &of("admin")));
        assert!(!same(&admin, &reader));
        let account = AccountId::parse("111122223333").unwrap();
        admin.belongs_to(account);
        reader.belongs_to(account);
        assert!(same(&admin, &reader));
        assert!(same(&of("reader"), &admin));
        let elsewhere = paces.of_profile(Some("admin"), "eu-west-1", None);
        elsewhere.belongs_to(account);
        assert!(!same(&admin, &elsewhere));
    }

    #[test]
    fn throttling_is_told_by_its_code() {
        let answer = |status: u16, header: Option<&'static str>, body: &'static str| {
            let mut answer = HttpResponse::new(status.try_into().unwrap(), body.into());
            if let Some(code) = header {
                answer.headers_mut().insert("x-amzn-errortype", code);
            }
            is_throttling(&answer)
        };
        assert!(answer(400, Some("ThrottlingException"), ""));
        assert!(answer(400, Some("aws#ThrottlingException:http://a"), "{}"));
        assert!(answer(400, None, r#"{"__type":"aws#ThrottlingException"}"#));
        assert!(answer(400, None, r#"{"code":"Throttling"}"#));
        assert!(answer(429, None, "<html>"));
        // A limit of what may be attached, not of how often.
        assert!(!answer(410, Some("LimitExceededException"), "{}"));
        assert!(!answer(200, None, r#"{"code":"Throttling"}"#));
        assert!(!answer(400, None, "[]"));
    }

    #[test]
    fn operations_are_found_by_name() {
        for operation in <Operation as strum::IntoEnumIterator>::iter() {
            assert_eq!(Operation::named(operation.name()), Some(operation));
        }
        assert_eq!(Operation::named("RegisterThing"), None);
    }
}
