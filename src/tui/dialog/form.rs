//! Dialogs that ask: something to confirm, something to type.
//!
//! What is confirmed is captured when the dialog opens. Nothing here looks at the selection again.

use tui_input::Input;

use crate::{
    domain::{
        AccountId, Batch, CertificateId, Change, Failure, FailureKind, Held, MfaCode, Mutation,
        Procedure, RequestId, Target, Timestamp, is_region,
        text::{sentence, visible},
    },
    tui::{App, page::Role},
};

use super::{
    Draft, TransferDraft,
    confirm::{confirm, quit, sender, since, take_over, things_of},
    transfer::message_remark,
};

/// What a form is for.
#[derive(Debug)]
pub enum Purpose {
    /// A change that can be undone: asked once.
    Confirm(Mutation),
    /// The change that cannot: the end of the id is typed.
    Revoke(CertificateId),
    /// Sends an offered certificate back.
    Reject(CertificateId),
    /// Offers a certificate to another account. The attachments are looked at once more, so that
    /// what the dialog says is true when the button is pressed.
    StartTransfer(TransferDraft),
    /// Procedure on many certificates, or work that the journal watches over.
    Batch(Draft),
    /// Takes over what a process holds.
    TakeOver(Held),
    /// Signs in with a code of an MFA device.
    Code(Box<Failure>),
    /// Changes the region.
    Region,
    /// Stops what is under way and quits.
    Quit,
}

/// A text to type.
#[derive(Debug)]
pub struct Field {
    /// What stands before it.
    pub label: &'static str,
    /// What is typed.
    pub input: Input,
}

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Leaves everything as it is.
    Cancel,
    /// Does what the dialog says.
    Confirm,
}

/// Who has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// A field, by its number.
    Field(usize),
    /// A button.
    Button(Button),
}

/// An open form.
#[derive(Debug)]
pub struct Form {
    /// What it is for.
    pub purpose: Purpose,
    /// What can be typed.
    pub fields: Vec<Field>,
    /// Who has the keys.
    pub focus: Focus,
    /// How many pages the text is scrolled from where the focus puts it, where it is higher than the
    /// screen.
    pub pages: i8,
    /// The request, once the button was pressed, and when that was.
    pub working: Option<(RequestId, Timestamp)>,
    /// Whether it was sent and nobody knows whether it was done.
    pub unknown: bool,
}

/// What a form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormText {
    /// The heading.
    pub title: String,
    /// What it is about.
    pub intro: Vec<String>,
    /// What stands beside each field.
    pub remarks: Vec<(Role, String)>,
    /// What will happen.
    pub outlook: Vec<(Role, String)>,
    /// The button that leaves everything as it is.
    pub cancel: &'static str,
    /// The button that does it.
    pub confirm: &'static str,
    /// Why it cannot be done yet.
    pub problem: Option<String>,
}

impl Form {
    /// A form. The keys go to the first field, or else to Cancel.
    pub fn new(purpose: Purpose) -> Self {
        let labels: &[&'static str] = match purpose {
            Purpose::Confirm(_) | Purpose::TakeOver(_) | Purpose::Quit => &[],
            Purpose::Revoke(_) => &["Type it here"],
            Purpose::Reject(_) => &["Reason"],
            Purpose::StartTransfer(_) => &["Account", "Message"],
            Purpose::Batch(ref draft) => draft.fields(),
            Purpose::Code(_) => &["Code"],
            Purpose::Region => &["Region"],
        };
        let fields: Vec<Field> = labels
            .iter()
            .map(|label| Field {
                label,
                input: Input::default(),
            })
            .collect();
        let focus = if fields.is_empty() {
            Focus::Button(Button::Cancel)
        } else {
            Focus::Field(0)
        };
        Self {
            purpose,
            fields,
            focus,
            pages: 0,
            working: None,
            unknown: false,
        }
    }

    fn stops(&self) -> Vec<Focus> {
        let fields = (0..self.fields.len()).map(Focus::Field);
        let buttons = [Button::Cancel, Button::Confirm].map(Focus::Button);
        fields.chain(buttons).collect()
    }

