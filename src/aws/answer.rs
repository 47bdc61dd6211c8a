//! What counts as an answer of AWS: a proxy or the login page of a network answers, too, and with a
//! success. Hold for AWS's, it would say that a change was made or that nothing is attached.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeDeserializationInterceptorContextMut,
                BeforeDeserializationInterceptorContextRef,
            },
            dyn_dispatch_hint,
        },
        orchestrator::HttpResponse,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use http_body_util::Limited;

/// The largest answer that is read, in bytes. The largest page of 250 rows has some 100 kB.
const LARGEST: usize = 8 * 1024 * 1024;

/// The header with AWS's number of the request, which each of its answers has.
const REQUEST_ID: &str = "x-amzn-requestid";

/// The code of an error, which is in a header or in the body, without what may stand around it:
/// `prefix#Code:http://...`, as the SDK reads it.
pub(super) fn code(answer: &HttpResponse) -> Option<String> {
    let in_body = || {
        let body: serde_json::Value = serde_json::from_slice(answer.body().bytes()?).ok()?;
        let code = body.get("code").or_else(|| body.get("__type"))?;
        code.as_str().map(str::to_owned)
    };
    let code = answer.headers().get("x-amzn-errortype");
    let code = code.map(str::to_owned).or_else(in_body)?;
    let code = code.split(':').next().unwrap_or(&code);
    Some(code.rsplit('#').next().unwrap_or(code).to_owned())
}

/// Takes for AWS's answer only what can be one.
#[derive(Debug)]
pub(super) struct Answers;

/// A success that AWS did not send.
#[derive(Debug, thiserror::Error)]
#[error(
    "the answer has no request id of AWS: something between here and AWS has answered, such as a proxy \
     or the login page of a network"
)]
struct NotAws;

#[dyn_dispatch_hint]
impl Intercept for Answers {
    fn name(&self) -> &'static str {
        "Answers"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let whole = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(whole, LARGEST));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let id = answer.headers().get(REQUEST_ID);
        if answer.status().is_success() && id.is_none_or(str::is_empty) {
            return Err(NotAws.into());
        }
        Ok(())
    }
}
