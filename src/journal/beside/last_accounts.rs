//! Which account each profile led to when it was last used, in a file beside the journal. For the eye alone:
//! nothing is decided by it, so a file that cannot be read is like none.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{
    domain::{AccountId, ControlPlane, LastAccounts},
    journal::{
        beside::json_file::{read, write},
        error::JournalError,
        file::{default_path, make_folder, parent},
    },
};

/// Where it is kept.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn last_accounts_path() -> Result<PathBuf, JournalError> {
    Ok(parent(&default_path()?).join("accounts.json"))
}

/// The accounts of a file.
pub fn last_accounts(path: &Path) -> LastAccounts {
    let mut found = LastAccounts::default();
    let Ok(Value::Object(planes)) = read(path) else {
        return found;
    };
    for (plane, profiles) in planes {
        let Value::Object(profiles) = profiles else {
            continue;
        };
        for (profile, account) in profiles {
            let account = account.as_str().map(AccountId::parse);
            if let Some(Ok(account)) = account {
                found.insert(plane.clone(), profile, account);
            }
        }
    }
    found
}

/// Remembers an account.
///
/// # Errors
///
/// The file cannot be written.
pub fn remember_account(
    path: &Path,
    at: &ControlPlane,
    profile: &str,
    account: AccountId,
) -> Result<(), JournalError> {
    let mut planes = match read(path) {
        Ok(Value::Object(planes)) => planes,
        _ => Map::new(),
    };
    let profiles = planes
        .entry(at.to_string())
        .or_insert_with(|| Map::new().into());
    if !profiles.is_object() {
        *profiles = Map::new().into();
    }
    let account = Value::from(account.to_string());
    if profiles.get(profile) == Some(&account) {
        return Ok(());
    }
    if let Some(profiles) = profiles.as_object_mut() {
        profiles.insert(profile.to_owned(), account);
    }
    make_folder(parent(path))?;
    let text = Value::Object(planes).to_string();
    write(path, &text).map_err(|error| JournalError::io(path.to_owned(), &error))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn what_was_seen_is_known_again_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/accounts.json");
        assert_eq!(last_accounts(&path), LastAccounts::default());
        let account = |digits| AccountId::parse(digits).unwrap();
        let (one, two) = (account("111122223333"), account("444455556666"));
        let elsewhere = ControlPlane::Other("127.0.0.1:4566".to_owned());
        remember_account(&path, &ControlPlane::Aws, "ops", one).unwrap();
        remember_account(&path, &ControlPlane::Aws, "my \"prod\"", two).unwrap();
        remember_account(&path, &elsewhere, "ops", two).unwrap();
        let found = last_accounts(&path);
        assert_eq!(found.get(&ControlPlane::Aws, "ops"), Some(one));
        assert_eq!(found.get(&ControlPlane::Aws, "my \"prod\""), Some(two));
        assert_eq!(found.get(&elsewhere, "ops"), Some(two));
        assert_eq!(found.get(&elsewhere, "my \"prod\""), None);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        // It led elsewhere the next time.
        remember_account(&path, &ControlPlane::Aws, "ops", two).unwrap();
        assert_eq!(
            last_accounts(&path).get(&ControlPlane::Aws, "ops"),
            Some(two)
        );
    }

    #[test]
    fn a_file_that_makes_no_sense_is_like_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.json");
        let one = AccountId::parse("111122223333").unwrap();
        for text in [
            "",
            "{",
            "[]",
            "{\"AWS\": 1}",
            "{\"AWS\": {\"ops\": 1, \"b\": \"x\"}}",
            "\u{0}",
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(last_accounts(&path), LastAccounts::default(), "{text}");
            remember_account(&path, &ControlPlane::Aws, "ops", one).unwrap();
            assert_eq!(
                last_accounts(&path).get(&ControlPlane::Aws, "ops"),
                Some(one)
            );
        }
    }
}
