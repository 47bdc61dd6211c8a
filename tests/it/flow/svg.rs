//! Screens as SVG, for the README: the cells of a terminal, in a dark window that can be read on any page.
//!
//! Each run of letters is held to its columns, whatever font a browser has. Lines and blocks are drawn, not written, so
//! that they meet.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    time::Duration,
};

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

/// The width and height of a cell. All lengths are in tenths of a pixel.
const CELL: (i32, i32) = (84, 180);

/// How far below the top of a cell its letters stand: where the row begins for everything that is drawn in it.
const BASELINE: i32 = 131;

/// The room around the screen.
const MARGIN: i32 = 120;

/// The room below it in which a recording shows its keys.
const CAPTION: i32 = 420;

const GROUND: &str = "#14171c";
const TEXT: &str = "#d5d9df";
const RIM: &str = "#4b525c";

/// A length in pixels.
#[derive(Clone, Copy)]
struct Px(i32);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0.abs() / 10, self.0.abs() % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (0, tenths) => write!(f, "{sign}.{tenths}"),
            (whole, tenths) => write!(f, "{sign}{whole}.{tenths}"),
        }
    }
}

fn columns(n: usize) -> i32 {
    i32::try_from(n).unwrap() * CELL.0
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The colour of a terminal that has this palette.
fn colour(of: Color, reset: &str) -> String {
    let name = match of {
        Color::Black => "#2b3038",
        Color::Red => "#f47067",
        Color::Green => "#7bc275",
        Color::Yellow => "#dcb55c",
        Color::Blue => "#6cb6ff",
        Color::Magenta => "#d2a8ff",
        Color::Cyan => "#5fc9c9",
        Color::Gray => "#b4bac2",
        Color::DarkGray => "#7d848d",
        Color::LightRed => "#ff938a",
        Color::LightGreen => "#9ae08f",
        Color::LightYellow => "#f0cf80",
        Color::LightBlue => "#96d0ff",
        Color::LightMagenta => "#e2c5ff",
        Color::LightCyan => "#8be3e3",
        Color::White => "#f3f5f7",
        Color::Rgb(r, g, b) => return format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Reset | Color::Indexed(_) => reset,
    };
    name.to_owned()
}

/// How a run of cells looks.
#[derive(Clone, PartialEq, Eq)]
struct Look {
    ink: String,
    ground: String,
    modifier: Modifier,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (mut ink, mut ground) = (colour(cell.fg, TEXT), colour(cell.bg, GROUND));
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut ink, &mut ground);
        }
        Self {
            ink,
            ground,
            modifier: cell.modifier,
        }
    }

    /// What a text in it says besides its words.
    fn attributes(&self) -> String {
        let mut said = String::new();
        if self.ink != TEXT {
            write!(said, " fill=\"{}\"", self.ink).unwrap();
        }
        let classes = [
            (Modifier::BOLD, "b"),
            (Modifier::DIM, "d"),
            (Modifier::ITALIC, "i"),
            (Modifier::UNDERLINED, "u"),
        ];
        let classes = classes
            .into_iter()
            .filter(|(it, _)| self.modifier.contains(*it));
        let classes: Vec<&str> = classes.map(|(_, class)| class).collect();
        if !classes.is_empty() {
            write!(said, " class=\"{}\"", classes.join(" ")).unwrap();
        }
        said
    }

    fn dim(&self) -> &'static str {
        let dim = self.modifier.contains(Modifier::DIM);
        if dim { " class=\"d\"" } else { "" }
    }
}

/// Where the lines of a box go from the middle of a cell: left, right, up, down.
fn lines(symbol: char) -> Option<[bool; 4]> {
    Some(match symbol {
        '─' => [true, true, false, false],
        '│' => [false, false, true, true],
        '┌' => [false, true, false, true],
        '┐' => [true, false, false, true],
        '└' => [false, true, true, false],
        '┘' => [true, false, true, false],
        '├' => [false, true, true, true],
        '┤' => [true, false, true, true],
        '┬' => [true, true, false, true],
        '┴' => [true, true, true, false],
        '┼' => [true, true, true, true],
        _ => return None,
    })
}

