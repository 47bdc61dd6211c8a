//! Where the answers to one request go.

use tokio::sync::mpsc;

use crate::domain::{Answer, Call, ConnectionId, Failure, Question, Reply, RequestId};

/// Where the answers to one request go.
#[derive(Clone)]
pub(super) struct Replies {
    id: RequestId,
    connection: ConnectionId,
    sender: mpsc::Sender<Reply>,
}

impl Replies {
    /// The answers to a request.
    pub(super) const fn new(
        id: RequestId,
        connection: ConnectionId,
        sender: mpsc::Sender<Reply>,
    ) -> Self {
        Self {
            id,
            connection,
            sender,
        }
    }

    /// Sends a reply once there is room; false when the receiver was dropped.
    pub(super) async fn answer<Q: Question>(&self, answer: Q::Answer) -> bool {
        self.send(Q::pack(answer)).await
    }

    /// Answers that it failed.
    pub(super) async fn fail(&self, failure: Failure) {
        self.send(Answer::Failed(Box::new(failure))).await;
    }

    /// Sends an answer once there is room; false when the receiver was dropped.
    pub(super) async fn send(&self, answer: Answer) -> bool {
        let reply = Reply {
            id: self.id,
            connection: self.connection,
            answer,
        };
        self.sender.send(reply).await.is_ok()
    }
}

/// A question that came to where it is not answered.
pub(super) fn nobody_answers(call: &Call) -> Failure {
    Failure::internal(call.operation(), "nobody answers this question")
}
