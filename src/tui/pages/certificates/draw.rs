//! The certificates.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use crate::{
    domain::{
        AccountId, Timestamp,
        text::{fit, visible, width},
    },
    tui::{
        dialogs::{form_draw::input_window, frame::page_rows},
        keymap::Command,
        known::{
            context::Context,
            remote::Picture,
            side::{Naming, SideShows},
        },
        layout::list_areas,
        mouse::Touchable,
        pages::certificates::{
            columns::{Contents, columns},
            list::{RowFacts, SortOrder},
            states::instead_of_rows,
        },
        text::{
            moments::{as_of, fresh, short_age},
            prose::{Prose, Role},
            words::grouped,
        },
        theme::Theme,
    },
};

/// Draws title, column heads, rows and the filter's line.
pub fn render(cx: &Context<'_>, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let [title_area, heads_area, rows_area, filter_area] = list_areas(area, cx.filter_shown());
    title(cx, theme, frame, title_area);
    match instead_of_rows(cx) {
        Some(page) => instead(&page, theme, frame, rows_area),
        None => rows(cx, theme, frame, heads_area, rows_area),
    }
    if cx.filter_shown() {
        filter(cx, theme, frame, filter_area);
    }
}

/// How many certificates there are, and how many of them are in transfer.
fn counts(cx: &Context<'_>) -> String {
    let list = cx.list;
    let (all, _) = list.count();
    let (incoming, outgoing) = list.in_transfer();
    if list.listing().value().is_none() {
        return match list.listing().loading_since() {
            Some(_) if all > 0 => {
                let parts = [Some(format!("{} so far…", grouped(all))), marked(cx)];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }
            _ => marked(cx).unwrap_or_default(),
        };
    }
    let mut parts = vec![grouped(all)];
    if incoming > 0 {
        parts.push(format!("{incoming} incoming"));
    }
    if outgoing > 0 {
        parts.push(format!("{outgoing} outgoing"));
    }
    match list.came_back() {
        0 => {}
        n => parts.push(format!("{n} came back")),
    }
    match list.unread.all() {
        0 => {}
        n => parts.push(format!("{n} unreadable")),
    }
    if list.listing().loading_since().is_some() {
        parts.push(match list.refreshed_so_far() {
            Some(n) if n > 0 => format!("refreshing, {} so far…", grouped(n)),
            _ => "refreshing…".to_owned(),
        });
    }
    if let Naming::All { done, all } = cx.naming {
        parts.push(format!("names {} of {}", grouped(done), grouped(all)));
    }
    if let Some(lookup) = cx.lookup {
        let (found, names) = (lookup.found.things.len(), lookup.found.known);
        parts.push(match names {
            0 => "reading a list…".to_owned(),
            _ => format!("list {} of {}", grouped(found), grouped(names)),
        });
    }
    if list.is_ranging() {
        parts.push(format!("range of {}", grouped(list.in_range())));
    }
    if list.shows_only_marked() {
        parts.push("only what was marked".to_owned());
    }
    parts.extend(marked(cx));
    parts.join(" · ")
}

/// How many are marked, and how many of them are not listed yet.
fn marked(cx: &Context<'_>) -> Option<String> {
    let (marks, awaited) = (cx.list.marks(), cx.list.marks_awaited());
    match (grouped(marks), awaited) {
        (_, 0) if marks == 0 => None,
        (n, 0) => Some(format!("{n} marked")),
        (n, more) => Some(format!("{n} marked, {} more not listed yet", grouped(more))),
    }
}

