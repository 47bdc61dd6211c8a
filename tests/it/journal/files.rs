//! The files: whose they are, and which ones are left alone.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
    path::Path,
};

use certferry::journal::{Journal, JournalError, NotWritable, OfferTo, Options};

use super::{Place, at, before, child::Process, open, plan};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn everything_is_its_owner_s_alone() {
    let place = Place::new();
    let check = || {
        let journal = place.open();
        journal.begin(&before(1), &plan(&before(1)), at(1)).ok();
        let folders = [place.folder(), place.folder().join("journal.db.owners")];
        for folder in folders {
            assert_eq!(mode(&folder), 0o700, "{folder:?}");
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    assert_eq!(mode(&path), 0o600, "{path:?}");
                }
            }
        }
        for suffix in ["", "-wal", "-shm"] {
            let path = place.folder().join(format!("journal.db{suffix}"));
            assert_eq!(mode(&path), 0o600, "{path:?}");
        }
    };
    check();
    // What an archive or a careless hand left.
    set_mode(&place.folder(), 0o755);
    set_mode(&place.path(), 0o644);
    fs::write(place.folder().join("journal.db-wal"), "").unwrap();
    set_mode(&place.folder().join("journal.db-wal"), 0o666);
    check();
}

#[test]
fn a_newer_file_is_refused_and_left_as_it_is() {
    let place = Place::new();
    drop(place.open());
    let newer = rusqlite::Connection::open(place.path()).unwrap();
    newer.pragma_update(None, "user_version", 7).unwrap();
    newer
        .execute_batch("CREATE TABLE later (x); INSERT INTO later VALUES (1);")
        .unwrap();
    // Once as a process that ended leaves it, once with what one that was killed left beside it.
    let refused = JournalError::Newer {
        path: place.path(),
        version: 7,
    };
    let killed = Place::new();
    fs::create_dir(killed.folder()).unwrap();
    set_mode(&killed.folder(), 0o700);
    let wal = |place: &Place| place.folder().join("journal.db-wal");
    assert!(fs::metadata(wal(&place)).unwrap().len() > 0);
    fs::copy(place.path(), killed.path()).unwrap();
    fs::copy(wal(&place), wal(&killed)).unwrap();
    let files = || {
        (
            fs::read(killed.path()).unwrap(),
            fs::read(wal(&killed)).unwrap(),
        )
    };
    let was = files();
    let error = open(&killed.path()).unwrap_err();
    assert!(
        matches!(error, JournalError::Newer { version: 7, .. }),
        "{error:?}"
    );
    assert_eq!(files(), was);

    drop(newer);
    let was = fs::read(place.path()).unwrap();
    let error = open(&place.path()).unwrap_err();
    assert_eq!(error, refused);
    assert_eq!(fs::read(place.path()).unwrap(), was);
    assert!(error.to_string().contains("newer certferry"), "{error}");
    assert!(error.advice().contains("Update certferry"));
}

#[test]
fn what_is_no_journal_is_refused_and_left_as_it_is() {
    let place = Place::new();
    fs::create_dir(place.folder()).unwrap();
    let refused = |content: &[u8]| {
        fs::write(place.path(), content).unwrap();
        let error = open(&place.path()).unwrap_err();
        assert!(matches!(error, JournalError::Corrupt { .. }), "{error:?}");
        assert!(error.to_string().contains(place.path().to_str().unwrap()));
        assert_eq!(fs::read(place.path()).unwrap(), content);
    };
    refused(&b"this is not a database at all, but text. ".repeat(100));
    let other = place.folder().join("other.db");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(connection);
    refused(&fs::read(&other).unwrap());
}

#[test]
fn a_damaged_file_is_refused() {
    let place = Place::new();
    let journal = place.open();
    for byte in 1..100 {
        let before = before(byte);
        journal.begin(&before, &plan(&before), at(1)).unwrap();
    }
    drop(journal);
    let mut bytes = fs::read(place.path()).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    fs::write(place.path(), &bytes).unwrap();
    let error = open(&place.path()).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error:?}");
    assert_eq!(fs::read(place.path()).unwrap(), bytes);
    // Cut short.
    fs::write(place.path(), &bytes[..half]).unwrap();
    let error = open(&place.path()).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error:?}");
}

