//! What a form is for, and what it says.
//!
//! What is confirmed is captured when the dialog opens. Nothing here looks at the selection again.

use std::path::PathBuf;

use crate::{
    domain::{
        Batch, CertificateId, Failure, FailureKind, Held, MfaCode, Procedure, Target, Wishes,
        is_region,
        text::{sentence, visible},
    },
    tui::{
        confirm::{
            ask::{quit, take_over},
            batch::draft::Draft,
            left::{About, LeftForms},
            names_there,
        },
        dialogs::form::{Form, FormText, Said, Suggestion},
        known::context::Context,
        text::prose::Role,
    },
};

/// What a form is for.
#[derive(Debug)]
pub enum Confirmation {
    /// Does something to certificates.
    Batch(Box<Draft>),
    /// Takes over what a process holds.
    TakeOver(Held),
    /// Signs in with a code of an MFA device.
    Code(Box<Failure>),
    /// Changes the region.
    Region,
    /// Marks what a list in a file names.
    MarkList,
    /// Changes what things, policies and groups of a hand-over are called.
    NamesThere,
    /// Stops what is under way and quits.
    Quit,
}

impl Confirmation {
    /// The form for it.
    pub fn form(&self) -> Form {
        Form::new(match self {
            Self::TakeOver(_) | Self::Quit => Vec::new(),
            Self::Batch(draft) => draft.labels(),
            Self::Code(_) => vec!["Code"],
            Self::Region => vec!["Region"],
            Self::MarkList => vec!["File"],
            Self::NamesThere => names_there::LABELS.to_vec(),
        })
    }

    /// The batches that the form stands for, when nothing is missing.
    pub fn batches(&self, form: &Form, cx: &Context<'_>) -> Vec<Batch> {
        match self {
            Self::Batch(draft) if self.text(form, cx).problem.is_none() => draft.batches(form, cx),
            _ => Vec::new(),
        }
    }

    /// A certificate that is to be accepted or rejected, of which AWS was not asked yet who offers it.
    pub fn awaits_sender(&self, cx: &Context<'_>) -> Option<CertificateId> {
        match self {
            Self::Batch(draft) => draft.await_senders(cx).next(),
            _ => None,
        }
    }

    /// The region that was typed, when that is what the form is for.
    pub fn region(&self, form: &Form, cx: &Context<'_>) -> Option<Target> {
        if !matches!(self, Self::Region) || self.text(form, cx).problem.is_some() {
            return None;
        }
        Some(Target {
            profile: cx.session.target.profile.clone(),
            region: Some(form.typed(0).to_owned()),
        })
    }

    /// The file that was typed, when that is what the form is for.
    pub fn list(&self, form: &Form) -> Option<PathBuf> {
        let typed = Some(form.typed(0)).filter(|it| !it.is_empty());
        typed
            .filter(|_| matches!(self, Self::MarkList))
            .map(PathBuf::from)
    }

    /// What is wished of a hand-over, when that is what the form is for.
    pub fn wishes(&self, form: &Form) -> Option<Wishes> {
        match self {
            Self::NamesThere => names_there::typed(form),
            _ => None,
        }
    }

    /// The code that was typed, when that is what the form is for.
    pub fn code(&self, form: &Form) -> Option<MfaCode> {
        match self {
            Self::Code(_) => MfaCode::parse(form.typed(0)),
            _ => None,
        }
    }

    /// Fills in what was typed for the same before.
    pub fn prefill(&self, form: &mut Form, procedure: &Procedure) {
        if let Self::Batch(draft) = self {
            draft.prefill(form, procedure);
        }
    }

    /// Remembers what is typed in its form, which is being left.
    pub fn leave(&self, form: &Form, left: &mut LeftForms) {
        if let Some(about) = self.about() {
            left.leave(form, about, self.keeps(form));
        }
    }

    /// Fills its form in with what was typed when it was left before.
    pub fn take_up(&self, form: &mut Form, left: &LeftForms) {
        if let Some(about) = self.about() {
            left.offer(form, &about);
        }
    }

    /// Forgets that, as its button was pressed.
    pub fn is_done(&self, left: &mut LeftForms) {
        if let Some(about) = self.about() {
            left.forget(&about);
        }
    }

