//! How values stand in the file: as words, numbers of microseconds, digits.

use rusqlite::{Result, types::Type};
use strum::IntoEnumIterator;

use crate::domain::{
    AccountId, CertificateStatus, FailureKind, RunState, ThingPrincipalType, ThingRef, Timestamp,
};

/// A value in the file that no version of the schema has.
#[derive(Debug, thiserror::Error)]
#[error("no {0} that this version knows")]
struct InvalidValue(&'static str);

pub(super) fn invalid(what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(InvalidValue(what)))
}

/// Finds the value that a word stands for.
fn read<T: IntoEnumIterator>(
    written: impl Fn(&T) -> &'static str,
    word: &str,
    what: &'static str,
) -> Result<T> {
    let mut all = T::iter();
    all.find(|value| written(value) == word)
        .ok_or_else(|| invalid(what))
}

pub(super) const fn state_word(state: RunState) -> &'static str {
    match state {
        RunState::Unfinished => "unfinished",
        RunState::Stopped => "stopped",
        RunState::Done => "done",
        RunState::PutBack => "put back",
        RunState::LeftAsIs => "left as is",
    }
}

pub(super) fn state(word: &str) -> Result<RunState> {
    read(|state| state_word(*state), word, "state of a run")
}

/// The condition that a run is open, for a column that has its state.
pub(super) fn open(column: &str) -> String {
    let open = RunState::iter().filter(|state| state.is_open());
    let words: Vec<String> = open.map(|it| format!("'{}'", state_word(it))).collect();
    format!("{column} IN ({})", words.join(", "))
}

pub(super) const fn status_word(status: CertificateStatus) -> &'static str {
    match status {
        CertificateStatus::Active => "ACTIVE",
        CertificateStatus::Inactive => "INACTIVE",
        CertificateStatus::Revoked => "REVOKED",
        CertificateStatus::PendingTransfer => "PENDING_TRANSFER",
        CertificateStatus::PendingActivation => "PENDING_ACTIVATION",
        CertificateStatus::RegisterInactive => "REGISTER_INACTIVE",
        CertificateStatus::Unknown => "UNKNOWN",
    }
}

pub(super) fn status(word: &str) -> Result<CertificateStatus> {
    read(|status| status_word(*status), word, "status")
}

pub(super) fn thing(name: String, principal_type: Option<String>) -> Result<ThingRef> {
    let written = |it: &ThingPrincipalType| it.api_name();
    let find = |word: String| read(written, &word, "thing principal type");
    Ok(ThingRef {
        name,
        principal_type: principal_type.map(find).transpose()?,
    })
}

/// The kinds of failure after which a request may still arrive, as a list in SQL.
pub(super) fn unanswered() -> String {
    let kinds = FailureKind::iter().filter(|kind| kind.is_unanswered());
    let quoted: Vec<String> = kinds.map(|kind| format!("'{}'", kind.code())).collect();
    quoted.join(", ")
}

/// A kind that another version wrote and this one does not know is [`FailureKind::Other`].
pub(super) fn failure_kind(word: &str) -> FailureKind {
    let known = read(|kind: &FailureKind| kind.code(), word, "kind of failure");
    known.unwrap_or(FailureKind::Other)
}

/// Microseconds since the Unix epoch.
pub(super) fn micros(moment: Timestamp) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

pub(super) fn moment(micros: i64) -> Result<Timestamp> {
    Timestamp::from_unix_timestamp_nanos(i128::from(micros).saturating_mul(1000))
        .map_err(|_| invalid("moment"))
}

pub(super) fn account(text: &str) -> Result<AccountId> {
    AccountId::parse(text).map_err(|_| invalid("account"))
}
