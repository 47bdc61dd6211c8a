//! Whose a connection is: by STS, and where that cannot be had, by the ARNs of the account's rows.

use std::collections::HashSet;

use aws_credential_types::Credentials;
use aws_sdk_iot::config::SharedCredentialsProvider;

use crate::{
    aws::{
        classify,
        connect::Connection,
        convert,
        credentials::signer::Whose,
        reads::page::{Markers, PAGE_SIZE},
    },
    domain::{
        AccountId, CertificateId, CertificateStatus, Failure, FailureKind, Identity,
        ListedCertificate, Operation, Partition,
    },
};

/// How many pages of outgoing transfers are searched for a row: 10,000 transfers.
const PAGES: usize = 40;

impl Connection {
    /// Who the caller is.
    ///
    /// # Errors
    ///
    /// Why STS does not say it, or [`FailureKind::OtherAccount`] when it is another one than before.
    pub async fn identity(&self) -> Result<Identity, Failure> {
        let operation = Operation::GetCallerIdentity;
        self.turn(operation).await;
        // What STS said of other credentials does not count for these.
        self.calls_as(None);
        let credentials = self.credentials(operation).await?;
        let identity = self.signer.ask(&credentials).await?;
        self.calls_as(Some(identity.arn.clone()));
        let owner = (identity.partition(), identity.account);
        self.learn(&credentials, owner, operation)?;
        Ok(identity)
    }

    /// The failure, with what AWS does not say: credentials that are good elsewhere are not good in a region
    /// that is switched off for the account.
    pub async fn explained(&self, failure: Failure) -> Failure {
        let (FailureKind::InvalidCredentials, Some(region)) = (failure.kind, self.always_on) else {
            return failure;
        };
        if !self.signer.is_known_in(region).await {
            return failure;
        }
        let said = &failure.message;
        Failure {
            kind: FailureKind::RegionOff,
            message: format!(
                "AWS takes the credentials in {region}, and not here; it says: {said}"
            ),
            ..failure
        }
    }

    /// Whose the certificates are that the caller sees, by the ARNs of the first page. `None` when no
    /// row of it is the account's own, or when they do not agree.
    pub async fn owner_by_rows(&self) -> Result<Option<(Partition, AccountId)>, Failure> {
        let operation = Operation::ListCertificates;
        self.turn(operation).await;
        let credentials = self.credentials(operation).await?;
        let given = SharedCredentialsProvider::new(credentials.clone());
        let given = aws_sdk_iot::config::Builder::new().credentials_provider(given);
        let call = self.iot.list_certificates().page_size(PAGE_SIZE);
        let answer = call.customize().config_override(given).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = found.certificates().iter().filter_map(convert::listed);
        let rows: Vec<ListedCertificate> = rows.filter(may_be_own).collect();
        let offered = self.offered(&rows).await?;
        let own = rows.into_iter().filter(|row| !offered.contains(&row.id));
        let owners: HashSet<(Partition, AccountId)> = own.filter_map(|row| row.arn).collect();
        let mut owners = owners.into_iter();
        let (Some((partition, account)), None) = (owners.next(), owners.next()) else {
            return Ok(None);
        };
        let owner = (Some(partition.clone()), account);
        self.learn(&credentials, owner, operation)?;
        Ok(Some((partition, account)))
    }

    async fn credentials(&self, operation: Operation) -> Result<Credentials, Failure> {
        let found = self.signer.current().await;
        found.map_err(|error| classify::no_credentials(operation, &error))
    }

    fn learn(
        &self,
        credentials: &Credentials,
        owner: Whose,
        operation: Operation,
    ) -> Result<(), Failure> {
        let account = owner.1;
        let learnt = self.signer.learn(credentials, owner);
        learnt.map_err(|other| other.failure(operation))?;
        self.paced.belongs_to(account);
        Ok(())
    }

    /// Finds out whether the credentials are the connection's account's.
    ///
    /// # Errors
    ///
    /// [`FailureKind::OtherAccount`], or [`FailureKind::AccountNotKnown`] when nothing tells.
    pub(super) async fn verify(&self) -> Result<(), Failure> {
        let untold = match self.identity().await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.kind == FailureKind::OtherAccount => return Err(failure),
            Err(failure) => failure,
        };
        match self.owner_by_rows().await {
            Ok(Some(_)) => Ok(()),
            // What kept the rows away would keep the change away, too.
            Err(failure) if failure.concerns_connection() || failure.is_unreachable() => {
                Err(failure)
            }
            Ok(None) | Err(_) => Err(Failure {
                kind: FailureKind::AccountNotKnown,
                ..untold
            }),
        }
    }

    /// Compares a page of the account's certificates with the account that the connection is.
    ///
    /// # Errors
    ///
    /// [`FailureKind::OtherAccount`]: nothing more is sent over the connection.
    pub(super) async fn check_rows(&self, rows: &[ListedCertificate]) -> Result<(), Failure> {
        let Some((_, account)) = self.signer.owner() else {
            return Ok(());
        };
        let named = |row: &ListedCertificate| row.arn.as_ref().map(|(_, account)| *account);
        let elsewhere = |row: &&ListedCertificate| named(row).is_some_and(|it| it != account);
        let rows = rows.iter().filter(|row| may_be_own(row));
        let rows: Vec<ListedCertificate> = rows.filter(elsewhere).cloned().collect();
        if rows.is_empty() {
            return Ok(());
        }
        let offered = self.offered(&rows).await?;
        let mut rows = rows.into_iter().filter(|row| !offered.contains(&row.id));
        let Some((partition, account)) = rows.next().and_then(|row| row.arn) else {
            return Ok(());
        };
        let learnt = self.signer.learn_owner((Some(partition), account));
        learnt.map_err(|other| other.failure(Operation::ListCertificates))
    }

    /// Which of these are on offer. The ARN of such a certificate names the recipient, and a list that
    /// is behind may still show the status of before.
    async fn offered(&self, rows: &[ListedCertificate]) -> Result<HashSet<CertificateId>, Failure> {
        let wanted: HashSet<CertificateId> = rows.iter().map(|row| row.id).collect();
        let mut offered = HashSet::new();
        let mut markers = Markers::new(Operation::ListOutgoingCertificates);
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            if offered.len() == wanted.len() {
                break;
            }
            let page = self.outgoing_page(next.as_deref()).await?;
            let ids = page.rows.iter().map(|row| row.id);
            offered.extend(ids.filter(|id| wanted.contains(id)));
            next = markers.advance(page.next)?;
            if next.is_none() {
                break;
            }
        }
        Ok(offered)
    }
}

/// Whether a row is not known to be in transfer.
fn may_be_own(row: &ListedCertificate) -> bool {
    row.status != CertificateStatus::PendingTransfer
}
