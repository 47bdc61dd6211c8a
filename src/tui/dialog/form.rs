//! Dialogs that ask: something to confirm, something to type.
//!
//! What is confirmed is captured when the dialog opens. Nothing here looks at the selection again.

use tui_input::Input;

use crate::{
    domain::{
        Batch, Change, Failure, FailureKind, Held, MfaCode, Procedure, Target, is_region,
        text::{sentence, visible},
    },
    tui::{App, page::Role},
};

use super::{
    Draft,
    confirm::{quit, take_over},
};

/// What a form is for.
#[derive(Debug)]
pub enum Purpose {
    /// Does something to certificates.
    Batch(Box<Draft>),
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
        let labels = match &purpose {
            Purpose::TakeOver(_) | Purpose::Quit => Vec::new(),
            Purpose::Batch(draft) => draft.labels(),
            Purpose::Code(_) => vec!["Code"],
            Purpose::Region => vec!["Region"],
        };
        let field = |label| Field {
            label,
            input: Input::default(),
        };
        let fields: Vec<Field> = labels.into_iter().map(field).collect();
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
        match &self.purpose {
            Purpose::Batch(draft) if self.text(app).problem.is_none() => draft.batch(self, app),
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
            region: Some(self.typed(0).to_owned()),
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
            Purpose::Batch(draft) => draft.text(self, app),
            Purpose::TakeOver(held) => take_over(app, held),
            Purpose::Code(failure) => self.ask_code(app, failure),
            Purpose::Region => self.ask_region(app),
            Purpose::Quit => quit(app),
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
