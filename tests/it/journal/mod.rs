//! The journal on a real disk, used by real processes.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

mod child;
mod disks;
mod files;
mod hand_over;
mod kept;
mod lost;
mod past;
mod processes;
mod words;

use std::path::{Path, PathBuf};

use certferry::{
    domain::{
        AccountId, Before, CertificateId, CertificateStatus, Plan, ThingPrincipalType, ThingRef,
        Timestamp,
    },
    journal::{Journal, JournalError, Options},
};

fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

fn before(byte: u8) -> Before {
    let thing = |name: &str, principal_type| ThingRef {
        name: name.to_owned(),
        principal_type: Some(principal_type),
    };
    Before {
        place: certferry::domain::Place::aws("us-east-1", account("111122223333")),
        certificate: CertificateId::from_bytes([byte; 32]),
        status: CertificateStatus::Active,
        policies: vec!["connect".to_owned(), "publish".to_owned()],
        policy_editions: [(
            "publish".to_owned(),
            certferry::domain::PolicyEdition {
                version: Some("3".to_owned()),
                hash: [byte; 32],
            },
        )]
        .into(),
        things: vec![
            thing("press", ThingPrincipalType::Exclusive),
            thing("lathe", ThingPrincipalType::NonExclusive),
        ],
        newest_run: None,
        pem: None,
    }
}

fn plan(before: &Before) -> Plan {
    Plan::prepare_and_transfer(before, account("444455556666"), None).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix_timestamp(second).unwrap()
}

/// A folder of its own for a journal.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn folder(&self) -> PathBuf {
        self.folder.path().join("certferry")
    }

    fn path(&self) -> PathBuf {
        self.folder().join("journal.db")
    }

    fn open(&self) -> Journal {
        open(&self.path()).unwrap()
    }
}

fn open(path: &Path) -> Result<Journal, JournalError> {
    Journal::open(path, &Options::default())
}
