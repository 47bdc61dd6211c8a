//! What was typed into a form that was left, so that it need not be typed again.

use tui_input::Input;

use crate::{
    domain::{Action, CertificateId, Place},
    tui::dialogs::form::Form,
};

/// How many forms are remembered.
const REMEMBERED: usize = 8;

/// What a form was about. What was typed for one certificate is not offered for another.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum About {
    /// An action on these certificates.
    Certificates(Action, Place, Vec<CertificateId>),
    /// A list in a file.
    List,
}

/// The forms that were left with something typed in them, the latest last.
#[derive(Debug, Default)]
pub struct LeftForms(Vec<(About, Vec<Input>)>);

impl LeftForms {
    /// Remembers what is typed in a form that is being left: in those of its fields that are kept.
    pub(super) fn leave(&mut self, form: &Form, about: About, keeps: Vec<bool>) {
        let kept = form.fields.iter().zip(keeps);
        let kept = kept.map(|(field, keep)| Some(field.input.clone()).filter(|_| keep));
        let kept: Vec<Input> = kept.map(Option::unwrap_or_default).collect();
        self.0.retain(|(of, _)| *of != about);
        if kept.iter().any(|input| !input.value().is_empty()) {
            self.0.push((about, kept));
        }
        let over = self.0.len().saturating_sub(REMEMBERED);
        self.0.drain(..over);
    }

    /// Fills a form in that was left before.
    pub(super) fn offer(&self, form: &mut Form, about: &About) {
        let left = self.0.iter().find(|(of, _)| of == about);
        let Some((_, kept)) = left else {
            return;
        };
        for (field, input) in form.fields.iter_mut().zip(kept) {
            field.input = input.clone();
        }
    }

    /// Forgets what was typed in a form whose button was pressed.
    pub(super) fn forget(&mut self, about: &About) {
        self.0.retain(|(of, _)| of != about);
    }
}
