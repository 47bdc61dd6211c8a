//! The questions, one function for what can be asked together. Each makes what it needs.

use std::time::Duration;

use aws_sdk_iot::types::{ActionType, AuthInfo, CertificateStatus};
use certferry::simulator::{
    AttachWhileDetaching, DetachUnattached, EndedTransferData, ForbiddenStatus,
    InactiveAuthorization, LeavingRevoked, NotInTransfer, PendingOwner, SameIdInTarget,
    SelfTransfer, SourceDescribe, SourceList, ThingsAttached, TransferOfUnusable, UnknownTarget,
    UpdateWhilePending, WithoutIndex, WrongSide,
};
use tokio::time::{Instant, sleep};

use super::{
    observation::{Observation, Observations},
    sandbox::{Sandbox, code},
};

/// An account number that nobody has.
const NOBODY: &str = "000000000000";
/// How long a propagation is waited for.
const LONGEST: Duration = Duration::from_mins(6);
const EVERY: Duration = Duration::from_secs(1);

const CONFLICT: &str = "TransferConflictException";
const STATE: &str = "CertificateStateException";
const INVALID: &str = "InvalidRequestException";
const NOT_FOUND: &str = "ResourceNotFoundException";
const COMPLETED: &str = "TransferAlreadyCompletedException";

/// An observation whose answer is one of several codes (`"ok"` for a success), each with what the simulator
/// has to assume then.
macro_rules! seen {
    ($field:ident, $seen:expr, $($code:pat => $answer:expr),+ $(,)?) => {{
        let seen: String = $seen;
        let set: Option<super::observation::Set> = match seen.as_str() {
            $($code => Some(Box::new(|it| it.$field = $answer)),)+
            _ => None,
        };
        Observation { question: stringify!($field), seen, set }
    }};
}

/// What came of a call: `"ok"`, or the error's code.
macro_rules! outcome {
    ($call:expr) => {
        match $call.send().await {
            Ok(_) => "ok".to_owned(),
            Err(error) => code(&error),
        }
    };
}

fn unasked(question: &'static str, why: impl Into<String>) -> Observation {
    let seen = format!("not asked: {}", why.into());
    Observation {
        question,
        seen,
        set: None,
    }
}

/// Asks everything. What cannot be asked is told like an answer.
pub(super) async fn all(sandbox: &Sandbox) -> Observations {
    let mut all = Vec::new();
    let groups: [(Questions, Asked); 12] = [
        (&["things_attached"], things_attached(sandbox).await),
        (SHOWN, shown_while_pending(sandbox).await),
        (CHANGED, changed_while_pending(sandbox).await),
        (CANCELLED, cancelled(sandbox).await),
        (&["forbidden_status"], forbidden_status(sandbox).await),
        (
            &["transfer_of_unusable", "leaving_revoked"],
            revoked(sandbox).await,
        ),
        (
            &["self_transfer", "unknown_target"],
            odd_targets(sandbox).await,
        ),
        (&["same_id_in_target"], same_id_in_target(sandbox).await),
        (&["policy_detach_delay"], policy_detach_delay(sandbox).await),
        (DETACHING, detaching_things(sandbox).await),
        (&["without_index"], without_index(sandbox).await),
        (
            &["inactive_authorization"],
            inactive_authorization(sandbox).await,
        ),
    ];
    for (questions, asked) in groups {
        match asked {
            Ok(observations) => all.extend(observations),
            Err(why) => all.extend(questions.iter().map(|question| unasked(question, &why))),
        }
    }
    let why = "it needs a certificate authority that is registered in the source";
    all.push(unasked("ca_after_accept", why));
    Observations::of(all)
}

type Questions = &'static [&'static str];
type Asked = Result<Vec<Observation>, String>;

async fn transfer(sandbox: &Sandbox, id: &str, to: &str) -> String {
    let call = sandbox.source.iot.transfer_certificate().certificate_id(id);
    outcome!(call.target_aws_account(to))
}

async fn cancel(sandbox: &Sandbox, id: &str) -> String {
    outcome!(
        sandbox
            .source
            .iot
            .cancel_certificate_transfer()
            .certificate_id(id)
    )
}

async fn things_attached(sandbox: &Sandbox) -> Asked {
    let (id, _) = sandbox.certificate(false).await?;
    let thing = sandbox.thing().await?;
    attach_thing(sandbox, &id, &thing).await?;
    let seen = transfer(sandbox, &id, &sandbox.recipient.number).await;
    Ok(vec![seen!(things_attached, seen,
        CONFLICT => ThingsAttached::TransferConflict,
        STATE => ThingsAttached::CertificateState,
        INVALID => ThingsAttached::InvalidRequest,
        "ok" => ThingsAttached::Allowed,
    )])
}

