//! What texts say that AWS gives, and what an open text says now.

use crate::{
    domain::{PolicyDocument, ThingAttributes, text::visible},
    tui::{
        known::{context::Context, remote::Picture},
        pages::reader::{
            help::help,
            state::{Content, Reader},
        },
        text::{
            prose::{Prose, Role},
            words::failure_text,
        },
    },
};

/// What an open text says now; `None` when it is made from a batch.
pub fn reader(cx: &Context<'_>, reader: &Reader) -> Option<Prose> {
    Some(match &reader.content {
        Content::Help => help(&cx.setup.keymap),
        Content::Prose(page) => page.clone(),
        Content::Item(..) => return None,
        Content::Remote(page, _) => match page.picture() {
            Picture::Ready(page) | Picture::Stale(page, ..) => page.clone(),
            Picture::Failed(why) => {
                let mut page = Prose::default();
                failure_text(&mut page, why, cx.session.signing());
                page
            }
            Picture::Loading(_) | Picture::Unasked => {
                let mut page = Prose::default();
                page.text(Role::Quiet, "Loading…");
                page
            }
        },
    })
}

/// A policy's document, indented for reading when it is JSON.
pub fn document(of: &PolicyDocument) -> Prose {
    let mut page = Prose::default();
    let version = of.version.as_deref().map_or_else(String::new, |version| {
        format!("Default version {}", visible(version))
    });
    page.text(Role::Quiet, version);
    page.gap();
    let parsed = serde_json::from_str::<serde_json::Value>(&of.document);
    let document = parsed
        .and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or_else(|_| of.document.clone());
    for line in document.lines() {
        page.text(Role::Plain, visible(line));
    }
    page
}

/// A thing's type and attributes.
pub fn attributes(of: &ThingAttributes) -> Prose {
    let mut page = Prose::default();
    page.fact("Name", visible(&of.name));
    let type_name = of.type_name.as_deref().map_or("none".into(), visible);
    page.fact("Type", type_name);
    page.fact_if("Version", of.version.map(|version| version.to_string()));
    page.gap();
    page.text(Role::Heading, "Attributes");
    if of.attributes.is_empty() {
        page.text(Role::Quiet, "None.");
    }
    for (name, value) in &of.attributes {
        page.fact(&visible(name), visible(value));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_not_json_is_shown_as_it_is() {
        let policy = |text: &str| {
            super::document(&PolicyDocument {
                name: "p".to_owned(),
                version: Some("3".to_owned()),
                document: text.to_owned(),
            })
            .plain()
        };
        assert_eq!(
            policy("{\"b\":1,\"a\":2}"),
            "Default version 3\n\n{\n  \"b\": 1,\n  \"a\": 2\n}"
        );
        assert_eq!(policy("\u{1b}[2J"), "Default version 3\n\n\\x1b[2J");
    }
}
