//! The audit: what was sent to AWS that changes anything, before it is sent and after it is answered.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use tracing::warn;

use crate::{
    domain::{Done, Failure, FailureKind, Mutation, Place, RunId},
    engine::machine::system::Machine,
    journal,
};

/// Where the audit is written.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Audit {
    /// `None` where there is none, as in the demo.
    path: Option<PathBuf>,
    machine: Machine,
    /// How many batches there were in this process.
    batches: Arc<AtomicU64>,
}

/// What a line says of a call, beside what happened to it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::engine) struct AuditedCall {
    /// What joins the lines of a call: the process, the batch in it, and the call in that.
    call: String,
    /// The caller's ARN; `None` where STS has not said it.
    identity: Option<String>,
    control_plane: String,
    partition: String,
    region: String,
    account: String,
    operation: &'static str,
    certificate: String,
    parameters: serde_json::Value,
    /// The run's number in the journal, for a change of a run.
    run: Option<i64>,
}

impl AuditedCall {
    pub(in crate::engine) fn new(
        (batch, number): (u64, u64),
        place: &Place,
        identity: Option<String>,
        mutation: &Mutation,
        run: Option<RunId>,
    ) -> Self {
        Self {
            call: format!("{}-{batch}-{number}", std::process::id()),
            identity,
            control_plane: place.control_plane.to_string(),
            partition: place.partition.name().to_owned(),
            region: place.region.clone(),
            account: place.account.to_string(),
            operation: mutation.change.operation().name(),
            certificate: mutation.id().to_string(),
            parameters: mutation.parameters(),
            run: run.map(|run| run.0),
        }
    }
}

/// A line.
#[derive(Serialize)]
struct AuditLine<'a> {
    time: String,
    event: &'static str,
    #[serde(flatten)]
    call: &'a AuditedCall,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl Audit {
    pub(in crate::engine) fn new(path: Option<PathBuf>, machine: Machine) -> Self {
        Self {
            path,
            machine,
            batches: Arc::default(),
        }
    }

    /// The number of a new batch.
    pub(in crate::engine) fn next_batch(&self) -> u64 {
        self.batches.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes down that a call is sent now.
    ///
    /// # Errors
    ///
    /// Why that cannot be written down. Nothing is to be sent then.
    pub(in crate::engine) async fn sent(
        &self,
        call: &AuditedCall,
        mutation: &Mutation,
    ) -> Result<(), Failure> {
        let line = AuditLine {
            time: self.now(),
            event: "sent",
            call,
            outcome: None,
            failure: None,
            error: None,
            message: None,
            request_id: None,
        };
        self.write(&line).await.map_err(|why| Failure {
            kind: FailureKind::Journal,
            ..Failure::internal(
                mutation.change.operation(),
                format!("the audit: {why}: nothing was sent"),
            )
        })
    }

    /// Writes down how a call went. If that fails, the line that it was sent stands alone.
    pub(in crate::engine) async fn answered(
        &self,
        call: &AuditedCall,
        answer: &Result<Done, Failure>,
    ) {
        let failure = answer.as_ref().err();
        let outcome = match answer {
            Ok(done) if done.confirmed_afterwards => "seen to be done",
            Ok(_) => "done",
            Err(failure) if failure.refuted => "seen not to be done",
            Err(failure) if failure.ambiguous => "not known",
            Err(_) => "not done",
        };
        let request_id = match answer {
            Ok(done) => done.request_id.as_deref(),
            Err(failure) => failure.request_id.as_deref(),
        };
        let line = AuditLine {
            time: self.now(),
            event: "answered",
            call,
            outcome: Some(outcome),
            failure: failure.map(|it| it.kind),
            error: failure.and_then(|it| it.code.as_deref()),
            message: failure.map(|it| it.message.as_str()),
            request_id,
        };
        if let Err(why) = self.write(&line).await {
            warn!(%why, "the audit cannot be written");
        }
    }

    async fn write(&self, line: &AuditLine<'_>) -> Result<(), String> {
        let Some(path) = self.path.clone() else {
            return Ok(());
        };
        let line = serde_json::to_value(line).map_err(|error| error.to_string())?;
        let line = crate::domain::plain_json(&line);
        let written = self.machine.block(move || journal::append(&path, &line));
        let written = written.await.map_err(|error| error.to_string())?;
        written.map_err(|error| error.to_string())
    }

    fn now(&self) -> String {
        // A moment that cannot be written as RFC 3339 is beyond the year 9999.
        self.machine.now().format(&Rfc3339).unwrap_or_default()
    }
}