async fn attach_thing(sandbox: &Sandbox, id: &str, thing: &str) -> Result<(), String> {
    let call = sandbox
        .source
        .iot
        .attach_thing_principal()
        .thing_name(thing);
    match outcome!(call.principal(sandbox.source.arn(id))).as_str() {
        "ok" => Ok(()),
        other => Err(format!("AttachThingPrincipal: {other}")),
    }
}

/// A certificate that is offered to the recipient.
async fn offered(sandbox: &Sandbox) -> Result<String, String> {
    let (id, _) = sandbox.certificate(false).await?;
    let offered = transfer(sandbox, &id, &sandbox.recipient.number).await;
    if offered != "ok" {
        return Err(format!("TransferCertificate: {offered}"));
    }
    Ok(id)
}

const SHOWN: Questions = &["source_list", "source_describe", "owner_while_pending"];

async fn shown_while_pending(sandbox: &Sandbox) -> Asked {
    let (source, recipient) = (&sandbox.source, &sandbox.recipient);
    let id = offered(sandbox).await?;
    let mut seen = Vec::new();
    let mut listed = "it is not listed".to_owned();
    let mut pages = source.iot.list_certificates().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| code(&error))?;
        let mut rows = page.certificates().iter();
        if let Some(row) = rows.find(|row| row.certificate_id() == Some(&id)) {
            listed = row
                .status()
                .map_or("?", CertificateStatus::as_str)
                .to_owned();
        }
    }
    seen.push(seen!(source_list, listed,
        "PENDING_TRANSFER" => SourceList::PendingTransfer,
        "it is not listed" => SourceList::Hidden,
    ));

    let described = match source
        .iot
        .describe_certificate()
        .certificate_id(&id)
        .send()
        .await
    {
        Ok(found) => {
            let status = found.certificate_description.and_then(|it| it.status);
            status.map_or_else(|| "?".to_owned(), |it| it.as_str().to_owned())
        }
        Err(error) => code(&error),
    };
    seen.push(seen!(source_describe, described,
        "PENDING_TRANSFER" => SourceDescribe::PendingTransfer,
        NOT_FOUND => SourceDescribe::ResourceNotFound,
        "INACTIVE" => SourceDescribe::AsBefore,
    ));

    let owner = match recipient
        .iot
        .describe_certificate()
        .certificate_id(&id)
        .send()
        .await
    {
        Ok(found) => {
            let owner = found.certificate_description.and_then(|it| it.owned_by);
            match owner.unwrap_or_default() {
                it if it == source.number => "the source".to_owned(),
                it if it == recipient.number => "the recipient".to_owned(),
                other => other,
            }
        }
        Err(error) => format!("the recipient cannot describe it: {}", code(&error)),
    };
    seen.push(seen!(owner_while_pending, owner,
        "the recipient" => PendingOwner::Recipient,
        "the source" => PendingOwner::Source,
    ));

    Ok(seen)
}

const CHANGED: Questions = &["wrong_side", "update_while_pending", "delete while pending"];

async fn changed_while_pending(sandbox: &Sandbox) -> Asked {
    let (source, recipient) = (&sandbox.source, &sandbox.recipient);
    let id = offered(sandbox).await?;
    let mut seen = Vec::new();
    let rejected = outcome!(source.iot.reject_certificate_transfer().certificate_id(&id));
    seen.push(seen!(wrong_side, rejected,
        NOT_FOUND => WrongSide::ResourceNotFound,
        "AccessDeniedException" => WrongSide::AccessDenied,
    ));

    let update = recipient.iot.update_certificate().certificate_id(&id);
    let updated = outcome!(update.new_status(CertificateStatus::Inactive));
    seen.push(seen!(update_while_pending, updated,
        STATE => UpdateWhilePending::CertificateState,
        NOT_FOUND => UpdateWhilePending::ResourceNotFound,
    ));

    let deleted = outcome!(source.iot.delete_certificate().certificate_id(&id));
    seen.push(Observation {
        question: "delete while pending",
        seen: deleted,
        set: None,
    });

    Ok(seen)
}

const CANCELLED: Questions = &["data_after_cancel", "not_in_transfer"];