/// How much of a cell a block fills: eighths of its width from the left, and of its height from below.
fn block(symbol: char) -> Option<(i32, i32)> {
    let from = |first: char| u32::from(symbol).checked_sub(u32::from(first));
    let eighths = |first| from(first).and_then(|n| i32::try_from(n).ok());
    match symbol {
        '▁'..='█' => eighths('▁').map(|n| (8, n + 1)),
        // Each narrower than the one before.
        '▉'..='▏' => eighths('▉').map(|n| (7 - n, 8)),
        _ => None,
    }
}

/// A row of cells.
fn row(buffer: &Buffer, y: u16) -> String {
    let cells: Vec<&Cell> = (0..buffer.area.width).map(|x| &buffer[(x, y)]).collect();
    let mut drawn = String::new();
    let mut x = 0;
    while x < cells.len() {
        let look = Look::of(cells[x]);
        let alike = cells[x..].iter().take_while(|cell| Look::of(cell) == look);
        let run: Vec<&str> = alike.map(|cell| cell.symbol()).collect();
        if look.ground != GROUND {
            let (left, top, width, height) = (
                Px(columns(x)),
                Px(-BASELINE),
                Px(columns(run.len())),
                Px(CELL.1),
            );
            let (ground, dim) = (&look.ground, look.dim());
            let path = format!("M{left} {top}h{width}v{height}h-{width}z");
            write!(drawn, "<path fill=\"{ground}\"{dim} d=\"{path}\"/>").unwrap();
        }
        write_run(&mut drawn, x, &run, &look);
        x += run.len();
    }
    drawn
}

/// What stands in a run of cells that look alike.
fn write_run(drawn: &mut String, start: usize, run: &[&str], look: &Look) {
    let attributes = look.attributes();
    let (mut strokes, mut blocks, mut shade) = (String::new(), String::new(), String::new());
    let mut at = 0;
    while at < run.len() {
        let symbol = run[at].chars().next().unwrap_or(' ');
        let left = columns(start + at);
        let (middle, top) = (left + CELL.0 / 2, -BASELINE);
        if let Some(sides) = lines(symbol) {
            let centre = top + CELL.1 / 2;
            let ends = [
                (left, centre),
                (left + CELL.0, centre),
                (middle, top),
                (middle, top + CELL.1),
            ];
            for ((x, y), _) in ends.into_iter().zip(sides).filter(|(_, on)| *on) {
                let (x, y, middle, centre) = (Px(x), Px(y), Px(middle), Px(centre));
                write!(strokes, "M{middle} {centre}L{x} {y}").unwrap();
            }
        } else if let Some((wide, high)) = block(symbol) {
            let (width, height) = (Px(CELL.0 * wide / 8), Px(CELL.1 * high / 8));
            let (left, top) = (Px(left), Px(top + CELL.1 - height.0));
            write!(blocks, "M{left} {top}h{width}v{height}h-{width}z").unwrap();
        } else if symbol == '░' {
            let (left, top, width, height) = (Px(left), Px(top), Px(CELL.0), Px(CELL.1));
            write!(shade, "M{left} {top}h{width}v{height}h-{width}z").unwrap();
        } else if symbol.is_ascii() {
            let text = up_to_a_gap(&run[at..]);
            let words = text.trim();
            if !words.is_empty() {
                let blanks = text.len() - text.trim_start().len();
                let (x, width) = (Px(columns(start + at + blanks)), Px(columns(words.len())));
                let words = escaped(words);
                let place = format!("x=\"{x}\" textLength=\"{width}\"");
                write!(drawn, "<text {place}{attributes}>{words}</text>").unwrap();
            }
            at += text.len().max(1);
            continue;
        } else {
            // It may come from another font, and is as wide as it is there.
            let symbol = escaped(run[at]);
            let place = format!("x=\"{}\" text-anchor=\"middle\"", Px(middle));
            write!(drawn, "<text {place}{attributes}>{symbol}</text>").unwrap();
        }
        at += 1;
    }
    let (ink, dim) = (&look.ink, look.dim());
    if !strokes.is_empty() {
        write!(drawn, "<path stroke=\"{ink}\"{dim} d=\"{strokes}\"/>").unwrap();
    }
    if !shade.is_empty() {
        write!(drawn, "<path fill=\"{ink}\" opacity=\".2\" d=\"{shade}\"/>").unwrap();
    }
    if !blocks.is_empty() {
        write!(drawn, "<path fill=\"{ink}\"{dim} d=\"{blocks}\"/>").unwrap();
    }
}

