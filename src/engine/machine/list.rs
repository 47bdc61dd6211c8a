//! Reads lists of certificates, and the files that they name.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::domain::{
    CertificateId, Failure, ListedFiles, NamedList, Operation, Place, Wanted, WantedLine,
    certificate_ids, text::visible, wanted_lines,
};

/// The longest list that is read, in bytes.
pub const LONGEST_LIST: u64 = 1 << 27;
/// The longest file with a certificate in it, in bytes.
const LONGEST_PEM: u64 = 1 << 20;

/// A text that is not longer than so many bytes.
///
/// # Errors
///
/// It is longer, is not UTF-8, or cannot be read.
pub fn read_text(from: impl io::Read, longest: u64) -> io::Result<String> {
    let mut text = String::new();
    let length = from
        .take(longest.saturating_add(1))
        .read_to_string(&mut text)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > longest {
        let message = format!("it is longer than {longest} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}

/// The files that lines name.
pub fn files_of(lines: &[WantedLine]) -> ListedFiles {
    let paths = lines.iter().filter_map(|line| match &line.wanted {
        Wanted::File(path) => Some(path),
        _ => None,
    });
    paths.map(|path| (path.clone(), of_file(path))).collect()
}

fn of_file(path: &str) -> Result<Vec<CertificateId>, String> {
    let text = File::open(Path::new(path)).and_then(|file| read_text(file, LONGEST_PEM));
    if matches!(&text, Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Err("it is no id, ARN or thing's name, and there is no such file".to_owned());
    }
    certificate_ids(&text.map_err(|error| format!("it cannot be read: {error}"))?)
}

/// Reads a list that a person has named on the screen, and the files that it names.
pub(in crate::engine) async fn read_list(path: PathBuf, at: Place) -> Result<NamedList, Failure> {
    let read = tokio::task::spawn_blocking(move || {
        let why = |why: String| format!("{}: {why}", visible(&path.display().to_string()));
        let text = text_of(&path).map_err(|error| why(format!("it cannot be read: {error}")))?;
        let lines = wanted_lines(&text, &at).map_err(|error| why(error.to_string()))?;
        let files = files_of(&lines);
        Ok(NamedList { lines, files })
    });
    let read = read.await.unwrap_or_else(|error| Err(error.to_string()));
    read.map_err(|why| Failure::internal(Operation::Journal, why))
}

/// Of a file alone: a pipe that nobody writes into would be waited for.
fn text_of(path: &Path) -> io::Result<String> {
    let home = path
        .strip_prefix("~")
        .ok()
        .and_then(|rest| Some(std::env::home_dir()?.join(rest)));
    let path = home.as_deref().unwrap_or(path);
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    read_text(File::open(path)?, LONGEST_LIST)
}
