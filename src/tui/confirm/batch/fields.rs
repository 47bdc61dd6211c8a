//! What is typed in the dialog of a batch, and what stands beside it.

use crate::{
    domain::{AccountBook, AccountId, MESSAGE_LIMIT, text::visible},
    tui::{dialogs::form::Form, text::prose::Role},
};

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DraftField {
    /// The recipient.
    Account,
    /// What the recipient reads.
    Message,
    /// What the sender reads.
    Reason,
    /// The end of the id, to confirm.
    LastSix,
    /// The end of an account's number, to confirm.
    LastFour,
}

impl DraftField {
    /// What stands before it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::Message => "Message",
            Self::Reason => "Reason",
            Self::LastSix => "Type it here",
            Self::LastFour => "Last 4 digits",
        }
    }
}

/// What is typed, by field.
pub(super) struct Typed<'a> {
    fields: Vec<DraftField>,
    form: &'a Form,
}

impl<'a> Typed<'a> {
    pub(super) fn new(fields: Vec<DraftField>, form: &'a Form) -> Self {
        Self { fields, form }
    }

    /// What is typed in a field; nothing when the dialog does not have it.
    pub(super) fn text(&self, field: DraftField) -> &'a str {
        let at = self.fields.iter().position(|it| *it == field);
        at.map_or("", |at| self.form.typed(at))
    }

    /// What is typed in a field that may be left empty.
    pub(super) fn optional(&self, field: DraftField) -> Option<String> {
        Some(self.text(field).to_owned()).filter(|text| !text.is_empty())
    }
}

/// What stands beside a field, and what is wrong with what is typed.
pub(super) type FieldRemark = ((Role, String), Option<String>);

/// A recipient as it is typed.
pub(super) struct Recipient {
    /// The account, when it can be one.
    pub(super) account: Option<AccountId>,
    /// What stands beside the field.
    pub(super) remark: (Role, String),
    /// Why it cannot be used.
    pub(super) problem: Option<String>,
}

impl Recipient {
    /// Reads what was typed. The own account is refused.
    pub(super) fn typed(typed: &str, own: AccountId, book: &AccountBook) -> Self {
        let refused = |role, remark: String, problem: &str| Self {
            account: None,
            remark: (role, remark),
            problem: Some(problem.to_owned()),
        };
        let missing = "Type the recipient's account number first.";
        match AccountId::parse(typed) {
            Ok(account) if account == own => refused(
                Role::Bad,
                "this is the certificate's own account".to_owned(),
                "Type another account than the certificate's own.",
            ),
            Ok(account) => Self {
                account: Some(account),
                remark: match book.name(account) {
                    Some(name) => (
                        Role::Good,
                        format!("{}  {}", account.grouped(), visible(name)),
                    ),
                    None => (Role::Bad, format!("{}  unknown account", account.grouped())),
                },
                problem: None,
            },
            Err(_) if typed.is_empty() => refused(Role::Quiet, "12 digits".to_owned(), missing),
            Err(e) => refused(Role::Bad, e.to_string(), missing),
        }
    }
}

/// What stands beside a message or reason, and why it cannot be sent.
pub(super) fn message_remark(message: &str) -> FieldRemark {
    let length = message.chars().count();
    if length > MESSAGE_LIMIT {
        let over = length.saturating_sub(MESSAGE_LIMIT);
        let remark = format!("{over} too many: at most {MESSAGE_LIMIT} characters");
        let problem = format!("The text is too long: {over} too many.");
        return ((Role::Bad, remark), Some(problem));
    }
    let count = if length == 0 {
        "optional".to_owned()
    } else {
        format!("{length} of {MESSAGE_LIMIT}")
    };
    ((Role::Quiet, count), None)
}
