//! A look at many certificates, before a batch for them is confirmed.

use std::sync::Arc;

use tokio::{sync::OnceCell, task::JoinSet};

use super::{connections::Connected, outgoing::Offers, request::Replies};
use crate::{
    aws::Connection,
    domain::{Answer, CertificateId, CertificateStatus, Failure, Look, Operation},
};

/// How many certificates are looked at at once.
const AT_ONCE: usize = 16;

/// What the looks share.
struct Survey {
    connected: Connected,
    connection: Connection,
    /// The outgoing transfers, listed once when they are first needed.
    offers: OnceCell<Result<Offers, Failure>>,
}

/// Looks at certificates, and answers with each as it was seen.
pub(super) async fn look(
    connected: Connected,
    certificates: Vec<CertificateId>,
    replies: &Replies,
) -> Result<(), Failure> {
    if certificates.is_empty() {
        let message = "there is no certificate to look at";
        return Err(Failure::internal(Operation::DescribeCertificate, message));
    }
    let connection = connected.priority(certificates.len() > 1);
    let survey = Arc::new(Survey {
        connected,
        connection,
        offers: OnceCell::new(),
    });
    let look = move |id| {
        let survey = Arc::clone(&survey);
        async move {
            survey
                .look(id)
                .await
                .map_err(|failure| (id, Box::new(failure)))
        }
    };
    let answer = |seen, last| Answer::Look { seen, last };
    each(certificates, look, answer, replies).await
}

/// Looks at certificates, several at once, and answers with each.
///
/// # Errors
///
/// An error in certferry, which ends the request.
pub(super) async fn each<T, F>(
    certificates: Vec<CertificateId>,
    look: impl Fn(CertificateId) -> F,
    answer: impl Fn(T, bool) -> Answer,
    replies: &Replies,
) -> Result<(), Failure>
where
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
        let seen = joined.map_err(|_| {
            let message = "an error in certferry ended this request";
            Failure::internal(Operation::DescribeCertificate, message)
        })?;
        left = left.saturating_sub(1);
        if !replies.answer(answer(seen, left == 0)).await {
            return Ok(());
        }
    }
}

impl Survey {
    async fn look(&self, id: CertificateId) -> Result<Look, Failure> {
        let place = self.connected.place().await?;
        let arn = place.arn(id);
        let (description, policies, things) = tokio::join!(
            self.connection.describe(id),
            self.connection.policies(&arn),
            self.connection.things(&arn),
        );
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
        })
    }

    async fn offers(&self) -> Option<Offers> {
        let outgoing = &self.connected.outgoing;
        let list = || outgoing.list(&self.connection, std::time::Duration::ZERO);
        self.offers.get_or_init(list).await.as_ref().ok().cloned()
    }
}
