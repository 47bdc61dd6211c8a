//! What a terminal with few colours gets, and what one without any.
//!
//! With 256 colours each colour becomes the nearest of them. With 16 it becomes the nearest of those that can be
//! read on its ground, by the palettes of xterm and of VGA, since nobody knows the palette that is in use. Without
//! colours attributes say what colours said, as in the theme `mono`.

use ratatui::style::{Color, Modifier, Style};

use crate::tui::theme::looks::{ColourDepth, Theme};

impl ColourDepth {
    /// What a terminal says of itself in `TERM` and `COLORTERM`.
    pub fn of(term: &str, colorterm: &str) -> Self {
        let monochrome = ["vt50", "vt52", "vt100", "vt102", "vt220", "vt320"];
        if colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct") {
            Self::Direct
        } else if term.contains("256color") {
            Self::Indexed
        } else if monochrome.contains(&term) || term.ends_with("-m") || term.ends_with("-mono") {
            Self::None
        } else {
            Self::Sixteen
        }
    }
}

/// Red, green and blue.
type Rgb = [u8; 3];

/// The 16 colours as xterm has them, in the order of their numbers.
pub(super) const XTERM: [Rgb; 16] = [
    [0x00, 0x00, 0x00],
    [0xcd, 0x00, 0x00],
    [0x00, 0xcd, 0x00],
    [0xcd, 0xcd, 0x00],
    [0x00, 0x00, 0xee],
    [0xcd, 0x00, 0xcd],
    [0x00, 0xcd, 0xcd],
    [0xe5, 0xe5, 0xe5],
    [0x7f, 0x7f, 0x7f],
    [0xff, 0x00, 0x00],
    [0x00, 0xff, 0x00],
    [0xff, 0xff, 0x00],
    [0x5c, 0x5c, 0xff],
    [0xff, 0x00, 0xff],
    [0x00, 0xff, 0xff],
    [0xff, 0xff, 0xff],
];

/// The same as VGA and the console of Linux have them.
const VGA: [Rgb; 16] = [
    [0x00, 0x00, 0x00],
    [0xaa, 0x00, 0x00],
    [0x00, 0xaa, 0x00],
    [0xaa, 0x55, 0x00],
    [0x00, 0x00, 0xaa],
    [0xaa, 0x00, 0xaa],
    [0x00, 0xaa, 0xaa],
    [0xaa, 0xaa, 0xaa],
    [0x55, 0x55, 0x55],
    [0xff, 0x55, 0x55],
    [0x55, 0xff, 0x55],
    [0xff, 0xff, 0x55],
    [0x55, 0x55, 0xff],
    [0xff, 0x55, 0xff],
    [0x55, 0xff, 0xff],
    [0xff, 0xff, 0xff],
];

/// The 16 colours by their names, in the order of their numbers.
const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// Those of the 16 that are no colours.
const GREYS: [Color; 4] = [Color::Black, Color::DarkGray, Color::Gray, Color::White];

/// What text needs to be read, by WCAG 2.1, 1.4.3.
pub(super) const READABLE: f64 = 4.5;

/// A theme as a terminal with so many colours shows it. `mono` has the attributes for one without.
pub(super) fn reduced(mut theme: Theme, mono: &Theme, depth: ColourDepth) -> Theme {
    let ground = theme.screen;
    let whole = theme;
    for (name, look) in whole.looks() {
        let shown = match depth {
            ColourDepth::Direct => look,
            ColourDepth::Indexed => indexed(look),
            ColourDepth::Sixteen => sixteen(look, ground),
            ColourDepth::None => without_colours(name, look, mono),
        };
        if let Some(of) = theme.look_mut(name) {
            *of = shown;
        }
    }
    if depth == ColourDepth::Sixteen && ground.bg.is_some() {
        // Everything stands on these too, and among so few colours no second ground suits all of it.
        let rows = [
            (&mut theme.selected, Modifier::REVERSED),
            (&mut theme.selected_elsewhere, Modifier::UNDERLINED),
            (&mut theme.marked, Modifier::BOLD),
        ];
        for (row, attribute) in rows {
            if row.bg.is_some() {
                *row = Style::new().add_modifier(row.add_modifier | attribute);
            }
        }
    }
    theme
}

/// The look of a word on a colour of its own, which is told apart by it and not reversed besides: in black or in white,
/// whichever can be read better. Without colours it is as the look says.
pub(super) fn on_colour(look: Style, colour: Color, depth: ColourDepth) -> Style {
    let ground = Style::new().bg(colour);
    let (shown, inks) = match depth {
        ColourDepth::None => return look,
        ColourDepth::Sixteen => (sixteen(ground, Style::new()), [Color::Black, Color::White]),
        // Black and white that no palette changes.
        ColourDepth::Indexed | ColourDepth::Direct => {
            let shown = if depth == ColourDepth::Indexed {
                indexed(ground)
            } else {
                ground
            };
            (shown, [Color::Indexed(16), Color::Indexed(231)])
        }
    };
    let colour = shown.bg.unwrap_or(colour);
    let least = |ink: &Color| {
        let ratios = [XTERM, VGA].map(|palette| {
            let both = rgb(*ink, &palette).zip(rgb(colour, &palette));
            both.map_or(0.0, |(ink, ground)| contrast(ink, ground))
        });
        ratios.into_iter().fold(f64::MAX, f64::min)
    };
    let [black, white] = inks;
    let ink = if least(&black) >= least(&white) {
        black
    } else {
        white
    };
    Style {
        fg: Some(ink),
        bg: shown.bg,
        add_modifier: look.add_modifier - Modifier::REVERSED,
        ..look
    }
}

