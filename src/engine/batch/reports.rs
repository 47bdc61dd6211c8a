//! The reports of a batch, on their way to the screen.
//!
//! A screen that takes no answers, because the terminal was stopped or its line hangs, must not hold
//! up the work: certificates would stay half detached for as long. So there is room for the reports
//! of thousands of certificates, and what waits together is delivered together.

use tokio::sync::mpsc;

use crate::{
    domain::{CarryReport, Progress, Slowed, ask},
    engine::replies::Replies,
};

/// How many reports may wait: those of some 1,500 certificates with three policies and three
/// things. Their memory is taken as they come.
const ROOM: usize = 1 << 16;
/// How many are delivered together at most.
const TOGETHER: usize = 256;

/// Where the work on certificates reports to.
pub(super) struct Reports(mpsc::Sender<Option<Progress>>);

/// What delivers the reports.
pub(super) struct Delivery(mpsc::Receiver<Option<Progress>>);

pub(super) fn reports() -> (Reports, Delivery) {
    let (sender, receiver) = mpsc::channel(ROOM);
    (Reports(sender), Delivery(receiver))
}

impl Reports {
    /// Sends a report. The batch goes on when the receiver was dropped.
    pub(super) async fn report(&self, progress: Progress) {
        let _ = self.0.send(Some(progress)).await;
    }

    /// There are no more reports.
    pub(super) async fn end(&self) {
        let _ = self.0.send(None).await;
    }
}

impl Delivery {
    /// Delivers the reports until they end.
    pub(super) async fn deliver(
        mut self,
        replies: &Replies,
        slowed: impl Fn() -> Option<Slowed> + Send,
    ) {
        let mut waiting = Vec::new();
        let mut told = None;
        while self.0.recv_many(&mut waiting, TOGETHER).await > 0 {
            let over = waiting.iter().any(Option::is_none);
            let reports: Vec<Progress> = waiting.drain(..).flatten().collect();
            let delivered = reports.is_empty()
                || replies
                    .answer::<ask::Carry>(CarryReport::Progress(reports))
                    .await;
            if over || !delivered {
                return;
            }
            let now = slowed();
            if now != told {
                told = now;
                replies.answer::<ask::Carry>(CarryReport::Slowed(now)).await;
            }
        }
    }
}