fn title(cx: &Context<'_>, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let list = cx.list;
    let (all, _) = list.count();
    let text = counts(cx);
    let not_connected = cx
        .session
        .failure()
        .map(|f| format!("cannot connect: {}", f.summary()));
    // Old rows are something else than none.
    let stale = matches!(list.listing().picture(), Picture::Stale(..));
    let trouble = not_connected
        .filter(|_| all > 0)
        .or_else(|| match list.listing().picture() {
            Picture::Stale((), at, failure) => {
                let at = as_of(at, cx.now);
                Some(format!("as of {at}, refresh failed: {}", failure.summary()))
            }
            Picture::Failed(failure) if all > 0 => Some(format!(
                "{} so far, then: {}",
                grouped(all),
                failure.summary()
            )),
            // Where the rows should be it says why there are none.
            Picture::Failed(_) => None,
            _ => match list.outgoing_listing().picture() {
                Picture::Failed(failure) => {
                    Some(format!("outgoing transfers unknown: {}", failure.summary()))
                }
                Picture::Stale((), at, failure) => {
                    let at = as_of(at, cx.now);
                    Some(format!("outgoing as of {at}: {}", failure.summary()))
                }
                _ => None,
            },
        });
    let room = usize::from(area.width);
    let mut spans = vec![Span::styled(" Certificates", theme.heading)];
    if let Some(trouble) = trouble {
        let (explain, again) = (cx.key(Command::Failure), cx.key(Command::Refresh));
        let room = room.saturating_sub(13);
        let text = format!("  ! {trouble}");
        let long = format!(" ({again} again, {explain} explains)");
        let short = format!(" ({explain} explains)");
        let fits = width(&text).saturating_add(width(&long)) <= room;
        let text = format!("{text}{}", if fits { long } else { short });
        let text = fit(&text, room).into_owned();
        let look = if stale { theme.warn } else { theme.bad };
        spans.push(Span::styled(text, look));
        frame.render_widget(Line::from(spans), area);
        return;
    }
    let sorted = if list.order() == SortOrder::default() && room < 60 {
        String::new()
    } else {
        order_words(cx)
    };
    let left = fit(&format!("  {text}"), room.saturating_sub(14)).into_owned();
    let used = width(&left).saturating_add(13);
    spans.push(Span::raw(left));
    let left_of = |text: &str| {
        let left = room.saturating_sub(used).saturating_sub(width(text));
        left.saturating_sub(1)
    };
    // How old the rows are goes first where there is little room.
    let age = list.listed_at().filter(|_| !list.is_loading());
    let age = age.map(|at| format!("listed {}", fresh(at, cx.now)));
    let parts = [Some(sorted.clone()).filter(|it| !it.is_empty()), age];
    let with_age = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let sorted = if left_of(&with_age) > 1 {
        with_age
    } else {
        sorted
    };
    // What is not known of the order goes before the order itself.
    let sorted = if left_of(&sorted) > 1 || sorted.is_empty() {
        sorted
    } else {
        list.order().label().to_owned()
    };
    let gap = left_of(&sorted);
    if gap > 1 {
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(sorted, theme.quiet));
    }
    frame.render_widget(Line::from(spans), area);
}

/// The order of the rows, and of how many it is not known what they are sorted by.
fn order_words(cx: &Context<'_>) -> String {
    let order = cx.list.order();
    let label = order.label();
    if cx.list.is_sorting() {
        return format!("{label}, sorting…");
    }
    let unknown = if order.wants_names() {
        cx.list.unsortable()
    } else {
        0
    };
    if unknown == 0 {
        return label.to_owned();
    }
    let key = cx.key(Command::LearnNames);
    format!("{label}, {} not known: {key} learns it", grouped(unknown))
}