#[test]
fn a_place_that_is_no_folder_says_so() {
    let place = Place::new();
    fs::write(place.folder(), "a file").unwrap();
    let error = open(&place.path()).unwrap_err();
    assert!(
        matches!(error, JournalError::NotWritable { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("cannot be written"), "{error}");
}

#[test]
fn a_link_or_a_folder_in_its_place_is_not_followed() {
    let place = Place::new();
    fs::create_dir(place.folder()).unwrap();
    let elsewhere = place.folder.path().join("elsewhere.db");
    fs::write(&elsewhere, "").unwrap();
    symlink(&elsewhere, place.path()).unwrap();
    let refused = Err(JournalError::NotYours(place.path()));
    assert_eq!(open(&place.path()).map(|_| ()), refused);
    assert_eq!(fs::read(&elsewhere).unwrap(), b"");
    fs::remove_file(place.path()).unwrap();
    fs::create_dir(place.path()).unwrap();
    assert_eq!(open(&place.path()).map(|_| ()), refused);
}

/// Another user than root.
const NOBODY: u32 = 65534;

/// What opening says to a user without rights: this one, or for root another one.
fn opened_without_rights(place: &Place) -> String {
    if !is_root() {
        return format!("{:?}", open(&place.path()).unwrap_err());
    }
    set_mode(place.folder.path(), 0o755);
    for path in [place.folder(), place.path()] {
        if path.exists() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    Process::opening_as(&place.path(), NOBODY)
}

#[test]
fn where_nothing_may_be_written_nothing_is_begun() {
    let place = Place::new();
    set_mode(place.folder.path(), 0o555);
    let told = opened_without_rights(&place);
    set_mode(place.folder.path(), 0o755);
    assert!(
        told.contains("NotWritable") && told.contains("Denied"),
        "{told}"
    );
    let error = JournalError::NotWritable {
        path: place.path(),
        why: NotWritable::Denied,
    };
    assert!(error.advice().contains("XDG_STATE_HOME"));
}

#[test]
fn another_user_s_journal_is_not_touched() {
    if !is_root() {
        return;
    }
    let place = Place::new();
    drop(place.open());
    let folder = Err(JournalError::NotYours(place.folder()));
    let file = Err(JournalError::NotYours(place.path()));
    chown(place.path(), Some(NOBODY), None).unwrap();
    assert_eq!(open(&place.path()).map(|_| ()), file);
    chown(place.folder(), Some(NOBODY), None).unwrap();
    assert_eq!(open(&place.path()).map(|_| ()), folder);
}

#[test]
fn a_locked_journal_is_busy_for_a_while_only() {
    let place = Place::new();
    let options = Options {
        wait: std::time::Duration::from_millis(20),
        ..Options::default()
    };
    let journal = Journal::open(&place.path(), &options).unwrap();
    let mut other = rusqlite::Connection::open(place.path()).unwrap();
    let behavior = rusqlite::TransactionBehavior::Immediate;
    let holding = other.transaction_with_behavior(behavior).unwrap();
    let begin = || journal.begin(&before(1), &plan(&before(1)), at(1));
    assert_eq!(begin(), Err(JournalError::Busy(place.path())));
    assert_eq!(journal.unfinished().unwrap(), [], "reading goes on");
    drop(holding);
    begin().unwrap();
}

/// A copy of the one file, as somebody makes it who does not know SQLite.
#[test]
fn a_copy_of_the_file_alone_has_the_run_and_is_known_to_lack_something() {
    let place = Place::new();
    let journal = place.open();
    let run = journal.begin(&before(1), &plan(&before(1)), at(1)).unwrap();
    journal.step_begun(run, 0, at(2)).unwrap();
    assert!(!journal.is_incomplete());

    let copy = Place::new();
    fs::create_dir(copy.folder()).unwrap();
    set_mode(&copy.folder(), 0o700);
    fs::copy(place.path(), copy.path()).unwrap();
    let copied = copy.open();
    let open = copied.unfinished().unwrap();
    assert_eq!(open.len(), 1, "what was there before is not lost");
    assert_eq!(open[0].before, before(1));
    assert!(copied.is_incomplete());
    drop(copied);
    // Once closed by its last process, the file is whole.
    assert!(!copy.open().is_incomplete());
    drop(journal);
    assert!(!place.open().is_incomplete());
}

#[test]
fn a_file_that_was_deleted_or_replaced_takes_nothing_more() {
    for replace in [false, true] {
        let place = Place::new();
        let journal = place.open();
        let run = journal.begin(&before(1), &plan(&before(1)), at(1)).unwrap();
        let kept = place.folder().join("kept");
        fs::rename(place.path(), &kept).unwrap();
        if replace {
            fs::copy(&kept, place.path()).unwrap();
        }
        let replaced = JournalError::Replaced(place.path());
        assert_eq!(journal.step_begun(run, 0, at(2)), Err(replaced.clone()));
        let begun = journal.begin(&before(2), &plan(&before(2)), at(2));
        assert_eq!(begun, Err(replaced));
        // Put back where it was, it goes on.
        fs::rename(&kept, place.path()).unwrap();
        journal.step_begun(run, 0, at(3)).unwrap();
    }
}

#[test]
fn the_whole_folder_may_be_deleted_too() {
    let place = Place::new();
    let journal = place.open();
    let run = journal.begin(&before(1), &plan(&before(1)), at(1)).unwrap();
    fs::remove_dir_all(place.folder()).unwrap();
    let begun = journal.step_begun(run, 0, at(2));
    assert_eq!(begun, Err(JournalError::Replaced(place.path())));
}

/// On NFS the WAL of one computer is not another one's.
#[test]
fn on_the_file_system_of_a_network_each_computer_has_its_own() {
    let place = Place::new();
    let options = Options {
        network: Some(true),
        ..Options::default()
    };
    let journal = Journal::open(&place.path(), &options).unwrap();
    let run = journal.begin(&before(1), &plan(&before(1)), at(1)).unwrap();
    journal.step_begun(run, 0, at(2)).unwrap();
    assert_ne!(journal.path(), place.path());
    assert!(!place.path().exists());
    let files: Vec<String> = fs::read_dir(place.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let has = |end: &str| files.iter().any(|name| name.ends_with(end));
    assert!(!has("-wal") && !has("-shm"), "no shared memory: {files:?}");

    // Another computer sees what is open, and cannot decide about it.
    let other = place.folder().join("journal.elsewhere.db");
    fs::copy(journal.path(), &other).unwrap();
    let here = &before(1).place;
    let elsewhere = journal.elsewhere(here).unwrap();
    let words = "111122223333, us-east-1, begun on elsewhere".to_owned();
    assert_eq!(elsewhere, [(words, 1)]);
    assert_eq!(journal.unfinished().unwrap().len(), 1);
    fs::write(&other, "no database").unwrap();
    let elsewhere = journal.elsewhere(here).unwrap();
    assert!(elsewhere[0].0.contains("cannot be read"), "{elsewhere:?}");
}

#[test]
fn what_is_open_at_another_place_is_told_under_its_name() {
    let place = Place::new();
    let journal = place.open();
    let mut emulator = before(1);
    emulator.place.control_plane = certferry::domain::ControlPlane::Other("localhost:4566".into());
    journal.begin(&emulator, &plan(&emulator), at(1)).unwrap();
    let here = before(1).place;
    let words = "account 1111-2222-3333 in us-east-1 at localhost:4566".to_owned();
    assert_eq!(journal.elsewhere(&here).unwrap(), [(words, 1)]);
    assert_eq!(journal.elsewhere(&emulator.place).unwrap(), []);
}

/// A process that is killed takes along what it had not begun, but not the knowledge of it.
#[test]
fn what_a_batch_has_not_begun_is_told_when_its_process_is_gone() {
    let place = Place::new();
    let here = before(1).place;
    let to = super::account("444455556666");
    let ids = [1, 2, 3].map(|byte| before(byte).certificate);
    let dying = place.open();
    let offer = OfferTo {
        to,
        message: Some("hello"),
        hand_over: true,
    };
    let batch = dying.begin_batch(&here, &offer, &ids, at(1));
    let batch = batch.unwrap();
    dying.begin(&before(2), &plan(&before(2)), at(2)).unwrap();
    let next = place.open();
    assert_eq!(next.not_begun(&here).unwrap(), [], "it is at work");
    drop(dying);
    let left = next.not_begun(&here).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].batch, batch);
    assert_eq!(
        (left[0].to, left[0].message.as_deref()),
        (to, Some("hello"))
    );
    assert!(left[0].hand_over);
    assert_eq!(left[0].certificates, [ids[0], ids[2]]);
    // What is begun by another batch waits for this one no more.
    let other = next.begin_batch(&here, &offer, &ids[..1], at(3)).unwrap();
    assert_eq!(next.not_begun(&here).unwrap()[0].certificates, [ids[2]]);
    next.forget_batch(batch).unwrap();
    next.forget_batch(other).unwrap();
    assert_eq!(next.not_begun(&here).unwrap(), []);
    let mut elsewhere = here.clone();
    elsewhere.region = "eu-west-1".to_owned();
    next.begin_batch(&elsewhere, &offer, &ids, at(4)).unwrap();
    drop(next);
    assert_eq!(place.open().not_begun(&here).unwrap(), []);
}
