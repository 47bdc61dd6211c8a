//! Lists of certificates from outside: one a line, or a table with a head. Every line is accounted for.

use crate::domain::{
    certificate::{description::CertificateId, x509::certificate_ids},
    finding::finder::is_thing_name,
    place::{
        arn::{CertificateArn, owner_in_arn},
        location::Place,
    },
    text::visible,
};

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedLine {
    /// Its number, from 1.
    pub number: usize,
    /// What it says. Foreign text.
    pub text: String,
    /// What it means.
    pub wanted: Wanted,
}

/// What a line of a list means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A certificate, by its id.
    Id(CertificateId),
    /// A certificate, by its ARN.
    Arn(CertificateArn),
    /// A thing, or the beginning of an id. Foreign text.
    Name(String),
    /// A thing of another account or region, as its ARN says.
    Elsewhere(String),
    /// A file with the certificate in it. Foreign text.
    File(String),
    /// It is none of these; what is wrong with it.
    Nothing(String),
}

/// Why a list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is a table without a column that names certificates.
    #[error(
        "no column of it names certificates; its head has {}. One of these is needed: {}",
        visible(.0),
        COLUMNS.join(", ")
    )]
    NoColumn(String),
    /// A row of the table cannot be read.
    #[error("{0}")]
    Table(String),
    /// There is a PEM text in it that cannot be read.
    #[error("{0}")]
    Pem(String),
    /// It is longer than any account has certificates.
    #[error("it has more than {MOST_LINES} lines")]
    TooLong,
}

/// The most lines that are read.
const MOST_LINES: usize = 1_000_000;

/// The heads of the columns that name certificates, the surest first. Case, blanks, `-` and `_` do not count.
const COLUMNS: [&str; 10] = [
    "certificate_id",
    "id",
    "certificate_arn",
    "arn",
    "certificate",
    "thing_name",
    "thing",
    "device",
    "pem",
    "file",
];

/// Reads a list. Empty lines, and those that begin with `#`, are passed over.
///
/// # Errors
///
/// Why it is none as a whole. What is wrong with a single line stands in the line.
pub fn wanted_lines(text: &str, at: &Place) -> Result<Vec<WantedLine>, ListError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().map(str::trim).find(|line| counts(line));
    let first = first.ok_or(ListError::Empty)?;
    let cells = if first.starts_with("-----BEGIN ") {
        return of_pem(text);
    } else if let Some(separator) = separator(first) {
        of_table(text, separator)?
    } else {
        let lines = text.lines().enumerate();
        let lines = lines.map(|(n, line)| (n.saturating_add(1), line.trim().to_owned()));
        let mut lines: Vec<_> = lines.filter(|(_, line)| counts(line)).collect();
        if lines
            .first()
            .is_some_and(|(_, line)| column(line).is_some())
        {
            lines.remove(0);
        }
        lines
    };
    if cells.len() > MOST_LINES {
        return Err(ListError::TooLong);
    }
    let cells = cells.into_iter();
    let line = |(number, text)| wanted_line(number, text, at);
    Ok(cells.map(line).collect())
}

/// Certificates as they are named one by one, such as on a command line. They are numbered from 1.
pub fn wanted_names(names: &[String], at: &Place) -> Vec<WantedLine> {
    let names = names.iter().enumerate();
    let line = |(n, name): (usize, &String)| wanted_line(n.saturating_add(1), name.clone(), at);
    names.map(line).collect()
}

fn wanted_line(number: usize, text: String, at: &Place) -> WantedLine {
    let wanted = meant(&text, at);
    WantedLine {
        number,
        text,
        wanted,
    }
}

/// Whether a line says anything.
fn counts(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#')
}

/// Where the head of a column stands among those that name certificates.
fn column(head: &str) -> Option<usize> {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(head);
    COLUMNS.iter().position(|known| plain(known) == wanted)
}

/// What separates the cells of a table that begins so. None of them can stand in what a list names.
fn separator(first: &str) -> Option<u8> {
    [b',', b';', b'\t']
        .into_iter()
        .find(|it| first.as_bytes().contains(it))
}

/// The cells of a table that name certificates, with their lines.
fn of_table(text: &str, separator: u8) -> Result<Vec<(usize, String)>, ListError> {
    // The lines are counted by their line feeds alone.
    let text = text.replace("\r\n", "\n");
    let mut table = csv::ReaderBuilder::new()
        .delimiter(separator)
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let wrong = |error: csv::Error| ListError::Table(error.to_string());
    let heads = table.headers().map_err(wrong)?;
    let known = heads.iter().enumerate();
    let known = known.filter_map(|(at, head)| Some((column(head)?, at)));
    let Some((_, at)) = known.min() else {
        let heads: Vec<&str> = heads.iter().collect();
        return Err(ListError::NoColumn(heads.join(", ")));
    };
    let mut cells = Vec::new();
    for row in table.records() {
        let row = row.map_err(wrong)?;
        let line = row.position().map_or(0, csv::Position::line);
        if row.iter().all(str::is_empty) {
            continue;
        }
        let cell = row.get(at).unwrap_or_default().to_owned();
        cells.push((usize::try_from(line).unwrap_or(usize::MAX), cell));
    }
    Ok(cells)
}

/// The certificates of a list that is a PEM text.
fn of_pem(text: &str) -> Result<Vec<WantedLine>, ListError> {
    let ids = certificate_ids(text).map_err(ListError::Pem)?;
    let begins = text.lines().enumerate();
    let begins = begins.filter(|(_, line)| line.trim() == "-----BEGIN CERTIFICATE-----");
    let lines = begins.zip(ids).map(|((n, _), id)| WantedLine {
        number: n.saturating_add(1),
        text: id.to_string(),
        wanted: Wanted::Id(id),
    });
    Ok(lines.collect())
}

fn meant(text: &str, at: &Place) -> Wanted {
    if let Ok(id) = CertificateId::parse(text) {
        Wanted::Id(id)
    } else if let Some(arn) = CertificateArn::parse(text) {
        Wanted::Arn(arn)
    } else if let Some((_, thing)) = text.split_once(":thing/").filter(|_| is_arn(text)) {
        let own = text.starts_with(&format!("{}:thing/", prefix(at)));
        match (own, is_thing_name(thing)) {
            (true, true) => Wanted::Name(thing.to_owned()),
            (false, true) => Wanted::Elsewhere(owner_words(text)),
            _ => Wanted::Nothing("it is no ARN of a thing".to_owned()),
        }
    } else if is_arn(text) {
        Wanted::Nothing("it is an ARN of neither a certificate nor a thing".to_owned())
    } else if text.is_empty() {
        Wanted::Nothing("the cell is empty".to_owned())
    } else if is_thing_name(text) {
        Wanted::Name(text.to_owned())
    } else {
        Wanted::File(text.to_owned())
    }
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// What the ARNs of AWS IoT begin with at a place.
fn prefix(at: &Place) -> String {
    format!("arn:{}:iot:{}:{}", at.partition, at.region, at.account)
}

/// Whose an ARN is.
fn owner_words(arn: &str) -> String {
    let region = arn.split(':').nth(3).unwrap_or_default();
    owner_in_arn(arn).map_or_else(
        || "another place".to_owned(),
        |(_, account)| format!("account {} in {}", account.grouped(), visible(region)),
    )
}
