//! How values stand in the file: as words, numbers of microseconds, digits.

use rusqlite::{Result, types::Type};

use crate::domain::{
    AccountId, CertificateStatus, FailureKind, RunState, ThingPrincipalType, ThingRef, Timestamp,
};

/// A value in the file that no version of the schema has.
#[derive(Debug, thiserror::Error)]
#[error("a strange {0}")]
struct Strange(&'static str);

pub(super) fn strange(what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(Strange(what)))
}

/// Finds the value that a word stands for.
pub(super) fn find<T: Copy>(table: &[(T, &str)], word: &str, what: &'static str) -> Result<T> {
    let mut rows = table.iter();
    rows.find(|(_, name)| *name == word)
        .map(|(value, _)| *value)
        .ok_or_else(|| strange(what))
}

/// The word that stands for a value.
pub(super) fn word<T: Copy + PartialEq>(table: &[(T, &'static str)], value: T) -> &'static str {
    let mut rows = table.iter();
    rows.find(|(known, _)| *known == value)
        .map_or("", |(_, word)| word)
}

const STATES: [(RunState, &str); 5] = [
    (RunState::Unfinished, "unfinished"),
    (RunState::Stopped, "stopped"),
    (RunState::Done, "done"),
    (RunState::PutBack, "put back"),
    (RunState::LeftAsIs, "left as is"),
];

pub(super) fn state_word(state: RunState) -> &'static str {
    word(&STATES, state)
}

pub(super) fn state(word: &str) -> Result<RunState> {
    find(&STATES, word, "state of a run")
}

pub(super) const STATUSES: [(CertificateStatus, &str); 7] = [
    (CertificateStatus::Active, "ACTIVE"),
    (CertificateStatus::Inactive, "INACTIVE"),
    (CertificateStatus::Revoked, "REVOKED"),
    (CertificateStatus::PendingTransfer, "PENDING_TRANSFER"),
    (CertificateStatus::PendingActivation, "PENDING_ACTIVATION"),
    (CertificateStatus::RegisterInactive, "REGISTER_INACTIVE"),
    (CertificateStatus::Unknown, "UNKNOWN"),
];

const PRINCIPAL_TYPES: [(ThingPrincipalType, &str); 2] = [
    (
        ThingPrincipalType::Exclusive,
        ThingPrincipalType::Exclusive.api_name(),
    ),
    (
        ThingPrincipalType::NonExclusive,
        ThingPrincipalType::NonExclusive.api_name(),
    ),
];

pub(super) fn thing(name: String, principal_type: Option<String>) -> Result<ThingRef> {
    let find = |word: String| find(&PRINCIPAL_TYPES, &word, "thing principal type");
    Ok(ThingRef {
        name,
        principal_type: principal_type.map(find).transpose()?,
    })
}

/// Those that an earlier version wrote and this one does not know are [`FailureKind::Other`].
const FAILURE_KINDS: [FailureKind; 36] = [
    FailureKind::NoCredentials,
    FailureKind::BadProfile,
    FailureKind::NoRegion,
    FailureKind::ExpiredCredentials,
    FailureKind::InvalidCredentials,
    FailureKind::OtherAccount,
    FailureKind::AccountNotKnown,
    FailureKind::CodeNeeded,
    FailureKind::CodeRefused,
    FailureKind::RoleRefused,
    FailureKind::RoleNotAssigned,
    FailureKind::RegionOff,
    FailureKind::ClockWrong,
    FailureKind::AccessDenied,
    FailureKind::DeniedByOrganization,
    FailureKind::Throttled,
    FailureKind::ConnectionRefused,
    FailureKind::UnknownHost,
    FailureKind::NotTrusted,
    FailureKind::TimedOut,
    FailureKind::ConnectionLost,
    FailureKind::NotFound,
    FailureKind::CertificateState,
    FailureKind::TransferConflict,
    FailureKind::TransferCompleted,
    FailureKind::InvalidRequest,
    FailureKind::LimitExceeded,
    FailureKind::NotSupported,
    FailureKind::BadSetting,
    FailureKind::Changed,
    FailureKind::ServiceFault,
    FailureKind::UnreadableAnswer,
    FailureKind::ReadOnly,
    FailureKind::Journal,
    FailureKind::Internal,
    FailureKind::Other,
];

pub(super) fn failure_kind_word(kind: FailureKind) -> String {
    format!("{kind:?}")
}

pub(super) fn failure_kind(word: &str) -> FailureKind {
    let mut kinds = FAILURE_KINDS.into_iter();
    kinds
        .find(|kind| failure_kind_word(*kind) == word)
        .unwrap_or(FailureKind::Other)
}

/// Microseconds since the Unix epoch.
pub(super) fn micros(moment: Timestamp) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

pub(super) fn moment(micros: i64) -> Result<Timestamp> {
    Timestamp::from_unix_timestamp_nanos(i128::from(micros).saturating_mul(1000))
        .map_err(|_| strange("moment"))
}

pub(super) fn account(text: &str) -> Result<AccountId> {
    AccountId::parse(text).map_err(|_| strange("account"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for (value, word) in STATES {
            assert_eq!(state_word(value), word);
            assert_eq!(state(word).unwrap(), value);
        }
        for (value, word) in STATUSES {
            assert_eq!(super::word(&STATUSES, value), word);
            assert_eq!(find(&STATUSES, word, "").unwrap(), value);
        }
        for kind in FAILURE_KINDS {
            assert_eq!(failure_kind(&failure_kind_word(kind)), kind);
        }
        assert_eq!(failure_kind("of a later version"), FailureKind::Other);
    }
}
