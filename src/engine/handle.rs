//! The screen's end of the background task, and how that is started.

use std::{collections::BTreeSet, path::PathBuf};

use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
};

use super::{
    changes::Changes,
    machine::ledger::{JournalPlace, Ledger},
    machine::system::Machine,
    request,
    tasks::{self, Message},
};
use crate::{
    aws::{self, Paces, Wire},
    domain::{AccountBook, Answer, Call, Failure, Reply, Request, RequestId, StopAt, Timestamp},
};

/// How many requests and cancellations may wait to be taken. The background task takes them at
/// once; a queue this long means that it is gone or stuck.
const QUEUE: usize = 512;
/// How many replies may wait to be read. A listing waits with its next page until there is room.
const REPLIES: usize = 64;

/// The screen's end of the background task. Dropping it cancels the reads and lets the changes
/// run to their end.
#[derive(Debug)]
pub struct Handle {
    commands: mpsc::Sender<Message>,
    changes: Changes,
    task: JoinHandle<()>,
    ledger: Ledger,
}

/// How the background task works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// No change is made, whatever is asked for.
    pub read_only: bool,
    /// Where it keeps what it detached.
    pub journal: JournalPlace,
    /// The fraction of AWS's quotas that it uses, between 0.01 and 1.
    pub pace: f64,
    /// The folder of what the processes of this computer share.
    pub shared: Option<PathBuf>,
    /// The file that remembers which account a profile led to.
    pub last_accounts: Option<PathBuf>,
    /// The accounts a team knows, and which of them may receive certificates.
    pub accounts: AccountBook,
    /// The file that has every call that changes anything.
    pub audit: Option<PathBuf>,
    /// The profiles with which no change is made.
    pub read_only_profiles: BTreeSet<String>,
    /// The file that keeps what devices are called; without one they are kept in memory.
    pub names: Option<PathBuf>,
    /// The file that keeps the filters that were saved; without one they are kept in memory.
    pub filters: Option<PathBuf>,
    /// What it stands on.
    pub machine: Machine,
}

impl Settings {
    /// With this journal, at the usual pace.
    pub fn new(journal: JournalPlace) -> Self {
        Self {
            read_only: false,
            journal,
            pace: aws::DEFAULT_FRACTION,
            shared: None,
            last_accounts: None,
            accounts: AccountBook::default(),
            audit: None,
            read_only_profiles: BTreeSet::new(),
            names: None,
            filters: None,
            machine: Machine::Real,
        }
    }

    /// Whether no change is made, whatever is asked for.
    pub fn read_only(self, read_only: bool) -> Self {
        Self { read_only, ..self }
    }
}

/// Starts the background task on the current tokio runtime.
///
/// The replies must be read: a listing, a batch's progress and the end of a change wait for room.
pub fn spawn(wire: Wire, settings: Settings) -> (Handle, mpsc::Receiver<Reply>) {
    let (commands, queue) = mpsc::channel(QUEUE);
    let (replies, answers) = mpsc::channel(REPLIES);
    let ledger = Ledger::new(settings.journal, settings.machine.clone());
    let resting = ledger.clone();
    let paces = Paces::new(settings.pace, settings.shared.as_deref());
    let context = request::Answering::new(wire, paces, settings.read_only, ledger, replies)
        .remembering(settings.last_accounts)
        .knowing(settings.accounts, settings.read_only_profiles)
        .naming(settings.names, settings.machine.clone())
        .keeping(settings.filters)
        .auditing(settings.audit, settings.machine);
    let task = tokio::spawn(tasks::run(context, queue));
    let handle = Handle {
        commands,
        changes: Changes::default(),
        task,
        ledger: resting,
    };
    (handle, answers)
}

impl Handle {
    /// Gives a request to the background task. Never waits.
    ///
    /// # Errors
    ///
    /// The reply to show, when the background task cannot take the request: nothing was done.
    pub fn send(&self, request: Request) -> Result<(), Box<Reply>> {
        let changes = matches!(request.call, Call::Carry(_));
        let change = changes.then(|| self.changes.begin(request.id));
        let command = Message::Run(Box::new(request), change);
        let (command, why) = match self.commands.try_send(command) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(command)) => (command, "too many requests are waiting"),
            Err(TrySendError::Closed(command)) => (command, "the background task has ended"),
        };
        let Message::Run(request, _) = command else {
            return Ok(());
        };
        Err(Box::new(Reply {
            id: request.id,
            connection: request.connection,
            answer: Answer::Failed(Box::new(Failure::internal(request.call.operation(), why))),
        }))
    }

    /// Stops a read, or a listing between two pages; its answer does not come any more. A change
    /// is not stopped. Never waits.
    pub fn cancel(&self, id: RequestId) {
        // If the queue is full, the read goes on unwanted, which does no harm.
        let _ = self.commands.try_send(Message::Cancel(id));
    }

    /// Stops a batch; it still reports its end. A single change goes on. Never waits.
    pub fn stop(&self, id: RequestId, at: StopAt) {
        self.changes.stop(id, at);
    }

    /// The process is about to be stopped by the system: finishes what is being written into the
    /// journal, and writes nothing more until [`wake`](Self::wake), so that other processes do not
    /// wait for it. Waits for a second at most.
    pub fn rest(&self) {
        self.ledger.rest();
    }

    /// The process goes on.
    pub fn wake(&self) {
        self.ledger.wake();
    }

    /// How many changes are waiting or running.
    pub fn changes_running(&self) -> usize {
        self.changes.running()
    }

    /// Waits until no change is waiting or running.
    pub async fn idle(&self) {
        self.changes.idle().await;
    }

    /// What tells the time for it.
    pub(super) fn clock(&self) -> impl Fn() -> Timestamp + use<> {
        let ledger = self.ledger.clone();
        move || ledger.now()
    }

    /// What time it is for it.
    pub(super) fn now(&self) -> Timestamp {
        self.ledger.now()
    }

    /// Ends at once, as a process does that is killed, and waits until nothing of it is left.
    #[cfg(feature = "faults")]
    pub async fn kill(self) {
        let Self {
            commands,
            changes,
            task,
            ledger,
        } = self;
        task.abort();
        let _ = task.await;
        drop((commands, changes));
        while ledger.is_shared() {
            tokio::task::yield_now().await;
        }
    }

    /// Cancels the reads, lets the changes run to their end, and ends the background task. Replies
    /// must still be read, or their receiver be dropped.
    pub async fn shutdown(self) {
        drop(self.commands);
        // If the task panicked, there is nobody left to tell.
        let _ = self.task.await;
    }
}
