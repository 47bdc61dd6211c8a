//! The first line: where we are, and as whom.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::{
        AccountId, AccountWord,
        text::{counted, fit, visible, width},
    },
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
    // As many blanks before the tags as between the parts, one behind them.
    let fits = |(gap, parts): &(usize, Vec<Span<'_>>)| {
        let gaps = parts.len().saturating_mul(*gap);
        let text: usize = parts.iter().map(|span| width(&span.content)).sum();
        let left = text.saturating_add(gaps);
        left.saturating_add(width(&tags)).saturating_add(1) <= room
    };
    let own = session_word(cx);
    let shortest = if own.is_some() {
        Room::SHORTEST_WITH_WORD
    } else {
        Room::SHORTEST
    };
    let at = |step| {
        let room = Room::at(step);
        (room.gap, parts(cx, theme, &room))
    };
    let found = (0..=shortest).map(at).find(fits);
    let (gap, parts) = found.unwrap_or_else(|| at(shortest));

    let mut spans = vec![Span::raw(" ")];
    for (i, span) in parts.into_iter().enumerate() {
        if i > 0 {
            spans.push(Span::raw(" ".repeat(gap)));
        }
        spans.push(span);
    }
    let left: usize = spans.iter().map(|span| width(&span.content)).sum();
    let tags = fit(&tags, room.saturating_sub(left).saturating_sub(2)).into_owned();
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
    /// The columns of the account's word.
    word: usize,
    /// The blanks between the parts.
    gap: usize,
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
    /// Where the account has a word, which is never left out.
    const SHORTEST_WITH_WORD: u8 = 9;

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
            word: if step < 9 { AccountWord::WIDEST } else { 6 },
            gap: if step < 8 { 2 } else { 1 },
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
    if let Some(word) = session_word(cx) {
        let text = fit(&visible(&word.text), room.word).into_owned();
        parts.push(Span::styled(text, theme.of_word(word)));
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
        let theirs = peer.session.account().and_then(|it| word_of(cx, it));
        if let Some(word) = theirs.filter(|_| !matches!(room.peer, Peer::LastFour)) {
            let text = visible(&word.text).into_owned();
            parts.push(Span::styled(text, theme.of_word(word)));
        }
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

/// The word of the account on the screen.
fn session_word<'a>(cx: &Context<'a>) -> Option<&'a AccountWord> {
    cx.session.account().and_then(|it| word_of(cx, it))
}

fn word_of<'a>(cx: &Context<'a>, account: AccountId) -> Option<&'a AccountWord> {
    cx.setup.config.accounts.word(account)
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
