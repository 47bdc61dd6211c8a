//! The dialog of a batch: what is asked before anything is done to one certificate or to a thousand.

use std::collections::{BTreeMap, HashSet};

use crate::{
    domain::{
        AccountId, Action, Attachment, Batch, CertificateId, Change, ConsoleStatus, Does, Failure,
        Guard, Look, LooksAt, Place, Planned, Procedure, Reason, Record,
    },
    tui::{
        confirm::batch::fields::{DraftField, Typed},
        dialogs::form::{Form, FormText},
        known::context::Context,
        text::prose::Role,
    },
};

/// From this many certificates on, digits are typed to confirm.
const MANY: usize = 11;

/// A batch that is being written.
#[derive(Debug)]
pub struct Draft {
    /// What is done.
    pub action: Action,
    /// Where the certificates are.
    pub place: Place,
    /// The certificates it applies to.
    pub certificates: Vec<CertificateId>,
    /// What is detached, when that is what is done.
    pub attachment: Option<Attachment>,
    /// How many marked ones it does not apply to.
    pub left_out: usize,
    /// How many of the certificates the filter hides.
    pub hidden: usize,
    /// How they stand, as far as they were looked at.
    pub looks: Vec<Look>,
    /// Those that could not be looked at.
    pub not_looked_at: Vec<(CertificateId, Box<Failure>)>,
    /// What the journal has of them: the runs to go on with, or by which they are put back.
    pub records: Vec<Record>,
    /// What would be done with the runs that are gone on with.
    pub planned: Vec<Planned>,
    /// Those of them with which nothing can be done.
    pub refused: HashSet<CertificateId>,
    /// Those that devices use.
    pub in_service: HashSet<CertificateId>,
    /// Whether everything that decides about it was looked at.
    pub looked: bool,
}

impl Draft {
    /// A draft; nothing is known of its certificates yet.
    pub fn new(action: Action, place: Place, certificates: Vec<CertificateId>) -> Self {
        Self {
            action,
            place,
            certificates,
            attachment: None,
            left_out: 0,
            hidden: 0,
            looks: Vec::new(),
            not_looked_at: Vec::new(),
            records: Vec::new(),
            planned: Vec::new(),
            refused: HashSet::new(),
            in_service: HashSet::new(),
            looked: action.row().looks_at == LooksAt::Nothing,
        }
    }

    /// The only certificate.
    pub(super) fn one(&self) -> Option<CertificateId> {
        match self.certificates.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    pub(super) fn asks_recipient(&self) -> bool {
        matches!(self.action.row().does, Does::Transfer | Does::TransferReady)
    }

    /// Many certificates ask for it, and transfers that are gone on with, as their recipient is not
    /// typed.
    pub(super) fn asks_digits(&self) -> bool {
        self.certificates.len() >= MANY || !self.resumed_for().is_empty()
    }

    /// To whom the runs transfer that are gone on with.
    pub(super) fn resumed_for(&self) -> BTreeMap<AccountId, usize> {
        let mut to = BTreeMap::new();
        if self.action == Action::Resume {
            for account in self.records.iter().filter_map(Record::recipient) {
                let count: &mut usize = to.entry(account).or_default();
                *count = count.saturating_add(1);
            }
        }
        to
    }

    pub(super) fn fields(&self) -> Vec<DraftField> {
        let mut fields = Vec::new();
        if self.asks_recipient() {
            fields.extend([DraftField::Account, DraftField::Message]);
        }
        if self.action.row().does == Does::Reject {
            fields.push(DraftField::Reason);
        }
        if self.action.row().guard == Guard::LastSix {
            fields.push(DraftField::LastSix);
        } else if self.asks_digits() {
            fields.push(DraftField::LastFour);
        }
        fields
    }

    /// What can be typed.
    pub fn labels(&self) -> Vec<&'static str> {
        self.fields().into_iter().map(DraftField::label).collect()
    }

