//! Certificates as AWS IoT lists and describes them.

use std::fmt;

use crate::domain::{
    clock::Timestamp,
    place::{account::AccountId, partition::Partition},
};

/// The id of a certificate: the SHA-256 of its DER form, 64 hexadecimal digits on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId([u8; 32]);

/// Why a text is not a certificate id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a certificate id is 64 hexadecimal digits")]
pub struct ParseIdError;

impl CertificateId {
    /// Wraps the 32 bytes of a SHA-256 digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits, with or without the `0x` that the API's pattern allows.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
        if digits.len() != 64 {
            return Err(ParseIdError);
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else {
                return Err(ParseIdError);
            };
            *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
        }
        Ok(Self(bytes))
    }

    /// The 64 digits, without an allocation.
    pub fn digits(&self) -> [u8; 64] {
        let mut digits = [0_u8; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            for (digit, value) in pair.iter_mut().zip([byte >> 4, byte & 0xf]) {
                *digit = if value < 10 {
                    b'0' + value
                } else {
                    b'a' + value - 10
                };
            }
        }
        digits
    }

    /// The id as people compare it: the first and the last eight digits.
    pub fn short(&self) -> String {
        let whole = self.to_string();
        let head: String = whole.chars().take(8).collect();
        let tail: String = whole.chars().skip(56).collect();
        format!("{head}…{tail}")
    }

    /// The last six digits, which a person types to confirm what cannot be undone.
    pub fn last_six(&self) -> String {
        self.to_string().chars().skip(58).collect()
    }
}

fn hex_digit(byte: u8) -> Result<u8, ParseIdError> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(ParseIdError)
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The status in the API's words (`CertificateStatus` of the service model).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum CertificateStatus {
    /// Devices can connect with it.
    Active,
    /// Devices cannot connect with it until it is activated.
    Inactive,
    /// Irreversibly unusable.
    Revoked,
    /// On its way from one account to another; the API does not say in which direction.
    PendingTransfer,
    /// Registered by just-in-time registration, not activated yet.
    PendingActivation,
    /// Deprecated by AWS.
    RegisterInactive,
    /// A word this version does not know.
    Unknown,
}

/// The status in the AWS IoT console's words, which tell the two sides of a transfer apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum ConsoleStatus {
    /// Devices can connect with it.
    Active,
    /// Devices cannot connect with it until it is activated.
    Inactive,
    /// Being offered to this account: accept it or reject it.
    PendingTransfer,
    /// Offered by this account to another one, which has not accepted it yet.
    Transferred,
    /// In transfer; the list of outgoing transfers has not told the direction yet.
    InTransfer,
    /// Registered by just-in-time registration, not activated yet.
    PendingActivation,
    /// Irreversibly unusable.
    Revoked,
    /// A status this version does not know.
    Unknown,
}

impl ConsoleStatus {
    /// Tells the direction of a transfer.
    ///
    /// `outgoing` is whether `ListOutgoingCertificates` names the certificate, or `None` while that
    /// list is not known. It is the source's truth: whether the source's `ListCertificates` still
    /// has the row, and with which status, is not documented.
    pub fn of(status: CertificateStatus, outgoing: Option<bool>) -> Self {
        match (status, outgoing) {
            (CertificateStatus::Revoked, _) => Self::Revoked,
            (_, Some(true)) => Self::Transferred,
            (CertificateStatus::PendingTransfer, Some(false)) => Self::PendingTransfer,
            (CertificateStatus::PendingTransfer, None) => Self::InTransfer,
            (CertificateStatus::Active, _) => Self::Active,
            (CertificateStatus::Inactive | CertificateStatus::RegisterInactive, _) => {
                Self::Inactive
            }
            (CertificateStatus::PendingActivation, _) => Self::PendingActivation,
            (CertificateStatus::Unknown, _) => Self::Unknown,
        }
    }

    /// The word on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::PendingTransfer => "Pending transfer",
            Self::Transferred => "Transferred",
            Self::InTransfer => "In transfer",
            Self::PendingActivation => "Pending activation",
            Self::Revoked => "Revoked",
            Self::Unknown => "Unknown",
        }
    }

    /// A symbol beside the word, one column wide.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Active => "●",
            Self::Inactive => "○",
            Self::PendingTransfer => "←",
            Self::Transferred => "→",
            Self::InTransfer => "↔",
            Self::PendingActivation => "◌",
            Self::Revoked => "x",
            Self::Unknown => "?",
        }
    }

    /// Whether the certificate is on its way between two accounts.
    pub const fn in_transfer(self) -> bool {
        matches!(
            self,
            Self::PendingTransfer | Self::Transferred | Self::InTransfer
        )
    }
}

