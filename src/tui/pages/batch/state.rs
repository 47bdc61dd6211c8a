//! The batches of this run of the program: what was asked for, how far each certificate came.

use std::collections::HashSet;

use crate::{
    domain::{
        AccountId, Batch, CertificateArn, CertificateId, Change, CommandPlace, Failure, Groups,
        Item, Mutation, Place, Procedure, RequestId, RunOutcome, RunStep, Slowed, StopAt, Tally,
        Timestamp, text::contains, words::progress::standing_word,
    },
    tui::pages::batch::rows::row_words,
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
    /// How much AWS slows it down now.
    pub slowed: Option<Slowed>,
    /// The certificate with the `>`. Until a person chooses one it is the first row.
    selected: Option<CertificateId>,
    /// What is looked for among its certificates, as it is typed.
    find: String,
    /// Whether that is being typed.
    pub finding: bool,
    /// The certificates that have it, by how they stand.
    found: Option<Groups>,
}

/// Whether a certificate has all these words, in lower case: in its device's name, its id, or what its row says.
fn has(item: &Item, device: Option<&str>, words: &[String]) -> bool {
    let digits = item.id.digits();
    let digits = std::str::from_utf8(&digits).unwrap_or_default();
    let standing = standing_word(item.standing());
    let mut said: Option<(String, String)> = None;
    words.iter().all(|word| {
        device.is_some_and(|device| contains(device, word))
            || contains(digits, word)
            || contains(standing, word)
            || {
                let (state, step) = said.get_or_insert_with(|| {
                    let (_, state, step) = row_words(item);
                    (state, step)
                });
                contains(state, word) || contains(step, word)
            }
    })
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
            slowed: None,
            selected: None,
            find: String::new(),
            finding: false,
            found: None,
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
        let items = self.tally.items().iter();
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
            self.tally.items(),
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

    /// The certificates that are shown, by how they stand.
    const fn shown(&self) -> &Groups {
        match &self.found {
            Some(found) => found,
            None => self.tally.groups(),
        }
    }

    /// How many certificates are shown.
    pub fn count(&self) -> usize {
        self.shown().len()
    }

    /// The rows from this one on: what needs a person first, what is done last.
    pub fn rows(&self, from: usize) -> impl Iterator<Item = &Item> {
        let numbers = (from..).map_while(|row| self.shown().at(row));
        numbers.filter_map(|number| self.tally.numbered(number))
    }

    /// The number of the selected row.
    pub fn selected_row(&self) -> usize {
        let number = self.selected.and_then(|id| self.tally.number_of(id));
        number
            .and_then(|number| self.shown().row_of(number))
            .unwrap_or(0)
    }

    /// The selected certificate.
    pub fn selected(&self) -> Option<&Item> {
        self.rows(self.selected_row()).next()
    }

    /// Moves the selection.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.count().saturating_sub(1);
        let row = self.selected_row();
        let row = row.saturating_add_signed(rows_down).min(last);
        let chosen = self.rows(row).next().map(|item| item.id);
        self.selected = chosen;
    }

    /// What is looked for.
    pub fn find(&self) -> &str {
        &self.find
    }

    fn words(&self) -> Vec<String> {
        let words = self.find.split_whitespace();
        words.map(str::to_lowercase).collect()
    }

    /// Shows the certificates that have these words; `device` tells what the device of one is called.
    pub fn find_in<'a>(
        &mut self,
        typed: String,
        device: impl Fn(CertificateId) -> Option<&'a str>,
    ) {
        // What has more words is among what had fewer.
        let narrower = typed.starts_with(&self.find);
        let before = self.found.take().filter(|_| narrower);
        self.find = typed;
        let words = self.words();
        if words.is_empty() {
            return;
        }
        let mut found = Groups::default();
        for (number, item) in self.tally.items().iter().enumerate() {
            let was = (before.as_ref()).is_none_or(|before| before.row_of(number).is_some());
            if was && has(item, device(item.id), &words) {
                found.put(number, Some(item.standing()));
            }
        }
        self.found = Some(found);
    }

    /// Something was heard of a certificate, or of its device: whether it has what is looked for.
    pub fn heard_of(&mut self, id: CertificateId, device: Option<&str>) {
        let words = self.words();
        let Some(number) = self.tally.number_of(id) else {
            return;
        };
        if let (Some(found), Some(item)) = (&mut self.found, self.tally.numbered(number)) {
            let standing = has(item, device, &words).then(|| item.standing());
            found.put(number, standing);
        }
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
        let at = |item: &Item| ids.iter().position(|id| *id == item.id).unwrap();
        run.rows(0).map(at).collect()
    }

    #[test]
    fn what_needs_a_person_stands_first_and_the_selection_stays_on_its_certificate() {
        let (mut run, ids) = run(6);
        assert_eq!(shown(&run, &ids), [0, 1, 2, 3, 4, 5]);
        let end = |run: &mut BatchState, at: usize, outcome| {
            let id = ids[at];
            let ended = Progress::Ended { id, outcome };
            run.tally.report(ended, Timestamp::UNIX_EPOCH);
            run.heard_of(id, None);
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
        assert_eq!(run.selected_row(), 3);
        run.move_by(isize::MAX);
        assert_eq!(run.selected().unwrap().id, ids[0]);
        assert_eq!(run.tally.over(), 4);
    }

    #[test]
    fn what_may_have_been_done_is_not_simply_tried_again() {
        let (mut run, ids) = run(2);
        let unclear = RunOutcome::Stopped(StepFailure {
            kind: FailureKind::TimedOut,
            text: String::new(),
            ambiguous: true,
        });
        for (id, outcome) in ids.into_iter().zip([unclear, RunOutcome::Done]) {
            let ended = Progress::Ended { id, outcome };
            run.tally.report(ended, Timestamp::UNIX_EPOCH);
        }
        run.tally.ended = Some(Timestamp::UNIX_EPOCH);
        assert!(!run.tally.can_retry());
    }

    #[test]
    fn what_is_looked_for_is_followed_as_rows_change() {
        let (mut run, ids) = run(6);
        let device = |id: CertificateId| (id == ids[2]).then_some("Press-Line-35");
        run.find_in("press".to_owned(), device);
        assert_eq!(shown(&run, &ids), [2]);
        assert_eq!(run.selected().unwrap().id, ids[2]);
        run.find_in("press x".to_owned(), device);
        assert_eq!(run.count(), 0);
        assert!(run.selected().is_none());
        run.move_by(1);
        run.find_in("failed".to_owned(), device);
        assert_eq!(run.count(), 0);
        let refused = RunOutcome::Refused(Reason::InUse);
        let id = ids[4];
        let ended = Progress::Ended {
            id,
            outcome: refused,
        };
        run.tally.report(ended, Timestamp::UNIX_EPOCH);
        run.heard_of(id, None);
        assert_eq!(shown(&run, &ids), [4]);
        run.find_in(ids[1].to_string(), device);
        assert_eq!(shown(&run, &ids), [1]);
        run.find_in(String::new(), device);
        assert_eq!(run.count(), 6);
    }
}
