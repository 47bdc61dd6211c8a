//! The form of a plan's file, in its first version. `assets/schema/plan.json` describes it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;
use time::{UtcOffset, format_description::well_known::Rfc3339};

use crate::domain::{
    actions::batch::Look,
    certificate::{
        attachment::{ThingPrincipalType, ThingRef},
        description::{CertificateId, ConsoleStatus, Edition},
    },
    clock::Timestamp,
    place::{
        account::AccountId,
        location::{ControlPlane, Place},
        partition::Partition,
    },
    plan_file::{
        file::{LeftOut, PLAN_VERSION, PlanCertificate, PlanFile, PlanFileError, PlanSide},
        recipe_form::{ArrivalForm, HandOverForm},
        steps::FileStep,
    },
};

/// A plan as it stands in its file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanForm {
    certferry: String,
    version: u64,
    made: MadeForm,
    action: ActionForm,
    source: SideForm,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    pace: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    estimate_seconds: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hand_over: Option<HandOverForm>,
    certificates: Vec<CertificateForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOutForm>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MadeForm {
    at: String,
    by: String,
    certferry: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ActionForm {
    StartTransfer,
    HandOver,
}

/// An account with its region.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SideForm {
    control_plane: String,
    partition: String,
    region: String,
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateForm {
    id: String,
    status: String,
    policies: Vec<String>,
    things: Vec<ThingForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer_version: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arrival: Option<ArrivalForm>,
    steps: Vec<FileStep>,
}

/// A thing, and how it holds the certificate.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThingForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal_type: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOutForm {
    what: String,
    code: String,
    why: String,
}

pub(super) fn wrong(what: &str, why: impl ToString) -> PlanFileError {
    PlanFileError::Wrong(what.to_owned(), why.to_string())
}

fn moment(at: Timestamp) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    // A year beyond 9999 alone has no such form, and no clock here gives one.
    at.format(&Rfc3339).unwrap_or_default()
}

fn read_moment(what: &str, text: &str) -> Result<Timestamp, PlanFileError> {
    Timestamp::parse(text, &Rfc3339).map_err(|error| wrong(what, error))
}

fn account(what: &str, text: &str) -> Result<AccountId, PlanFileError> {
    AccountId::parse(text).map_err(|error| wrong(what, error))
}

impl SideForm {
    pub(super) fn of(side: &PlanSide) -> Self {
        let place = &side.place;
        Self {
            control_plane: place.control_plane.to_string(),
            partition: place.partition.to_string(),
            region: place.region.clone(),
            account: place.account.to_string(),
            profile: side.profile.clone(),
        }
    }

    pub(super) fn read(self, what: &str) -> Result<PlanSide, PlanFileError> {
        let partition = Partition::named(&self.partition);
        let place = Place {
            control_plane: ControlPlane::named(&self.control_plane),
            partition: partition.ok_or_else(|| wrong(what, "there is no such partition"))?,
            region: self.region,
            account: account(what, &self.account)?,
        };
        let profile = self.profile;
        Ok(PlanSide { place, profile })
    }
}

impl ThingForm {
    pub(super) fn of(thing: &ThingRef) -> Self {
        Self {
            name: thing.name.clone(),
            principal_type: thing.principal_type.map(|it| it.api_name().to_owned()),
        }
    }

    pub(super) fn read(self) -> Result<ThingRef, PlanFileError> {
        let named = |word: String| {
            let known = ThingPrincipalType::iter().find(|it| it.api_name() == word);
            known.ok_or_else(|| wrong(&word, "no thing holds a certificate so"))
        };
        Ok(ThingRef {
            name: self.name,
            principal_type: self.principal_type.map(named).transpose()?,
        })
    }
}

impl CertificateForm {
    fn of(plan: &PlanFile, it: &PlanCertificate) -> Self {
        let look = &it.look;
        let edition = look.edition.as_ref();
        Self {
            id: look.id.to_string(),
            status: look.status.label().to_owned(),
            policies: look.policies.clone(),
            things: look.things.iter().map(ThingForm::of).collect(),
            customer_version: edition.and_then(|it| it.version),
            modified: edition.and_then(|it| it.modified).map(moment),
            created: it.created.map(moment),
            arrival: plan.arrival(look.id).map(ArrivalForm::of),
            steps: plan.steps(look),
        }
    }

