//! Runs as rows of the tables, and back.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use crate::{
    domain::{
        Attachment, Before, CertificateId, CertificateStatus, Change, ControlPlane, Edition,
        Partition, Place, PlannedStep, PolicyEdition, Purpose, Record, Resource, RunId, RunState,
        Step, StepFailure, StepRecord, StepState, ThingPrincipalType, ThingRef, Timestamp,
        TypeProperties,
    },
    journal::words::{
        account, failure_kind, invalid, micros, moment, state, status, status_word, thing,
    },
};

/// A run's row, without what hangs on it.
pub(super) struct RunRow {
    pub(super) id: RunId,
    pub(super) purpose: Purpose,
    pub(super) state: RunState,
    pub(super) owner: Option<String>,
    place: Place,
    certificate: CertificateId,
    status: CertificateStatus,
    began: Timestamp,
    ended: Option<Timestamp>,
    returned: Option<Edition>,
    pem: Option<String>,
}

/// The columns of a [`RunRow`].
pub(super) const RUN: &str =
    "id, purpose, origin, state, owner, account, region, certificate, status,
    began, ended, control_plane, partition, returned_version, returned_modified, pem";

impl RunRow {
    pub(super) fn read(row: &Row<'_>) -> Result<Self> {
        let purpose = match row.get::<_, String>(1)?.as_str() {
            "transfer" => Purpose::PrepareAndTransfer,
            "put back" => Purpose::PutBack {
                of: row.get::<_, Option<i64>>(2)?.map(RunId),
            },
            "final change" => Purpose::FinalChange,
            "set up" => Purpose::SetUp {
                of: row.get::<_, Option<i64>>(2)?.map(RunId),
            },
            _ => return Err(invalid("purpose")),
        };
        Ok(Self {
            id: RunId(row.get(0)?),
            purpose,
            state: state(&row.get::<_, String>(3)?)?,
            owner: row.get(4)?,
            place: Place {
                control_plane: ControlPlane::named(&row.get::<_, String>(11)?),
                partition: Partition::named(&row.get::<_, String>(12)?)
                    .ok_or_else(|| invalid("partition"))?,
                region: row.get(6)?,
                account: account(&row.get::<_, String>(5)?)?,
            },
            certificate: CertificateId::from_bytes(row.get(7)?),
            status: status(&row.get::<_, String>(8)?)?,
            began: moment(row.get(9)?)?,
            ended: row.get::<_, Option<i64>>(10)?.map(moment).transpose()?,
            returned: {
                let version = row.get::<_, Option<i32>>(13)?;
                let modified = row.get::<_, Option<i64>>(14)?.map(moment).transpose()?;
                let known = version.is_some() || modified.is_some();
                known.then_some(Edition { version, modified })
            },
            pem: row.get(15)?,
        })
    }

    pub(super) fn find(connection: &Connection, run: RunId) -> Result<Option<Self>> {
        connection
            .prepare_cached(&format!("SELECT {RUN} FROM run WHERE id = ?1"))?
            .query_row([run.0], Self::read)
            .optional()
    }

    /// Reads what hangs on the row.
    pub(super) fn record(self, connection: &Connection, claimed: bool) -> Result<Record> {
        let mut policies = Vec::new();
        let mut policy_editions = BTreeMap::new();
        let mut things = Vec::new();
        let mut attached = connection.prepare_cached(
            "SELECT kind, name, principal_type, version, hash FROM attached
             WHERE run = ?1 ORDER BY position",
        )?;
        let mut rows = attached.query([self.id.0])?;
        while let Some(row) = rows.next()? {
            match row.get::<_, String>(0)?.as_str() {
                "policy" => {
                    let name: String = row.get(1)?;
                    if let Some(hash) = row.get(4)? {
                        let version = row.get(3)?;
                        policy_editions.insert(name.clone(), PolicyEdition { version, hash });
                    }
                    policies.push(name);
                }
                "thing" => things.push(thing(row.get(1)?, row.get(2)?)?),
                _ => return Err(invalid("attachment")),
            }
        }
        Ok(Record {
            id: self.id,
            purpose: self.purpose,
            before: Before {
                place: self.place,
                certificate: self.certificate,
                status: self.status,
                policies,
                policy_editions,
                things,
                newest_run: None,
                pem: self.pem,
            },
            state: self.state,
            began: self.began,
            ended: self.ended,
            returned: self.returned,
            claimed,
            holder: None,
            steps: steps(connection, self.id)?,
        })
    }
}

