//! Dialogs that ask.

use ratatui::{
    Frame,
    layout::{Alignment, Position, Rect},
    text::{Line, Span},
};
use tui_input::Input;

use crate::{
    domain::text::{counted, fit, visible, width, wrap},
    tui::{
        dialogs::{
            form::{Button, Focus, Form, FormText, Said},
            frame::dialog_frame,
        },
        keymap::Command,
        known::context::Context,
        layout::centred,
        mouse::Touchable,
        theme::Theme,
    },
};

/// The widest a dialog gets.
const WIDEST: u16 = 76;

/// The columns of the words that what is said is found by.
const WORDS: usize = 10;

/// The columns of the fields' labels.
const LABELS: usize = 14;

/// One row of a form.
struct FormRow<'a> {
    line: Line<'a>,
    /// The field that it is of.
    field: Option<usize>,
    focused: bool,
    /// The cursor's column, when this row is typed in.
    cursor: Option<u16>,
}

impl<'a> FormRow<'a> {
    fn text(line: impl Into<Line<'a>>) -> Self {
        Self {
            line: line.into(),
            field: None,
            focused: false,
            cursor: None,
        }
    }
}

/// Draws an open form. Where it is higher than the screen, the focused part and the buttons are in
/// sight.
pub fn render(
    cx: &Context<'_>,
    form: &Form,
    text: &FormText,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    let screen = cx.areas.body;
    let columns = WIDEST.min(screen.width);
    let inner = usize::from(columns).saturating_sub(4);
    let roomy = screen.height >= 18;
    let keymap = &cx.setup.keymap;
    let keys = (keymap.key_to_complete(), keymap.key_to_choose());
    let rows = content(form, text, inner, roomy, &keys, theme);
    let problem = problem_line(form, text, inner, theme);
    let buttons = buttons(form, text, inner, cx, theme);
    let below = u16::try_from(problem.len().saturating_add(buttons.len())).unwrap_or(u16::MAX);
    let height = u16::try_from(rows.len())
        .unwrap_or(u16::MAX)
        .saturating_add(below)
        .saturating_add(2);
    let area = centred(screen, columns, height);
    let visible_rows = area.height.saturating_sub(below).saturating_sub(2);
    let focused = rows.iter().position(|row| row.focused);
    let hidden = rows.len().saturating_sub(usize::from(visible_rows));
    let top = match focused {
        // The row below the field says what is wrong with it.
        Some(row) => row
            .saturating_add(2)
            .saturating_sub(usize::from(visible_rows)),
        None if form.fields.is_empty() => 0,
        None => hidden,
    };
    let page = usize::from(visible_rows).saturating_sub(1).max(1);
    let scrolled = isize::from(form.pages).saturating_mul(isize::try_from(page).unwrap_or(1));
    let top = top.min(hidden).saturating_add_signed(scrolled).min(hidden);
    let keymap = &cx.setup.keymap;
    let mut more = Vec::new();
    if top > 0 {
        let above = counted(top, "row above", "rows above");
        more.push(format!("{above}: {}", keymap.key(Command::PageUp)));
    }
    if hidden > top {
        let below = hidden.saturating_sub(top);
        more.push(format!("{below} below: {}", keymap.key(Command::PageDown)));
    }
    if !text.explains.is_empty() {
        more.push(format!("{} explains", keymap.key(Command::Explain)));
    }
    let footer = more.join(" · ");
    let words = words_of(cx, theme, area.width);
    let used = words.width().saturating_add(4);
    let title = fit(&text.title, usize::from(area.width).saturating_sub(used));
    let inside = dialog_frame(&title, &footer, theme, frame, area);
    // What accounts are recognised by stands on the border, beside what is done.
    let wide = u16::try_from(words.width()).unwrap_or(u16::MAX);
    let on_border = Rect {
        x: area.right().saturating_sub(wide).saturating_sub(2),
        width: wide,
        height: 1,
        ..area
    };
    frame.render_widget(words, on_border.intersection(area));
    cx.note(area, Touchable::Dialog);
    let row_at = |y: u16| Rect {
        y,
        height: 1,
        ..inside
    };
    let bottom = inside.y.saturating_add(visible_rows);
    for (row, y) in rows.into_iter().skip(top).zip(inside.y..bottom) {
        frame.render_widget(row.line, row_at(y));
        if let Some(field) = row.field {
            cx.note(row_at(y), Touchable::Field(field));
        }
        if let Some(cursor) = row.cursor {
            let x = inside
                .x
                .saturating_add(cursor)
                .min(inside.right().saturating_sub(1));
            frame.set_cursor_position(Position::new(x, y));
        }
    }
    for (line, y) in problem
        .into_iter()
        .chain(buttons)
        .zip(bottom..inside.bottom())
    {
        let right = line.alignment == Some(Alignment::Right);
        let blank = usize::from(inside.width).saturating_sub(line.width());
        let mut x = if right { blank } else { 0 };
        for span in &line.spans {
            let place = Rect {
                x: inside
                    .x
                    .saturating_add(u16::try_from(x).unwrap_or(u16::MAX)),
                width: u16::try_from(span.width()).unwrap_or(u16::MAX),
                ..row_at(y)
            };
            if let Some(button) = button_of(span, text) {
                cx.note(place.intersection(inside), Touchable::Button(button));
            }
            x = x.saturating_add(span.width());
        }
        frame.render_widget(line, row_at(y));
    }
}

