//! What stands in the place of the rows: nothing there, still on its way, failed, or not connected yet. Each looks
//! different, and says which key helps.

use crate::{
    domain::{Failure, Searched, text::sentence},
    tui::{
        keymap::Command,
        known::{context::Context, first_start::first_start, remote::Picture},
        text::{
            prose::{Prose, Role},
            words::{failure_text, grouped},
        },
    },
};

/// From when on it is said how long something takes, in seconds.
const SOON: i64 = 2;

/// What stands in the place of the rows; `None` where there are rows.
pub(super) fn instead_of_rows(cx: &Context<'_>) -> Option<Prose> {
    let (all, shown) = cx.list.count();
    if shown > 0 {
        return None;
    }
    if all > 0 {
        return Some(nothing_found(cx));
    }
    if let Some(page) = first_start(cx) {
        return Some(page);
    }
    if let Some(failure) = cx.session.failure() {
        return Some(failed(cx, "Cannot connect", failure));
    }
    Some(match cx.list.listing().picture() {
        Picture::Failed(failure) => failed(cx, "Cannot list the certificates", failure),
        Picture::Loading(since) => {
            let waited = (cx.now - since).whole_seconds();
            waiting(cx, &format!("Loading…{}", seconds(waited)), "")
        }
        Picture::Unasked => connecting(cx),
        Picture::Ready(()) | Picture::Stale(..) => empty(cx),
    })
}

fn seconds(waited: i64) -> String {
    if waited > SOON {
        format!(" {waited} s")
    } else {
        String::new()
    }
}

/// On its way. What it waits for is said once it takes long.
fn waiting(cx: &Context<'_>, what: &str, why: &str) -> Prose {
    let mut page = Prose::default();
    page.gap();
    page.text(Role::Plain, what);
    if !why.is_empty() {
        page.gap();
        page.text(Role::Plain, why);
    }
    page.gap();
    let (accounts, quit) = (cx.key(Command::Accounts), cx.key(Command::Quit));
    let keys = format!("{accounts} another account or region · {quit} quits");
    page.text(Role::Quiet, keys);
    page
}

fn connecting(cx: &Context<'_>) -> Prose {
    let waited = match cx.session.facts.picture() {
        Picture::Loading(since) => (cx.now - since).whole_seconds(),
        _ => 0,
    };
    let asks = (cx.session.sought.as_ref()).is_some_and(|it| it.asks_instance);
    let why = if asks && waited > 0 {
        "Nothing that is configured says both who you are and which region: this computer is asked whether it is an EC2 \
         instance, for up to 20 s. AWS_EC2_METADATA_DISABLED=true leaves that out."
    } else {
        ""
    };
    waiting(cx, &format!("Connecting…{}", seconds(waited)), why)
}

/// There is nothing here, and that is known.
fn empty(cx: &Context<'_>) -> Prose {
    let mut page = Prose::default();
    page.gap();
    let none = match cx.list.unread.all() {
        0 => "No certificates".to_owned(),
        n => format!(
            "No certificates but {} whose id certferry cannot read",
            grouped(n)
        ),
    };
    page.text(Role::Heading, none);
    page.text(
        Role::Plain,
        format!("There are no certificates in {}.", cx.place()),
    );
    page.gap();
    let (accounts, refresh) = (cx.key(Command::Accounts), cx.key(Command::Refresh));
    let keys = format!("{accounts} changes the account or the region · {refresh} asks again");
    page.text(Role::Plain, keys);
    page
}

/// A failure in the place of the rows: what was tried, what AWS said, what to do.
fn failed(cx: &Context<'_>, what: &str, failure: &Failure) -> Prose {
    let mut page = Prose::default();
    page.text(Role::Heading, format!("✗ {what}"));
    failure_text(&mut page, failure, cx.session.signing());
    page.gap();
    let (retry, accounts, quit) = (
        cx.key(Command::Refresh),
        cx.key(Command::Accounts),
        cx.key(Command::Quit),
    );
    page.text(
        Role::Plain,
        format!("{retry} tries again · {accounts} another account or region · {quit} quits"),
    );
    page
}

/// There are certificates, and the filter shows none.
fn nothing_found(cx: &Context<'_>) -> Prose {
    let mut page = Prose::default();
    page.gap();
    let (back, find) = (cx.key(Command::Back), cx.key(Command::FindBy));
    let text = match cx.list.search() {
        Searched::UnderWay => "Asking AWS what the filter finds…".to_owned(),
        Searched::Sifting => "Looking through the certificates…".to_owned(),
        Searched::NotAsked => "AWS was not asked yet what the filter finds.".to_owned(),
        _ => {
            let said = cx
                .list
                .finding_words()
                .map_or_else(String::new, |(_, said)| format!(" {}.", sentence(&said)));
            let learns = if cx.list.lacks_names() {
                format!(" {} learns the names.", cx.key(Command::LearnNames))
            } else {
                String::new()
            };
            format!(
                "No certificate matches the filter.{said}{learns} {back} clears it. It looks at ids, statuses, the accounts of \
                 transfers and the names that are known; AWS finds thing:NAME, group:NAME, type:NAME, policy:NAME and \
                 ca:ID: {find} offers the names."
            )
        }
    };
    page.text(Role::Plain, text);
    page
}
