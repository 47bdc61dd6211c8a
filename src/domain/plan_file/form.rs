//! The form of a plan's file, in its first version. `assets/schema/plan.json` describes it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;

use crate::domain::{
    actions::batch::Look,
    certificate::description::{CertificateId, ConsoleStatus, Edition},
    plan_file::{
        file::{LeftOut, PLAN_VERSION, PlanCertificate, PlanFile, PlanFileError},
        form_parts::{SideForm, ThingForm, account, moment, read_moment, wrong},
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

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOutForm {
    what: String,
    code: String,
    why: String,
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

/// The seconds of a time, the begun one with them.
fn whole_seconds(time: Duration) -> u64 {
    let begun = u64::from(time.subsec_nanos() > 0);
    time.as_secs().saturating_add(begun)
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
            estimate_seconds: plan.estimate.map(whole_seconds),
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
        let both_sides = self.action == ActionForm::HandOver;
        if both_sides != self.hand_over.is_some() {
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
