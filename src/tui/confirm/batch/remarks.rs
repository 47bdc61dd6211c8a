//! What stands beside the fields of a batch's dialog.

use crate::{
    domain::{AccountId, Action},
    tui::{
        confirm::batch::{
            draft::Draft,
            fields::{DraftField, FieldRemark, Recipient, message_remark},
        },
        dialogs::form::{Form, Said},
        known::context::Context,
        text::prose::Role,
    },
};

impl Draft {
    /// The remarks of all fields, and the first thing that is wrong.
    pub(super) fn remarks(
        &self,
        form: &Form,
        cx: &Context<'_>,
    ) -> (Vec<(Role, String)>, Option<String>) {
        let typed = self.typed(form);
        let remark = |field: DraftField| -> FieldRemark {
            let text = typed.text(field);
            match field {
                DraftField::Account => {
                    let to = self.recipient(form, cx);
                    (to.remark, to.problem)
                }
                DraftField::Message | DraftField::Reason => message_remark(text),
                DraftField::LastSix => self.last_six(text),
                DraftField::LastFour => {
                    let resumed: Vec<AccountId> =
                        self.selection.resumed_for().into_keys().collect();
                    let beside = self.selection.beside.as_ref().map(|it| it.place.account);
                    let accounts = if self.selection.action == Action::HandOver {
                        beside.into_iter().collect()
                    } else if !resumed.is_empty() {
                        resumed
                    } else if self.asks_recipient() {
                        self.recipient(form, cx).account.into_iter().collect()
                    } else {
                        vec![self.selection.place.account]
                    };
                    self.last_four(text, &accounts)
                }
            }
        };
        let all: Vec<FieldRemark> = self.fields().into_iter().map(remark).collect();
        let (remarks, problems): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (remarks, problems.into_iter().flatten().next())
    }

    pub(super) fn recipient(&self, form: &Form, cx: &Context<'_>) -> Recipient {
        let typed = self.typed(form);
        let typed = typed.text(DraftField::Account);
        let own = self.selection.place.account;
        let known = cx.known_accounts();
        Recipient::typed(typed, own, &known, &cx.setup.config.accounts)
    }

    /// Says when the recipient is not the account that is open as the other side.
    pub(super) fn not_the_other_side(&self, form: &Form, cx: &Context<'_>) -> Option<Said> {
        if !self.asks_recipient() {
            return None;
        }
        let to = self.recipient(form, cx).account?;
        let peer = cx.peer?;
        let other = peer.session.account().filter(|other| *other != to)?;
        let other = cx.setup.config.accounts.describe(other);
        let text = format!("the other side that is open is {other}, not this recipient");
        Some(Said::warn("But", text))
    }

    fn last_six(&self, typed: &str) -> FieldRemark {
        let ids = &self.selection.certificates;
        let matches = (ids.iter()).all(|id| typed.eq_ignore_ascii_case(&id.last_six()));
        if matches {
            return ((Role::Good, "matches".to_owned()), None);
        }
        let count = format!("{} of 6", typed.chars().count());
        let problem = "Type the last 6 characters of the id first.".to_owned();
        ((Role::Quiet, count), Some(problem))
    }

    /// The last four digits of the accounts that it is about, typed to confirm.
    fn last_four(&self, typed: &str, accounts: &[AccountId]) -> FieldRemark {
        let whose = match (self.selection.action, accounts.len()) {
            (Action::StartTransfer | Action::TransferReady | Action::HandOver, _) => {
                "the recipient's account"
            }
            (Action::Resume, 2..) => "each recipient's account",
            (Action::Resume, _) if self.selection.resumed_for().len() == 1 => {
                "the recipient's account"
            }
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