fn rows(cx: &Context<'_>, theme: &Theme, frame: &mut Frame<'_>, heads: Rect, area: Rect) {
    let columns = columns(area, &contents(cx));
    let head = |text: &'static str, column: Rect, frame: &mut Frame<'_>| {
        let place = Rect {
            y: heads.y,
            height: heads.height,
            ..column
        };
        let text = fit(text, usize::from(column.width)).into_owned();
        frame.render_widget(Line::styled(text, theme.quiet), place);
    };
    head("Device", columns.device, frame);
    head("Certificate", columns.id, frame);
    head("Status", columns.status, frame);
    head("Transfer", columns.transfer, frame);
    head("Created", columns.created, frame);
    head("Attached", columns.attached, frame);

    let range = cx.list.range_in_sight();
    let in_range = |row: usize| range.is_some_and(|(first, last)| (first..=last).contains(&row));
    let rows = cx.list.in_sight(usize::from(area.height));
    for ((row, facts), y) in rows.enumerate().zip(area.y..area.bottom()) {
        let (facts, selected) = facts;
        let whole = Rect {
            y,
            height: 1,
            ..area
        };
        cx.note(whole, Touchable::Certificate(facts.id));
        let line = |column: Rect| Rect {
            y,
            height: 1,
            ..column
        };
        let cell = |text: &str, column: Rect, style, frame: &mut Frame<'_>| {
            let text = fit(text, usize::from(column.width)).into_owned();
            frame.render_widget(Span::styled(text, style), line(column));
        };
        let chosen = cx.list.is_marked(facts.id) || in_range(row);
        if chosen && !selected {
            frame.buffer_mut().set_style(whole, theme.marked);
        }
        let marker = match (chosen, selected) {
            (true, true) => "*>",
            (true, false) => "* ",
            (false, true) => " >",
            (false, false) => "  ",
        };
        cell(marker, columns.marker, theme.plain, frame);
        let device = facts.device.map(visible).unwrap_or_default();
        cell(&device, columns.device, theme.plain, frame);
        let id = match columns.id.width {
            64.. => facts.id.to_string(),
            17.. => facts.id.short(),
            // Cut behind its first digits.
            _ => facts.id.to_string(),
        };
        cell(&id, columns.id, theme.plain, frame);
        let status = format!("{} {}", facts.status.symbol(), facts.status.label());
        cell(&status, columns.status, theme.status(facts.status), frame);
        let created = facts
            .created
            .map(|at| at.date().to_string())
            .unwrap_or_default();
        cell(&created, columns.created, theme.plain, frame);
        if columns.transfer.width > 0 {
            let text = transfer(cx, &facts, usize::from(columns.transfer.width));
            cell(&text, columns.transfer, theme.plain, frame);
        }
        if let Some((policies, things)) = cx.attached.get(&facts.id) {
            let text = format!("{policies} + {things}");
            cell(&text, columns.attached, theme.plain, frame);
        }
        if selected {
            let look = if cx.details_focused {
                theme.selected_elsewhere
            } else {
                theme.selected
            };
            theme.choose(frame.buffer_mut(), whole, look);
        }
    }
}

/// What the columns are made for. Each of these seldom changes, so that the columns stay where they are.
fn contents(cx: &Context<'_>) -> Contents {
    let (incoming, outgoing) = cx.list.in_transfer();
    let transfers = incoming > 0
        || outgoing > 0
        || cx.list.came_back() > 0
        || !cx.batches.is_empty()
        || !cx.unfinished.is_empty();
    Contents {
        device: cx.list.widest_name(),
        transfers,
        attached: !cx.attached.is_empty(),
    }
}

/// What the column Transfer says: the longest wording that fits.
fn transfer(cx: &Context<'_>, facts: &RowFacts<'_>, room: usize) -> String {
    if cx.is_changing(facts.id) {
        return "changing…".to_owned();
    }
    match cx.unlike_there(facts.id) {
        Some(SideShows::Row(status)) => return format!("on the other side: {}", status.label()),
        Some(SideShows::Nothing) => return "not on the other side".to_owned(),
        Some(SideShows::NotKnown) | None => {}
    }
    if let Some(outgoing) = facts.outgoing {
        return offer(cx, "to", outgoing.to, outgoing.started, room);
    }
    if facts.from.is_some() {
        return offer(cx, "from", facts.from, facts.incoming_started, room);
    }
    if cx.unfinished_run(facts.id).is_some() {
        let options = cx.key(Command::Options);
        return format!("half-way: {options} decides");
    }
    match facts.rejected {
        Some(reason) => format!("rejected: {}", visible(reason)),
        None if facts.came_back => "came back".to_owned(),
        None => String::new(),
    }
}