/// The ASCII that a run begins with, up to where words begin again after a gap.
fn up_to_a_gap(run: &[&str]) -> String {
    let mut text = String::new();
    for symbol in run {
        let begins_again = *symbol != " " && text.ends_with("  ") && !text.trim().is_empty();
        let drawn = symbol.chars().next().is_none_or(|c| !c.is_ascii());
        if begins_again || drawn {
            break;
        }
        text += symbol;
    }
    text
}

/// The rows of a screen.
fn rows(buffer: &Buffer) -> Vec<String> {
    (0..buffer.area.height).map(|y| row(buffer, y)).collect()
}

/// Where a row begins.
fn origin(y: usize) -> String {
    let y = i32::try_from(y).unwrap();
    format!("{} {}", Px(MARGIN), Px(MARGIN + BASELINE + y * CELL.1))
}

/// The whole file: a window over so many cells, and what is drawn in it.
fn file(buffer: &Buffer, under: i32, title: &str, style: &str, inside: &str) -> String {
    let (wide, high) = (i32::from(buffer.area.width), i32::from(buffer.area.height));
    let width = Px(wide * CELL.0 + 2 * MARGIN);
    let height = Px(high * CELL.1 + 2 * MARGIN + under);
    let title = escaped(title);
    let (rim_width, rim_height) = (Px(width.0 - 10), Px(height.0 - 10));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{title}</title>\n\
         <style>text{{white-space:pre}}.b{{font-weight:bold}}.d{{opacity:.66}}.i{{font-style:italic}}\
         .u{{text-decoration:underline}}{style}</style>\n\
         <rect x=\".5\" y=\".5\" width=\"{rim_width}\" height=\"{rim_height}\" rx=\"8\" fill=\"{GROUND}\" \
         stroke=\"{RIM}\"/>\n\
         <g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,Liberation Mono,monospace\" \
         font-size=\"14\" fill=\"{TEXT}\">\n{inside}</g>\n</svg>\n",
    )
}

/// A screen.
pub(super) fn still(buffer: &Buffer, title: &str) -> String {
    let mut inside = String::new();
    for (y, row) in rows(buffer).into_iter().enumerate() {
        if !row.is_empty() {
            let at = origin(y);
            writeln!(inside, "<g transform=\"translate({at})\">{row}</g>").unwrap();
        }
    }
    file(buffer, 0, title, "", &inside)
}

/// A screen of a recording.
pub(super) struct Frame {
    pub(super) buffer: Buffer,
    /// The keys that led to it, and what they are for.
    pub(super) keys: Vec<String>,
    pub(super) said: String,
    pub(super) lasts: Duration,
}

/// What is in sight from one moment to another, in milliseconds.
type Times = Vec<(u128, u128)>;

