//! Reading the file of a plan, and writing it.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{
    MESSAGE_LIMIT,
    plan_file::{
        file::{LONGEST_PLAN, PLAN_VERSION, PlanFile, PlanFileError},
        form::PlanForm,
        steps::FileStep,
    },
};

/// What tells whether a file is a plan, and of which version. Nothing else of it is kept: it may be long.
#[derive(Debug, Deserialize)]
struct Head {
    #[serde(default)]
    certferry: Value,
    #[serde(default)]
    version: Value,
}

impl PlanFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Why it is no plan that could be applied.
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        let not_json = |error: serde_json::Error| PlanFileError::NotJson(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(|error| {
            if error.is_data() {
                PlanFileError::NotAPlan
            } else {
                not_json(error)
            }
        })?;
        if head.certferry.as_str() != Some("plan") {
            return Err(PlanFileError::NotAPlan);
        }
        match head.version.as_u64() {
            Some(PLAN_VERSION) => {}
            version => return Err(PlanFileError::Version(version.unwrap_or_default())),
        }
        let form: PlanForm = serde_json::from_str(text).map_err(not_json)?;
        let (plan, steps) = form.read()?;
        plan.check(&steps)?;
        Ok(plan)
    }

    /// It as a file.
    ///
    /// # Errors
    ///
    /// It is longer than a plan that is read.
    pub fn text(&self) -> Result<String, PlanFileError> {
        let form = serde_json::to_value(PlanForm::of(self)).unwrap_or_default();
        let text = crate::domain::table::json(&form);
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if length > LONGEST_PLAN {
            return Err(PlanFileError::TooLong(length));
        }
        Ok(text)
    }

    /// What of it cannot be: what stands in the file must be what would be done.
    fn check(&self, steps: &[Vec<FileStep>]) -> Result<(), PlanFileError> {
        let wrong = |what: &str, why: &str| {
            let (what, why) = (what.to_owned(), why.to_owned());
            Err(PlanFileError::Wrong(what, why))
        };
        if self.certificates.is_empty() {
            return wrong("certificates", "there is none");
        }
        if self.to == self.source.place.account {
            return wrong("to", "it is the account that the certificates are in");
        }
        if !(0.01..=1.0).contains(&self.pace) {
            return wrong("pace", "it is not between 0.01 and 1");
        }
        let letters = self.message.as_ref().map_or(0, |it| it.chars().count());
        if letters > MESSAGE_LIMIT {
            return wrong(
                "message",
                &format!("it has {letters} characters, and AWS takes {MESSAGE_LIMIT}"),
            );
        }
        if let Some(hand_over) = &self.hand_over
            && hand_over.recipient.place.account != self.to
        {
            return wrong("hand_over.recipient", "it is another account than \"to\"");
        }
        let mut once = HashSet::new();
        for (certificate, steps) in self.certificates.iter().zip(steps) {
            let id = certificate.look.id;
            if !once.insert(id) {
                return wrong(&id.to_string(), "it stands twice");
            }
            if self.hand_over.is_some() && self.arrival(id).is_none() {
                return wrong(
                    &id.to_string(),
                    "what it gets in the recipient's account is missing",
                );
            }
            if self.steps(&certificate.look) != *steps {
                return wrong(
                    &id.to_string(),
                    "its steps are not those that would be done",
                );
            }
        }
        Ok(())
    }
}
