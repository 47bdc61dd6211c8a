//! What an action is chosen for: which of the marked certificates it applies to, what was looked at of
//! them, and the batch that comes of it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use crate::domain::{
    actions::{
        action::{Action, Does, LooksAt},
        batch::{Batch, Beside, Look, Planned, Procedure, Shown},
        change::Change,
        reason::Reason,
        run::Record,
    },
    certificate::{
        attachment::Attachment,
        description::{CertificateId, ConsoleStatus},
    },
    failure::Failure,
    hand_over::recipe::Recipe,
    place::{account::AccountId, location::Place},
};

/// An action with the certificates that it was chosen for.
#[derive(Debug, Clone)]
pub struct Selection {
    /// What is done.
    pub action: Action,
    /// Where the certificates are.
    pub place: Place,
    /// The certificates it applies to.
    pub certificates: Vec<CertificateId>,
    /// What is detached, when that is what is done: of one certificate, one or more.
    pub attachments: Vec<Attachment>,
    /// How they stand, as far as they were looked at.
    pub looks: Vec<Look>,
    /// Those that could not be looked at.
    pub not_looked_at: Vec<(CertificateId, Box<Failure>)>,
    /// What the journal has of them: the runs to go on with, or by which they are put back.
    pub records: Vec<Record>,
    /// What would be done with the runs that are gone on with.
    pub planned: Vec<Planned>,
    /// Those of them with which nothing can be done.
    refused: HashSet<CertificateId>,
    /// Those that devices use.
    in_service: HashSet<CertificateId>,
    /// Those that it was chosen for and does not apply to: what was known of them, and of how many the same.
    left_out: Vec<(Candidate, usize)>,
    /// Whether everything that decides about it was looked at.
    pub looked: bool,
    /// The other account, when it is open.
    pub beside: Option<Beside>,
    /// What is done there, when it is a hand-over.
    pub recipe: Option<Arc<Recipe>>,
}

/// What is known of a certificate when it is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its status.
    pub status: ConsoleStatus,
    /// Whether a change of it is under way.
    pub changing: bool,
    /// Whether the journal has an open run of it.
    pub open: bool,
}

/// What a person gives with an action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The recipient.
    pub to: Option<AccountId>,
    /// The message for the recipient, or the reason for the sender.
    pub text: Option<String>,
}

impl Action {
    /// Whether it answers what another account offers.
    pub const fn answers_an_offer(self) -> bool {
        matches!(self, Self::Accept | Self::AcceptAndActivate | Self::Reject)
    }

    /// Whether it is done to a certificate among many.
    pub fn takes(self, candidate: Candidate) -> bool {
        self.applies_to(candidate.status)
            && (self == Self::Detach || !candidate.changing)
            && (!self.needs_open_run() || candidate.open)
    }
}

impl Selection {
    /// Nothing is known of its certificates yet.
    pub(super) fn new(action: Action, place: Place, certificates: Vec<CertificateId>) -> Self {
        Self {
            action,
            place,
            certificates,
            attachments: Vec::new(),
            looks: Vec::new(),
            not_looked_at: Vec::new(),
            records: Vec::new(),
            planned: Vec::new(),
            refused: HashSet::new(),
            in_service: HashSet::new(),
            left_out: Vec::new(),
            looked: action.row().looks_at == LooksAt::Nothing,
            beside: None,
            recipe: None,
        }
    }

    /// An action for those of some certificates that it applies to. Of one alone,
    /// [`availability`](Action::availability) has told before.
    ///
    /// # Errors
    ///
    /// Why it applies to none of them.
    pub fn choose(
        action: Action,
        place: Place,
        marked: &[CertificateId],
        known: impl Fn(CertificateId) -> Candidate,
    ) -> Result<Self, String> {
        let mut chosen = Vec::new();
        let mut in_service = HashSet::new();
        let mut left_out: Vec<(Candidate, usize)> = Vec::new();
        for id in marked {
            let candidate = known(*id);
            if marked.len() == 1 || action.takes(candidate) {
                chosen.push(*id);
                if candidate.status == ConsoleStatus::Active {
                    in_service.insert(*id);
                }
            } else if let Some((_, count)) = left_out.iter_mut().find(|it| it.0 == candidate) {
                *count = count.saturating_add(1);
            } else {
                left_out.push((candidate, 1));
            }
        }
        if chosen.is_empty() {
            return Err(action.against_all(left_out));
        }
        Ok(Self {
            in_service,
            left_out,
            ..Self::new(action, place, chosen)
        })
    }

