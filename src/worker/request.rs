//! One request, from its wait to its last reply.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{connections::Connections, listing, lost_answer};
use crate::{
    domain::{
        Answer, Call, ConnectionId, Failure, FailureKind, Mutation, Reply, Request, RequestId,
    },
    iot::{self, Connection, Paces, Wire},
};

/// What every request's task shares.
#[derive(Clone)]
pub(super) struct Context {
    wire: Arc<Wire>,
    paces: Paces,
    read_only: bool,
    connections: Arc<Connections>,
    replies: mpsc::Sender<Reply>,
}

/// Where the answers to one request go.
pub(super) struct Replies {
    id: RequestId,
    connection: ConnectionId,
    sender: mpsc::Sender<Reply>,
}

impl Replies {
    /// Answers, once there is room; false when nobody listens any more.
    pub(super) async fn answer(&self, answer: Answer) -> bool {
        let reply = Reply {
            id: self.id,
            connection: self.connection,
            answer,
        };
        self.sender.send(reply).await.is_ok()
    }
}

impl Context {
    pub(super) fn new(wire: Wire, read_only: bool, replies: mpsc::Sender<Reply>) -> Self {
        Self {
            wire: Arc::new(wire),
            paces: Paces::default(),
            read_only,
            connections: Arc::default(),
            replies,
        }
    }

    /// Where the answers to a request go.
    pub(super) fn replies(&self, id: RequestId, connection: ConnectionId) -> Replies {
        Replies {
            id,
            connection,
            sender: self.replies.clone(),
        }
    }

    /// Does what a request asks for and answers it.
    pub(super) async fn run(self, request: Request) {
        let replies = self.replies(request.id, request.connection);
        if !request.after.is_zero() {
            tokio::time::sleep(request.after).await;
        }
        if let Err(failure) = self.call(request, &replies).await {
            replies.answer(Answer::Failed(Box::new(failure))).await;
        }
    }

    async fn call(&self, request: Request, replies: &Replies) -> Result<(), Failure> {
        let operation = request.call.operation();
        let connection = || {
            (self.connections.get(request.connection))
                .ok_or_else(|| Failure::internal(operation, "the connection is not open any more"))
        };
        let answer = match request.call {
            Call::Connect(target) => {
                let (made, facts) = iot::connect(&self.wire, &self.paces, &target).await?;
                self.connections.insert(request.connection, made);
                Answer::Connected(facts)
            }
            Call::Identity => Answer::Identity(connection()?.identity().await?),
            Call::Certificates => return listing::certificates(&connection()?, replies).await,
            Call::Outgoing => return listing::outgoing(&connection()?, replies).await,
            Call::Describe(id) => Answer::Described(Box::new(connection()?.describe(id).await?)),
            Call::Policies(arn) => Answer::Policies(connection()?.policies(&arn).await?),
            Call::Things(arn) => Answer::Things(connection()?.things(&arn).await?),
            Call::PolicyDocument(name) => {
                Answer::PolicyDocument(connection()?.policy_document(&name).await?)
            }
            Call::ThingAttributes(name) => {
                Answer::ThingAttributes(connection()?.thing_attributes(&name).await?)
            }
            Call::Mutate(_) if self.read_only => {
                return Err(Failure {
                    kind: FailureKind::ReadOnly,
                    ..Failure::internal(operation, "this session is read-only: nothing was sent")
                });
            }
            Call::Mutate(mutation) => mutate(&connection()?, &mutation).await?,
        };
        replies.answer(answer).await;
        Ok(())
    }
}

async fn mutate(connection: &Connection, mutation: &Mutation) -> Result<Answer, Failure> {
    match connection.mutate(mutation).await {
        Ok(done) => Ok(Answer::Done(done)),
        Err(failure) if failure.ambiguous && !mutation.idempotent() => {
            lost_answer::settle(connection, mutation, failure)
                .await
                .map(Answer::Done)
        }
        Err(failure) => Err(failure),
    }
}
