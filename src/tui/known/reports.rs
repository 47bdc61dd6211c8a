//! What watches have reported, in this session.

use crate::domain::{CertificateId, Timestamp};

/// How many reports are kept.
pub const MOST_REPORTS: usize = 500;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its number on its side.
    pub number: usize,
    /// When it came.
    pub at: Timestamp,
    /// The certificate.
    pub id: CertificateId,
    /// What happened. Everything foreign in it is visible already.
    pub text: String,
}
