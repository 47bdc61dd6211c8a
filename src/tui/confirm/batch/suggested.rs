//! Recipients that need not be typed.

use crate::{
    domain::{AccountId, TypedAccount, account_meant, text::visible},
    tui::{
        confirm::batch::{draft::Draft, fields::DraftField},
        dialogs::form::{Focus, Form, Suggestion},
        known::context::Context,
    },
};

/// How many are offered at once.
const OFFERED: usize = 5;

/// The accounts that a certificate of this side is likely offered to, the likeliest first: the other side that is
/// open, those that were offered something lately (in this session, by the journal, by what waits for them), and those
/// with a name. The account book may keep some from
/// receiving.
pub fn recipients(cx: &Context<'_>) -> Vec<(AccountId, String)> {
    let named = cx.known_accounts();
    let peer = cx.peer.and_then(|peer| peer.session.account());
    let given = cx.batches.iter().rev();
    let given = given.filter_map(|run| run.tally.procedure.recipient());
    let offered = cx.list.outgoing_by_age().into_iter().rev();
    let offered = offered.filter_map(|id| cx.list.outgoing(id)?.to);
    let before = cx.recipients.iter().copied();
    let lately = peer.into_iter().chain(given).chain(before).chain(offered);
    let own = cx.session.account();
    let book = &cx.setup.config.accounts;
    let mut all: Vec<(AccountId, String)> = Vec::new();
    for account in lately.chain(named.iter().map(|it| it.0)) {
        let known = all.iter().any(|it| it.0 == account);
        if known || Some(account) == own || book.may_receive(account).is_err() {
            continue;
        }
        let name = named.iter().find(|it| it.0 == account);
        all.push((account, name.map(|it| it.1.clone()).unwrap_or_default()));
    }
    all
}

impl Draft {
    /// What can be taken into the field that has the keys.
    pub(in crate::tui::confirm) fn suggestions(&self, form: &Form) -> Vec<Suggestion> {
        let Focus::Field(at) = form.focus else {
            return Vec::new();
        };
        if self.fields().get(at) != Some(&DraftField::Account) {
            return Vec::new();
        }
        let typed = form.typed(at).to_lowercase();
        // What says which one is meant needs nothing more.
        if matches!(
            account_meant(&typed, &self.recipients),
            TypedAccount::One(_)
        ) {
            return Vec::new();
        }
        let digits: String = typed.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let fits = |(account, name): &&(AccountId, String)| {
            name.to_lowercase().contains(&typed) || account.to_string().starts_with(&digits)
        };
        let suggestion = |(account, name): &(AccountId, String)| Suggestion {
            text: account.to_string(),
            shown: format!("{}  {}", account.grouped(), visible(name))
                .trim_end()
                .to_owned(),
        };
        let fitting = self.recipients.iter().filter(fits);
        fitting.take(OFFERED).map(suggestion).collect()
    }
}