/// Writes a new run with its steps, all of them planned.
pub(super) fn insert(
    connection: &Connection,
    purpose: Purpose,
    before: &Before,
    steps: &[PlannedStep],
    owner: &str,
    now: Timestamp,
) -> Result<RunId> {
    let (purpose, origin) = match purpose {
        Purpose::PrepareAndTransfer => ("transfer", None),
        Purpose::PutBack { of } => ("put back", of.map(|run| run.0)),
        Purpose::FinalChange => ("final change", None),
        Purpose::SetUp { of } => ("set up", of.map(|run| run.0)),
    };
    connection
        .prepare_cached(
            "INSERT INTO run (purpose, origin, state, account, region, certificate, status, began, owner,
                              control_plane, partition, pem)
             VALUES (?1, ?2, 'unfinished', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            purpose,
            origin,
            before.place.account.to_string(),
            before.place.region,
            before.certificate.as_bytes(),
            status_word(before.status),
            micros(now),
            owner,
            before.place.control_plane.to_string(),
            before.place.partition.name(),
            before.pem,
        ])?;
    let run = connection.last_insert_rowid();
    let mut attach = connection.prepare_cached(
        "INSERT INTO attached (run, position, kind, name, principal_type, version, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut positions = 0_i64..;
    for name in &before.policies {
        let edition = before.policy_editions.get(name);
        let version = edition.and_then(|it| it.version.as_ref());
        let hash = edition.map(|it| it.hash);
        let none: Option<&str> = None;
        attach.execute(params![
            run,
            positions.next(),
            "policy",
            name,
            none,
            version,
            hash
        ])?;
    }
    for thing in &before.things {
        let principal_type = thing.principal_type.map(ThingPrincipalType::api_name);
        let none: Option<&str> = None;
        let values = params![
            run,
            positions.next(),
            "thing",
            thing.name,
            principal_type,
            none,
            none
        ];
        attach.execute(values)?;
    }
    let mut plan = connection.prepare_cached(
        "INSERT INTO step (run, position, stage, kind, name, principal_type, account, message, detail, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'planned')",
    )?;
    for (position, planned) in (0_i64..).zip(steps) {
        let step = StepColumns::of(&planned.step);
        plan.execute(params![
            run,
            position,
            planned.stage,
            step.kind,
            step.name,
            step.principal_type,
            step.account,
            step.message,
            step.detail,
        ])?;
    }
    Ok(RunId(run))
}

/// Writes how a step stands; false when there is no such step.
pub(super) fn set_step(
    connection: &Connection,
    run: RunId,
    position: usize,
    state: &StepState,
) -> Result<bool> {
    let (word, at, failure) = match state {
        StepState::Planned => ("planned", None, None),
        StepState::Begun(at) => ("begun", Some(at), None),
        StepState::Done(at) => ("done", Some(at), None),
        StepState::Gone(at) => ("gone", Some(at), None),
        StepState::Failed(at, failure) => ("failed", Some(at), Some(failure)),
    };
    let changed = connection
        .prepare_cached(
            "UPDATE step SET state = ?3, at = ?4, failure_kind = ?5, failure_text = ?6, ambiguous = ?7
             WHERE run = ?1 AND position = ?2",
        )?
        .execute(params![
            run.0,
            i64::try_from(position).unwrap_or(i64::MAX),
            word,
            at.map(|at| micros(*at)),
            failure.map(|failure| failure.kind.code()),
            failure.map(|failure| &failure.text),
            failure.map(|failure| failure.ambiguous),
        ])?;
    Ok(changed == 1)
}