/// The word of the account that a dialog is about, as far as it has one and there is room: a third of the dialog.
fn words_of<'a>(cx: &Context<'a>, theme: &Theme, columns: u16) -> Line<'a> {
    let account = cx.session.account();
    let word = account.and_then(|it| cx.setup.config.accounts.word(it));
    word.map_or_else(Line::default, |word| {
        let text = fit(&visible(&word.text), usize::from(columns) / 3).into_owned();
        Line::styled(text, theme.of_word(word))
    })
}

/// The button that a part of a line is.
fn button_of(span: &Span<'_>, text: &FormText) -> Option<Button> {
    let label = span.content.strip_prefix(['[', '('])?;
    let label = label.strip_suffix([']', ')'])?.trim();
    match label {
        label if label == text.cancel => Some(Button::Cancel),
        label if label == text.confirm => Some(Button::Confirm),
        _ => None,
    }
}

fn content<'a>(
    form: &Form,
    text: &FormText,
    columns: usize,
    roomy: bool,
    keys: &(String, String),
    theme: &Theme,
) -> Vec<FormRow<'a>> {
    let mut rows: Vec<FormRow<'a>> = Vec::new();
    let mut said = text.intro.iter().chain(&text.outlook);
    let worded = said.any(|told| !told.word.is_empty());
    for told in &text.intro {
        rows.extend(told_rows(told, worded, columns, theme));
    }
    for (i, field) in form.fields.iter().enumerate() {
        if roomy {
            rows.push(FormRow::text(""));
        }
        let focused = form.focus == Focus::Field(i);
        let marker = if focused { "> " } else { "  " };
        let label = format!("{marker}{}", field.label);
        let gap = LABELS
            .saturating_add(2)
            .saturating_sub(width(&label))
            .max(1);
        let label = format!("{label}{}", " ".repeat(gap));
        let used = width(&label);
        let shown = input_window(&field.input, columns.saturating_sub(used).saturating_sub(1));
        // An empty field shows where one types.
        let blank = columns
            .saturating_sub(used)
            .saturating_sub(1)
            .saturating_sub(width(&shown.text));
        rows.push(FormRow {
            cursor: focused.then(|| shown.cursor(used)),
            field: Some(i),
            line: Line::from(vec![
                Span::styled(label, if focused { theme.heading } else { theme.quiet }),
                Span::styled(format!("{}{}", shown.text, " ".repeat(blank)), theme.input),
            ]),
            focused,
        });
        if let Some((role, remark)) = text.remarks.get(i) {
            let remark_columns = columns.saturating_sub(used);
            for line in wrap(&visible(remark), remark_columns) {
                rows.push(FormRow::text(Line::from(vec![
                    Span::raw(" ".repeat(used)),
                    Span::styled(line, theme.role(*role)),
                ])));
            }
        }
        if focused {
            rows.extend(suggested(form, text, used, roomy, keys, theme));
        }
    }
    if roomy && !text.outlook.is_empty() {
        rows.push(FormRow::text(""));
    }
    for told in &text.outlook {
        rows.extend(told_rows(told, worded, columns, theme));
    }
    if roomy {
        rows.push(FormRow::text(""));
    }
    rows
}

/// Something that is said: its word in the first column, where any of it has one, and the text beside it.
fn told_rows<'a>(told: &Said, worded: bool, columns: usize, theme: &Theme) -> Vec<FormRow<'a>> {
    let style = theme.role(told.role);
    let words = if worded { WORDS } else { 0 };
    let rows = wrap(&visible(&told.text), columns.saturating_sub(words)).into_iter();
    rows.enumerate()
        .map(|(n, row)| {
            let word = if n == 0 { told.word } else { "" };
            FormRow::text(Line::from(vec![
                Span::styled(format!("{word:words$}"), theme.quiet),
                Span::styled(row, style),
            ]))
        })
        .collect()
}

