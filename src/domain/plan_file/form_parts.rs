//! Parts of the form that stand in several of its places.

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;
use time::{UtcOffset, format_description::well_known::Rfc3339};

use crate::domain::{
    certificate::attachment::{ThingPrincipalType, ThingRef},
    clock::Timestamp,
    place::{
        account::AccountId,
        location::{ControlPlane, Place},
        partition::Partition,
    },
    plan_file::file::{PlanFileError, PlanSide},
};

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

/// A thing, and how it holds the certificate.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThingForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal_type: Option<String>,
}

/// What of a file makes no sense.
pub(super) fn wrong(what: &str, why: impl std::fmt::Display) -> PlanFileError {
    PlanFileError::Wrong(what.to_owned(), format!("{why}"))
}

/// A moment as it stands in the file.
pub(super) fn moment(at: Timestamp) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    // A year beyond 9999 alone has no such form, and no clock here gives one.
    at.format(&Rfc3339).unwrap_or_default()
}

/// Reads one.
pub(super) fn read_moment(what: &str, text: &str) -> Result<Timestamp, PlanFileError> {
    let at = Timestamp::parse(text, &Rfc3339).map_err(|error| wrong(what, error))?;
    // Another offset can lead beyond the years that can be written.
    let at = at
        .checked_to_offset(UtcOffset::UTC)
        .filter(|it| it.year() > 0);
    at.ok_or_else(|| wrong(what, "there is no such moment"))
}

/// An account by its number.
pub(super) fn account(what: &str, text: &str) -> Result<AccountId, PlanFileError> {
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