/// To or from whom, and since when.
fn offer(
    cx: &Context<'_>,
    preposition: &str,
    account: Option<AccountId>,
    since: Option<Timestamp>,
    room: usize,
) -> String {
    let book = &cx.setup.config.accounts;
    let number = account.map_or_else(|| "another account".to_owned(), AccountId::grouped);
    let name = account.and_then(|it| book.name(it)).map(visible);
    let age = since.map(|at| short_age(at, cx.now));
    let shortest = age
        .as_ref()
        .map_or_else(String::new, |age| format!(", {age}"));
    let (long, short) = match age.as_deref() {
        None => (String::new(), String::new()),
        Some("now") => (", offered now".to_owned(), shortest.clone()),
        Some(age) => (format!(", offered {age} ago"), format!(", {age} ago")),
    };
    let mut wordings = Vec::new();
    if let Some(name) = &name {
        wordings.extend([
            format!("{preposition} {number} {name}{long}"),
            format!("{preposition} {number} {name}{short}"),
        ]);
    }
    wordings.push(format!("{preposition} {number}{short}"));
    wordings.push(format!("{preposition} {number}{shortest}"));
    wordings.push(format!("{preposition} {number}"));
    let fits = |wording: &String| width(wording) <= room;
    let fitting = wordings.iter().find(|it| fits(it));
    fitting.or(wordings.last()).cloned().unwrap_or_default()
}

/// What stands in the place of the rows.
fn instead(page: &Prose, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let area = area.inner(ratatui::layout::Margin::new(3, 0));
    page_rows(page.rows(usize::from(area.width)), 0, theme, frame, area);
}

fn filter(cx: &Context<'_>, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let (all, shown) = cx.list.count();
    let so_far = if cx.list.is_sifting() { " so far" } else { "" };
    let count = format!("{}{so_far} of {} ", grouped(shown), grouped(all));
    let label = " Filter  ";
    let room = usize::from(area.width)
        .saturating_sub(width(label))
        .saturating_sub(width(&count))
        .saturating_sub(1);
    let input = &cx.list.filter_input;
    // What AWS says of it has as much room as the words leave.
    let words = width(input.value()).saturating_add(3);
    let understood = || {
        let words = cx.list.understood(&cx.setup.config.accounts);
        (!words.is_empty()).then_some((Role::Quiet, words))
    };
    let left = room.saturating_sub(words);
    let said = match cx.list.finding_words() {
        Some((role, text)) => Some((role, text, left.max(room / 3))),
        // What is understood stands where there is room for some of it.
        None => understood()
            .filter(|_| left > 16)
            .map(|(role, text)| (role, text, left)),
    };
    let said =
        said.map(|(role, text, most)| (role, format!(" {} ", fit(&text, most.saturating_sub(2)))));
    let room = room.saturating_sub(said.as_ref().map_or(0, |(_, text)| width(text)));
    let shown = input_window(input, room);
    let style = if cx.list.filtering {
        theme.input
    } else {
        theme.plain
    };
    let gap = room.saturating_sub(width(&shown.text)).saturating_add(1);
    let line = Line::from(vec![
        Span::styled(label, theme.quiet),
        Span::styled(shown.text.clone(), style),
        Span::raw(" ".repeat(gap)),
        said.map_or_else(Span::default, |(role, text)| {
            Span::styled(text, theme.role(role))
        }),
        Span::styled(count, theme.quiet),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    if cx.list.filtering && !cx.covered {
        let x = area.x.saturating_add(shown.cursor(width(label)));
        frame.set_cursor_position(Position::new(x.min(area.right().saturating_sub(1)), area.y));
    }
}
