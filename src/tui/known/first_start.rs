//! The page of a start without credentials or without a region: no failure, but what was looked for, and the ways on.

use crate::{
    domain::{Failure, FailureKind, Sought, quote, text::visible},
    tui::{
        keymap::Command,
        known::context::Context,
        text::prose::{Prose, Role},
    },
};

/// How many profiles are named; the menu has them all.
const NAMED: usize = 8;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing gives credentials.
    Credentials,
    /// Nothing says which region.
    Region,
}

/// What is missing, where that is why nothing can be shown.
pub fn missing(cx: &Context<'_>) -> Option<Missing> {
    let (all, _) = cx.list.count();
    let failure: &Failure = (cx.session.failure()).or(cx.list.listing().failure())?;
    let sought = cx.session.sought.as_ref().filter(|_| all == 0)?;
    // What is there and does not give any, such as a program that failed, has a reason of its own. A profile that one
    // signs in to is there as well: it only has to be done again.
    let nowhere = !sought.credentials && cx.session.signing().sign_in.is_none();
    match failure.kind {
        FailureKind::NoCredentials if nowhere => Some(Missing::Credentials),
        FailureKind::NoRegion => Some(Missing::Region),
        _ => None,
    }
}

/// The page; `None` where nothing is missing.
pub fn first_start(cx: &Context<'_>) -> Option<Prose> {
    let missing = missing(cx)?;
    let sought = cx.session.sought.as_ref()?;
    let mut page = Prose::default();
    page.text(Role::Heading, "Not connected yet");
    let (region, again, accounts) = (
        cx.key(Command::Open),
        cx.key(Command::Refresh),
        cx.key(Command::Accounts),
    );
    match missing {
        Missing::Credentials => page.text(Role::Plain, "AWS credentials were found nowhere:"),
        Missing::Region if !sought.credentials => {
            let text = "Neither AWS credentials nor a region were found:";
            page.text(Role::Plain, text);
        }
        Missing::Region => {
            page.text(
                Role::Todo,
                format!("{region} names a region, for this session."),
            );
            let of = (cx.session.profile())
                .map_or_else(String::new, |name| format!(" --profile {}", quote(name)));
            let text = format!(
                "For good: `aws configure set region NAME{of}`, then {again}. It was looked for here:"
            );
            page.text(Role::Plain, text);
        }
    }
    looked_at(sought, &mut page);
    page.gap();
    page.text(Role::Heading, "Ways on");
    if !sought.credentials {
        sign_in(sought, &again, &mut page);
    }
    if !sought.credentials && missing == Missing::Region {
        let text = format!("A region: {region} names one, for this session.");
        page.text(Role::Todo, text);
    }
    profiles(sought, &accounts, &mut page);
    if cfg!(feature = "simulator") {
        let text = "Try it without AWS: `certferry --demo`, two accounts that are simulated.";
        page.text(Role::Plain, text);
    }
    Some(page)
}

fn looked_at(sought: &Sought, page: &mut Prose) {
    for it in &sought.places {
        let (role, mark) = if it.found {
            (Role::Good, "✓")
        } else {
            (Role::Plain, "–")
        };
        let text = format!("{mark} {}: {}", it.place, it.words);
        page.text(role, visible(&text));
    }
}

fn sign_in(sought: &Sought, again: &str, page: &mut Prose) {
    let commands = match sought.sign_in.as_slice() {
        [] => "`aws login`, `aws configure sso` or `aws configure`".to_owned(),
        some => {
            let some = some
                .iter()
                .take(NAMED)
                .map(|it| format!("`{}`", visible(it)));
            some.collect::<Vec<_>>().join(", ")
        }
    };
    page.text(
        Role::Todo,
        format!("Sign in, in another window: {commands}. Then {again} goes on here."),
    );
}

fn profiles(sought: &Sought, accounts: &str, page: &mut Prose) {
    let text = match sought.profiles.len() {
        0 => format!("Another profile: none is configured. {accounts} names another region."),
        all => {
            let names = sought.profiles.iter().take(NAMED).map(|it| visible(it));
            let names = names.collect::<Vec<_>>().join(", ");
            let more = match all.saturating_sub(NAMED) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            format!("Another profile: {accounts} chooses one of {names}{more}.")
        }
    };
    page.text(Role::Plain, text);
}
