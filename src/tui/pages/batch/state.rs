//! The batches of this run of the program: what was asked for, how far each certificate came.

use std::collections::HashSet;

use crate::domain::{
    AccountId, Batch, CertificateArn, CertificateId, Change, CommandPlace, Failure, Item, Mutation,
    Place, Procedure, RequestId, RunOutcome, RunStep, StopAt, Tally, Timestamp,
};

/// How a single change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SingleEnd {
    /// It was made.
    Done {
        /// Its answer was lost, and AWS's state shows it.
        lost: bool,
    },
    /// It failed, or it is not known if it was made.
    Failed(Box<Failure>),
    /// It was not sent; why.
    NotDone(String),
}

/// Where a batch is carried out, whatever is connected to since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPlace {
    /// `1111-2222-3333 fleet-prod, us-east-1`.
    pub words: String,
    /// The place.
    pub place: Place,
    /// The profile, when one was named.
    pub profile: Option<String>,
    /// The endpoint, when it is not AWS's own.
    pub endpoint: Option<String>,
}

impl BatchPlace {
    /// For the AWS CLI line of a change of the batch.
    pub fn command_place(&self) -> CommandPlace<'_> {
        CommandPlace {
            region: &self.place.region,
            profile: self.profile.as_deref(),
            endpoint: self.endpoint.as_deref(),
        }
    }

    /// The ARN of one of its certificates.
    pub fn arn(&self, id: CertificateId) -> CertificateArn {
        self.place.arn(id)
    }
}

/// A batch and how far it came.
#[derive(Debug)]
pub struct BatchState {
    /// Its request.
    pub request: RequestId,
    /// Where it is carried out.
    pub place: BatchPlace,
    /// The other account, when it is carried through there as well.
    pub beside: Option<BatchPlace>,
    /// How far each certificate came.
    pub tally: Tally,
    /// Where it was asked to stop.
    pub stopping: Option<StopAt>,
    /// The certificate with the `>`. Until a person chooses one it is the first row.
    selected: Option<CertificateId>,
}

impl BatchState {
    /// A batch that was just sent.
    pub fn new(
        request: RequestId,
        place: BatchPlace,
        beside: Option<BatchPlace>,
        batch: &Batch,
        now: Timestamp,
    ) -> Self {
        Self {
            request,
            place,
            beside,
            tally: Tally::new(batch, now),
            stopping: None,
            selected: None,
        }
    }

    /// Whether it carries certificates through in the other account.
    pub const fn hands_over(&self) -> bool {
        matches!(self.tally.procedure, Procedure::HandOver { .. })
    }

    /// The certificates that the other account has accepted in it.
    pub fn accepted_beside(&self) -> HashSet<CertificateId> {
        let accepted = |item: &&Item| {
            item.steps.iter().any(|(planned, state)| {
                let change = planned.step.change();
                planned.beside
                    && state.is_over()
                    && change.is_some_and(|it| matches!(it, Change::Accept { .. }))
            })
        };
        let items = self.tally.items.iter();
        items.filter(accepted).map(|item| item.id).collect()
    }

    /// Where a change is made that names an account.
    pub fn place_of(&self, account: AccountId) -> &BatchPlace {
        let beside = self.beside.as_ref();
        let there = beside.filter(|it| it.place.account == account);
        there.unwrap_or(&self.place)
    }

    /// Where a step is done.
    pub fn place_of_step(&self, step: &RunStep) -> &BatchPlace {
        let beside = self.beside.as_ref().filter(|_| step.beside);
        beside.unwrap_or(&self.place)
    }

    /// The change of a batch that is one, and how it ended.
    pub fn single(&self) -> Option<(Mutation, SingleEnd)> {
        let (Procedure::Change(change), [item], true) = (
            &self.tally.procedure,
            self.tally.items.as_slice(),
            self.tally.is_single(),
        ) else {
            return None;
        };
        let failure = || item.failure.clone().or_else(|| self.tally.failure.clone());
        let end = match item.outcome.as_ref()? {
            RunOutcome::Done => SingleEnd::Done {
                lost: item.confirmed,
            },
            RunOutcome::Refused(reason) => match failure() {
                Some(failure) => SingleEnd::Failed(failure),
                None => SingleEnd::NotDone(reason.to_string()),
            },
            RunOutcome::Stopped(stopped) => match failure() {
                Some(failure) => SingleEnd::Failed(failure),
                None => SingleEnd::NotDone(stopped.text.clone()),
            },
            RunOutcome::Cancelled { .. } => SingleEnd::NotDone("it was stopped before".to_owned()),
        };
        Some((change.clone().of(self.place.arn(item.id)), end))
    }

