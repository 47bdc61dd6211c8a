//! The journal's files, which only their owner can read.

use std::{
    env,
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    },
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::journal::error::JournalError;

const FOLDER_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;
/// How long to wait before the next look at a lock that another process holds.
const LOOK: Duration = Duration::from_millis(10);

/// `$XDG_STATE_HOME/certferry/journal.db`, or `~/.local/state/certferry/journal.db`.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn default_path() -> Result<PathBuf, JournalError> {
    let folder = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| {
            let home = env::home_dir().filter(|home| home.is_absolute())?;
            Some(home.join(".local/state"))
        })
        .ok_or(JournalError::NoPlace)?;
    Ok(folder.join("certferry/journal.db"))
}

/// Where the log is written, unless a file is named.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn log_path() -> Result<PathBuf, JournalError> {
    Ok(parent(&default_path()?).join("certferry.log"))
}

/// A folder of this computer alone, for what the processes of a person share there: beside the journal,
/// or where that is on the file system of a network, in `$XDG_RUNTIME_DIR` or the folder of temporary
/// files. `None` when there is none that is this person's own.
pub fn shared_folder() -> Option<PathBuf> {
    let journal = default_path().ok()?;
    let beside = parent(&journal);
    make_folder(beside).ok()?;
    let folder = if is_of_network(beside) {
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let runtime = runtime.filter(|it| it.is_absolute() && !is_of_network(it));
        let own = format!("certferry-{}", user());
        runtime.unwrap_or_else(env::temp_dir).join(own)
    } else {
        beside.join("pace")
    };
    own_folder(folder)
}

/// A folder that is made where it is missing; `None` where it is not this person's alone.
fn own_folder(folder: PathBuf) -> Option<PathBuf> {
    // Others may write where it lies: no link of theirs is followed.
    match DirBuilder::new().mode(FOLDER_MODE).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return None,
        _ => {}
    }
    let found = fs::symlink_metadata(&folder).ok()?;
    (found.is_dir() && found.uid() == user() && found.mode() & 0o7777 == FOLDER_MODE)
        .then_some(folder)
}

/// Makes the folder and the file where they are missing, and takes from others what they may do
/// with them. A file that is there is not opened: closing it would end the locks that SQLite holds
/// on it in this process.
pub(super) fn prepare(path: &Path) -> Result<(), JournalError> {
    let folder = parent(path);
    make_folder(folder)?;
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path);
    match created {
        Ok(_) => {
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| JournalError::io(folder.to_owned(), &error))?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(JournalError::io(path.to_owned(), &error)),
    }
    close_to_others(path)?;
    for suffix in ["-wal", "-shm"] {
        close_to_others(&beside(path, suffix))?;
    }
    Ok(())
}

/// File systems of a network, by their number in `statfs(2)`: NFS, SMB and CIFS, AFS, Coda, Ceph,
/// Lustre, GPFS, 9P, `BeeGFS`, and FUSE, by which sshfs and `GlusterFS` come.
#[cfg(target_os = "linux")]
const OF_NETWORK: [u32; 13] = [
    0x6969,
    0x517B,
    0xFF53_4D42,
    0xFE53_4D42,
    0x5346_414F,
    0x6B41_4653,
    0x7375_7245,
    0x00C3_6400,
    0x0BD0_0BD0,
    0x4750_4653,
    0x0102_1997,
    0x1983_0326,
    0x6573_5546,
];

/// Whether a folder lies on the file system of a network, as home folders of bastion hosts do.
#[cfg(target_os = "linux")]
pub(super) fn is_of_network(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|found| is_number_of_network(found.f_type.into()))
}

/// Whether a file system is one of a network, by its number as `statfs(2)` gives it.
#[cfg(target_os = "linux")]
fn is_number_of_network(number: i128) -> bool {
    // It has 32 bits, also where the field has more, and a sign.
    u32::try_from(number & 0xFFFF_FFFF).is_ok_and(|it| OF_NETWORK.contains(&it))
}

/// Whether a folder lies on the file system of a network: one that is not said to be local.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_of_network(folder: &Path) -> bool {
    // `MNT_LOCAL` of macOS and the BSDs.
    const LOCAL: u64 = 0x1000;
    rustix::fs::statfs(folder).is_ok_and(|found| u64::from(found.f_flags) & LOCAL == 0)
}

/// This computer's name, in letters that a file's name can have.
pub(super) fn this_computer() -> String {
    as_file_name(&rustix::system::uname().nodename().to_string_lossy())
}

fn as_file_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '.' {
            c
        } else {
            '_'
        }
    };
    name.chars().map(plain).take(100).collect()
}

/// `journal.HOST.db` beside `journal.db`.
pub(super) fn of_this_computer(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.db", this_computer()))
}

/// The journals of other computers beside one, each with its computer's name.
pub(super) fn of_others(path: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(parent(path)) else {
        return Vec::new();
    };
    let mut others: Vec<(String, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let host = name.strip_prefix("journal.")?.strip_suffix(".db")?;
            (entry.path() != path).then(|| (host.to_owned(), entry.path()))
        })
        .collect();
    others.sort();
    others
}