    fn read(self) -> Result<ReadCertificate, PlanFileError> {
        let what = self.id;
        let id = CertificateId::parse(&what).map_err(|error| wrong(&what, error))?;
        let status = ConsoleStatus::iter().find(|it| it.label() == self.status);
        let things = self.things.into_iter().map(ThingForm::read);
        let date = |text: Option<String>| text.map(|text| read_moment(&what, &text)).transpose();
        let edition = Edition {
            version: self.customer_version,
            modified: date(self.modified)?,
        };
        let known = edition.version.is_some() || edition.modified.is_some();
        let certificate = PlanCertificate {
            look: Look {
                id,
                status: status.ok_or_else(|| wrong(&what, "there is no such status"))?,
                policies: self.policies,
                things: things.collect::<Result<_, _>>()?,
                edition: Some(edition).filter(|_| known),
            },
            created: date(self.created)?,
        };
        Ok(ReadCertificate {
            certificate,
            arrival: self.arrival,
            steps: self.steps,
        })
    }
}

/// A certificate that was read, and what stands beside it in the file.
struct ReadCertificate {
    certificate: PlanCertificate,
    arrival: Option<ArrivalForm>,
    steps: Vec<FileStep>,
}

impl PlanForm {
    /// A plan in its form.
    pub(super) fn of(plan: &PlanFile) -> Self {
        let certificates = plan.certificates.iter();
        let left_out = plan.left_out.iter().map(|it| LeftOutForm {
            what: it.what.clone(),
            code: it.code.clone(),
            why: it.why.clone(),
        });
        Self {
            certferry: "plan".to_owned(),
            version: PLAN_VERSION,
            made: MadeForm {
                at: moment(plan.made),
                by: plan.by.clone(),
                certferry: env!("CARGO_PKG_VERSION").to_owned(),
            },
            action: match plan.hand_over {
                Some(_) => ActionForm::HandOver,
                None => ActionForm::StartTransfer,
            },
            source: SideForm::of(&plan.source),
            to: plan.to.to_string(),
            message: plan.message.clone(),
            pace: plan.pace,
            estimate_seconds: plan.estimate.map(|it| it.as_secs()),
            hand_over: plan.hand_over.as_ref().map(HandOverForm::of),
            certificates: certificates
                .map(|it| CertificateForm::of(plan, it))
                .collect(),
            left_out: left_out.collect(),
        }
    }

    /// The plan, and the steps that stand in the file for each of its certificates.
    pub(super) fn read(self) -> Result<(PlanFile, Vec<Vec<FileStep>>), PlanFileError> {
        let (mut certificates, mut arrivals, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for form in self.certificates {
            let read = form.read()?;
            let id = read.certificate.look.id;
            arrivals.extend(read.arrival.map(|arrival| (id, arrival)));
            certificates.push(read.certificate);
            steps.push(read.steps);
        }
        let hands_over = self.action == ActionForm::HandOver;
        if hands_over != self.hand_over.is_some() {
            let why = "\"hand_over\" stands in a plan to hand over, and in no other";
            return Err(wrong("action", why));
        }
        let hand_over = self.hand_over.map(|it| it.read(arrivals)).transpose()?;
        let left_out = self.left_out.into_iter().map(|it| LeftOut {
            what: it.what,
            code: it.code,
            why: it.why,
        });
        let plan = PlanFile {
            made: read_moment("made.at", &self.made.at)?,
            by: self.made.by,
            source: self.source.read("source")?,
            to: account("to", &self.to)?,
            message: self.message,
            pace: self.pace,
            estimate: self.estimate_seconds.map(Duration::from_secs),
            certificates,
            hand_over,
            left_out: left_out.collect(),
        };
        Ok((plan, steps))
    }
}