/// One row of `ListCertificates`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCertificate {
    /// The certificate.
    pub id: CertificateId,
    /// Its status.
    pub status: CertificateStatus,
    /// When it was registered.
    pub created: Option<Timestamp>,
    /// The account and the partition that its ARN names: the recipient's account while a transfer is
    /// pending.
    pub arn: Option<(Partition, AccountId)>,
}

/// One row of `ListOutgoingCertificates`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingTransfer {
    /// The certificate.
    pub id: CertificateId,
    /// The account it is offered to.
    pub to: Option<AccountId>,
    /// When the transfer was started.
    pub started: Option<Timestamp>,
    /// The message to the recipient. Foreign text.
    pub message: Option<String>,
    /// When the certificate was registered.
    pub created: Option<Timestamp>,
}

/// What AWS keeps of a certificate's last transfer (`TransferData` of the service model).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferData {
    /// The sender's message. Foreign text.
    pub message: Option<String>,
    /// Why the recipient rejected it. Foreign text.
    pub reject_reason: Option<String>,
    /// When the transfer was started.
    pub started: Option<Timestamp>,
    /// When it was accepted.
    pub accepted: Option<Timestamp>,
    /// When it was rejected.
    pub rejected: Option<Timestamp>,
}

/// Everything `DescribeCertificate` returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The certificate.
    pub id: CertificateId,
    /// Its ARN as AWS gives it.
    pub arn: Option<String>,
    /// Its status.
    pub status: CertificateStatus,
    /// The account that owns it.
    pub owner: Option<AccountId>,
    /// The account that owned it before.
    pub previous_owner: Option<AccountId>,
    /// When it was registered.
    pub created: Option<Timestamp>,
    /// When anything of it was changed last.
    pub modified: Option<Timestamp>,
    /// `customerVersion`: counts the changes.
    pub version: Option<i32>,
    /// `generationId`, opaque.
    pub generation: Option<String>,
    /// The id of the CA certificate that issued it, when that is registered too.
    pub ca_id: Option<String>,
    /// `certificateMode`: `DEFAULT` or `SNI_ONLY`.
    pub mode: Option<String>,
    /// From when it is valid, as AWS read it.
    pub not_before: Option<Timestamp>,
    /// Until when it is valid, as AWS read it.
    pub not_after: Option<Timestamp>,
    /// Its last transfer.
    pub transfer: TransferData,
    /// The certificate itself.
    pub pem: Option<String>,
}

impl Description {
    /// Of which only this is known, for tests.
    #[cfg(test)]
    pub(crate) fn bare(id: CertificateId, status: CertificateStatus) -> Self {
        Self {
            id,
            arn: None,
            status,
            owner: None,
            previous_owner: None,
            created: None,
            modified: None,
            version: None,
            generation: None,
            ca_id: None,
            mode: None,
            not_before: None,
            not_after: None,
            transfer: TransferData::default(),
            pem: None,
        }
    }

    /// The status in the console's words, seen from `account`, where `outgoing` says whether
    /// `ListOutgoingCertificates` names the certificate.
    ///
    /// While a transfer is pending the owner fields are not documented, so they are asked only
    /// when the list of outgoing transfers could not be had: the previous owner is the sender.
    pub fn console_status(
        &self,
        outgoing: Option<bool>,
        account: Option<AccountId>,
    ) -> ConsoleStatus {
        let outgoing = outgoing.or_else(|| {
            let account = account?;
            match (self.owner, self.previous_owner) {
                (Some(owner), _) if owner != account => Some(true),
                (_, Some(previous)) => Some(previous == account),
                _ => None,
            }
        });
        // An old row of the outgoing list must not hide that a transfer ended.
        let outgoing = outgoing.map(|out| out && self.status == CertificateStatus::PendingTransfer);
        ConsoleStatus::of(self.status, outgoing)
    }

    /// Whether nothing of it is later than a transfer that was started then.
    pub fn is_of_before(&self, started: Timestamp) -> bool {
        let later = |date: Option<Timestamp>| date.is_some_and(|date| date >= started);
        self.modified.is_some_and(|modified| modified <= started)
            && !later(self.transfer.rejected)
            && !later(self.transfer.accepted)
    }

