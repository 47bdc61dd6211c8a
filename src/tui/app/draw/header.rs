//! The first line: where we are, and as whom.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::text::{counted, visible, width},
    tui::{
        keymap::Command,
        known::{context::Context, remote::Picture, session::Session, side::Watching},
        theme::Theme,
    },
};

/// Draws the header. Account and region are always shown, and the other side when one is open; the rest as
/// far as there is room.
pub(in crate::tui::app) fn render(
    cx: &Context<'_>,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let room = usize::from(area.width);
    let tags = tags(cx).join("  ");
    // Two blanks before the tags, one behind them.
    let fits = |parts: &[Span<'_>]| {
        let gaps = parts.len().saturating_mul(2);
        let text: usize = parts.iter().map(|span| width(&span.content)).sum();
        let left = text.saturating_add(gaps);
        left.saturating_add(width(&tags)).saturating_add(1) <= room
    };
    let mut shorter = (0..=Room::SHORTEST).map(|step| parts(cx, theme, &Room::at(step)));
    let found = shorter.find(|parts| fits(parts));
    let parts = found.unwrap_or_else(|| parts(cx, theme, &Room::at(Room::SHORTEST)));

    let mut spans = vec![Span::raw(" ")];
    for (i, span) in parts.into_iter().enumerate() {
        if i > 0 {
            spans.push(Span::raw("  "));
        }
        spans.push(span);
    }
    let left: usize = spans.iter().map(|span| width(&span.content)).sum();
    let tags =
        crate::domain::text::fit(&tags, room.saturating_sub(left).saturating_sub(2)).into_owned();
    let gap = room
        .saturating_sub(left)
        .saturating_sub(width(&tags))
        .saturating_sub(1);
    spans.push(Span::raw(" ".repeat(gap)));
    spans.push(Span::styled(tags, theme.tag));
    frame.render_widget(Line::from(spans), area);
}

/// How much is shown of each part.
struct Room {
    product: bool,
    name: bool,
    profile: bool,
    /// The caller's whole ARN, its name alone, or nothing.
    caller: Caller,
    peer: Peer,
}

#[derive(PartialEq)]
enum Caller {
    Arn,
    Name,
    Hidden,
}

/// How the other side is named.
enum Peer {
    Name,
    Number,
    LastFour,
}

impl Room {
    const SHORTEST: u8 = 7;

    /// Each step shows less than the one before: what matters least goes first.
    fn at(step: u8) -> Self {
        Self {
            caller: match step {
                0 => Caller::Arn,
                1..=6 => Caller::Name,
                _ => Caller::Hidden,
            },
            product: step < 2,
            profile: step < 3,
            peer: match step {
                0..=3 => Peer::Name,
                4..=5 => Peer::Number,
                _ => Peer::LastFour,
            },
            name: step < 5,
        }
    }
}

/// From left to right.
fn parts<'a>(cx: &Context<'a>, theme: &Theme, room: &Room) -> Vec<Span<'a>> {
    let session = cx.session;
    let mut parts = Vec::new();
    if room.product {
        parts.push(Span::styled("certferry", theme.heading));
    }
    parts.push(Span::styled(number(session), theme.heading));
    let name = session
        .account()
        .and_then(|account| cx.setup.config.accounts.name(account));
    if let Some(name) = name.filter(|_| room.name) {
        parts.push(Span::styled(visible(name), theme.heading));
    }
    let region = match session.region() {
        "" => "no region",
        region => region,
    };
    parts.push(Span::styled(visible(region), theme.heading));
    if let Some(peer) = cx.peer {
        parts.push(Span::styled(
            format!("⇄ {}", other_side(cx, &peer.session, &room.peer)),
            theme.plain,
        ));
    }
    let credentials = match session.credentials() {
        Some(source) => source.words(),
        None => (session.profile()).map(|name| format!("profile {}", visible(name))),
    };
    if let Some(words) = credentials.filter(|_| room.profile && !cx.setup.simulator) {
        parts.push(Span::styled(words, theme.quiet));
    }
    match session.identity.picture() {
        Picture::Ready(identity) | Picture::Stale(identity, ..) => {
            let caller = match room.caller {
                Caller::Arn => Some(visible(&identity.arn).into_owned()),
                Caller::Name => identity.name().map(|name| format!("as {}", visible(name))),
                Caller::Hidden => None,
            };
            parts.extend(caller.map(|caller| Span::styled(caller, theme.quiet)));
        }
        Picture::Failed(failure) if session.account().is_some() && room.caller == Caller::Arn => {
            let text = format!("(account by a certificate's ARN: {})", failure.summary());
            parts.push(Span::styled(text, theme.quiet));
        }
        _ => {}
    }
    parts
}

/// The account's number, or that it is not known.
fn number(session: &Session) -> String {
    match (session.account(), session.identity.picture()) {
        (Some(account), _) => account.grouped(),
        (None, Picture::Loading(_) | Picture::Unasked) if session.failure().is_none() => {
            "account …".to_owned()
        }
        (None, _) => "account unknown".to_owned(),
    }
}

/// What the other side is, and its region when that is another one.
fn other_side(cx: &Context<'_>, peer: &Session, shown: &Peer) -> String {
    let Some(account) = peer.account() else {
        return peer.name_without_account();
    };
    let region = peer.region();
    let region = if region == cx.session.region() {
        String::new()
    } else {
        format!(" {}", visible(region))
    };
    match shown {
        Peer::Name => {
            let account = cx.setup.config.accounts.describe(account);
            format!("{}{region}", visible(&account))
        }
        Peer::Number => format!("{}{region}", account.grouped()),
        Peer::LastFour => format!("…{}{region}", account.last_four()),
    }
}

/// What is out of the ordinary.
fn tags(cx: &Context<'_>) -> Vec<String> {
    let session = cx.session;
    let mut tags = Vec::new();
    // The most important first: on a narrow screen the last one is cut.
    if session.is_closed() {
        tags.push("ANOTHER ACCOUNT".to_owned());
    }
    if cx.is_read_only() {
        tags.push("READ-ONLY".to_owned());
    }
    if cx.setup.simulator {
        tags.push("SIMULATOR".to_owned());
    }
    if let Some(endpoint) = session
        .facts
        .value()
        .and_then(|facts| facts.endpoint.as_deref())
    {
        tags.push(format!("ENDPOINT {}", visible(endpoint)));
    }
    if cx.watching != Watching::Off {
        tags.push("watching".to_owned());
    }
    // Both stay until AWS has answered, wherever a person goes meanwhile.
    if let Some((over, all)) = cx.certificates_under_way() {
        let runs = cx.key(Command::Runs);
        tags.push(format!("{over} of {all} ({runs})"));
    }
    match cx.single_changes() {
        0 => {}
        n => tags.push(format!("{} running", counted(n, "change", "changes"))),
    }
    match cx.undecided().len() {
        0 => {}
        n => {
            let runs = cx.key(Command::Runs);
            tags.push(format!("{n} half-way ({runs})"));
        }
    }
    match cx.not_begun_count() {
        0 => {}
        n => tags.push(format!("{n} not begun")),
    }
    tags
}
