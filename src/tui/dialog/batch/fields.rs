//! What is typed in the dialog of a batch, and what stands beside it.

use crate::{
    domain::{AccountBook, AccountId, Action, MESSAGE_LIMIT, text::visible},
    tui::{App, page::Role},
};

use super::{super::Form, Draft};

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
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

impl Field {
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
    fields: Vec<Field>,
    form: &'a Form,
}

impl<'a> Typed<'a> {
    pub(super) fn new(fields: Vec<Field>, form: &'a Form) -> Self {
        Self { fields, form }
    }

    /// What is typed in a field; nothing when the dialog does not have it.
    pub(super) fn text(&self, field: Field) -> &'a str {
        let at = self.fields.iter().position(|it| *it == field);
        at.map_or("", |at| self.form.typed(at))
    }

    /// What is typed in a field that may be left empty.
    pub(super) fn optional(&self, field: Field) -> Option<String> {
        Some(self.text(field).to_owned()).filter(|text| !text.is_empty())
    }
}

/// What stands beside a field, and what is wrong with what is typed.
type Remark = ((Role, String), Option<String>);

impl Draft {
    /// The remarks of all fields, and the first thing that is wrong.
    pub(super) fn remarks(&self, form: &Form, app: &App) -> (Vec<(Role, String)>, Option<String>) {
        let typed = self.typed(form);
        let remark = |field: Field| -> Remark {
            let text = typed.text(field);
            match field {
                Field::Account => {
                    let to = self.recipient(form, app);
                    (to.remark, to.problem)
                }
                Field::Message | Field::Reason => message_remark(text),
                Field::LastSix => self.last_six(text),
                Field::LastFour => {
                    let resumed: Vec<AccountId> = self.resumed_for().into_keys().collect();
                    let accounts = if !resumed.is_empty() {
                        resumed
                    } else if self.asks_recipient() {
                        self.recipient(form, app).account.into_iter().collect()
                    } else {
                        vec![self.place.account]
                    };
                    self.last_four(text, &accounts)
                }
            }
        };
        let all: Vec<Remark> = self.fields().into_iter().map(remark).collect();
        let (remarks, problems): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (remarks, problems.into_iter().flatten().next())
    }

    pub(super) fn recipient(&self, form: &Form, app: &App) -> Recipient {
        let typed = self.typed(form);
        let typed = typed.text(Field::Account);
        Recipient::typed(typed, self.place.account, &app.setup.book)
    }

    fn last_six(&self, typed: &str) -> Remark {
        let ids = &self.certificates;
        let matches = (ids.iter()).all(|id| typed.eq_ignore_ascii_case(&id.last_six()));
        if matches {
            return ((Role::Good, "matches".to_owned()), None);
        }
        let count = format!("{} of 6", typed.chars().count());
        let problem = "Type the last 6 characters of the id first.".to_owned();
        ((Role::Quiet, count), Some(problem))
    }

    /// The last four digits of the accounts that it is about, typed to confirm.
    fn last_four(&self, typed: &str, accounts: &[AccountId]) -> Remark {
        let whose = match (self.action, accounts.len()) {
            (Action::StartTransfer | Action::TransferReady, _) => "the recipient's account",
            (Action::Resume, 2..) => "each recipient's account",
            (Action::Resume, _) if self.resumed_for().len() == 1 => "the recipient's account",
            _ => "this account",
        };
        let wanted = accounts.iter().map(AccountId::last_four);
        let mut wanted: Vec<String> = wanted.collect();
        let mut given: Vec<&str> = typed.split_whitespace().collect();
        wanted.sort_unstable();
        given.sort_unstable();
        if !wanted.is_empty() && given == wanted {
            return ((Role::Good, "matches".to_owned()), None);
        }
        let text = format!("the last 4 digits of {whose}, to confirm");
        let problem = Some(format!("Type {text}."));
        let remark = match (typed.chars().count(), accounts) {
            (0..4, _) => (Role::Quiet, text),
            (_, []) => (Role::Bad, "type the account first".to_owned()),
            _ => (
                Role::Bad,
                format!("does not match: type the last 4 digits of {whose}"),
            ),
        };
        (remark, problem)
    }
}

/// A recipient as it is typed.
pub(super) struct Recipient {
    /// The account, when it can be one.
    pub(super) account: Option<AccountId>,
    /// What stands beside the field.
    remark: (Role, String),
    /// Why it cannot be used.
    problem: Option<String>,
}

impl Recipient {
    /// Reads what was typed. The own account is refused.
    fn typed(typed: &str, own: AccountId, book: &AccountBook) -> Self {
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
fn message_remark(message: &str) -> Remark {
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
