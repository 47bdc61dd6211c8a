//! The dialog of a batch: what is asked before anything is done to one certificate or to a thousand.

use std::sync::Arc;

use crate::{
    domain::{
        AccountId, Action, Batch, CertificateId, Change, ConsoleStatus, Difference, Does, Given,
        Guard, PlanFile, Procedure, Selection,
    },
    tui::{
        confirm::batch::fields::{DraftField, Typed},
        dialogs::form::{Form, FormText, Said},
        known::context::Context,
        text::words::grouped,
    },
};

/// From this many certificates on, digits are typed to confirm.
const MANY: usize = 11;

/// A batch that is being written.
#[derive(Debug)]
pub struct Draft {
    /// What is done, and to which certificates.
    pub selection: Selection,
    /// How many of the certificates the filter hides.
    pub hidden: usize,
    /// What the dialog of a hand-over says, worked out once: all its certificates have to be looked at for it.
    pub said: Vec<Said>,
    /// The plan that it follows.
    pub plan: Option<Arc<PlanFile>>,
    /// The accounts that it is likely for, the likeliest first.
    pub recipients: Vec<(AccountId, String)>,
    /// Those that are left out of it, as something of them has changed since it was made.
    pub changed: Vec<(CertificateId, Vec<Difference>)>,
}

impl Draft {
    /// The only certificate.
    pub(super) fn one(&self) -> Option<CertificateId> {
        match self.selection.certificates.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    pub(super) fn asks_recipient(&self) -> bool {
        matches!(
            self.selection.action.row().does,
            Does::Transfer | Does::TransferReady
        )
    }

    /// Whether AWS is asked about it while it is open.
    pub fn looks(&self) -> bool {
        self.selection.action != Action::HandOver
    }

    /// Many certificates ask for it, hand-overs, and transfers that are gone on with, as their recipient is not
    /// typed.
    pub(super) fn asks_digits(&self) -> bool {
        self.selection.certificates.len() >= MANY
            || !self.selection.resumed_for().is_empty()
            || self.selection.action == Action::HandOver
    }

    pub(super) fn fields(&self) -> Vec<DraftField> {
        let mut fields = Vec::new();
        if self.asks_recipient() {
            fields.push(DraftField::Account);
            // What confirms the account stands beside it.
            if self.asks_digits() {
                fields.push(DraftField::LastFour);
            }
            fields.push(DraftField::Message);
        }
        if self.selection.action == Action::HandOver {
            fields.extend([DraftField::LastFour, DraftField::Message]);
            return fields;
        }
        if self.selection.action.row().does == Does::Reject {
            fields.push(DraftField::Reason);
        }
        if self.selection.action.row().guard == Guard::LastSix {
            fields.push(DraftField::LastSix);
        } else if self.asks_digits() && !self.asks_recipient() {
            fields.push(DraftField::LastFour);
        }
        fields
    }

    /// What can be typed.
    pub fn labels(&self) -> Vec<&'static str> {
        self.fields().into_iter().map(DraftField::label).collect()
    }

