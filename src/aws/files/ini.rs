//! The text of an AWS configuration file: sections and settings, by the rules of Python's `configparser`
//! that the AWS CLI goes by.

use std::{io, path::Path};

use aws_types::os_shim_internal::Fs;

use crate::{
    aws::classify::{self, not_connected},
    domain::{Failure, FailureKind},
};

/// A setting.
#[derive(Debug)]
pub(in crate::aws) struct Property {
    pub(in crate::aws) key: String,
    pub(in crate::aws) value: String,
    /// The lines below it that are indented further.
    pub(in crate::aws) more: Vec<String>,
    pub(in crate::aws) line: usize,
}

/// A section as it stands in a file.
#[derive(Debug)]
pub(in crate::aws) struct Raw {
    pub(in crate::aws) header: String,
    pub(in crate::aws) line: usize,
    pub(in crate::aws) properties: Vec<Property>,
}

/// The text of a file; empty when the file does not exist.
pub(in crate::aws) async fn read(fs: &Fs, path: &Path) -> Result<String, Failure> {
    let unreadable = |why: String| {
        let text = format!("{} cannot be read: {why}", path.display());
        not_connected(FailureKind::BadProfile, classify::bounded(&text, 400))
    };
    let bytes = match fs.read_to_end(path).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error
            .as_bytes()
            .iter()
            .take(error.utf8_error().valid_up_to());
        let line = before
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1);
        unreadable(format!("line {line} is not UTF-8"))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // The SDK takes a carriage return alone for a part of the line.
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The sections of a file.
pub(in crate::aws) fn parse(text: &str, path: &Path) -> Result<Vec<Raw>, Failure> {
    let mut sections: Vec<Raw> = Vec::new();
    // How far the setting is indented that a line indented further goes on with.
    let mut open: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let number = number.saturating_add(1);
        let wrong = |why: &str| {
            let text = format!("{}, line {number}: {why}", path.display());
            Err(not_connected(
                FailureKind::BadProfile,
                classify::bounded(&text, 400),
            ))
        };
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let setting = sections.last_mut().and_then(|it| it.properties.last_mut());
        if let (Some(property), Some(_)) = (setting, open.filter(|level| indent > *level)) {
            property.more.push(bare.to_owned());
            continue;
        }
        if let Some(rest) = bare.strip_prefix('[') {
            let Some((header, _)) = rest.rsplit_once(']') else {
                return wrong("the name of a section has no `]` at its end");
            };
            sections.push(Raw {
                header: header.to_owned(),
                line: number,
                properties: Vec::new(),
            });
            open = None;
            continue;
        }
        let Some((key, value)) = bare.split_once(['=', ':']) else {
            return wrong("neither a section in brackets nor a setting with `=`");
        };
        let key = key.trim().to_lowercase();
        let Some(section) = sections.last_mut() else {
            return wrong("a setting before the first section");
        };
        if key.is_empty() {
            return wrong("a setting without a name");
        }
        section.properties.push(Property {
            key,
            value: value.trim().to_owned(),
            more: Vec::new(),
            line: number,
        });
        open = Some(indent);
    }
    Ok(sections)
}