    fn step(&mut self, by: usize) {
        let stops = self.stops();
        let at = stops
            .iter()
            .position(|stop| *stop == self.focus)
            .unwrap_or(0);
        let next = at.saturating_add(by).checked_rem(stops.len()).unwrap_or(0);
        if let Some(stop) = stops.get(next) {
            self.focus = *stop;
            self.pages = 0;
        }
    }

    /// The keys go to the next field or button.
    pub fn focus_next(&mut self) {
        self.step(1);
    }

    /// The keys go to the field or button before.
    pub fn focus_previous(&mut self) {
        self.step(self.stops().len().saturating_sub(1));
    }

    /// The field that has the keys.
    pub fn focused_input(&mut self) -> Option<&mut Input> {
        match self.focus {
            Focus::Field(i) => self.fields.get_mut(i).map(|field| &mut field.input),
            Focus::Button(_) => None,
        }
    }

    pub(super) fn typed(&self, field: usize) -> &str {
        self.fields
            .get(field)
            .map_or("", |f| f.input.value().trim())
    }

    pub(super) fn optional(&self, field: usize) -> Option<String> {
        Some(self.typed(field).to_owned()).filter(|text| !text.is_empty())
    }

    /// The change that the form stands for, when nothing is missing.
    pub fn mutation(&self, app: &App) -> Option<Mutation> {
        if self.text(app).problem.is_some() {
            return None;
        }
        match &self.purpose {
            Purpose::Confirm(mutation) => Some(mutation.clone()),
            Purpose::Revoke(id) => Some(Mutation::Revoke(*id)),
            Purpose::Reject(id) => Some(Mutation::Reject {
                id: *id,
                reason: self.optional(0),
            }),
            // In the journal, and looked at once more: a batch.
            Purpose::StartTransfer(_)
            | Purpose::Batch(_)
            | Purpose::TakeOver(_)
            | Purpose::Code(_)
            | Purpose::Region
            | Purpose::Quit => None,
        }
    }

    /// Fills in what was typed for the same work before.
    pub fn prefill(&mut self, procedure: &Procedure) {
        let texts = match procedure {
            Procedure::PrepareAndTransfer { to, message }
            | Procedure::Change(Change::Transfer { to, message }) => {
                vec![Some(to.to_string()), message.clone()]
            }
            Procedure::Change(Change::Reject { reason }) => vec![reason.clone()],
            _ => Vec::new(),
        };
        for (field, text) in self.fields.iter_mut().zip(texts) {
            field.input = text.unwrap_or_default().into();
        }
    }

    /// The batch that the form stands for, when nothing is missing.
    pub fn batch(&self, app: &App) -> Option<Batch> {
        if self.text(app).problem.is_some() {
            return None;
        }
        match &self.purpose {
            Purpose::StartTransfer(draft) => {
                let to = AccountId::parse(self.typed(0)).ok()?;
                let message = self.optional(1);
                Some(Batch {
                    place: draft.place.clone(),
                    procedure: if draft.is_bare(app) {
                        Procedure::Change(Change::Transfer { to, message })
                    } else {
                        Procedure::PrepareAndTransfer { to, message }
                    },
                    certificates: vec![draft.certificate.id],
                    looks: vec![draft.looks(app)?],
                    planned: Vec::new(),
                    shown: Vec::new(),
                })
            }
            Purpose::Batch(draft) => draft.batch(self, app),
            _ => None,
        }
    }

    /// The region that was typed, when that is what the form is for.
    pub fn region(&self, app: &App) -> Option<Target> {
        if !matches!(self.purpose, Purpose::Region) || self.text(app).problem.is_some() {
            return None;
        }
        Some(Target {
            profile: app.session.target.profile.clone(),
            region: self.optional(0).map(|typed| typed.trim().to_owned()),
        })
    }

    /// The code that was typed, when that is what the form is for.
    pub fn code(&self) -> Option<MfaCode> {
        match self.purpose {
            Purpose::Code(_) => MfaCode::parse(self.typed(0)),
            _ => None,
        }
    }

