//! The confirmation of a change without a screen.

use std::{
    collections::BTreeSet,
    io::{self, Write as _, stderr},
};

use tokio::task::spawn_blocking;

use crate::{
    cli::{
        arguments::meant::Confirming,
        error::Error,
        front::{
            output::{is_attended, note, shown},
            signals::StopSignals,
        },
    },
    domain::{AccountBook, AccountId, TypedAccount, account_meant},
};

/// Has it confirmed that something is done for these accounts; answers `false` when a signal came first.
///
/// # Errors
///
/// It is not: nothing is to be done.
pub(in crate::cli) async fn confirm(
    by: &Confirming,
    accounts: &BTreeSet<AccountId>,
    book: &AccountBook,
    signals: &mut StopSignals,
) -> Result<bool, Error> {
    if !by.yes.is_empty() {
        return check_yes(by, accounts, book).map(|()| true);
    }
    let numbers: Vec<String> = accounts.iter().map(|it| format!("--yes {it}")).collect();
    if !is_attended() {
        return Err(Error::NotConfirmed(format!(
            "nobody is there to be asked: {} confirms it",
            numbers.join(" ")
        )));
    }
    for account in accounts {
        let unknown = match book.name(*account) {
            Some(_) => "",
            None => " (unknown account)",
        };
        let called = book.describe_with_word(*account);
        let question = format!("Last 4 digits of {called}{unknown}: ");
        let typed = tokio::select! {
            biased;
            () = signals.next() => {
                note("");
                return Ok(false);
            }
            typed = asked(question) => typed.unwrap_or_default(),
        };
        if typed.trim() != account.last_four() {
            return Err(Error::NotConfirmed(format!(
                "these are not the last 4 digits of {}",
                book.describe(*account)
            )));
        }
    }
    Ok(true)
}

/// Checks that what `--yes` says is what it is for. Without it, a person is asked later.
///
/// # Errors
///
/// It names another account.
pub(in crate::cli) fn check_yes(
    by: &Confirming,
    accounts: &BTreeSet<AccountId>,
    book: &AccountBook,
) -> Result<(), Error> {
    if by.yes.is_empty() {
        return Ok(());
    }
    let mut named = BTreeSet::new();
    for text in &by.yes {
        // A number alone: a name could be another account's in other settings.
        let account = AccountId::parse(text);
        named.insert(account.map_err(|why| Error::NotConfirmed(format!("--yes: {why}")))?);
    }
    if named == *accounts {
        return Ok(());
    }
    let described = |all: &BTreeSet<AccountId>| {
        let all: Vec<String> = all.iter().map(|it| book.describe(*it)).collect();
        all.join(" and ")
    };
    Err(Error::NotConfirmed(format!(
        "--yes says {}, and it is for {}",
        described(&named),
        described(accounts)
    )))
}

/// What a person answers. It waits on a thread of its own, so that a signal can end the waiting: the answer may never
/// come.
pub(super) async fn asked(question: String) -> Option<String> {
    let typed = spawn_blocking(move || {
        write!(stderr(), "{}", shown(&question)).and_then(|()| stderr().flush())?;
        let mut typed = String::new();
        io::stdin().read_line(&mut typed)?;
        Ok::<_, io::Error>(typed)
    });
    typed.await.ok()?.ok()
}

/// The account that a word of the command line means: its number, or a name of the settings.
///
/// # Errors
///
/// None is meant, or several could be.
pub(in crate::cli) fn account(typed: &str, book: &AccountBook) -> Result<AccountId, Error> {
    let known: Vec<(AccountId, String)> = book
        .names()
        .map(|(account, name)| (account, name.to_owned()))
        .collect();
    match account_meant(typed, &known) {
        TypedAccount::One(account) => Ok(account),
        TypedAccount::Several(several) => {
            let said: Vec<String> = several.iter().map(|it| book.describe(*it)).collect();
            Err(Error::Account(
                typed.to_owned(),
                format!("it may be {}", said.join(" or ")),
            ))
        }
        TypedAccount::None => Err(Error::Account(
            typed.to_owned(),
            "it is neither 12 digits nor a name of the settings".to_owned(),
        )),
    }
}