    /// How AWS numbers and dates it now.
    pub fn edition(&self) -> Edition {
        Edition {
            version: self.version,
            modified: self.modified,
        }
    }

    /// Whether the certificate came back from a transfer that was not accepted: AWS returns it
    /// inactive and with nothing attached.
    pub fn came_back(&self) -> bool {
        self.status == CertificateStatus::Inactive
            && self.transfer.started.is_some()
            && self.transfer.accepted.is_none()
    }
}

/// How AWS numbers and dates a certificate: another number or date says that somebody changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// `customerVersion`.
    pub version: Option<i32>,
    /// `lastModifiedDate`.
    pub modified: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f2a917c6e00112233445566778899aabbccddeeff00112233445566e4409c10";

    #[test]
    fn an_id_survives_the_round_trip() {
        let id = CertificateId::parse(ID).unwrap();
        assert_eq!(id.to_string(), ID);
        assert_eq!(id.digits(), ID.as_bytes());
        assert_eq!(id.short(), "3f2a917c…e4409c10");
        assert_eq!(id.last_six(), "409c10");
        assert_eq!(CertificateId::parse(&format!("0x{ID}")), Ok(id));
        assert_eq!(CertificateId::parse(&ID.to_uppercase()), Ok(id));
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for bad in [
            "",
            "abc",
            ID.trim_end_matches('0'),
            &ID.replace('3', "g"),
            &"é".repeat(32),
        ] {
            assert_eq!(CertificateId::parse(bad), Err(ParseIdError), "{bad}");
        }
    }

    #[test]
    fn the_outgoing_list_decides_the_direction() {
        use CertificateStatus as S;
        let pending = S::PendingTransfer;
        assert_eq!(ConsoleStatus::of(pending, None), ConsoleStatus::InTransfer);
        assert_eq!(
            ConsoleStatus::of(pending, Some(true)),
            ConsoleStatus::Transferred
        );
        assert_eq!(
            ConsoleStatus::of(pending, Some(false)),
            ConsoleStatus::PendingTransfer
        );
        // A source that still lists the row with its old status.
        assert_eq!(
            ConsoleStatus::of(S::Inactive, Some(true)),
            ConsoleStatus::Transferred
        );
        assert_eq!(ConsoleStatus::of(S::Active, None), ConsoleStatus::Active);
    }

    #[test]
    fn an_id_is_written_for_people_as_it_is() {
        let id = CertificateId::parse(ID).unwrap();
        assert_eq!(format!("{id:?}"), ID);
    }

    #[test]
    fn without_the_list_the_owners_tell_the_direction() {
        let [ours, theirs] = ["111122223333", "444455556666"].map(|it| AccountId::parse(it).ok());
        let pending = CertificateStatus::PendingTransfer;
        let mut found = Description::bare(CertificateId::parse(ID).unwrap(), pending);
        for (owner, previous, status) in [
            (theirs, ours, ConsoleStatus::Transferred),
            (theirs, None, ConsoleStatus::Transferred),
            (ours, ours, ConsoleStatus::Transferred),
            (None, ours, ConsoleStatus::Transferred),
            (ours, theirs, ConsoleStatus::PendingTransfer),
            (None, theirs, ConsoleStatus::PendingTransfer),
            (ours, None, ConsoleStatus::InTransfer),
            (None, None, ConsoleStatus::InTransfer),
        ] {
            (found.owner, found.previous_owner) = (owner, previous);
            assert_eq!(
                found.console_status(None, ours),
                status,
                "{owner:?} {previous:?}"
            );
            assert_eq!(found.console_status(None, None), ConsoleStatus::InTransfer);
            // The list goes before.
            let listed = found.console_status(Some(false), ours);
            assert_eq!(listed, ConsoleStatus::PendingTransfer);
        }
    }

    #[test]
    fn only_what_was_offered_and_not_accepted_came_back() {
        let id = CertificateId::parse(ID).unwrap();
        let mut found = Description::bare(id, CertificateStatus::Inactive);
        assert!(!found.came_back());
        found.transfer.started = Some(Timestamp::UNIX_EPOCH);
        assert!(found.came_back());
        found.status = CertificateStatus::Active;
        assert!(!found.came_back());
        found.status = CertificateStatus::Inactive;
        found.transfer.accepted = Some(Timestamp::UNIX_EPOCH);
        assert!(!found.came_back());
    }
}
