//! What is typed in the dialog of a batch, and what stands beside it.

use crate::{
    domain::{
        AccountBook, AccountId, MESSAGE_LIMIT, NoRecipient, TypedAccount, account_meant, nearly,
        text::visible,
    },
    tui::{
        dialogs::form::Form,
        text::{prose::Role, words::listed},
    },
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
    /// Reads what was typed: a number, the first digits of a known one, or a name. The own account is
    /// refused, and one that the account book keeps from receiving.
    pub(super) fn typed(
        typed: &str,
        own: AccountId,
        known: &[(AccountId, String)],
        book: &AccountBook,
    ) -> Self {
        let refused = |role, remark: String, problem: String| Self {
            account: None,
            remark: (role, remark),
            problem: Some(problem),
        };
        let missing = || "Type the recipient's account number first.".to_owned();
        let name = |account: AccountId| {
            let entry = known.iter().find(|it| it.0 == account);
            entry.map(|(_, name)| visible(name).into_owned())
        };
        let account = match account_meant(typed, known) {
            TypedAccount::One(account) => account,
            TypedAccount::Several(found) => {
                let names: Vec<String> = found.into_iter().filter_map(name).collect();
                let remark = format!("{}: type more of it", listed(&names));
                return refused(Role::Quiet, remark, missing());
            }
            TypedAccount::None if typed.trim().is_empty() => {
                return refused(Role::Quiet, "12 digits".to_owned(), missing());
            }
            TypedAccount::None => {
                let begins_with_digit = typed.trim().starts_with(|c: char| c.is_ascii_digit());
                let remark = match AccountId::parse(typed) {
                    Err(e) if begins_with_digit => e.to_string(),
                    _ => "no known account has this in its name".to_owned(),
                };
                return refused(Role::Bad, remark, missing());
            }
        };
        if account == own {
            let problem = "Type another account than the certificate's own.".to_owned();
            let remark = "this is the certificate's own account".to_owned();
            return refused(Role::Bad, remark, problem);
        }
        let number = account.grouped();
        if let Err(why) = book.may_receive(account) {
            let remark = match (why, name(account)) {
                (NoRecipient::Denied(_), Some(name)) => format!("{number}  {name}: marked deny"),
                (NoRecipient::Denied(_), None) => format!("{number}: marked deny"),
                (NoRecipient::NotAllowed(_), _) => format!("{number}: not marked allow"),
            };
            return refused(Role::Bad, remark, format!("Type another: {why}."));
        }
        let remark = match (name(account), nearly(account, known)) {
            (Some(name), _) => (Role::Good, format!("{number}  {name}")),
            (None, None) => (Role::Bad, format!("{number}  unknown account")),
            (None, Some((like, apart))) => {
                let differ = match apart {
                    1 => "one digit differs",
                    _ => "two digits differ",
                };
                let known = name(like).unwrap_or_default();
                let text = format!("unknown; {known} is {}: {differ}", like.grouped());
                (Role::Bad, text)
            }
        };
        Self {
            account: Some(account),
            remark,
            problem: None,
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
