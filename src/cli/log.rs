//! `--log FILE` and `CERTFERRY_LOG`: what certferry does, in a file.
//!
//! The AWS SDK logs through `tracing`, too. Its finest level has requests and answers with keys in them, so it
//! is never written.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    Layer as _,
    filter::{ParseError, Targets, filter_fn},
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{cli::error::Error, domain::text::visible};

/// From this size on, in bytes, the file is moved aside, and the one that was moved before goes.
const LONGEST: u64 = 8 << 20;

/// What is logged where only the file is named.
const USUALLY: &str = "info,certferry=debug";

/// Begins to log, where that is wanted: `file` is the one that was named, `wanted` the levels, as in
/// `debug` or `info,certferry=trace`.
///
/// # Errors
///
/// The file cannot be written, or the levels make no sense.
pub(super) fn start(file: Option<&Path>, wanted: Option<&str>) -> Result<(), Error> {
    let wanted = wanted.filter(|text| !text.trim().is_empty());
    let path = match (file, wanted) {
        (None, None) => return Ok(()),
        (Some(file), _) => file.to_owned(),
        (None, Some(_)) => crate::journal::log_path().map_err(|_| Error::NoLogFolder)?,
    };
    let levels = levels(wanted.unwrap_or(USUALLY));
    let levels = levels.map_err(|error| Error::LogLevels(error.to_string()))?;
    let file = LogFile::open(&path).map_err(|error| Error::Log(path, error))?;
    let layer = fmt::layer()
        .with_ansi(false)
        .with_writer(file)
        .with_filter(levels)
        .with_filter(filter_fn(may_be_written));
    let started = tracing_subscriber::registry().with(layer).try_init();
    // Only a test starts twice in a process.
    started.map_err(|error| Error::LogLevels(error.to_string()))
}

/// What is logged. Commas and blanks too many mean nothing.
fn levels(wanted: &str) -> Result<Targets, ParseError> {
    let parts = wanted.split(',').map(str::trim);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(",").parse()
}

/// Whether something can have no secret in it.
fn may_be_written(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("certferry") || *metadata.level() <= Level::DEBUG
}

/// A file that is moved aside when it gets long. For its owner alone.
#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    size: u64,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            open: Mutex::new(open(path)?),
        })
    }
}

fn open(path: &Path) -> io::Result<Open> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    let found = file.metadata()?;
    // Not a pipe or a terminal, whose modes are somebody else's business.
    if found.is_file() {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(Open {
        file,
        size: found.len(),
    })
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.size >= LONGEST {
            let aside = self.path.with_added_extension("1");
            // What cannot be moved is written on: a log must not end what it tells of.
            if fs::rename(&self.path, aside).is_ok()
                && let Ok(new) = self::open(&self.path)
            {
                *open = new;
            }
        }
        Line(open)
    }
}

/// Writes a line.
struct Line<'a>(MutexGuard<'a, Open>);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Texts of AWS, of others and of the SDK stand in it: none may steer the terminal that shows it.
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<_> = text.split('\n').map(visible).collect();
        let shown = lines.join("\n");
        self.0.file.write_all(shown.as_bytes())?;
        let more = u64::try_from(shown.len()).unwrap_or_default();
        self.0.size = self.0.size.saturating_add(more);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_moved_aside_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/certferry.log");
        let file = LogFile::open(&path).unwrap();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..9 {
            file.make_writer().write_all(&line).unwrap();
        }
        let size = |path: &Path| fs::metadata(path).unwrap().len();
        let aside = path.with_added_extension("1");
        assert_eq!((size(&path), size(&aside)), (1 << 20, LONGEST));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&aside)), (0o600, 0o600));
        // The next start goes on with it.
        drop(file);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let file = LogFile::open(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        file.make_writer().write_all(b"y").unwrap();
        assert_eq!(size(&path), (1 << 20) + 1);
    }

    #[test]
    fn nothing_in_it_steers_a_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let file = LogFile::open(&path).unwrap();
        let line = "said=\u{1b}]52;c;aGk=\u{7}\u{202e}x\n";
        file.make_writer().write_all(line.as_bytes()).unwrap();
        file.make_writer().write_all(b"next\n").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "said=\\x1b]52;c;aGk=\\x07\\u{202e}x\nnext\n");
    }

    #[test]
    fn levels_are_those_of_a_target_or_of_all_that_have_none() {
        let levels = levels("info, certferry=trace,").unwrap();
        assert!(levels.would_enable("certferry::cli", &Level::TRACE));
        assert!(levels.would_enable("aws_config", &Level::INFO));
        assert!(!levels.would_enable("aws_config", &Level::DEBUG));
    }

    #[test]
    fn levels_that_make_no_sense_are_said_to_be_that() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let error = start(Some(&path), Some("certferry=loud")).unwrap_err();
        assert!(error.to_string().contains("CERTFERRY_LOG"), "{error}");
        let error = start(Some(folder.path()), None).unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
        assert!(start(None, Some(" ")).is_ok());
    }
}
