//! Sending a change when its turn has come. One that must not be made twice is sent once.

use std::time::Duration;

use crate::{
    domain::{Done, Failure, FailureKind, Mutation, Progress, Shows, Timestamp},
    engine::{
        batch::shared::Shared,
        looking::lost_answer::{self, Verdict},
    },
};

/// A call that was sent.
pub(in crate::engine::batch) struct Sent {
    /// Its number in the batch.
    pub(in crate::engine::batch) number: u64,
    /// How it went.
    pub(in crate::engine::batch) answer: Result<Done, Failure>,
}

/// How often a change that must not be made twice is sent in all. Every further time AWS has shown
/// that the time before had no effect.
pub(in crate::engine::batch) const SENT_AT_MOST: usize = 3;
/// How many seconds to wait before a change is sent again that AWS throttled, when all the SDK's own
/// attempts were.
const THROTTLED: [u64; 4] = [1, 2, 4, 8];
impl Shared {
    /// Makes a change when its turn has come; `None` when the person stopped the batch before.
    pub(in crate::engine::batch) async fn send(&self, mutation: &Mutation) -> Option<Sent> {
        let turn = self.connection.turn(mutation.change.operation());
        self.tools.stop.unless(turn).await?;
        Some(self.send_in_turn(mutation).await)
    }

    /// Makes a change whose turn has come, whoever has stopped the batch.
    pub(in crate::engine::batch) async fn send_in_turn(&self, mutation: &Mutation) -> Sent {
        let number = self.next_call();
        let audited = self.audited(number, mutation);
        if let Err(failure) = self.tools.audit.sent(&audited, mutation).await {
            let answer = Err(failure);
            return Sent { number, answer };
        }
        let sent = Progress::Sent {
            call: number,
            mutation: Box::new(mutation.clone()),
        };
        self.progress(sent).await;
        let answer = self.connection.mutate_now(mutation).await;
        self.answered(mutation, number, &answer).await;
        Sent { number, answer }
    }

    /// Makes a change that may be made twice. While AWS throttles it, it is sent again; when its answer was
    /// lost and it changes the status, AWS is asked.
    pub(in crate::engine::batch) async fn send_repeatable(
        &self,
        mutation: &Mutation,
    ) -> Option<Sent> {
        let mut throttled = THROTTLED.into_iter();
        // Whether a call before the last one may have made it.
        let mut unclear = false;
        loop {
            let mut sent = self.send(mutation).await?;
            let Err(failure) = &mut sent.answer else {
                return Some(sent);
            };
            failure.ambiguous |= unclear;
            unclear = failure.ambiguous;
            let again = failure.kind == FailureKind::Throttled;
            let Some(pause) = throttled.next().filter(|_| again) else {
                return Some(self.ask_for_status(mutation, sent).await);
            };
            if self.tools.stop.sleep(Duration::from_secs(pause)).await {
                // Throttled, it was not made.
                return unclear.then_some(sent);
            }
        }
    }

    /// When the answer was lost of a change of the status, the certificate tells what became of it.
    async fn ask_for_status(&self, mutation: &Mutation, sent: Sent) -> Sent {
        let (Err(failure), Shows::Status(wanted)) = (&sent.answer, mutation.change.shows()) else {
            return sent;
        };
        if !failure.ambiguous {
            return sent;
        }
        let found = self.connection.describe(mutation.id()).await;
        if !found.is_ok_and(|found| found.status == wanted) {
            return sent;
        }
        let done = self.confirmed(mutation, sent.number, failure.clone());
        Sent {
            answer: Ok(done.await),
            ..sent
        }
    }

    /// Asks AWS's lists about what it says is not attached: a try whose answer was lost may have
    /// detached it, as the SDK sends such a change again.
    ///
    /// # Errors
    ///
    /// The failure, where it is still listed or that cannot be seen.
    pub(in crate::engine::batch) async fn seen_detached(
        &self,
        mutation: &Mutation,
        call: u64,
        failure: Failure,
    ) -> Result<Done, Failure> {
        if !lost_answer::is_detached(&self.connected, mutation).await {
            return Err(failure);
        }
        Ok(self.confirmed(mutation, call, failure).await)
    }

