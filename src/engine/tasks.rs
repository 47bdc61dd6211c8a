//! The background task itself: one task a request, and what becomes of them.

use std::collections::{BTreeMap, HashMap};

use tokio::{
    sync::mpsc,
    task::{AbortHandle, Id, JoinError, JoinSet},
};

use tracing::{Instrument as _, error, info_span};

use crate::{
    domain::{ConnectionId, Failure, Operation, Request, RequestId},
    engine::{changes::Counted, request::Answering},
};

/// What the handle tells the background task.
pub(super) enum Message {
    /// Do this. A change carries its count with it: it is never cancelled.
    Run(Box<Request>, Option<Counted>),
    /// A read is not wanted any more.
    Cancel(RequestId),
}

/// A request under way.
struct Running {
    id: RequestId,
    connection: ConnectionId,
    operation: Operation,
    change: bool,
    abort: AbortHandle,
}

/// The tasks of all requests.
struct Tasks {
    context: Answering,
    set: JoinSet<()>,
    running: HashMap<Id, Running>,
    /// The reads, which can be cancelled.
    reads: BTreeMap<RequestId, Id>,
}

/// Takes commands until the handle is dropped, then waits for the changes.
pub(super) async fn run(context: Answering, mut queue: mpsc::Receiver<Message>) {
    let mut tasks = Tasks {
        context,
        set: JoinSet::new(),
        running: HashMap::new(),
        reads: BTreeMap::new(),
    };
    loop {
        tokio::select! {
            biased;
            command = queue.recv() => match command {
                Some(Message::Run(request, change)) => tasks.start(*request, change),
                Some(Message::Cancel(id)) => tasks.cancel(id),
                None => break,
            },
            Some(ended) = tasks.set.join_next_with_id() => tasks.ended(&ended),
        }
    }
    tasks.cancel_all();
    while let Some(ended) = tasks.set.join_next_with_id().await {
        tasks.ended(&ended);
    }
}

impl Tasks {
    fn start(&mut self, request: Request, change: Option<Counted>) {
        let (id, connection) = (request.id, request.connection);
        let operation = request.call.operation();
        let changes = change.is_some();
        let stop = change.as_ref().map(Counted::stop);
        let span = info_span!(
            "request",
            number = id.0,
            connection = connection.0,
            operation = operation.name()
        );
        let work = self.context.clone().run(request, stop).instrument(span);
        let abort = self.set.spawn(async move {
            work.await;
            // The change counts as running until its answer is delivered.
            drop(change);
        });
        if !changes {
            self.reads.insert(id, abort.id());
        }
        let running = Running {
            id,
            connection,
            operation,
            change: changes,
            abort,
        };
        self.running.insert(running.abort.id(), running);
    }

    fn cancel(&self, id: RequestId) {
        let task = self.reads.get(&id).and_then(|task| self.running.get(task));
        if let Some(running) = task {
            running.abort.abort();
        }
    }

    fn cancel_all(&self) {
        for id in self.reads.keys() {
            self.cancel(*id);
        }
    }

    fn ended(&mut self, ended: &Result<(Id, ()), JoinError>) {
        let (task, panicked) = match ended {
            Ok((task, ())) => (*task, false),
            Err(error) => (error.id(), error.is_panic()),
        };
        let Some(running) = self.running.remove(&task) else {
            return;
        };
        self.reads.remove(&running.id);
        if panicked {
            error!(
                number = running.id.0,
                operation = running.operation.name(),
                "it panicked"
            );
            let message = "an error in certferry ended this request";
            let mut failure = Failure::internal(running.operation, message);
            // It is unknown how far it got.
            failure.ambiguous = running.change;
            let replies = self.context.replies(running.id, running.connection);
            self.set.spawn(async move {
                replies.fail(failure).await;
            });
        }
    }
}