    /// The certificates of a look that the batch would name: those it applies to.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(|look| self.action.wants(look))
    }

    /// Why a run is not put back among others.
    pub(super) fn against_many(&self, record: &Record) -> Option<Reason> {
        let many = self.certificates.len() > 1;
        let active = self.in_service.contains(&record.before.certificate);
        Reason::against_many(record, active).filter(|_| many)
    }

    /// The runs that the batch would put back.
    pub(super) fn restorable(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| {
            !record.claimed
                && self.against_many(record).is_none()
                && !self.is_refused(record.before.certificate)
        })
    }

    /// Whether a look has shown that nothing can be done with a certificate.
    pub(super) fn is_refused(&self, id: CertificateId) -> bool {
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
        let looked_at: HashSet<CertificateId> = self.looks.iter().map(|look| look.id).collect();
        let missing = self
            .certificates
            .iter()
            .filter(|id| !looked_at.contains(id));
        let missing = missing.map(|id| (*id, Box::new(failure.clone())));
        self.not_looked_at = missing.collect();
        self.looked = true;
    }

    /// The certificates that the batch would name.
    pub fn chosen(&self) -> Vec<CertificateId> {
        match self.action.row().looks_at {
            LooksAt::Attachments => self.wanted().map(|look| look.id).collect(),
            LooksAt::Journal => {
                let ids = self.restorable().map(|record| record.before.certificate);
                ids.collect()
            }
            LooksAt::Steps => {
                let possible = self.planned.iter().filter(|it| it.steps.is_ok());
                possible.map(|it| it.id).collect()
            }
            LooksAt::Nothing => self.certificates.clone(),
        }
    }

    pub(super) fn typed<'a>(&self, form: &'a Form) -> Typed<'a> {
        Typed::new(self.fields(), form)
    }

    /// The batch, when nothing is missing.
    pub fn batch(&self, form: &Form, cx: &Context<'_>) -> Option<Batch> {
        let typed = self.typed(form);
        let row = self.action.row();
        let procedure = match row.does {
            Does::Transfer => Procedure::PrepareAndTransfer {
                to: AccountId::parse(typed.text(DraftField::Account)).ok()?,
                message: typed.optional(DraftField::Message),
            },
            Does::TransferReady => Procedure::Change(Change::Transfer {
                to: AccountId::parse(typed.text(DraftField::Account)).ok()?,
                message: typed.optional(DraftField::Message),
            }),
            Does::Reject => Procedure::Change(Change::Reject {
                reason: typed.optional(DraftField::Reason),
            }),
            Does::Detach => Procedure::Change(Change::Detach(self.attachment.clone()?)),
            Does::Change(change) => Procedure::Change(change),
            Does::PutBack => Procedure::PutBack,
            Does::Resume => Procedure::Resume,
            Does::LeaveAsIs => Procedure::LeaveAsIs,
        };
        let certificates = self.chosen();
        let shown = if row.bound {
            certificates.iter().map(|id| cx.shown(*id)).collect()
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
        })
    }

    /// What the dialog says now.
    pub fn text(&self, form: &Form, cx: &Context<'_>) -> FormText {
        let chosen = self.chosen();
        let (remarks, mut problem) = self.remarks(form, cx);
        let mut outlook = Vec::new();
        if self.looked {
            outlook = match self.one() {
                Some(id) => self.outlook_of_one(id, form, cx),
                None => self.outlook(cx, &chosen),
            };
            if chosen.is_empty() {
                problem.get_or_insert_with(|| self.none_left());
            }
        } else {
            let text = self.looking(cx);
            outlook.push((Role::Quiet, text.clone()));
            problem.get_or_insert(text);
            if let Some(id) = self.one().filter(|_| self.asks_recipient()) {
                outlook.extend(self.outlook_of_one(id, form, cx));
            }
        }
        let row = self.action.row();
        let (title, intro, cancel, confirm) = match self.one() {
            Some(id) => (
                self.fill(row.title, id, cx),
                self.intro_of_one(id, cx),
                row.keep,
                row.button,
            ),
            None => (row.label.to_owned(), self.intro(cx), "Cancel", row.label),
        };
        FormText {
            title,
            intro,
            remarks,
            outlook,
            cancel,
            confirm,
            problem,
        }
    }

    /// Whether devices use a certificate of this status.
    pub(super) fn is_used(status: ConsoleStatus) -> bool {
        status != ConsoleStatus::Inactive
    }
}