    /// How many of those that it was chosen for it does not apply to, and why; `None` when it applies to all.
    pub fn left_out(&self) -> Option<(usize, String)> {
        let counts = self.left_out.iter().map(|it| it.1);
        let n = counts.fold(0_usize, usize::saturating_add);
        (n > 0).then(|| (n, self.action.against_all(self.left_out.iter().copied())))
    }

    /// To whom the runs transfer that are gone on with.
    pub fn resumed_for(&self) -> BTreeMap<AccountId, usize> {
        let mut to = BTreeMap::new();
        if self.action == Action::Resume {
            for account in self.records.iter().filter_map(Record::recipient) {
                let count: &mut usize = to.entry(account).or_default();
                *count = count.saturating_add(1);
            }
        }
        to
    }

    /// The certificates of a look that the batch would name: those it applies to.
    pub fn wanted(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(|look| self.action.wants(look))
    }

    /// Why a run is not put back among others.
    pub fn against_many(&self, record: &Record) -> Option<Reason> {
        let many = self.certificates.len() > 1;
        let active = self.in_service.contains(&record.before.certificate);
        Reason::against_many(record, active).filter(|_| many)
    }

    /// The runs that the batch would put back.
    pub fn restorable(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| {
            !record.claimed
                && self.against_many(record).is_none()
                && !self.is_refused(record.before.certificate)
        })
    }

    /// Whether a look has shown that nothing can be done with a certificate.
    pub fn is_refused(&self, id: CertificateId) -> bool {
        self.refused.contains(&id)
    }

    /// Takes what would be done with a certificate.
    pub fn plan(&mut self, planned: Planned) {
        if planned.steps.is_err() {
            self.refused.insert(planned.id);
        }
        self.planned.push(planned);
    }

    /// Nothing more can be looked at.
    pub fn looks_failed(&mut self, failure: &Failure) {
        let looks = self.looks.iter().map(|look| look.id);
        let planned = self.planned.iter().map(|it| it.id);
        let looked_at: HashSet<CertificateId> = looks.chain(planned).collect();
        let missing = self
            .certificates
            .iter()
            .filter(|id| !looked_at.contains(id));
        let missing = missing.map(|id| (*id, Box::new(failure.clone())));
        self.not_looked_at = missing.collect();
        // Of these the dialog cannot say what would be done.
        self.refused
            .extend(self.not_looked_at.iter().map(|(id, _)| *id));
        self.looked = true;
    }

    /// The certificates that the batch would name.
    pub fn chosen(&self) -> Vec<CertificateId> {
        let chosen: HashSet<CertificateId> = match self.action.row().looks_at {
            LooksAt::Attachments => {
                let ids = self.wanted().map(|look| look.id);
                ids.filter(|id| self.is_ready(*id)).collect()
            }
            LooksAt::Journal => {
                let ids = self.restorable().map(|record| record.before.certificate);
                ids.collect()
            }
            LooksAt::Steps => {
                let possible = self.planned.iter().filter(|it| it.steps.is_ok());
                possible.map(|it| it.id).collect()
            }
            LooksAt::Nothing => return self.certificates.clone(),
        };
        // In the order in which they were given, whatever came first of what was looked at.
        let given = self.certificates.iter().copied();
        given.filter(|id| chosen.contains(id)).collect()
    }

    /// Whether nothing stands in the way of a hand-over, when it is one.
    fn is_ready(&self, id: CertificateId) -> bool {
        (self.recipe.as_ref()).is_none_or(|it| matches!(it.certificates.get(&id), Some(Ok(_))))
    }

    /// The batches: one for each of several things to detach, or else one.
    pub fn batches(&self, given: &Given, shown: impl Fn(CertificateId) -> Shown) -> Vec<Batch> {
        if self.attachments.len() < 2 {
            return self.batch(given.clone(), shown).into_iter().collect();
        }
        let of_one = self.attachments.iter().filter_map(|attachment| {
            let alone = Self {
                attachments: vec![attachment.clone()],
                ..self.clone()
            };
            alone.batch(given.clone(), &shown)
        });
        of_one.collect()
    }

    /// The batch; `None` while something that it needs is not given. `shown` tells how a certificate was
    /// shown.
    pub fn batch(&self, given: Given, shown: impl Fn(CertificateId) -> Shown) -> Option<Batch> {
        let row = self.action.row();
        let procedure = match row.does {
            Does::Transfer => Procedure::PrepareAndTransfer {
                to: given.to?,
                message: given.text,
            },
            Does::HandOver => Procedure::HandOver {
                to: self.beside.as_ref()?.place.account,
                message: given.text,
            },
            Does::TransferReady => Procedure::Change(Change::Transfer {
                to: given.to?,
                message: given.text,
            }),
            Does::Reject => Procedure::Change(Change::Reject { reason: given.text }),
            Does::Detach => Procedure::Change(Change::Detach(self.attachments.first()?.clone())),
            Does::Change(change) => Procedure::Change(change),
            Does::PutBack => Procedure::PutBack,
            Does::Resume => Procedure::Resume,
            Does::LeaveAsIs => Procedure::LeaveAsIs,
            Does::RemoveCreated => Procedure::RemoveCreated,
        };
        let certificates = self.chosen();
        let shown = if row.bound {
            certificates.iter().map(|id| shown(*id)).collect()
        } else {
            Vec::new()
        };
        Some(Batch {
            place: self.place.clone(),
            procedure,
            certificates,
            looks: self.looks.clone(),
            planned: self.planned.clone(),
            shown,
            beside: self.beside.clone(),
            recipe: self.recipe.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Operation, RunState, ThingRef,
        plan::fixtures::{before, record},
    };
    use std::time::Duration;

    fn id(n: u8) -> CertificateId {
        CertificateId::from_bytes([n; 32])
    }

    fn place() -> Place {
        Place::aws("us-east-1", AccountId::parse("111122223333").unwrap())
    }

    fn look(n: u8, status: ConsoleStatus, policies: &[&str], things: &[&str]) -> Look {
        Look {
            id: id(n),
            status,
            policies: policies.iter().map(|&name| name.to_owned()).collect(),
            things: (things.iter())
                .map(|&name| ThingRef {
                    name: name.to_owned(),
                    principal_type: None,
                })
                .collect(),
            edition: None,
        }
    }

    const INACTIVE: Candidate = Candidate {
        status: ConsoleStatus::Inactive,
        changing: false,
        open: false,
    };

    #[test]
    fn a_batch_keeps_the_order_in_which_it_was_chosen_whatever_was_looked_at_first() {
        let given: Vec<CertificateId> = [4, 2, 7, 1].map(id).to_vec();
        let mut selection = Selection::new(Action::StartTransfer, place(), given.clone());
        for n in [1, 7, 4, 2] {
            let look = look(n, ConsoleStatus::Active, &["base"], &[]);
            selection.looks.push(look);
        }
        assert_eq!(selection.chosen(), given);
    }

    #[test]
    fn among_many_an_action_takes_those_it_applies_to() {
        let known = |of: CertificateId| match of.as_bytes()[0] {
            1 => INACTIVE,
            2 => Candidate {
                status: ConsoleStatus::Active,
                ..INACTIVE
            },
            3 => Candidate {
                changing: true,
                ..INACTIVE
            },
            _ => Candidate {
                open: true,
                ..INACTIVE
            },
        };
        let marked = [1, 2, 3, 4].map(id);
        let chosen = |action| {
            let selection = Selection::choose(action, place(), &marked, known);
            selection.map(|it| it.certificates)
        };
        assert_eq!(chosen(Action::Activate), Ok(vec![id(1), id(4)]));
        assert_eq!(chosen(Action::Deactivate), Ok(vec![id(2)]));
        assert_eq!(chosen(Action::Resume), Ok(vec![id(4)]));
        assert_eq!(chosen(Action::Accept), Err("not in transfer".to_owned()));
    }

    #[test]
    fn a_batch_names_what_the_look_leaves_of_it() {
        let selection = |action| {
            let mut selection = Selection::new(action, place(), [1, 2, 3].map(id).to_vec());
            selection.looks = vec![
                look(1, ConsoleStatus::Inactive, &[], &[]),
                look(2, ConsoleStatus::Inactive, &["connect"], &["press"]),
                look(3, ConsoleStatus::Revoked, &[], &[]),
            ];
            selection
        };
        let ready = selection(Action::TransferReady);
        assert_eq!(ready.chosen(), [id(1)]);
        let whole = selection(Action::StartTransfer);
        assert_eq!(whole.chosen(), [id(1), id(2)]);
        // The things are listed once for each, and once more for what is detached: 3 of 10 a second.
        let quick = whole.estimate(2, 1.0).unwrap();
        assert_eq!(quick, Duration::from_millis(300));
        let slow = whole.estimate(2, 0.5).unwrap();
        assert_eq!(slow, quick * 2);
        assert_eq!(whole.estimate(1, 1.0), None);
    }

    #[test]
    fn a_transfer_needs_a_recipient() {
        let selection = Selection::new(Action::StartTransfer, place(), vec![id(1)]);
        let shown = |_| panic!("it is bound to what was looked at");
        assert_eq!(selection.batch(Given::default(), shown), None);
        let given = Given {
            to: AccountId::parse("444455556666").ok(),
            text: Some("hello".to_owned()),
        };
        let to = given.to.unwrap();
        let batch = selection.batch(given, shown).unwrap();
        let message = Some("hello".to_owned());
        assert_eq!(
            batch.procedure,
            Procedure::PrepareAndTransfer { to, message }
        );
    }

    #[test]
    fn what_an_offer_is_bound_to_is_what_was_shown() {
        let selection = Selection::new(Action::Accept, place(), vec![id(1)]);
        let shown = |certificate| Shown {
            certificate,
            status: ConsoleStatus::PendingTransfer,
            party: None,
            started: None,
        };
        let batch = selection.batch(Given::default(), shown).unwrap();
        assert_eq!(batch.shown, [shown(id(1))]);
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_named() {
        let mut selection = Selection::new(Action::StartTransfer, place(), [1, 2].map(id).to_vec());
        selection.looks = vec![look(1, ConsoleStatus::Inactive, &[], &[])];
        let failure = Failure::internal(Operation::DescribeCertificate, "lost");
        selection.looks_failed(&failure);
        let missing: Vec<CertificateId> = selection.not_looked_at.iter().map(|it| it.0).collect();
        assert_eq!(missing, [id(2)]);
        assert!(selection.looked);
        assert_eq!(selection.chosen(), [id(1)]);
    }

    #[test]
    fn alone_it_is_put_back_whatever_speaks_against_many() {
        let run = |n| {
            let mut run = record(before(), 2);
            run.before.certificate = id(n);
            run.state = RunState::LeftAsIs;
            run
        };
        for (certificates, restorable) in [(vec![1], 1), (vec![1, 2], 0)] {
            let ids = certificates.iter().map(|n| id(*n)).collect();
            let mut selection = Selection::new(Action::PutBack, place(), ids);
            selection.records = certificates.into_iter().map(run).collect();
            assert_eq!(selection.restorable().count(), restorable);
        }
    }
}
