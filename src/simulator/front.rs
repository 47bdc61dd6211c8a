//! The front door: from a request to an answer, with everything that can go wrong before the operation runs.

use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::simulator::handle::Simulator;
use crate::simulator::mishap::Mishap;
use crate::simulator::operations;
use crate::simulator::operations::call::Call;
use crate::simulator::wire::error::ApiError;
use crate::simulator::wire::scope::{Scope, ScopeError};
use crate::simulator::wire::{NoAnswer, Reply, Request, Response};
use crate::simulator::world::World;
use crate::simulator::world::keys::user_arn;
use crate::simulator::world::location::Location;
use crate::simulator::world::operation::{Operation, data_route, route, second_label};
use crate::simulator::world::record::CallRecord;

/// How many seconds a signature's time may be off (IAM User Guide, "Signature Version 4").
const SIGNATURE_LASTS: i64 = 300;

/// The header that says what a request was taken for. AWS has none like it.
const OPERATION: &str = "x-certferry-operation";

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Iot,
    /// The data plane of IoT.
    Data,
    Sts,
    Sso,
}

/// A request that came in, before it has any effect.
struct Arrival {
    request: Request,
    request_id: String,
    scope: Result<Scope, ScopeError>,
    service: Service,
    route: Option<(Operation, String)>,
    mishap: Mishap,
    latency: Duration,
}

impl Simulator {
    /// Answers a request: IoT's over restJson1, STS's over awsQuery, that of IAM Identity Center over restJson1. The
    /// service, the region and the caller are those of the signature's scope; the signature itself is not verified.
    ///
    /// With a latency it waits on tokio's clock, and first for a world that is not yet furnished.
    ///
    /// # Errors
    /// [`NoAnswer`] if a fault says that the connection is lost.
    pub async fn answer(&self, request: Request) -> Result<Response, NoAnswer> {
        self.furnished().await;
        let arrival = self.lock().arrive(request);
        arrival.mishap.at_arrival();
        // The effect comes half way, so that a caller who leaves early may or may not have had it, as in life.
        let half = arrival.latency / 2;
        wait(half).await;
        arrival.mishap.before().await?;
        let (response, code) = self.lock().perform(&arrival);
        wait(arrival.latency.saturating_sub(half)).await;
        arrival.mishap.after().await?;
        self.lock()
            .note_answer(&arrival.request_id, response.status, code);
        Ok(response)
    }
}

impl World {
    /// Takes note of a request and of what is to happen to it.
    fn arrive(&mut self, request: Request) -> Arrival {
        self.arrivals += 1;
        let request_id = format!("00000000-0000-4000-8000-{:012x}", self.arrivals);
        let scope = Scope::of(&request);
        let (path, _) = request.path_and_query();
        let sso = operations::sso::route(&request.method, path);
        let service = match &scope {
            Ok(scope) if scope.service == "sts" => Service::Sts,
            Ok(scope) if scope.service == "iotdata" => Service::Data,
            // Unsigned, only the body tells: IoT has no form-encoded calls.
            Err(_) if request.body.starts_with(b"Action=") => Service::Sts,
            Err(_) if sso.is_some() => Service::Sso,
            Ok(_) | Err(_) => Service::Iot,
        };
        let route = match service {
            Service::Sts => operations::sts::route(&request.method, path, &request.body),
            Service::Sso => sso,
            Service::Data => data_route(&request.method, path),
            Service::Iot => route(&request.method, path),
        };
        let operation = route.as_ref().map(|(operation, _)| *operation);
        let mishap = Mishap::next(self, operation);
        let latency = operation
            .and_then(|operation| self.latencies.get(&operation).copied())
            .unwrap_or(self.latency);
        self.remember(CallRecord {
            operation,
            account: scope
                .as_ref()
                .ok()
                .and_then(|scope| self.owner(&scope.access_key_id).cloned()),
            done: false,
            status: None,
            code: None,
            request: format!("{} {}", request.method, request.uri),
            request_id: request_id.clone(),
        });
        Arrival {
            request,
            request_id,
            scope,
            service,
            route,
            mishap,
            latency,
        }
    }

    /// Lets the request have its effect, and makes the answer and the error's code for the record.
    fn perform(&mut self, arrival: &Arrival) -> (Response, Option<String>) {
        if let Some(response) = arrival.mishap.instead(&arrival.request_id) {
            return (response, None);
        }
        let outcome = self.decide(arrival);
        let id = &arrival.request_id;
        let mut response = match (&outcome, arrival.service, &arrival.route) {
            (Ok(reply), Service::Sts, Some((operation, _))) => {
                operations::sts::response(*operation, id, reply)
            }
            (Err(error), Service::Sts, _) => operations::sts::error_response(id, error),
            (Ok(reply), ..) => Response::json(id, reply),
            (Err(error), ..) => Response::json_error(id, error),
        };
        arrival.mishap.spoil(&mut response);
        if let Some(call) = self.call(id) {
            call.done = outcome.is_ok();
        }
        if self.callers_ahead != 0 {
            let date = ("date".to_owned(), http_date(self.callers_ahead));
            response.headers.push(date);
        }
        if let Some((operation, _)) = &arrival.route {
            response
                .headers
                .push((OPERATION.to_owned(), operation.name().to_owned()));
        }
        let code = outcome.err().map(|error| error.code.into_owned());
        (response, code)
    }

