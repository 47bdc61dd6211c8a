//! The engine as one thing to ask: for a command line and for tests. The screen takes its two ends apart,
//! since it must not wait.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::handle::{Handle, Settings, spawn};
use crate::{
    aws::Wire,
    domain::{
        Answer, Batch, Call, CarryReport, CertificateId, ConnectionFacts, ConnectionId, Failure,
        ListedCertificate, LookedAt, MfaCode, OpenRuns, PlannedOne, Progress, Question, Reply,
        Request, RequestId, StopAt, Tally, Target, ask,
    },
};

/// What is done to certificates, and what is known of them.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
    replies: mpsc::Receiver<Reply>,
    last: u64,
    /// Replies to other requests than the one that was waited for.
    aside: VecDeque<Reply>,
}

impl Engine {
    /// Starts it on the current tokio runtime.
    pub fn start(wire: Wire, settings: Settings) -> Self {
        let (handle, replies) = spawn(wire, settings);
        Self {
            handle,
            replies,
            last: 0,
            aside: VecDeque::new(),
        }
    }

    /// The end that requests are given to.
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Asks something, and does not wait for the answer.
    pub fn send(&mut self, connection: ConnectionId, call: Call) -> RequestId {
        self.send_after(connection, call, std::time::Duration::ZERO)
    }

    /// Asks something later, and does not wait for the answer.
    pub fn send_after(
        &mut self,
        connection: ConnectionId,
        call: Call,
        after: std::time::Duration,
    ) -> RequestId {
        self.last = self.last.saturating_add(1);
        let id = RequestId(self.last);
        let request = Request {
            id,
            connection,
            after,
            call,
        };
        if let Err(reply) = self.handle.send(request) {
            self.aside.push_back(*reply);
        }
        id
    }

    /// The next reply to any request; `None` when there will be none any more.
    pub async fn next(&mut self) -> Option<Reply> {
        match self.aside.pop_front() {
            Some(reply) => Some(reply),
            None => self.replies.recv().await,
        }
    }

    /// The next reply to a request. What comes for others meanwhile is kept.
    async fn next_to(&mut self, id: RequestId) -> Result<Answer, Failure> {
        if let Some(at) = self.aside.iter().position(|reply| reply.id == id)
            && let Some(reply) = self.aside.remove(at)
        {
            return Ok(reply.answer);
        }
        while let Some(reply) = self.replies.recv().await {
            if reply.id == id {
                return Ok(reply.answer);
            }
            self.aside.push_back(reply);
        }
        Err(ended())
    }

    /// Asks something that is answered in parts, and gives each to `take`.
    ///
    /// # Errors
    ///
    /// Why it was not answered, or not to the end.
    pub async fn each<Q: Question>(
        &mut self,
        connection: ConnectionId,
        question: Q,
        mut take: impl FnMut(Q::Answer),
    ) -> Result<(), Failure> {
        let id = self.send(connection, question.call());
        loop {
            let answer = match self.next_to(id).await? {
                Answer::Failed(failure) => return Err(*failure),
                answer => answer,
            };
            let more = answer.more_follows();
            take(Q::unpack(answer).ok_or_else(ended)?);
            if !more {
                return Ok(());
            }
        }
    }

    /// Asks something that is answered once.
    ///
    /// # Errors
    ///
    /// Why it was not answered.
    pub async fn ask<Q: Question>(
        &mut self,
        connection: ConnectionId,
        question: Q,
    ) -> Result<Q::Answer, Failure> {
        let mut last = None;
        self.each(connection, question, |answer| last = Some(answer))
            .await?;
        last.ok_or_else(ended)
    }

    /// Makes a connection.
    ///
    /// # Errors
    ///
    /// Why it cannot be made.
    pub async fn connect(
        &mut self,
        connection: ConnectionId,
        target: Target,
        code: Option<MfaCode>,
    ) -> Result<ConnectionFacts, Failure> {
        self.ask(connection, ask::Connect { target, code }).await
    }

    /// All certificates.
    ///
    /// # Errors
    ///
    /// Why they cannot be listed.
    pub async fn list(
        &mut self,
        connection: ConnectionId,
    ) -> Result<Vec<ListedCertificate>, Failure> {
        let mut all = Vec::new();
        let question = ask::Certificates {};
        self.each(connection, question, |page| all.extend(page.page))
            .await?;
        Ok(all)
    }

    /// How certificates stand, with what is attached to them.
    ///
    /// # Errors
    ///
    /// Why none of them can be looked at; of one alone, it stands beside its id.
    pub async fn look(
        &mut self,
        connection: ConnectionId,
        ids: Vec<CertificateId>,
    ) -> Result<Vec<LookedAt>, Failure> {
        let mut all = Vec::new();
        self.each(connection, ask::LookAt { ids }, |one| all.push(one))
            .await?;
        Ok(all)
    }

    /// The steps that a batch to resume or to put back would do.
    ///
    /// # Errors
    ///
    /// Why none can be planned.
    pub async fn plan(
        &mut self,
        connection: ConnectionId,
        batch: Batch,
    ) -> Result<Vec<PlannedOne>, Failure> {
        let mut all = Vec::new();
        let batch = Box::new(batch);
        self.each(connection, ask::PlanOf { batch }, |one| all.push(one))
            .await?;
        Ok(all)
    }

    /// Carries out a batch that was confirmed, and gives each report to `hear`. Answers with how far each
    /// certificate came.
    ///
    /// # Errors
    ///
    /// Why the batch was not begun at all.
    pub async fn carry(
        &mut self,
        connection: ConnectionId,
        batch: Batch,
        mut hear: impl FnMut(&Progress),
    ) -> Result<Tally, Failure> {
        let mut tally = Tally::new(&batch, self.handle.now());
        let batch = Box::new(batch);
        let clock = self.handle.clock();
        let take = |report| {
            let CarryReport::Progress(reports) = report else {
                return;
            };
            for report in reports {
                hear(&report);
                tally.report(report, clock());
            }
        };
        self.each(connection, ask::Carry { batch }, take).await?;
        tally.ended = Some(self.handle.now());
        Ok(tally)
    }

    /// Stops a batch.
    pub fn stop(&self, id: RequestId, at: StopAt) {
        self.handle.stop(id, at);
    }

    /// What the journal has open.
    ///
    /// # Errors
    ///
    /// Why the journal cannot be read.
    pub async fn runs(&mut self, connection: ConnectionId) -> Result<OpenRuns, Failure> {
        self.ask(connection, ask::AllOpenRuns {})
            .await
            .map(|open| *open)
    }

    /// Ends at once: [`Handle::kill`].
    #[cfg(feature = "faults")]
    pub async fn kill(self) {
        drop(self.replies);
        self.handle.kill().await;
    }

    /// Lets the changes run to their end, and ends. Their replies are dropped.
    pub async fn end_unheard(self) {
        drop(self.replies);
        self.handle.shutdown().await;
    }

    /// Lets the changes run to their end, and ends; answers with what was still said.
    pub async fn end(self) -> Vec<Reply> {
        let Self {
            handle,
            mut replies,
            aside,
            ..
        } = self;
        let rest = async {
            let mut rest = Vec::from(aside);
            while let Some(reply) = replies.recv().await {
                rest.push(reply);
            }
            rest
        };
        let ((), rest) = tokio::join!(handle.shutdown(), rest);
        rest
    }
}

/// The background task has ended without an answer.
fn ended() -> Failure {
    let message = "the background task has ended";
    Failure::internal(crate::domain::Operation::Connect, message)
}