/// A recording, again and again. Who wants nothing to move sees its last screen.
pub(super) fn recording(frames: &[Frame], title: &str) -> String {
    let mut ends = Vec::new();
    let mut whole = 0;
    for frame in frames {
        let begins = whole;
        whole += frame.lasts.as_millis();
        ends.push((begins, whole));
    }
    // Rows that are alike are drawn once, and used wherever they are in sight.
    let mut drawn: Vec<String> = Vec::new();
    let mut used: BTreeMap<(usize, usize), Times> = BTreeMap::new();
    let mut captions: Vec<(String, Times)> = Vec::new();
    for (frame, times) in frames.iter().zip(ends) {
        for (y, row) in rows(&frame.buffer).into_iter().enumerate() {
            if row.is_empty() {
                continue;
            }
            let known = drawn.iter().position(|it| *it == row);
            let row = known.unwrap_or_else(|| {
                drawn.push(row);
                drawn.len() - 1
            });
            goes_on(used.entry((y, row)).or_default(), times);
        }
        let words = caption(frame);
        match captions.iter_mut().find(|(it, _)| *it == words) {
            Some((_, known)) => goes_on(known, times),
            None => captions.push((words, vec![times])),
        }
    }
    let mut clock = Clock {
        whole,
        rules: String::new(),
        known: Vec::new(),
    };
    let mut inside = "<defs>\n".to_owned();
    for (n, row) in drawn.iter().enumerate() {
        writeln!(inside, "<g id=\"r{n}\">{row}</g>").unwrap();
    }
    inside += "</defs>\n";
    for ((y, row), times) in used {
        let (class, at) = (clock.class(times), origin(y));
        writeln!(
            inside,
            "<use href=\"#r{row}\"{class} transform=\"translate({at})\"/>"
        )
        .unwrap();
    }
    let first = &frames[0].buffer;
    let below = MARGIN + i32::from(first.area.height) * CELL.1 + CAPTION - 100;
    for (words, times) in captions {
        let (class, at) = (clock.class(times), format!("{} {}", Px(MARGIN), Px(below)));
        writeln!(
            inside,
            "<g{class} transform=\"translate({at})\">{words}</g>"
        )
        .unwrap();
    }
    file(first, CAPTION, title, &clock.style(), &inside)
}

fn goes_on(times: &mut Times, (from, to): (u128, u128)) {
    match times.last_mut() {
        Some((_, end)) if *end == from => *end = to,
        _ => times.push((from, to)),
    }
}

/// The keys as they are on a keyboard, and what they are for.
fn caption(frame: &Frame) -> String {
    let mut drawn = String::new();
    let mut x = 0;
    for key in &frame.keys {
        let width = columns(key.chars().count()) + 120;
        let (left, middle, wide) = (Px(x), Px(x + width / 2), Px(width));
        let key = escaped(key);
        write!(
            drawn,
            "<rect x=\"{left}\" y=\"-17\" width=\"{wide}\" height=\"24\" rx=\"4\" fill=\"#2b3038\" stroke=\"{RIM}\"/>\
             <text x=\"{middle}\" text-anchor=\"middle\" class=\"b\">{key}</text>"
        )
        .unwrap();
        x += width + 60;
    }
    let (x, said) = (Px(x + 40), escaped(&frame.said));
    write!(drawn, "<text x=\"{x}\">{said}</text>").unwrap();
    drawn
}

/// The moments of a recording, as rules of a style sheet.
struct Clock {
    whole: u128,
    rules: String,
    known: Vec<Times>,
}

impl Clock {
    /// The class of what is in sight at these times.
    fn class(&mut self, times: Times) -> String {
        if times == [(0, self.whole)] {
            return String::new();
        }
        let known = self.known.iter().position(|it| *it == times);
        let n = known.unwrap_or_else(|| {
            self.rule(&times);
            self.known.push(times);
            self.known.len() - 1
        });
        format!(" class=\"t t{n}\"")
    }

    fn rule(&mut self, times: &Times) {
        let n = self.known.len();
        let part = |at: u128| {
            let thousandths = at * 100_000 / self.whole;
            let (whole, rest) = (thousandths / 1000, thousandths % 1000);
            let text = format!("{whole}.{rest:03}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let mut rule = format!("@keyframes t{n}{{");
        if times.first().is_some_and(|(from, _)| *from > 0) {
            rule += "0%{visibility:hidden}";
        }
        for (from, to) in times {
            write!(rule, "{}%{{visibility:visible}}", part(*from)).unwrap();
            if *to < self.whole {
                write!(rule, "{}%{{visibility:hidden}}", part(*to)).unwrap();
            }
        }
        let at_last = times.last().is_some_and(|(_, to)| *to == self.whole);
        let still = if at_last { "visible" } else { "hidden" };
        write!(
            self.rules,
            "\n{rule}}}.t{n}{{animation-name:t{n};visibility:{still}}}"
        )
        .unwrap();
    }

    fn style(&self) -> String {
        let seconds = Px(i32::try_from(self.whole / 100).unwrap());
        let rules = &self.rules;
        format!(
            ".t{{animation:{seconds}s step-end infinite}}{rules}\n\
             @media(prefers-reduced-motion:reduce){{.t{{animation:none}}}}"
        )
    }
}