    /// What the form says now.
    pub fn text(&self, app: &App) -> FormText {
        match &self.purpose {
            Purpose::Confirm(mutation) => confirm(app, mutation),
            Purpose::Revoke(id) => self.revoke(app, *id),
            Purpose::Reject(id) => self.reject(app, *id),
            Purpose::StartTransfer(draft) => draft.text(self, app),
            Purpose::Batch(draft) => draft.text(self, app),
            Purpose::TakeOver(held) => take_over(app, held),
            Purpose::Code(failure) => self.ask_code(app, failure),
            Purpose::Region => self.ask_region(app),
            Purpose::Quit => quit(app),
        }
    }

    fn revoke(&self, app: &App, id: CertificateId) -> FormText {
        let matches = self.typed(0).eq_ignore_ascii_case(&id.last_six());
        FormText {
            title: format!("Revoke {} for ever", id.short()),
            intro: vec![
                format!("Revokes {} in {}.", id.short(), app.place()),
                "AWS IoT never accepts a revoked certificate again. This cannot be undone."
                    .to_owned(),
                format!(
                    "To confirm, type the last 6 characters of its id: {}",
                    id.last_six()
                ),
            ],
            remarks: vec![if matches {
                (Role::Good, "matches".to_owned())
            } else {
                (
                    Role::Quiet,
                    format!("{} of 6", self.typed(0).chars().count()),
                )
            }],
            outlook: things_of(app, id),
            cancel: "Keep certificate",
            confirm: "Revoke for ever",
            problem: (!matches).then(|| "Type the last 6 characters of the id first.".to_owned()),
        }
    }

    fn reject(&self, app: &App, id: CertificateId) -> FormText {
        let (remark, problem) = message_remark(self.typed(0));
        let sender = sender(app, id);
        FormText {
            title: format!("Reject transfer of {}", id.short()),
            intro: vec![
                format!("It is offered to {}, {}.", app.place(), since(app, id)),
                format!("It goes back to {sender}, inactive and with nothing attached."),
            ],
            remarks: vec![remark],
            outlook: vec![(Role::Quiet, "The sender reads the reason.".to_owned())],
            cancel: "Keep offer",
            confirm: "Reject transfer",
            problem,
        }
    }

    fn ask_code(&self, app: &App, failure: &Failure) -> FormText {
        let digits = self.typed(0).chars().filter(char::is_ascii_digit).count();
        let code = self.code();
        let mut intro = vec![sentence(&visible(&failure.message))];
        if failure.kind == FailureKind::CodeRefused {
            intro.push(failure.advice(app.session.signing()));
        }
        let remark = match code {
            Some(_) => (Role::Good, "6 of 6".to_owned()),
            None => (Role::Quiet, format!("{digits} of {}", MfaCode::DIGITS)),
        };
        FormText {
            title: "A code of the MFA device".to_owned(),
            intro,
            remarks: vec![remark],
            outlook: vec![(
                Role::Quiet,
                "The code goes to AWS STS alone, and is kept nowhere.".to_owned(),
            )],
            cancel: "Cancel",
            confirm: "Sign in",
            problem: (code.is_none())
                .then(|| "Type the six digits that the device shows.".to_owned()),
        }
    }

    fn ask_region(&self, app: &App) -> FormText {
        let typed = self.typed(0);
        let plausible = is_region(typed.trim());
        let remark = if typed.is_empty() {
            (Role::Quiet, "such as eu-central-1".to_owned())
        } else if plausible {
            (Role::Plain, String::new())
        } else {
            (Role::Bad, "not a region's name".to_owned())
        };
        FormText {
            title: "Another region".to_owned(),
            intro: vec![format!("Now: {}.", app.place())],
            remarks: vec![remark],
            outlook: Vec::new(),
            cancel: "Cancel",
            confirm: "Change region",
            problem: (!plausible).then(|| "Type the region's name first.".to_owned()),
        }
    }
}