    /// What was typed into it is offered again for the same; `None` where that is of no use.
    fn about(&self) -> Option<About> {
        match self {
            Self::Batch(draft) => {
                let chosen = &draft.selection;
                let ids = chosen.certificates.clone();
                Some(About::Certificates(
                    chosen.action,
                    chosen.place.clone(),
                    ids,
                ))
            }
            Self::MarkList => Some(About::List),
            Self::TakeOver(_) | Self::Code(_) | Self::Region | Self::NamesThere | Self::Quit => {
                None
            }
        }
    }

    /// Of each field, whether what is typed in it is remembered.
    fn keeps(&self, form: &Form) -> Vec<bool> {
        match self {
            Self::Batch(draft) => draft.keeps(),
            _ => vec![true; form.fields.len()],
        }
    }

    /// What can be taken into the field that has the keys, the likeliest first.
    pub fn suggestions(&self, form: &Form) -> Vec<Suggestion> {
        match self {
            Self::Batch(draft) => draft.suggestions(form),
            _ => Vec::new(),
        }
    }

    /// Whether nothing more has to be typed before the button can be pressed.
    pub fn is_filled_in(&self, form: &Form, cx: &Context<'_>) -> bool {
        match self {
            Self::Batch(draft) => draft.is_filled_in(form, cx),
            _ => self.text(form, cx).problem.is_none(),
        }
    }

    /// What the form says now.
    pub fn text(&self, form: &Form, cx: &Context<'_>) -> FormText {
        match self {
            Self::Batch(draft) => draft.text(form, cx),
            Self::TakeOver(held) => take_over(cx, held),
            Self::Code(failure) => ask_code(form, cx, failure),
            Self::Region => ask_region(form, cx),
            Self::MarkList => ask_list(form),
            Self::NamesThere => names_there::text(form),
            Self::Quit => quit(cx),
        }
    }
}

fn ask_code(form: &Form, cx: &Context<'_>, failure: &Failure) -> FormText {
    let digits = form.typed(0).chars().filter(char::is_ascii_digit).count();
    let code = MfaCode::parse(form.typed(0));
    let mut intro = vec![Said::plain("", sentence(&visible(&failure.message)))];
    if failure.kind == FailureKind::CodeRefused {
        intro.push(Said::plain("", failure.advice(cx.session.signing())));
    }
    let remark = match code {
        Some(_) => (Role::Good, "6 of 6".to_owned()),
        None => (Role::Quiet, format!("{digits} of {}", MfaCode::DIGITS)),
    };
    FormText {
        title: "A code of the MFA device".to_owned(),
        intro,
        remarks: vec![remark],
        suggestions: Vec::new(),
        explains: &[],
        outlook: vec![Said::quiet(
            "",
            "The code goes to AWS STS alone, and is kept nowhere.",
        )],
        cancel: "Cancel",
        confirm: "Sign in",
        problem: (code.is_none()).then(|| "Type the six digits that the device shows.".to_owned()),
    }
}

/// Where this side is now, as far as that is known.
fn place_now(cx: &Context<'_>) -> String {
    match (cx.session.account(), cx.session.region()) {
        (Some(_), _) => cx.place(),
        (None, "") => "account unknown, no region".to_owned(),
        (None, region) => format!("account unknown, {}", visible(region)),
    }
}

fn ask_region(form: &Form, cx: &Context<'_>) -> FormText {
    let typed = form.typed(0);
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
        intro: vec![Said::plain("Now", place_now(cx))],
        remarks: vec![remark],
        suggestions: Vec::new(),
        explains: &[],
        outlook: Vec::new(),
        cancel: "Cancel",
        confirm: "Change region",
        problem: (!plausible).then(|| "Type the region's name first.".to_owned()),
    }
}

fn ask_list(form: &Form) -> FormText {
    let missing = form.typed(0).is_empty();
    let what = "Marks the certificates that a list names: by ids, ARNs, things or PEM files, one a line, or in a \
                table with a head (CSV). What became of each line is shown.";
    FormText {
        title: "Mark what a file names".to_owned(),
        intro: vec![Said::plain("", what)],
        remarks: vec![(
            Role::Quiet,
            if missing { "such as lyon.csv" } else { "" }.to_owned(),
        )],
        suggestions: Vec::new(),
        explains: &[],
        outlook: vec![Said::quiet(
            "",
            "Nothing is changed. For each thing AWS is asked once.",
        )],
        cancel: "Cancel",
        confirm: "Read it",
        problem: missing.then(|| "Type the file's name first.".to_owned()),
    }
}
