//! A look at many certificates, before a batch for them is confirmed.

use std::sync::Arc;

use tokio::{sync::OnceCell, task::JoinSet};

use crate::{
    aws::Connection,
    domain::{
        CertificateArn, CertificateId, CertificateStatus, Description, Failure, Look, LookedAt,
        Operation, PolicyRef, Question, ThingRef, ask,
    },
    engine::{connections::Connected, looking::outgoing::Offers, replies::Replies},
};

/// A certificate and what is attached to it, as AWS shows it: each as far as it could be had.
pub(in crate::engine) struct Sighting {
    pub(in crate::engine) description: Result<Description, Failure>,
    pub(in crate::engine) policies: Result<Vec<PolicyRef>, Failure>,
    pub(in crate::engine) things: Result<Vec<ThingRef>, Failure>,
}

/// All of a certificate.
pub(in crate::engine) struct WholeSight {
    pub(in crate::engine) description: Description,
    pub(in crate::engine) policies: Vec<PolicyRef>,
    pub(in crate::engine) things: Vec<ThingRef>,
}

/// Describes a certificate and lists what is attached to it.
pub(in crate::engine) async fn sight(connection: &Connection, arn: &CertificateArn) -> Sighting {
    let (description, policies, things) = tokio::join!(
        connection.describe(arn.id),
        connection.policies(arn),
        connection.things(arn),
    );
    Sighting {
        description,
        policies,
        things,
    }
}

impl Sighting {
    /// All of it.
    ///
    /// # Errors
    ///
    /// Why a part of it could not be had.
    pub(in crate::engine) fn whole(self) -> Result<WholeSight, Failure> {
        Ok(WholeSight {
            description: self.description?,
            policies: self.policies?,
            things: self.things?,
        })
    }
}

/// How many certificates are looked at at once.
const AT_ONCE: usize = 16;

/// What the looks share.
struct Looks {
    connected: Connected,
    /// The outgoing transfers, listed once when they are first needed.
    offers: OnceCell<Result<Offers, Failure>>,
}

/// Looks at certificates, and answers with each as it was seen.
pub(in crate::engine) async fn look(
    connected: Connected,
    certificates: Vec<CertificateId>,
    replies: &Replies,
) -> Result<(), Failure> {
    if certificates.is_empty() {
        let message = "there is no certificate to look at";
        return Err(Failure::internal(Operation::DescribeCertificate, message));
    }
    let connected = connected.priority(certificates.len() > 1);
    let looks = Arc::new(Looks {
        connected,
        offers: OnceCell::new(),
    });
    let look = move |id| {
        let looks = Arc::clone(&looks);
        async move {
            looks
                .look(id)
                .await
                .map_err(|failure| (id, Box::new(failure)))
        }
    };
    let answer = |look, last| LookedAt { look, last };
    each::<ask::LookAt, _, _>(certificates, look, answer, replies).await
}

/// Looks at certificates, several at once, and answers with each.
///
/// # Errors
///
/// An error in certferry, which ends the request.
pub(in crate::engine) async fn each<Q, T, F>(
    certificates: Vec<CertificateId>,
    look: impl Fn(CertificateId) -> F,
    answer: impl Fn(T, bool) -> Q::Answer,
    replies: &Replies,
) -> Result<(), Failure>
where
    Q: Question,
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut left = certificates.len();
    let mut waiting = certificates.into_iter();
    let mut tasks = JoinSet::new();
    loop {
        while tasks.len() < AT_ONCE {
            let Some(id) = waiting.next() else {
                break;
            };
            tasks.spawn(look(id));
        }
        let Some(joined) = tasks.join_next().await else {
            return Ok(());
        };
        // A panic ends the whole request and is reported there.
        let done = joined.map_err(|_| {
            let message = "an error in certferry ended this request";
            Failure::internal(Operation::DescribeCertificate, message)
        })?;
        left = left.saturating_sub(1);
        if !replies.answer::<Q>(answer(done, left == 0)).await {
            return Ok(());
        }
    }
}

impl Looks {
    async fn look(&self, id: CertificateId) -> Result<Look, Failure> {
        let place = self.connected.place().await?;
        let Sighting {
            description,
            policies,
            things,
        } = sight(&self.connected.connection, &place.arn(id)).await;
        let description = description?;
        let pending = description.status == CertificateStatus::PendingTransfer;
        let outgoing = if pending {
            self.offers().await.map(|offers| offers.contains_key(&id))
        } else {
            Some(false)
        };
        let (policies, things) = match (policies, things) {
            // Nothing can be attached, and which ARN it has now is not documented.
            (Err(_), _) | (_, Err(_)) if pending => (Vec::new(), Vec::new()),
            (policies, things) => (policies?, things?),
        };
        Ok(Look {
            id,
            status: description.console_status(outgoing, Some(place.account)),
            policies: policies.into_iter().map(|policy| policy.name).collect(),
            things,
            edition: Some(description.edition()),
        })
    }

    async fn offers(&self) -> Option<Offers> {
        let outgoing = &self.connected.outgoing;
        let list = || outgoing.list(&self.connected.connection, std::time::Duration::ZERO);
        self.offers.get_or_init(list).await.as_ref().ok().cloned()
    }
}