    /// Reports that AWS shows a change that was said to have failed.
    pub(in crate::engine::batch) async fn confirmed(
        &self,
        mutation: &Mutation,
        call: u64,
        failure: Failure,
    ) -> Done {
        let done = Done {
            request_id: failure.request_id,
            confirmed_afterwards: true,
        };
        self.answered(mutation, call, &Ok(done.clone())).await;
        done
    }

    /// Reports how a call went.
    pub(in crate::engine::batch) async fn answered(
        &self,
        mutation: &Mutation,
        call: u64,
        answer: &Result<Done, Failure>,
    ) {
        let audited = self.audited(call, mutation);
        self.tools.audit.answered(&audited, answer).await;
        let answered = Progress::Answered {
            id: mutation.id(),
            call,
            answer: answer.clone().map_err(Box::new),
        };
        self.progress(answered).await;
    }

    /// Makes a change that must not be made twice; `None` when the person stopped the batch and it
    /// was not made. It is sent at most `times` times. `unclear` is since when an earlier call may have
    /// made it. A failure is ambiguous when it is still not known whether it was made.
    pub(in crate::engine::batch) async fn send_once(
        &self,
        mutation: &Mutation,
        unclear: Option<Timestamp>,
        times: usize,
    ) -> Option<Result<Done, Failure>> {
        let stop = &self.tools.stop;
        let since = unclear.unwrap_or_else(|| self.now());
        if unclear.is_some() {
            match lost_answer::ask(&self.connected, mutation, since).await {
                Verdict::Made => return Some(Ok(Done::default())),
                Verdict::NotMade => {}
                Verdict::Unclear => return Some(Err(not_known(mutation))),
            }
        }
        let mut lost = unclear.is_some();
        let mut sent = 0_usize;
        let mut throttled = THROTTLED.into_iter();
        loop {
            let Sent { number, answer } = self.send(mutation).await?;
            let failure = match answer {
                Ok(done) => return Some(Ok(done)),
                Err(failure) => failure,
            };
            if failure.kind == FailureKind::Throttled && !failure.ambiguous {
                let Some(pause) = throttled.next() else {
                    return Some(Err(failure));
                };
                if stop.sleep(Duration::from_secs(pause)).await {
                    return None;
                }
                continue;
            }
            // An earlier request may have arrived late, or the other side was faster.
            let overtaken = match failure.kind {
                FailureKind::TransferCompleted => true,
                FailureKind::CertificateState
                | FailureKind::TransferConflict
                | FailureKind::NotFound => lost,
                _ => false,
            };
            if !failure.ambiguous && !overtaken {
                return Some(Err(failure));
            }
            lost = true;
            sent = sent.saturating_add(1);
            let again = !overtaken && sent < times && !stop.asked();
            let resolve = lost_answer::resolve(&self.connected, mutation, failure, since);
            let answer = resolve.await;
            self.answered(mutation, number, &answer).await;
            match answer {
                Err(failure) if again && !failure.ambiguous => {}
                answer => return Some(answer),
            }
        }
    }
}

/// The failure of a change of which nothing is known but that it may have been made.
fn not_known(mutation: &Mutation) -> Failure {
    let message = "its answer was lost, and AWS does not show whether it was made";
    Failure {
        kind: FailureKind::TimedOut,
        ambiguous: true,
        ..Failure::internal(mutation.change.operation(), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CertificateArn, CertificateId, Change, Place};

    #[test]
    fn what_is_not_known_says_so() {
        let place = Place::aws(
            "us-east-1",
            crate::domain::AccountId::parse("111122223333").unwrap(),
        );
        let arn = CertificateArn {
            partition: place.partition,
            region: place.region,
            account: place.account,
            id: CertificateId::from_bytes([7; 32]),
        };
        let failure = not_known(&Change::CancelTransfer.of(arn));
        assert!(failure.ambiguous && !failure.refuted);
        assert_eq!(failure.kind, FailureKind::TimedOut);
    }
}
