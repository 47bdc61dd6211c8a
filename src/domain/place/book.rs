//! The accounts a team knows: their names, and which of them may receive certificates.

use std::collections::BTreeMap;

use crate::domain::place::account::AccountId;

/// Whether certificates may be offered to an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TransferRule {
    /// Nothing is said of it.
    #[default]
    Unmarked,
    /// It may receive certificates.
    Allow,
    /// It never receives any.
    Deny,
}

/// An account in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    /// Its name.
    pub name: String,
    /// Whether it may receive certificates.
    pub rule: TransferRule,
    /// The word that it is recognised by.
    pub word: Option<AccountWord>,
}

/// The word that an account is recognised by at a glance, such as `PRODUCTION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountWord {
    /// The word, of at most [`WIDEST`](Self::WIDEST) columns. It has no control characters.
    pub text: String,
    /// Its colour, as a theme's file names one: `red`, `#ff0000`, `196`; `None` for the theme's own look.
    pub color: Option<String>,
}

impl AccountWord {
    /// The columns that the widest word has.
    pub const WIDEST: usize = 12;
}

/// The accounts a team knows. One that is not in it is shown as unknown, which is the moment to look
/// twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountBook {
    entries: BTreeMap<AccountId, BookEntry>,
    /// Whether certificates are offered to no account but those that are marked `allow`.
    pub allow_only: bool,
}

/// Why no certificate is offered to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRecipient {
    /// It is marked `deny`.
    #[error("account {} is marked deny in the account book", .0.grouped())]
    Denied(AccountId),
    /// It is not marked `allow`, and only such accounts are.
    #[error("account {} is not marked allow in the account book, and allow_only is set", .0.grouped())]
    NotAllowed(AccountId),
}

impl AccountBook {
    /// The name of an account.
    pub fn name(&self, account: AccountId) -> Option<&str> {
        self.entries.get(&account).map(|entry| entry.name.as_str())
    }

    /// The word that an account is recognised by.
    pub fn word(&self, account: AccountId) -> Option<&AccountWord> {
        self.entries.get(&account)?.word.as_ref()
    }

    /// `4444-5555-6666 fleet-eu, PRODUCTION`: for where the word cannot be drawn apart.
    pub fn describe_with_word(&self, account: AccountId) -> String {
        let described = self.describe(account);
        match self.word(account) {
            Some(word) => format!("{described}, {}", word.text),
            None => described,
        }
    }

    /// `4444-5555-6666 fleet-eu`, or `4444-5555-6666` for an account without a name.
    pub fn describe(&self, account: AccountId) -> String {
        match self.name(account) {
            Some(name) => format!("{} {name}", account.grouped()),
            None => account.grouped(),
        }
    }

    /// The accounts with their names, by number.
    pub fn names(&self) -> impl Iterator<Item = (AccountId, &str)> {
        let entries = self.entries.iter();
        entries.map(|(account, entry)| (*account, entry.name.as_str()))
    }

    /// The accounts with all that is known of them, by number.
    pub fn entries(&self) -> impl Iterator<Item = (AccountId, &BookEntry)> {
        self.entries
            .iter()
            .map(|(account, entry)| (*account, entry))
    }

    /// With these names for accounts that it does not have.
    pub fn with_names(mut self, names: impl IntoIterator<Item = (AccountId, String)>) -> Self {
        for (account, name) in names {
            let rule = TransferRule::Unmarked;
            let entry = BookEntry {
                name,
                rule,
                word: None,
            };
            self.entries.entry(account).or_insert(entry);
        }
        self
    }

    /// Whether certificates may be offered to an account.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn may_receive(&self, account: AccountId) -> Result<(), NoRecipient> {
        let rule = self.entries.get(&account).map(|entry| entry.rule);
        match rule.unwrap_or_default() {
            TransferRule::Deny => Err(NoRecipient::Denied(account)),
            TransferRule::Unmarked if self.allow_only => Err(NoRecipient::NotAllowed(account)),
            TransferRule::Allow | TransferRule::Unmarked => Ok(()),
        }
    }
}

impl FromIterator<(AccountId, BookEntry)> for AccountBook {
    fn from_iter<I: IntoIterator<Item = (AccountId, BookEntry)>>(entries: I) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            allow_only: false,
        }
    }
}

/// What was typed for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedAccount {
    /// All of its digits, or enough of a known account's digits or name.
    One(AccountId),
    /// So many known accounts fit.
    Several(Vec<AccountId>),
    /// None that is known, and it is no whole number.
    None,
}

/// How many digits of a known account say which one is meant.
const ENOUGH_DIGITS: usize = 4;

