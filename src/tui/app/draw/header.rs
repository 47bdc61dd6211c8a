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
        known::{context::Context, remote::Picture},
        theme::Theme,
    },
};

/// Draws the header. Account and region are always shown; the rest as far as there is room.
pub(in crate::tui::app) fn render(
    cx: &Context<'_>,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let room = usize::from(area.width);
    let session = cx.session;

    let name = session
        .account()
        .and_then(|account| cx.setup.config.accounts.name(account));
    let number = match (session.account(), session.identity.picture()) {
        (Some(account), _) => account.grouped(),
        (None, Picture::Loading(_) | Picture::Unasked) if session.failure().is_none() => {
            "account …".to_owned()
        }
        (None, _) => "account unknown".to_owned(),
    };
    let region = match session.region() {
        "" => "no region",
        region => region,
    };

    let tags = tags(cx).join("  ");

    // From left to right, each with its rank: the highest ranks are dropped first.
    let mut parts: Vec<(u8, Span<'_>)> = vec![
        (3, Span::styled("certferry", theme.heading)),
        (0, Span::styled(number, theme.heading)),
    ];
    if let Some(name) = name {
        parts.push((1, Span::styled(visible(name).into_owned(), theme.heading)));
    }
    parts.push((0, Span::styled(visible(region).into_owned(), theme.heading)));
    let credentials = match session.credentials() {
        Some(source) => source.words(),
        None => (session.profile()).map(|name| format!("profile {}", visible(name))),
    };
    if let Some(words) = credentials.filter(|_| !cx.setup.simulator) {
        parts.push((2, Span::styled(words, theme.quiet)));
    }
    match session.identity.picture() {
        Picture::Ready(identity) | Picture::Stale(identity, ..) => {
            parts.push((
                4,
                Span::styled(visible(&identity.arn).into_owned(), theme.quiet),
            ));
        }
        Picture::Failed(failure) if session.account().is_some() => {
            let text = format!("(account by a certificate's ARN: {})", failure.summary());
            parts.push((4, Span::styled(text, theme.quiet)));
        }
        _ => {}
    }

    let used = |parts: &[(u8, Span<'_>)]| -> usize {
        let gaps = parts.len().saturating_mul(2);
        let text: usize = parts.iter().map(|(_, span)| width(&span.content)).sum();
        text.saturating_add(gaps)
    };
    // Two blanks before the tags, one behind them.
    let with_tags =
        |parts: &[(u8, Span<'_>)]| used(parts).saturating_add(width(&tags)).saturating_add(1);
    for dispensable in (1..=4).rev() {
        if with_tags(&parts) <= room {
            break;
        }
        parts.retain(|(priority, _)| *priority < dispensable);
    }

    let mut spans = vec![Span::raw(" ")];
    for (i, (_, span)) in parts.into_iter().enumerate() {
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
            tags.push(format!("{n} unfinished ({runs})"));
        }
    }
    match cx.not_begun_count() {
        0 => {}
        n => tags.push(format!("{n} not begun")),
    }
    tags
}
