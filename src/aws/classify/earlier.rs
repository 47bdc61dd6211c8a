//! Whether an earlier try of a call may have had its effect. The SDK sends a call again when its answer is
//! lost, and reports of the last try alone: that one may be refused although the one before was done.

use std::{cell::Cell, future::Future};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::FinalizerInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

use crate::{aws::classify, domain::Failure};

tokio::task_local! {
    /// Whether a try of the call of this task may have had its effect.
    static MAY_HAVE_RUN: Cell<bool>;
}

/// Makes one call. Its failure is ambiguous too when any of its tries may have had its effect.
pub(in crate::aws) async fn watched<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let watched = async {
        call.await.map_err(|failure| Failure {
            ambiguous: failure.ambiguous || MAY_HAVE_RUN.with(Cell::get),
            ..failure
        })
    };
    MAY_HAVE_RUN.scope(Cell::new(false), watched).await
}

/// Notes of each try what may have become of it.
#[derive(Debug)]
pub(in crate::aws) struct Tries;

#[dyn_dispatch_hint]
impl Intercept for Tries {
    fn name(&self) -> &'static str {
        "Tries"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let failed = context.output_or_error().and_then(Result::err);
        if failed.is_some_and(|error| classify::may_have_run(error, context.response())) {
            // Nobody watches a read.
            let _ = MAY_HAVE_RUN.try_with(|may_have_run| may_have_run.set(true));
        }
        Ok(())
    }
}