/// Finds the account that a text means, among accounts with their names: by all of its digits, by the first
/// digits of a known one, or by its name or a part of that.
pub fn account_meant(typed: &str, known: &[(AccountId, String)]) -> TypedAccount {
    if let Ok(account) = AccountId::parse(typed) {
        return TypedAccount::One(account);
    }
    let wanted = typed.trim().to_lowercase();
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let separators = wanted.chars().filter(|c| matches!(c, '-' | ' ')).count();
    let all_digits = digits.len().saturating_add(separators) == wanted.len();
    if wanted.is_empty() {
        return TypedAccount::None;
    }
    let enough = all_digits && digits.len() >= ENOUGH_DIGITS;
    let begins = |it: AccountId| enough && it.to_string().starts_with(&digits);
    let by_number = known.iter().map(|it| it.0).filter(|it| begins(*it));
    let named = |fits: &dyn Fn(&str) -> bool| -> Vec<AccountId> {
        let fits = known.iter().filter(|it| fits(&it.1.to_lowercase()));
        fits.map(|it| it.0).collect()
    };
    let found = [
        by_number.collect(),
        named(&|name| name == wanted),
        named(&|name| name.starts_with(&wanted)),
        named(&|name| name.contains(&wanted)),
    ];
    match found.into_iter().find(|found| !found.is_empty()) {
        None => TypedAccount::None,
        Some(found) => match found.as_slice() {
            [one] => TypedAccount::One(*one),
            _ => TypedAccount::Several(found),
        },
    }
}

/// How many digits of a number that a person typed may be other than a known account's, so that it is said.
const NEARLY: usize = 2;

/// The known account that a number nearly is, and how many of its digits differ.
pub fn nearly(account: AccountId, known: &[(AccountId, String)]) -> Option<(AccountId, usize)> {
    let apart = |it: &(AccountId, String)| (it.0, account.digits_apart(it.0));
    let near = known.iter().map(apart);
    near.filter(|(_, apart)| (1..=NEARLY).contains(apart))
        .min_by_key(|(_, apart)| *apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(digits: &str) -> AccountId {
        AccountId::parse(digits).unwrap()
    }

    fn known() -> Vec<(AccountId, String)> {
        [
            ("444455556666", "fleet-eu"),
            ("444455557777", "fleet-us"),
            ("222233334444", "Lab"),
        ]
        .map(|(digits, name)| (account(digits), name.to_owned()))
        .to_vec()
    }

    #[test]
    fn an_account_is_meant_by_its_digits_or_its_name() {
        let meant = |typed| account_meant(typed, &known());
        let one = |digits| TypedAccount::One(account(digits));
        assert_eq!(meant("9999-8888-7777"), one("999988887777"));
        assert_eq!(meant("fleet-eu"), one("444455556666"));
        assert_eq!(meant(" LAB "), one("222233334444"));
        assert_eq!(meant("us"), one("444455557777"));
        assert_eq!(meant("2222-3"), one("222233334444"));
        assert_eq!(meant("4444-5555-7"), one("444455557777"));
        let both = vec![account("444455556666"), account("444455557777")];
        assert_eq!(meant("fleet"), TypedAccount::Several(both.clone()));
        assert_eq!(meant("444455"), TypedAccount::Several(both));
        // Too few digits, and a digit in a name is none of a number.
        for typed in ["222", "", "  ", "nobody", "9999", "-"] {
            let meant = meant(typed);
            assert!(!matches!(meant, TypedAccount::One(_)), "{typed}: {meant:?}");
        }
    }

    #[test]
    fn the_whole_name_goes_before_a_part_of_another() {
        let mut known = known();
        known.push((account("111111111111"), "fleet".to_owned()));
        let meant = account_meant("fleet", &known);
        assert_eq!(meant, TypedAccount::One(account("111111111111")));
    }

    #[test]
    fn a_number_that_is_nearly_a_known_one_is_noticed() {
        let near = |digits| nearly(account(digits), &known());
        assert_eq!(near("444455556667"), Some((account("444455556666"), 1)));
        // Two digits in each other's places.
        assert_eq!(near("222233343444"), Some((account("222233334444"), 2)));
        assert_eq!(near("222233433444"), Some((account("222233334444"), 2)));
        assert_eq!(near("444455556666"), None, "it is the known one itself");
        assert_eq!(near("444455558888"), None);
    }

    #[test]
    fn who_may_receive_is_what_the_book_says() {
        let entry = |rule| BookEntry {
            name: "x".to_owned(),
            rule,
            word: None,
        };
        let [allowed, denied, unmarked, unknown] = [
            "111111111111",
            "222222222222",
            "333333333333",
            "444444444444",
        ]
        .map(account);
        let mut book: AccountBook = [
            (allowed, entry(TransferRule::Allow)),
            (denied, entry(TransferRule::Deny)),
            (unmarked, entry(TransferRule::Unmarked)),
        ]
        .into_iter()
        .collect();
        let may = |book: &AccountBook, account| book.may_receive(account);
        assert_eq!(may(&book, allowed), Ok(()));
        assert_eq!(may(&book, denied), Err(NoRecipient::Denied(denied)));
        assert_eq!(may(&book, unmarked), Ok(()));
        assert_eq!(may(&book, unknown), Ok(()));
        book.allow_only = true;
        assert_eq!(may(&book, allowed), Ok(()));
        assert_eq!(may(&book, denied), Err(NoRecipient::Denied(denied)));
        for other in [unmarked, unknown] {
            assert_eq!(may(&book, other), Err(NoRecipient::NotAllowed(other)));
        }
    }
}