/// A step as its columns.
#[derive(Default)]
struct StepColumns<'a> {
    kind: &'static str,
    name: Option<&'a str>,
    principal_type: Option<&'static str>,
    account: Option<String>,
    message: Option<&'a str>,
    detail: Option<String>,
}

impl<'a> StepColumns<'a> {
    fn of(step: &'a Step) -> Self {
        let plain = |kind| Self {
            kind,
            ..Self::default()
        };
        let policy = |kind, name: &'a str| Self {
            kind,
            name: Some(name),
            ..Self::default()
        };
        let thing = |kind, thing: &'a ThingRef| Self {
            kind,
            name: Some(&thing.name),
            principal_type: thing.principal_type.map(ThingPrincipalType::api_name),
            ..Self::default()
        };
        match step {
            Step::Change(Change::Deactivate) => plain("deactivate"),
            Step::Change(Change::Activate) => plain("activate"),
            Step::AwaitDetached => plain("await detached"),
            Step::AwaitLists => plain("await settled"),
            Step::SeeAttached => plain("see attached"),
            Step::Change(Change::CancelTransfer) => plain("cancel transfer"),
            Step::Change(Change::Revoke) => plain("revoke"),
            Step::Change(Change::Delete) => plain("delete"),
            Step::Change(Change::Accept { activate: false }) => plain("accept"),
            Step::Change(Change::Accept { activate: true }) => plain("accept and activate"),
            Step::Change(Change::Reject { reason }) => Self {
                message: reason.as_deref(),
                ..plain("reject")
            },
            Step::Change(Change::Detach(Attachment::Policy(name))) => policy("detach policy", name),
            Step::Change(Change::Attach(Attachment::Policy(name))) => policy("attach policy", name),
            Step::Change(Change::Detach(Attachment::Thing(it))) => thing("detach thing", it),
            Step::Change(Change::Attach(Attachment::Thing(it))) => thing("attach thing", it),
            Step::Change(Change::Transfer { to, message }) => Self {
                kind: "transfer",
                account: Some(to.to_string()),
                message: message.as_deref(),
                ..Self::default()
            },
            Step::Change(Change::Create(resource)) => created(resource),
            Step::Change(Change::Remove(Attachment::Policy(name))) => policy("remove policy", name),
            Step::Change(Change::Remove(Attachment::Thing(it))) => thing("remove thing", it),
            Step::Change(Change::Join { thing, group }) => Self {
                name: Some(thing),
                message: Some(group),
                ..plain("join group")
            },
            Step::AwaitOffer { from } => Self {
                account: Some(from.to_string()),
                ..plain("await offer")
            },
            Step::Prove(proof) => Self {
                detail: serde_json::to_string(proof).ok(),
                ..plain("prove")
            },
            Step::Confirm { to } => Self {
                kind: "confirm",
                account: Some(to.to_string()),
                ..Self::default()
            },
        }
    }
}

/// The columns of a step that creates something.
fn created(resource: &Resource) -> StepColumns<'_> {
    let (kind, message, detail) = match resource {
        Resource::Policy { document, .. } => ("create policy", None, Some(document.clone())),
        Resource::ThingType { properties, .. } => (
            "create thing type",
            properties.description.as_deref(),
            serde_json::to_string(&properties.searchable).ok(),
        ),
        Resource::Thing {
            type_name,
            attributes,
            ..
        } => (
            "create thing",
            type_name.as_deref(),
            serde_json::to_string(attributes).ok(),
        ),
    };
    StepColumns {
        kind,
        name: Some(resource.name()),
        message,
        detail,
        ..StepColumns::default()
    }
}