async fn cancelled(sandbox: &Sandbox) -> Asked {
    let source = &sandbox.source;
    let id = offered(sandbox).await?;
    let mut seen = Vec::new();
    let cancelled = cancel(sandbox, &id).await;
    if cancelled != "ok" {
        return Err(format!("CancelCertificateTransfer: {cancelled}"));
    }
    let found = source
        .iot
        .describe_certificate()
        .certificate_id(&id)
        .send()
        .await;
    let found = found.map_err(|error| code(&error))?.certificate_description;
    let date = found
        .and_then(|it| it.transfer_data)
        .and_then(|it| it.transfer_date);
    let kept = if date.is_some() { "kept" } else { "cleared" };
    seen.push(seen!(data_after_cancel, kept.to_owned(),
        "kept" => EndedTransferData::Kept,
        "cleared" => EndedTransferData::Cleared,
    ));

    seen.push(seen!(not_in_transfer, cancel(sandbox, &id).await,
        COMPLETED => NotInTransfer::TransferAlreadyCompleted,
        NOT_FOUND => NotInTransfer::ResourceNotFound,
        INVALID => NotInTransfer::InvalidRequest,
    ));
    Ok(seen)
}

async fn status(sandbox: &Sandbox, id: &str, status: CertificateStatus) -> String {
    let call = sandbox.source.iot.update_certificate().certificate_id(id);
    outcome!(call.new_status(status))
}

async fn forbidden_status(sandbox: &Sandbox) -> Asked {
    let (id, _) = sandbox.certificate(false).await?;
    let seen = status(sandbox, &id, CertificateStatus::PendingTransfer).await;
    Ok(vec![seen!(forbidden_status, seen,
        INVALID => ForbiddenStatus::InvalidRequest,
        STATE => ForbiddenStatus::CertificateState,
    )])
}

async fn revoked(sandbox: &Sandbox) -> Asked {
    let (id, _) = sandbox.certificate(false).await?;
    let revoke = async || match status(sandbox, &id, CertificateStatus::Revoked)
        .await
        .as_str()
    {
        "ok" => Ok(()),
        other => Err(format!("UpdateCertificate REVOKED: {other}")),
    };
    revoke().await?;
    let offered = transfer(sandbox, &id, &sandbox.recipient.number).await;
    if offered == "ok" {
        cancel(sandbox, &id).await;
        revoke().await?;
    }
    let left = status(sandbox, &id, CertificateStatus::Inactive).await;
    Ok(vec![
        seen!(transfer_of_unusable, offered,
            STATE => TransferOfUnusable::CertificateState,
            "ok" => TransferOfUnusable::Allowed,
        ),
        seen!(leaving_revoked, left,
            STATE => LeavingRevoked::CertificateState,
            "ok" => LeavingRevoked::Allowed,
        ),
    ])
}

async fn odd_targets(sandbox: &Sandbox) -> Asked {
    let (id, _) = sandbox.certificate(false).await?;
    let own = transfer(sandbox, &id, &sandbox.source.number).await;
    if own == "ok" {
        cancel(sandbox, &id).await;
    }
    let nobody = transfer(sandbox, &id, NOBODY).await;
    if nobody == "ok" {
        cancel(sandbox, &id).await;
    }
    Ok(vec![
        seen!(self_transfer, own,
            INVALID => SelfTransfer::InvalidRequest,
            CONFLICT => SelfTransfer::TransferConflict,
        ),
        seen!(unknown_target, nobody,
            "ok" => UnknownTarget::Accepted,
            NOT_FOUND => UnknownTarget::ResourceNotFound,
            INVALID => UnknownTarget::InvalidRequest,
        ),
    ])
}

async fn same_id_in_target(sandbox: &Sandbox) -> Asked {
    let (id, pem) = sandbox.certificate(false).await?;
    let call = sandbox.recipient.iot.register_certificate_without_ca();
    let registered = outcome!(call.certificate_pem(pem));
    if registered != "ok" {
        return Err(format!(
            "RegisterCertificateWithoutCA by the recipient: {registered}"
        ));
    }
    let seen = transfer(sandbox, &id, &sandbox.recipient.number).await;
    Ok(vec![seen!(same_id_in_target, seen,
        CONFLICT => SameIdInTarget::TransferConflict,
        INVALID => SameIdInTarget::InvalidRequest,
    )])
}

/// How long until something holds, to the second; `None` if it does not within [`LONGEST`].
async fn until(holds: impl AsyncFn() -> Result<bool, String>) -> Result<Option<Duration>, String> {
    let began = Instant::now();
    loop {
        if holds().await? {
            return Ok(Some(Duration::from_secs(began.elapsed().as_secs())));
        }
        if began.elapsed() >= LONGEST {
            return Ok(None);
        }
        sleep(EVERY).await;
    }
}