    /// The certificates as they are shown: what needs a person first, what is done last.
    pub fn rows(&self) -> Vec<&Item> {
        let mut rows: Vec<&Item> = self.tally.items.iter().collect();
        rows.sort_by_key(|item| item.standing());
        rows
    }

    /// The number of the selected row among these.
    pub fn selected_row(&self, rows: &[&Item]) -> usize {
        let selected = |item: &&Item| Some(item.id) == self.selected;
        rows.iter().position(selected).unwrap_or(0)
    }

    /// The selected certificate.
    pub fn selected(&self) -> Option<&Item> {
        match self.selected {
            Some(id) => self.tally.item(id),
            None => self.rows().first().copied(),
        }
    }

    /// Moves the selection.
    pub fn move_by(&mut self, rows_down: isize) {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let row = self.selected_row(&rows);
        let row = row.saturating_add_signed(rows_down).min(last);
        self.selected = rows.get(row).map(|item| item.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, FailureKind, Progress, Reason, StepFailure};

    fn run(n: u8) -> (BatchState, Vec<CertificateId>) {
        let ids: Vec<_> = (0..n)
            .map(|byte| CertificateId::from_bytes([byte; 32]))
            .collect();
        let at = Place::aws("us-east-1", AccountId::parse("111122223333").unwrap());
        let place = BatchPlace {
            words: String::new(),
            place: at.clone(),
            profile: None,
            endpoint: None,
        };
        let batch = Batch {
            place: at,
            procedure: Procedure::Change(Change::Activate),
            certificates: ids.clone(),
            looks: Vec::new(),
            planned: Vec::new(),
            shown: Vec::new(),
            beside: None,
            recipe: None,
        };
        let now = Timestamp::UNIX_EPOCH;
        (BatchState::new(RequestId(1), place, None, &batch, now), ids)
    }

    fn shown(run: &BatchState, ids: &[CertificateId]) -> Vec<usize> {
        let at = |item: &&Item| ids.iter().position(|id| *id == item.id).unwrap();
        run.rows().iter().map(at).collect()
    }

    #[test]
    fn what_needs_a_person_stands_first_and_the_selection_stays_on_its_certificate() {
        let (mut run, ids) = run(6);
        assert_eq!(shown(&run, &ids), [0, 1, 2, 3, 4, 5]);
        let end = |run: &mut BatchState, at: usize, outcome| {
            run.tally.report(Progress::Ended {
                id: ids[at],
                outcome,
            });
        };
        end(&mut run, 0, RunOutcome::Done);
        assert_eq!(shown(&run, &ids), [1, 2, 3, 4, 5, 0]);
        // Without a choice, the first row is selected, whichever that is.
        assert_eq!(run.selected().unwrap().id, ids[1]);
        run.move_by(2);
        assert_eq!(run.selected().unwrap().id, ids[3]);
        end(&mut run, 5, RunOutcome::Refused(Reason::InUse));
        end(&mut run, 4, RunOutcome::Cancelled { begun: false });
        end(&mut run, 2, RunOutcome::Cancelled { begun: true });
        assert_eq!(shown(&run, &ids), [5, 2, 1, 3, 4, 0]);
        assert_eq!(run.selected().unwrap().id, ids[3]);
        assert_eq!(run.selected_row(&run.rows()), 3);
        run.move_by(isize::MAX);
        assert_eq!(run.selected().unwrap().id, ids[0]);
        assert_eq!(run.tally.over(), 4);
    }

    #[test]
    fn what_may_have_been_done_is_not_simply_tried_again() {
        let (mut run, ids) = run(2);
        run.tally.report(Progress::Ended {
            id: ids[0],
            outcome: RunOutcome::Stopped(StepFailure {
                kind: FailureKind::TimedOut,
                text: String::new(),
                ambiguous: true,
            }),
        });
        run.tally.report(Progress::Ended {
            id: ids[1],
            outcome: RunOutcome::Done,
        });
        run.tally.ended = Some(Timestamp::UNIX_EPOCH);
        assert!(!run.tally.can_retry());
    }
}
