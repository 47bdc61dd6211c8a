//! The help: every key, made from the keymap.

use crate::{
    app::{
        keymap::{COMMANDS, Keymap, Section},
        page::{Page, Role},
    },
    domain::{ConsoleStatus, text},
};

/// Every command with its keys.
pub(super) fn help(keymap: &Keymap) -> Page {
    let mut page = Page::default();
    page.text(
        Role::Plain,
        "To send a certificate: open it, and in its Actions deactivate it; detach its policies and \
         things on their tabs; then Actions, Start transfer. To receive one: open the one that is \
         Pending transfer, then Actions, Accept or Reject. To take one back: open the options of \
         the one that is Transferred, then Revoke transfer.",
    );
    for section in Section::ALL {
        page.gap();
        page.text(Role::Heading, section.heading());
        for (_, command, _, what) in COMMANDS.iter().filter(|(s, ..)| *s == section) {
            let keys: Vec<String> = keymap
                .keys_of(*command)
                .iter()
                .map(ToString::to_string)
                .collect();
            let keys = if keys.is_empty() {
                "no key".to_owned()
            } else {
                keys.join(" ")
            };
            page.fact(&keys, *what);
        }
    }
    page.gap();
    page.text(Role::Heading, "Filter");
    for (words, meaning) in [
        ("3f2a", "any part of an id"),
        ("status:active", "a status; its beginning is enough"),
        ("to:4444", "transferred to an account, by number or name"),
        ("from:2222", "offered by an account, once its row says so"),
    ] {
        page.text(Role::Plain, aligned(words, meaning));
    }
    page.text(Role::Plain, "Words separated by blanks must all match.");
    page.gap();
    page.text(Role::Heading, "Statuses");
    for (status, meaning) in [
        (ConsoleStatus::Active, "devices can connect with it"),
        (
            ConsoleStatus::Inactive,
            "devices cannot; it can be transferred",
        ),
        (
            ConsoleStatus::Transferred,
            "offered to another account, not accepted yet",
        ),
        (
            ConsoleStatus::PendingTransfer,
            "another account offers it: accept or reject it",
        ),
        (
            ConsoleStatus::InTransfer,
            "in transfer, its direction is not known yet",
        ),
        (
            ConsoleStatus::PendingActivation,
            "registered by a device, not activated yet",
        ),
        (ConsoleStatus::Revoked, "unusable for ever"),
    ] {
        let status = format!("{} {}", status.symbol(), status.label());
        page.text(Role::Plain, aligned(&status, meaning));
    }
    page
}

/// Two columns, the first wide enough for every status.
fn aligned(first: &str, second: &str) -> String {
    let gap = 22_usize.saturating_sub(text::width(first));
    format!("{first}{}{second}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_command_with_its_keys() {
        let keymap = Keymap::new("").unwrap();
        let text = help(&keymap).plain();
        for (_, command, _, what) in COMMANDS {
            let line = text.lines().find(|line| line.ends_with(what)).unwrap();
            for key in keymap.keys_of(*command) {
                assert!(line.contains(&key.to_string()), "{line}");
            }
        }
    }
}