/// How long a propagation took.
macro_rules! delay {
    ($field:ident, $delay:expr) => {
        match $delay {
            Some(delay) => Observation {
                question: stringify!($field),
                seen: format!("{} s", delay.as_secs()),
                set: Some(Box::new(move |it| it.$field = delay)),
            },
            None => unasked(stringify!($field), "it did not end within six minutes"),
        }
    };
}

async fn policy_detach_delay(sandbox: &Sandbox) -> Asked {
    let (id, _) = sandbox.certificate(false).await?;
    let policy = sandbox.policy().await?;
    let arn = sandbox.source.arn(&id);
    let call = sandbox.source.iot.attach_policy().policy_name(&policy);
    let attached = outcome!(call.target(&arn));
    let call = sandbox.source.iot.detach_policy().policy_name(&policy);
    let detached = outcome!(call.target(&arn));
    if (attached.as_str(), detached.as_str()) != ("ok", "ok") {
        return Err(format!(
            "AttachPolicy: {attached}; DetachPolicy: {detached}"
        ));
    }
    let delay = until(async || {
        match transfer(sandbox, &id, &sandbox.recipient.number)
            .await
            .as_str()
        {
            "ok" => Ok(true),
            CONFLICT => Ok(false),
            other => Err(format!("TransferCertificate: {other}")),
        }
    });
    Ok(vec![delay!(policy_detach_delay, delay.await?)])
}

const DETACHING: Questions = &[
    "detach_unattached_thing",
    "thing_detach_delay",
    "attach_while_detaching",
];

async fn detaching_things(sandbox: &Sandbox) -> Asked {
    let iot = &sandbox.source.iot;
    let (id, _) = sandbox.certificate(false).await?;
    let thing = sandbox.thing().await?;
    let arn = sandbox.source.arn(&id);
    let detach = async || {
        outcome!(
            iot.detach_thing_principal()
                .principal(&arn)
                .thing_name(&thing)
        )
    };
    let is_attached = async || {
        let listed = iot.list_principal_things().principal(&arn).send().await;
        let listed = listed.map_err(|error| format!("ListPrincipalThings: {}", code(&error)))?;
        Ok::<_, String>(listed.things().contains(&thing))
    };
    let mut seen = vec![seen!(detach_unattached_thing, detach().await,
        NOT_FOUND => DetachUnattached::ResourceNotFound,
        "ok" => DetachUnattached::Succeeds,
    )];
    attach_thing(sandbox, &id, &thing).await?;
    detach().await;
    let delay = until(async || Ok(!is_attached().await?)).await?;
    seen.push(delay!(thing_detach_delay, delay));
    seen.push(match delay {
        None | Some(Duration::ZERO) => {
            let why = "there is no moment between a detachment and its end";
            unasked("attach_while_detaching", why)
        }
        Some(delay) => {
            attach_thing(sandbox, &id, &thing).await?;
            detach().await;
            attach_thing(sandbox, &id, &thing).await?;
            sleep(3 * delay).await;
            let end = if is_attached().await? {
                "it stays attached"
            } else {
                "it is lost"
            };
            seen!(attach_while_detaching, end.to_owned(),
                "it stays attached" => AttachWhileDetaching::Stays,
                "it is lost" => AttachWhileDetaching::Lost,
            )
        }
    });
    Ok(seen)
}

async fn without_index(sandbox: &Sandbox) -> Asked {
    let thing = sandbox.thing().await?;
    let seen = outcome!(
        sandbox
            .source
            .iot
            .get_thing_connectivity_data()
            .thing_name(thing)
    );
    if seen == "ok" {
        return Err("the fleet of this account is indexed".to_owned());
    }
    Ok(vec![seen!(without_index, seen,
        "IndexNotReadyException" => WithoutIndex::IndexNotReady,
        INVALID => WithoutIndex::InvalidRequest,
    )])
}

async fn inactive_authorization(sandbox: &Sandbox) -> Asked {
    let (id, _) = sandbox.certificate(false).await?;
    let source = &sandbox.source;
    let connect = AuthInfo::builder()
        .action_type(ActionType::Connect)
        .resources(format!(
            "arn:aws:iot:{}:{}:client/nobody",
            source.region, source.number
        ))
        .build()
        .map_err(|error| error.to_string())?;
    let call = source.iot.test_authorization().principal(source.arn(&id));
    let seen = outcome!(call.auth_infos(connect));
    Ok(vec![seen!(inactive_authorization, seen,
        "ok" => InactiveAuthorization::Answers,
        INVALID => InactiveAuthorization::InvalidRequest,
    )])
}