    pub(super) fn typed<'a>(&self, form: &'a Form) -> Typed<'a> {
        Typed::new(self.fields(), form)
    }

    /// The message or the reason that was typed.
    pub(super) fn message(&self, form: &Form) -> Option<String> {
        let typed = self.typed(form);
        let texts = [DraftField::Message, DraftField::Reason];
        texts.into_iter().find_map(|field| typed.optional(field))
    }

    /// Fills in what was typed for the same before.
    pub(in crate::tui::confirm) fn prefill(&self, form: &mut Form, procedure: &Procedure) {
        let message = match procedure {
            Procedure::PrepareAndTransfer { message, .. }
            | Procedure::HandOver { message, .. }
            | Procedure::Change(Change::Transfer { message, .. }) => message.clone(),
            Procedure::Change(Change::Reject { reason }) => reason.clone(),
            _ => None,
        };
        for (field, of) in form.fields.iter_mut().zip(self.fields()) {
            let text = match of {
                DraftField::Account => procedure.recipient().map(|to| to.to_string()),
                DraftField::Message | DraftField::Reason => message.clone(),
                DraftField::LastSix | DraftField::LastFour => None,
            };
            field.input = text.unwrap_or_default().into();
        }
    }

    /// Of each field, whether what is typed in it is remembered when the dialog is left. What confirms is typed anew.
    pub(in crate::tui::confirm) fn keeps(&self) -> Vec<bool> {
        let confirms = |field| matches!(field, DraftField::LastSix | DraftField::LastFour);
        let fields = self.fields().into_iter();
        fields.map(|field| !confirms(field)).collect()
    }

    /// Whether nothing more has to be typed.
    pub(in crate::tui::confirm) fn is_filled_in(&self, form: &Form, cx: &Context<'_>) -> bool {
        self.remarks(form, cx).1.is_none()
    }

    /// The batches, when nothing is missing: more than one only where several attachments of one certificate are
    /// detached.
    pub fn batches(&self, form: &Form, cx: &Context<'_>) -> Vec<Batch> {
        self.selection
            .batches(&self.given(form, cx), |id| cx.shown(id))
    }

    /// The batch, when nothing is missing.
    pub fn batch(&self, form: &Form, cx: &Context<'_>) -> Option<Batch> {
        self.selection
            .batch(self.given(form, cx), |id| cx.shown(id))
    }

    fn given(&self, form: &Form, cx: &Context<'_>) -> Given {
        Given {
            to: self.recipient(form, cx).account,
            text: self.message(form),
        }
    }

    /// Those that are to be accepted or rejected of which AWS was not asked yet who offers them.
    pub(in crate::tui::confirm) fn await_senders(
        &self,
        cx: &Context<'_>,
    ) -> impl Iterator<Item = CertificateId> {
        let of_offers = self.selection.action.answers_an_offer();
        let offers = self.selection.certificates.iter().copied();
        offers.filter(move |id| of_offers && cx.list.lacks_description(*id))
    }

    /// Who offers a certificate decides whether it is accepted: the button waits until that was asked.
    fn looking_at_senders(&self, cx: &Context<'_>) -> Option<String> {
        match self.await_senders(cx).count() {
            0 => None,
            _ if self.one().is_some() => Some("Looking at who offers it…".to_owned()),
            n => Some(format!("Looking at who offers them: {} to go…", grouped(n))),
        }
    }

    /// What the dialog says now.
    pub fn text(&self, form: &Form, cx: &Context<'_>) -> FormText {
        let chosen = self.selection.chosen();
        let (remarks, mut problem) = self.remarks(form, cx);
        let mut outlook = Vec::new();
        if self.selection.looked {
            outlook = match self.one() {
                _ if self.selection.action == Action::HandOver => self.said.clone(),
                Some(id) => self.outlook_of_one(id, form, cx),
                None => self.outlook(form, cx, &chosen),
            };
            let plan = self.since_the_plan(cx).into_iter().map(Said::from);
            outlook.splice(0..0, plan);
            outlook.splice(0..0, self.not_the_other_side(form, cx));
            if chosen.is_empty() {
                problem.get_or_insert_with(|| self.none_left());
            }
            if let Some(text) = self.looking_at_senders(cx) {
                outlook.push(Said::quiet("", text.clone()));
                problem.get_or_insert(text);
            }
        } else {
            let text = self.looking(cx);
            outlook.push(Said::quiet("", text.clone()));
            problem.get_or_insert(text);
            if let Some(id) = self.one().filter(|_| self.asks_recipient()) {
                outlook.extend(self.outlook_of_one(id, form, cx));
            }
        }
        let row = self.selection.action.row();
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
            suggestions: self.suggestions(form),
            explains: self.selection.action.explains(),
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
