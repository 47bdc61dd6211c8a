//! Documents line by line, and two of them as one.

use similar::{ChangeTag, TextDiff};

use crate::{
    domain::text::visible,
    tui::text::prose::{Prose, Role},
};

/// The lines of a document, indented for reading when it is JSON.
pub fn document_lines(document: &str) -> Vec<String> {
    let parsed = serde_json::from_str::<serde_json::Value>(document);
    let pretty = parsed.and_then(|json| serde_json::to_string_pretty(&json));
    let text = pretty.unwrap_or_else(|_| document.to_owned());
    text.lines().map(str::to_owned).collect()
}

/// How many lines are only in the first, and how many only in the second.
pub fn changed_lines(before: &[String], after: &[String]) -> (usize, usize) {
    let (before, after): (Vec<&str>, Vec<&str>) = (
        before.iter().map(String::as_str).collect(),
        after.iter().map(String::as_str).collect(),
    );
    let changes = TextDiff::from_slices(&before, &after);
    let count = |tag| {
        let all = changes.iter_all_changes();
        all.filter(|change| change.tag() == tag).count()
    };
    (count(ChangeTag::Delete), count(ChangeTag::Insert))
}

/// Both texts, with what is only in the first and only in the second. `what` says which sign stands for which.
pub fn difference(before: &[String], after: &[String], what: &str, page: &mut Prose) {
    if !what.is_empty() {
        page.text(Role::Quiet, what);
    }
    let (before, after): (Vec<&str>, Vec<&str>) = (
        before.iter().map(String::as_str).collect(),
        after.iter().map(String::as_str).collect(),
    );
    for change in TextDiff::from_slices(&before, &after).iter_all_changes() {
        let (role, sign) = match change.tag() {
            ChangeTag::Equal => (Role::Plain, "  "),
            ChangeTag::Delete => (Role::Removed, "- "),
            ChangeTag::Insert => (Role::Added, "+ "),
        };
        page.line(role, sign, &visible(change.value()));
    }
}