fn steps(connection: &Connection, run: RunId) -> Result<Vec<StepRecord>> {
    connection
        .prepare_cached(
            "SELECT stage, kind, name, principal_type, account, message,
                    state, at, failure_kind, failure_text, ambiguous, detail
             FROM step WHERE run = ?1 ORDER BY position",
        )?
        .query_map([run.0], |row| {
            Ok(StepRecord {
                stage: row.get(0)?,
                step: step(row)?,
                state: step_state(row)?,
            })
        })?
        .collect()
}

fn step(row: &Row<'_>) -> Result<Step> {
    let name = || row.get::<_, String>(2);
    let to = || account(&row.get::<_, String>(4)?);
    Ok(match row.get::<_, String>(1)?.as_str() {
        "deactivate" => Step::Change(Change::Deactivate),
        "activate" => Step::Change(Change::Activate),
        "await detached" => Step::AwaitDetached,
        "await settled" => Step::AwaitLists,
        "see attached" => Step::SeeAttached,
        "cancel transfer" => Step::Change(Change::CancelTransfer),
        "revoke" => Step::Change(Change::Revoke),
        "delete" => Step::Change(Change::Delete),
        "accept" => Step::Change(Change::Accept { activate: false }),
        "accept and activate" => Step::Change(Change::Accept { activate: true }),
        "reject" => Step::Change(Change::Reject {
            reason: row.get(5)?,
        }),
        "detach policy" => Step::Change(Change::Detach(Attachment::Policy(name()?))),
        "attach policy" => Step::Change(Change::Attach(Attachment::Policy(name()?))),
        "detach thing" => Step::Change(Change::Detach(Attachment::Thing(thing(
            name()?,
            row.get(3)?,
        )?))),
        "attach thing" => Step::Change(Change::Attach(Attachment::Thing(thing(
            name()?,
            row.get(3)?,
        )?))),
        "transfer" => Step::Change(Change::Transfer {
            to: to()?,
            message: row.get(5)?,
        }),
        "confirm" => Step::Confirm { to: to()? },
        "create policy" => Step::Change(Change::Create(Resource::Policy {
            name: name()?,
            document: row.get(11)?,
        })),
        "create thing type" => Step::Change(Change::Create(Resource::ThingType {
            name: name()?,
            properties: TypeProperties {
                description: row.get(5)?,
                searchable: json(row)?,
            },
        })),
        "create thing" => Step::Change(Change::Create(Resource::Thing {
            name: name()?,
            type_name: row.get(5)?,
            attributes: json(row)?,
        })),
        "join group" => Step::Change(Change::Join {
            thing: name()?,
            group: row.get(5)?,
        }),
        "remove policy" => Step::Change(Change::Remove(Attachment::Policy(name()?))),
        "remove thing" => Step::Change(Change::Remove(Attachment::Thing(thing(
            name()?,
            row.get(3)?,
        )?))),
        "await offer" => Step::AwaitOffer { from: to()? },
        "prove" => Step::Prove(json(row)?),
        _ => return Err(invalid("step")),
    })
}

/// What a step has as JSON.
fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>) -> Result<T> {
    let text: String = row.get(11)?;
    serde_json::from_str(&text).map_err(|_| invalid("detail of a step"))
}

fn step_state(row: &Row<'_>) -> Result<StepState> {
    let at = || moment(row.get(7)?);
    Ok(match row.get::<_, String>(6)?.as_str() {
        "planned" => StepState::Planned,
        "begun" => StepState::Begun(at()?),
        "done" => StepState::Done(at()?),
        "gone" => StepState::Gone(at()?),
        "failed" => StepState::Failed(
            at()?,
            StepFailure {
                kind: failure_kind(&row.get::<_, String>(8)?),
                text: row.get(9)?,
                ambiguous: row.get(10)?,
            },
        ),
        _ => return Err(invalid("state of a step")),
    })
}