    fn decide(&mut self, arrival: &Arrival) -> Result<Reply, ApiError> {
        if let Some(error) = arrival.mishap.error() {
            return Err(error);
        }
        if arrival.service == Service::Sso {
            return operations::sso::role_credentials(self, &arrival.request);
        }
        let scope = arrival.scope.as_ref().map_err(|error| no_scope(*error))?;
        let account = self.authenticate(scope)?;
        let (operation, label) = arrival.route.clone().ok_or_else(unknown_operation)?;
        let (path, query) = arrival.request.path_and_query();
        let call = Call {
            operation,
            at: Location {
                account,
                region: scope.region.clone(),
            },
            access_key_id: scope.access_key_id.clone(),
            now: self.clock.now(),
            label,
            second_label: second_label(operation, path),
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers: arrival.request.headers.clone(),
            body: arrival.request.body.clone(),
        };
        if let Some(quotas) = self.quotas.as_mut()
            && !quotas.admit(operation, &call.at)
        {
            return Err(ApiError::throttled());
        }
        self.authorize(&call, arrival.mishap.denies())?;
        operations::run(self, &call)
    }

    /// The account of a key, also of one that has ended.
    fn owner(&self, access_key_id: &str) -> Option<&String> {
        let session = || self.session(access_key_id).map(|it| &it.account);
        self.keys.get(access_key_id).or_else(session)
    }

    /// The ARN of whoever calls.
    pub(in crate::simulator) fn caller(&self, call: &Call) -> String {
        let session = self.session(&call.access_key_id);
        let user = || user_arn(&call.at.region, &call.at.account);
        session.map_or_else(user, |it| it.arn.clone())
    }

    fn authenticate(&self, scope: &Scope) -> Result<String, ApiError> {
        let access_key_id = &scope.access_key_id;
        if self.callers_ahead.abs() > SIGNATURE_LASTS {
            return Err(ApiError::new(
                "InvalidSignatureException",
                403,
                "Signature expired or not yet current",
            ));
        }
        let off = self.regions_off.contains(&scope.region);
        let account = self.owner(access_key_id).filter(|_| !off).ok_or_else(|| {
            ApiError::new(
                "UnrecognizedClientException",
                403,
                "The security token included in the request is invalid.",
            )
        })?;
        let ended = self.session(access_key_id);
        let ended = ended.is_some_and(|session| session.ends <= self.clock.now());
        if ended
            || self
                .accounts
                .get(account)
                .is_some_and(|account| account.expired)
        {
            return Err(ApiError::new(
                "ExpiredTokenException",
                403,
                "The security token included in the request is expired",
            ));
        }
        Ok(account.clone())
    }

    fn authorize(&self, call: &Call, fault: bool) -> Result<(), ApiError> {
        let action = call.operation.iam_action();
        let denied = self
            .accounts
            .get(&call.at.account)
            .is_some_and(|account| account.denied.contains(&action));
        // STS answers who the caller is without any permission (reference of GetCallerIdentity).
        if (denied && call.operation != Operation::GetCallerIdentity) || fault {
            let user = self.caller(call);
            let resource = operations::resource::resource(self, call);
            return Err(ApiError::access_denied(&user, &action, &resource));
        }
        Ok(())
    }

    /// The record of a call. It is among the latest, whatever else arrived meanwhile.
    fn call(&mut self, request_id: &str) -> Option<&mut CallRecord> {
        let mut latest = self.calls.iter_mut().rev();
        latest.find(|call| call.request_id == request_id)
    }

    fn note_answer(&mut self, request_id: &str, status: u16, code: Option<String>) {
        if let Some(call) = self.call(request_id) {
            call.status = Some(status);
            call.code = code;
        }
    }
}

/// AWS's time for somebody whose clock is ahead of it by so many seconds, as HTTP writes it.
fn http_date(ahead: i64) -> String {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let now = OffsetDateTime::now_utc().saturating_sub(time::Duration::seconds(ahead));
    now.format(format).unwrap_or_default()
}

fn no_scope(error: ScopeError) -> ApiError {
    match error {
        ScopeError::Missing => ApiError::new(
            "MissingAuthenticationTokenException",
            403,
            "Missing Authentication Token",
        ),
        ScopeError::Malformed => ApiError::new(
            "IncompleteSignatureException",
            400,
            "Authorization header requires 'Credential' parameter.",
        ),
    }
}

fn unknown_operation() -> ApiError {
    ApiError::new(
        "UnknownOperationException",
        404,
        "The requested operation is not recognized by the service.",
    )
}

async fn wait(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
