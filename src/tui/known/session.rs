//! The connection in use: which account, which region, as whom.

use crate::{
    domain::{
        AccountBook, AccountId, CertificateArn, CertificateId, CertificateStatus, ConnectionFacts,
        ConnectionId, CredentialSource, Failure, FailureKind, Identity, ListedCertificate,
        Partition, Place, Signing, Sought, Target, text,
    },
    tui::known::remote::{Picture, Remote},
};

/// The connection in use.
#[derive(Debug)]
pub struct Session {
    /// Its number.
    pub id: ConnectionId,
    /// What the person chose.
    pub target: Target,
    /// What is known since it was made, or why it could not be made.
    pub facts: Remote<ConnectionFacts>,
    /// What this computer has to sign in with, once that is read. Nothing with the simulator.
    pub sought: Option<Sought>,
    /// Who the caller is.
    pub identity: Remote<Identity>,
    /// Partition and account in a certificate's ARN: what is left when STS cannot be reached.
    in_arn: Option<(Partition, AccountId)>,
    /// Whether the clients are made, so that something can be asked.
    pub connected: bool,
    /// Why there are no good credentials any more. Nothing is asked by itself then.
    pub ended: Option<Box<Failure>>,
    /// Whether the last answer said that every further call would fail, too.
    pub troubled: bool,
    /// Account and region of the connection that this one is to replace. What is on the screen is
    /// theirs, until it is known whether this one has the same.
    before: Option<(AccountId, String)>,
    /// The connections that it replaced: answers still come over them.
    former: Vec<ConnectionId>,
}

impl Session {
    /// A connection that is to be made.
    pub fn new(id: ConnectionId, target: Target) -> Self {
        Self {
            id,
            target,
            facts: Remote::default(),
            sought: None,
            identity: Remote::default(),
            in_arn: None,
            connected: false,
            ended: None,
            troubled: false,
            before: None,
            former: Vec::new(),
        }
    }

    /// The connection is made anew, with whatever credentials and region are configured now.
    pub fn renew(&mut self, id: ConnectionId) {
        let known = self
            .account()
            .map(|account| (account, self.region().to_owned()));
        self.before = known.or(self.before.take());
        self.former.push(self.id);
        self.id = id;
        self.connected = false;
        self.troubled = false;
        self.ended = None;
        self.identity = Remote::default();
        self.in_arn = None;
    }

    /// Whether an answer over this connection is its own.
    pub fn is_over(&self, connection: ConnectionId) -> bool {
        self.id == connection || self.former.contains(&connection)
    }

    /// Whether a renewed connection turned out to be another account's or region's. Answers once.
    pub fn moved(&mut self) -> bool {
        if !self.connected {
            return false;
        }
        let (Some((account, region)), Some(now)) = (&self.before, self.account()) else {
            return false;
        };
        let moved = *account != now || region != self.region();
        self.before = None;
        moved
    }

    /// The account, by STS, or else by a certificate's ARN.
    pub fn account(&self) -> Option<AccountId> {
        self.identity
            .value()
            .map(|i| i.account)
            .or(self.in_arn.as_ref().map(|(_, account)| *account))
    }

    /// Learns the account from a listing. A certificate in transfer does not count: its ARN carries
    /// the recipient's account already.
    pub fn learn_account(&mut self, page: &[ListedCertificate]) {
        if self.in_arn.is_none() {
            self.in_arn = page
                .iter()
                .filter(|c| c.status != CertificateStatus::PendingTransfer)
                .find_map(|c| c.arn.clone());
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

    /// What gave the credentials.
    pub fn credentials(&self) -> Option<&CredentialSource> {
        self.facts.value()?.credentials.as_ref()
    }

    /// The profile that gave the credentials; before that is known, the one that was asked for.
    pub fn profile(&self) -> Option<&str> {
        match self.credentials() {
            Some(CredentialSource::Profile(name)) => Some(name),
            Some(_) => None,
            None => {
                let settings = self
                    .facts
                    .value()
                    .and_then(|facts| facts.profile.as_deref());
                settings.or(self.target.profile.as_deref())
            }
        }
    }

    /// How the calls are signed.
    pub fn signing(&self) -> Signing<'_> {
        let facts = self.facts.value();
        Signing {
            profile: self.profile(),
            sign_in: facts.and_then(|facts| facts.sign_in.as_deref()),
        }
    }

    /// Another account answers: nothing more is asked over this connection, until a person connects
    /// again.
    pub fn close(&mut self, failure: Box<Failure>) {
        let known = self
            .account()
            .map(|account| (account, self.region().to_owned()));
        self.before = known.or(self.before.take());
        self.connected = false;
        self.identity = Remote::default();
        self.in_arn = None;
        self.facts.failed(failure);
    }

    /// Whether it was closed because another account answered.
    pub fn is_closed(&self) -> bool {
        self.failure()
            .is_some_and(|failure| failure.kind == FailureKind::OtherAccount)
    }

    /// Where it leads. AWS's ARNs say which partition it is; where none is known, the region does.
    pub fn at(&self) -> Option<Place> {
        let facts = self.facts.value()?;
        let in_arn = || Some(self.in_arn.as_ref()?.0.clone());
        let partition = self.identity.value().and_then(Identity::partition);
        Some(Place {
            control_plane: facts.control_plane.clone(),
            partition: partition
                .or_else(in_arn)
                .or_else(|| facts.partition.clone())?,
            region: facts.region.clone(),
            account: self.account()?,
        })
    }

    /// The ARN of one of this account's certificates.
    pub fn arn(&self, id: CertificateId) -> Option<CertificateArn> {
        Some(self.at()?.arn(id))
    }

    /// What it is called while its account is not known: `profile eu …`, or that it is not connected.
    pub fn name_without_account(&self) -> String {
        let profile = match self.profile() {
            Some(name) => format!("profile {}", text::visible(name)),
            None => "account".to_owned(),
        };
        match self.failure() {
            Some(_) => format!("{profile} not connected"),
            None => format!("{profile} …"),
        }
    }

    /// `1111-2222-3333 fleet-prod, us-east-1`: where something happens.
    pub fn place(&self, book: &AccountBook) -> String {
        let account = self
            .account()
            .map_or_else(|| "an unknown account".to_owned(), |a| book.describe(a));
        format!("{account}, {}", text::visible(self.region()))
    }

    /// Why nothing can be shown, when the connection itself is the reason.
    pub fn failure(&self) -> Option<&Failure> {
        match self.facts.picture() {
            Picture::Failed(failure) | Picture::Stale(_, _, failure) => Some(failure),
            _ => None,
        }
    }
}
