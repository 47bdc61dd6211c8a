//! The connection in use: which account, which region, as whom.

use crate::domain::{
    AccountBook, AccountId, CertificateArn, CertificateId, CertificateStatus, ConnectionFacts,
    ConnectionId, Failure, Identity, ListedCertificate, Target,
};

use super::Remote;

/// The connection in use.
#[derive(Debug)]
pub struct Session {
    /// Its number.
    pub id: ConnectionId,
    /// What the person chose.
    pub target: Target,
    /// What is known since it was made, or why it could not be made.
    pub facts: Remote<ConnectionFacts>,
    /// Who the caller is.
    pub identity: Remote<Identity>,
    /// The account in a certificate's ARN: what is left when STS cannot be reached.
    account_in_arn: Option<AccountId>,
}

impl Session {
    /// A connection that is to be made.
    pub fn new(id: ConnectionId, target: Target) -> Self {
        Self {
            id,
            target,
            facts: Remote::default(),
            identity: Remote::default(),
            account_in_arn: None,
        }
    }

    /// The account, by STS, or else by a certificate's ARN.
    pub fn account(&self) -> Option<AccountId> {
        self.identity
            .value()
            .map(|i| i.account)
            .or(self.account_in_arn)
    }

    /// Learns the account from a listing. A certificate in transfer does not count: its ARN carries
    /// the recipient's account already.
    pub fn learn_account(&mut self, page: &[ListedCertificate]) {
        if self.account_in_arn.is_none() {
            self.account_in_arn = page
                .iter()
                .filter(|c| c.status != CertificateStatus::PendingTransfer)
                .find_map(|c| c.arn_account);
        }
    }

    /// The region.
    pub fn region(&self) -> &str {
        self.facts
            .value()
            .map(|facts| facts.region.as_str())
            .or(self.target.region.as_deref())
            .unwrap_or_default()
    }

    /// The profile.
    pub fn profile(&self) -> Option<&str> {
        let known = self
            .facts
            .value()
            .and_then(|facts| facts.profile.as_deref());
        known.or(self.target.profile.as_deref())
    }

    /// The ARN of one of this account's certificates.
    pub fn arn(&self, id: CertificateId) -> Option<CertificateArn> {
        Some(CertificateArn {
            region: self.facts.value()?.region.clone(),
            account: self.account()?,
            id,
        })
    }

    /// `1111-2222-3333 fleet-prod, us-east-1`: where something happens.
    pub fn place(&self, book: &AccountBook) -> String {
        let account = self
            .account()
            .map_or_else(|| "an unknown account".to_owned(), |a| book.describe(a));
        format!("{account}, {}", self.region())
    }

    /// Why nothing can be shown, when the connection itself is the reason.
    pub fn failure(&self) -> Option<&Failure> {
        self.facts.failure()
    }
}