/// Whether there is something in a file.
pub(super) fn is_there(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

/// Which file lies at a path: its device and inode.
pub(super) fn identity(path: &Path) -> Result<(u64, u64), JournalError> {
    let found = fs::metadata(path);
    let found = found.map_err(|error| JournalError::io(path.to_owned(), &error))?;
    Ok((found.dev(), found.ino()))
}

/// The folder a file lies in.
pub(super) fn parent(path: &Path) -> &Path {
    (path.parent())
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

/// The path with something after its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a folder that is for its owner only, and sees that it is.
pub(super) fn make_folder(folder: &Path) -> Result<(), JournalError> {
    let failed = |error: &io::Error| JournalError::io(folder.to_owned(), error);
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
        .map_err(|error| failed(&error))?;
    let found = fs::metadata(folder).map_err(|error| failed(&error))?;
    if found.uid() != user() {
        return Err(JournalError::NotYours(folder.to_owned()));
    }
    if found.mode() & 0o7777 != FOLDER_MODE {
        fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))
            .map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Takes from others what they may do with a file, whatever the umask or an earlier copy left. A
/// file that is not there is left alone.
pub(super) fn close_to_others(path: &Path) -> Result<(), JournalError> {
    let failed = |error: &io::Error| JournalError::io(path.to_owned(), error);
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(&error)),
    };
    // In a folder that only its owner can write, it cannot be exchanged after this look.
    if !found.is_file() || found.uid() != user() {
        return Err(JournalError::NotYours(path.to_owned()));
    }
    if found.mode() & 0o7777 != FILE_MODE {
        match fs::set_permissions(path, Permissions::from_mode(FILE_MODE)) {
            // The last process that used the journal has just removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&error)),
            Ok(()) => {}
        }
    }
    Ok(())
}

fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Opens or makes a file that is only there to be locked.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
}

/// Waits for the lock on opening the journal, or on changing another file. Dropping the file gives it up, and so does the end
/// of the process.
pub(super) fn lock_opening(path: &Path, wait: Duration) -> Result<File, JournalError> {
    let lock = beside(path, ".lock");
    let file = lock_file(&lock).map_err(|error| JournalError::io(lock.clone(), &error))?;
    let since = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if since.elapsed() < wait => thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(JournalError::io(lock, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_file_systems_of_a_network_are_known_by_their_numbers() {
        // NFS, and the numbers of CIFS and SMB2 as a field with a sign has them.
        for of_network in [
            0x6969,
            i128::from(0xFF53_4D42_u32.cast_signed()),
            0xFE53_4D42,
        ] {
            assert!(is_number_of_network(of_network), "{of_network:x}");
        }
        // ext4, tmpfs, xfs.
        for local in [0xEF53, 0x0102_1994, 0x5846_5342] {
            assert!(!is_number_of_network(local), "{local:x}");
        }
        assert!(!is_of_network(Path::new("/proc")));
    }

    #[test]
    fn a_computer_has_a_name_that_a_file_can_have() {
        assert_eq!(as_file_name("bastion-7.lab"), "bastion-7.lab");
        assert_eq!(as_file_name("a/b:c ü"), "a_b_c__");
        assert_eq!(as_file_name(&"x".repeat(300)).len(), 100);
    }

    #[test]
    fn an_empty_file_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(!is_there(&path));
        fs::write(&path, "").unwrap();
        assert!(!is_there(&path));
        fs::write(&path, "x").unwrap();
        assert!(is_there(&path));
    }

    #[test]
    fn others_may_do_nothing_with_a_file_or_a_folder() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("state");
        let path = folder.join("file");
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
        make_folder(&folder).unwrap();
        fs::write(&path, "").unwrap();
        for open in [0o777, 0o750, 0o500] {
            fs::set_permissions(&folder, Permissions::from_mode(open)).unwrap();
            make_folder(&folder).unwrap();
            assert_eq!(mode(&folder), FOLDER_MODE);
        }
        for open in [0o644, 0o620, 0o400] {
            fs::set_permissions(&path, Permissions::from_mode(open)).unwrap();
            close_to_others(&path).unwrap();
            assert_eq!(mode(&path), FILE_MODE);
        }
        close_to_others(&folder.join("missing")).unwrap();
        let not_a_file = close_to_others(&folder);
        assert!(matches!(not_a_file, Err(JournalError::NotYours(_))));
    }

    #[test]
    fn opening_waits_for_another_that_opens_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let first = lock_opening(&path, Duration::ZERO).unwrap();
        let busy = lock_opening(&path, Duration::from_millis(20));
        assert!(matches!(busy, Err(JournalError::Busy(_))), "{busy:?}");
        drop(first);
        let opening = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let held = lock_opening(&path, Duration::from_mins(1)).unwrap();
                        assert!(!opening.swap(true, Ordering::SeqCst), "two at once");
                        opening.store(false, Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        });
    }

    #[test]
    fn what_cannot_be_looked_at_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let below = close_to_others(&file.join("below"));
        assert!(
            matches!(below, Err(JournalError::NotWritable { .. })),
            "{below:?}"
        );
    }

    #[test]
    fn only_a_folder_that_is_closed_to_others_is_shared() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let new = path("new");
        assert_eq!(own_folder(new.clone()), Some(new.clone()));
        assert_eq!(own_folder(new.clone()), Some(new.clone()));
        fs::set_permissions(&new, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(own_folder(new.clone()), None);
        fs::set_permissions(&new, Permissions::from_mode(FOLDER_MODE)).unwrap();
        std::os::unix::fs::symlink(&new, path("link")).unwrap();
        fs::write(path("file"), "").unwrap();
        fs::set_permissions(path("file"), Permissions::from_mode(FOLDER_MODE)).unwrap();
        for not_ours in ["link", "file", "no/folder"] {
            assert_eq!(own_folder(path(not_ours)), None, "{not_ours}");
        }
    }
}
