//! What is said: results on standard output, what happens meanwhile on standard error.

use std::{
    borrow::Cow,
    env,
    io::{self, IsTerminal as _, Write as _, stderr, stdout},
    sync::OnceLock,
};

use serde_json::{Map, Value, json};

use crate::domain::{
    ascii, shows_unicode,
    text::{is_hostile, json_escaped},
};

/// The version of what is printed as JSON. `assets/schema/output.json` describes it.
const OUTPUT_VERSION: u64 = 1;

/// How it is said what happens.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Output {
    /// Whether in JSON, a line for each thing.
    json: bool,
}

impl Output {
    pub(in crate::cli) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON.
    pub(in crate::cli) const fn is_json(self) -> bool {
        self.json
    }

    /// A line of a result, in words. Foreign text in it is visible already.
    pub(in crate::cli) fn words(self, line: &str) {
        if !self.json {
            print(&shown(line));
        }
    }

    /// A result as JSON, when it is wanted so.
    pub(in crate::cli) fn json(self, kind: &str, content: Value) {
        if !self.json {
            return;
        }
        let mut object = Map::new();
        object.insert("version".to_owned(), OUTPUT_VERSION.into());
        object.insert("kind".to_owned(), kind.into());
        if let Value::Object(content) = content {
            // What is not known does not stand there.
            let known = content.into_iter().filter(|(_, value)| !value.is_null());
            object.extend(known);
        }
        print(&line(&Value::Object(object)));
    }
}

/// What a person has to know meanwhile. Foreign text in it is visible already.
pub(in crate::cli) fn note(text: &str) {
    // Nobody reads it after a hang-up, which is no reason to stop.
    let _ = writeln!(stderr(), "{}", shown(text));
}

/// What `config.toml` says about ASCII, where it says anything.
static ASCII: OnceLock<bool> = OnceLock::new();

/// `config.toml` says whether nothing beyond ASCII is printed.
pub(in crate::cli) fn set_ascii(ascii: bool) {
    let _ = ASCII.set(ascii);
}

/// Whether nothing beyond ASCII is printed for people to read.
pub(in crate::cli) fn in_ascii() -> bool {
    ASCII
        .get()
        .copied()
        .unwrap_or_else(|| !locale_shows_unicode())
}

/// Whether the locale shows text beyond ASCII.
pub(in crate::cli) fn locale_shows_unicode() -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].map(|it| env::var(it).ok());
    let [all, ctype, lang] = &said;
    shows_unicode([all.as_deref(), ctype.as_deref(), lang.as_deref()])
}

/// A text for people to read, as this terminal shows it. What programs read is never changed.
pub fn shown(text: &str) -> Cow<'_, str> {
    if in_ascii() {
        ascii(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// A line of JSON. What could steer a terminal stands in its escaped form.
fn line(value: &Value) -> String {
    json_escaped(&value.to_string(), |c| !is_hostile(c))
}

/// Why a result could not be printed, the first time.
static UNPRINTED: OnceLock<io::Error> = OnceLock::new();

/// Why results could not be printed. That somebody has read enough is no reason.
pub(in crate::cli) fn unprinted() -> Option<&'static io::Error> {
    UNPRINTED.get()
}

/// Prints a line. What is done goes on when that fails: it is said at the end.
fn print(line: &str) {
    let mut out = stdout().lock();
    let printed = writeln!(out, "{line}").and_then(|()| out.flush());
    if let Err(error) = printed
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = UNPRINTED.set(error);
    }
}

/// Whether a person sits before it: somebody to ask.
pub(in crate::cli) fn is_attended() -> bool {
    io::stdin().is_terminal() && stderr().is_terminal()
}

/// A failure as JSON.
pub(in crate::cli) fn failure_json(failure: &crate::domain::Failure) -> Value {
    json!({
        "code": failure.kind.code(),
        "operation": failure.operation.name(),
        "aws_code": failure.code,
        "words": failure.summary(),
        "message": failure.message,
        "request_id": failure.request_id,
    })
}