/// Each colour as the nearest of the 256.
fn indexed(look: Style) -> Style {
    let nearest = |colour: Color| match colour {
        Color::Rgb(r, g, b) => Color::Indexed(nearest_index([r, g, b])),
        other => other,
    };
    Style {
        fg: look.fg.map(nearest),
        bg: look.bg.map(nearest),
        ..look
    }
}

/// Each colour as one of the 16. What was told apart by a ground that is the screen's now is reversed.
fn sixteen(look: Style, ground: Style) -> Style {
    let of = |colour: Color| match rgb(colour, &XTERM) {
        Some(wanted) if !NAMED.contains(&colour) => nearest_named(wanted, &NAMED),
        _ => colour,
    };
    let on_screen = ground.bg.map(of);
    let bg = look.bg.map(of);
    let under = bg.or(on_screen);
    let text = look.fg.or(ground.fg.filter(|_| bg.is_some()));
    let readable = |colour: Color| {
        let (Some(under), Some(wanted)) = (under, rgb(colour, &XTERM)) else {
            return of(colour);
        };
        let can_be_read = |it: &Color| {
            [XTERM, VGA].iter().all(|palette| {
                let both = rgb(*it, palette).zip(rgb(under, palette));
                both.is_none_or(|(it, under)| contrast(it, under) >= READABLE)
            })
        };
        let near: Vec<Color> = NAMED.into_iter().filter(can_be_read).collect();
        let greys: Vec<Color> = near
            .iter()
            .copied()
            .filter(|it| GREYS.contains(it))
            .collect();
        // A grey that is a colour on a small palette would say something.
        let [r, g, b] = wanted;
        let grey = r == g && g == b && !greys.is_empty();
        nearest_named(wanted, if grey { &greys } else { &near })
    };
    let hidden = look != ground && bg.is_some() && bg == on_screen;
    Style {
        fg: text.map(readable),
        bg,
        add_modifier: if hidden {
            look.add_modifier | Modifier::REVERSED
        } else {
            look.add_modifier
        },
        ..look
    }
}

/// No colour. What was told apart by one alone has the attributes that the theme `mono` gives it.
fn without_colours(name: &str, look: Style, mono: &Theme) -> Style {
    let coloured = look.fg.or(look.bg).is_some_and(|it| it != Color::Reset);
    let bare = Style {
        fg: None,
        bg: None,
        ..look
    };
    if !coloured || look.add_modifier != Modifier::empty() {
        return bare;
    }
    let same = mono.looks().into_iter().find(|(of, _)| *of == name);
    bare.add_modifier(same.map_or(Modifier::empty(), |(_, look)| look.add_modifier))
}

/// What a colour is where the 16 are as in a palette; `None` for the terminal's own.
pub(super) fn rgb(colour: Color, palette: &[Rgb; 16]) -> Option<Rgb> {
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index) => Some(of_index(index, palette)),
        Color::Reset => None,
        named => {
            let at = NAMED.iter().position(|it| *it == named)?;
            palette.get(at).copied()
        }
    }
}

/// The steps of the cube of 216 colours.
const STEPS: [u8; 6] = [0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff];

fn of_index(index: u8, palette: &[Rgb; 16]) -> Rgb {
    let step = |n: u8| STEPS.get(usize::from(n)).copied().unwrap_or(u8::MAX);
    match index {
        0..16 => palette.get(usize::from(index)).copied().unwrap_or_default(),
        16..232 => {
            let n = index.saturating_sub(16);
            [step(n / 36), step(n / 6 % 6), step(n % 6)]
        }
        232.. => {
            let grey = index
                .saturating_sub(232)
                .saturating_mul(10)
                .saturating_add(8);
            [grey; 3]
        }
    }
}

/// The nearest of the 240 colours that no palette changes.
fn nearest_index(wanted: Rgb) -> u8 {
    let near = (16..=u8::MAX).min_by_key(|index| distance(of_index(*index, &XTERM), wanted));
    near.unwrap_or_default()
}

fn nearest_named(wanted: Rgb, among: &[Color]) -> Color {
    let near = among.iter().min_by_key(|it| {
        let of = rgb(**it, &XTERM);
        of.map_or(u32::MAX, |of| distance(of, wanted))
    });
    near.copied().unwrap_or(Color::Reset)
}

fn distance(one: Rgb, other: Rgb) -> u32 {
    let parts = one.into_iter().zip(other);
    parts.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

/// The contrast of two colours, from 1 to 21, by WCAG 2.1.
pub(super) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(of: Rgb) -> f64 {
    let linear = of.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    let weighted = linear.into_iter().zip([0.2126, 0.7152, 0.0722]);
    weighted.map(|(part, weight)| part * weight).sum()
}
