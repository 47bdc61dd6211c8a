//! Devices by their names: what is kept of them, and what is asked to know more.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::{task::JoinSet, time::Instant};

use crate::{
    aws::Connection,
    domain::{
        CertificateArn, CertificateId, DeviceName, Expiry, Failure, FailureKind, NamesPart,
        Operation, ask,
    },
    engine::{
        connections::Connected,
        machine::names::{DeviceNames, device_of},
        replies::Replies,
    },
};

/// How many certificates are asked about at once, when a person waits for it.
const AT_ONCE: usize = 16;
/// The part of a quota that is used for what nobody waits for.
const GENTLE: f64 = 0.25;

/// Asks what devices are called: nothing that is known already. `gently` keeps to a quarter of the quotas.
///
/// # Errors
///
/// Why no more names can be had.
pub(super) async fn name(
    connected: Connected,
    ids: Vec<CertificateId>,
    gently: bool,
    names: &DeviceNames,
    replies: &Replies,
) -> Result<(), Failure> {
    let place = connected.place().await?;
    // A person's calls go before all of these, also when they are few.
    let connection = connected.priority(true).connection;
    let known = names.known(ids.clone()).await;
    // There may be a million.
    let before: HashMap<CertificateId, &DeviceName> = known.iter().map(|it| (it.id, it)).collect();
    let mut waiting: VecDeque<DeviceName> = ids
        .into_iter()
        .map(|id| {
            before
                .get(&id)
                .map_or(DeviceName::unknown(id), |it| (*it).clone())
        })
        .filter(|it| it.wants_subject() || it.wants_thing())
        .collect();
    let known = NamesPart {
        names: known,
        last: waiting.is_empty(),
    };
    if !replies.answer::<ask::NamesOf>(known).await {
        return Ok(());
    }
    let at_once = if gently { 1 } else { AT_ONCE };
    let mut tasks = JoinSet::new();
    let mut next = Instant::now();
    loop {
        while tasks.len() < at_once
            && let Some(device) = waiting.pop_front()
        {
            let arn = place.arn(device.id);
            let (connection, from) = (connection.clone(), next);
            if gently {
                next = from.max(Instant::now()) + spacing();
            }
            tasks.spawn(async move {
                tokio::time::sleep_until(from).await;
                ask_one(&connection, &arn, device).await
            });
        }
        let Some(joined) = tasks.join_next().await else {
            return Ok(());
        };
        // A panic ends the whole request and is reported there.
        let device = joined.map_err(|_| {
            let message = "an error in certferry ended this request";
            Failure::internal(Operation::DescribeCertificate, message)
        })??;
        names.learn(vec![device.clone()]).await;
        let last = waiting.is_empty() && tasks.is_empty();
        let part = NamesPart {
            names: vec![device],
            last,
        };
        if !replies.answer::<ask::NamesOf>(part).await {
            return Ok(());
        }
    }
}

/// The time between two certificates that nobody waits for.
fn spacing() -> Duration {
    let quotas = [
        Operation::DescribeCertificate,
        Operation::ListPrincipalThings,
    ];
    let quotas = quotas.into_iter().filter_map(Operation::quota);
    let smallest = quotas.map(|it| it.per_second).fold(f64::INFINITY, f64::min);
    Duration::try_from_secs_f64(1.0 / (smallest * GENTLE)).unwrap_or_default()
}

/// Asks what a device is called. What is gone, or cannot be looked at, has no name.
async fn ask_one(
    connection: &Connection,
    arn: &CertificateArn,
    mut device: DeviceName,
) -> Result<DeviceName, Failure> {
    if device.wants_subject() {
        match connection.describe(arn.id).await {
            Ok(description) => device.learn(&device_of(&description)),
            Err(failure) if stops(&failure) => return Err(failure),
            Err(_) => {
                device.serial.get_or_insert_default();
                if device.expires == Expiry::NotAsked {
                    device.expires = Expiry::NotSaid;
                }
            }
        }
    }
    if device.wants_thing() {
        match connection.things(arn).await {
            Ok(things) => {
                device.thing = things.into_iter().next().map(|it| it.name);
                device.thing_looked_at = true;
            }
            Err(failure) if stops(&failure) => return Err(failure),
            Err(_) => device.thing_looked_at = true,
        }
    }
    Ok(device)
}

/// Whether every other one would fail for the same reason.
fn stops(failure: &Failure) -> bool {
    failure.concerns_connection()
        || matches!(
            failure.kind,
            FailureKind::AccessDenied
                | FailureKind::DeniedByOrganization
                | FailureKind::NotSupported
        )
}
