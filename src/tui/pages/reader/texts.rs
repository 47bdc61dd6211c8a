//! What texts say that AWS gives, and what an open text says now.

use crate::{
    domain::{PolicyDocument, text::visible},
    tui::{
        known::{context::Context, remote::Picture},
        pages::reader::{
            help::help,
            state::{Content, Reader},
        },
        text::{
            difference::document_lines,
            prose::{Prose, Role},
            words::failure_text,
        },
    },
};

/// What an open text says now; `None` when it is made from a batch.
pub fn reader(cx: &Context<'_>, reader: &Reader) -> Option<Prose> {
    Some(match &reader.content {
        Content::Help(here) => help(&cx.setup.keymap, here),
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
    let lines = document_lines(&of.document);
    page.document(lines.iter().map(|line| visible(line)));
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