/// What can be taken into a field, below it and behind its label. Where there is little room, the likeliest or the one
/// that the arrows went to.
fn suggested<'a>(
    form: &Form,
    text: &FormText,
    label: usize,
    roomy: bool,
    keys: &(String, String),
    theme: &Theme,
) -> Vec<FormRow<'a>> {
    let (key, arrow) = keys;
    let chosen = form.suggested.unwrap_or(0);
    let shown = if roomy { text.suggestions.len() } else { 1 };
    let first = chosen.saturating_add(1).saturating_sub(shown);
    let rows = text.suggestions.iter().enumerate().skip(first).take(shown);
    rows.map(|(i, suggestion)| {
        let (marker, style) = match i == chosen {
            true if form.suggested.is_some() => ("> ", theme.selected),
            true => ("> ", theme.plain),
            false => ("  ", theme.quiet),
        };
        let takes = match form.suggestion(&text.suggestions) {
            _ if i != chosen => String::new(),
            Some(_) => format!("  {key} takes it"),
            None if arrow.is_empty() => String::new(),
            None => format!("  {arrow} chooses"),
        };
        FormRow::text(Line::from(vec![
            Span::raw(" ".repeat(label)),
            Span::styled(format!("{marker}{}", suggestion.shown), style),
            Span::styled(takes, theme.quiet),
        ]))
    })
    .collect()
}

/// Why the button cannot be pressed, once one tries.
fn problem_line<'a>(form: &Form, text: &FormText, columns: usize, theme: &Theme) -> Vec<Line<'a>> {
    let on_confirm = form.focus == Focus::Button(Button::Confirm);
    match &text.problem {
        Some(problem) if on_confirm => wrap(problem, columns)
            .into_iter()
            .map(|line| Line::styled(line, theme.bad))
            .collect(),
        _ => Vec::new(),
    }
}

/// The buttons: side by side, or one above the other where they do not fit.
fn buttons<'a>(
    form: &Form,
    text: &FormText,
    columns: usize,
    cx: &Context<'_>,
    theme: &Theme,
) -> Vec<Line<'a>> {
    let button = |which: Button, label: &str| {
        let focused = form.focus == Focus::Button(which);
        let marker = if focused { "> " } else { "  " };
        let style = if focused {
            theme.selected
        } else if which == Button::Confirm && text.problem.is_some() {
            theme.quiet
        } else {
            theme.plain
        };
        // Round until it can be pressed: nothing is missing, and the dialog has stood for a moment.
        let ready = cx.armed && text.problem.is_none();
        let label = if which == Button::Cancel || ready {
            format!("[ {label} ]")
        } else {
            format!("( {label} )")
        };
        [Span::raw(marker), Span::styled(label, style)]
    };
    let cancel = button(Button::Cancel, text.cancel);
    let confirm = button(Button::Confirm, text.confirm);
    let side_by_side = |gap: usize| {
        let gap = Span::raw(" ".repeat(gap));
        let spans = cancel
            .iter()
            .cloned()
            .chain([gap])
            .chain(confirm.iter().cloned());
        Line::from(spans.collect::<Vec<_>>())
    };
    for gap in [4, 1] {
        if side_by_side(gap).width() <= columns {
            return vec![side_by_side(gap).right_aligned()];
        }
    }
    vec![
        Line::from(Vec::from(cancel)),
        Line::from(Vec::from(confirm)),
    ]
}

/// The part of a typed text that fits, and where the cursor is in it.
pub struct InputWindow {
    /// The part that fits.
    pub text: String,
    cursor: usize,
}

impl InputWindow {
    /// The cursor's column, behind a label of this width.
    pub fn cursor(&self, label: usize) -> u16 {
        u16::try_from(label.saturating_add(self.cursor)).unwrap_or(u16::MAX)
    }
}

/// Cuts a typed text to a window of `columns` around its cursor.
pub fn input_window(input: &Input, columns: usize) -> InputWindow {
    let scroll = input.visual_scroll(columns);
    let mut skipped = 0_usize;
    let mut text = String::new();
    for c in input.value().chars() {
        let c_width = width(c.encode_utf8(&mut [0; 4]));
        if skipped < scroll {
            skipped = skipped.saturating_add(c_width);
        } else if width(&text).saturating_add(c_width) <= columns {
            text.push(c);
        } else {
            break;
        }
    }
    InputWindow {
        text,
        cursor: input.visual_cursor().saturating_sub(skipped),
    }
}
