use ratatui::style::{Color, Modifier, Style};

use super::{
    BUILT_IN, ColourDepth, DEFAULT_THEME, LOOKS, MONO, Theme, ThemeFile, built_in,
    depth::{READABLE, XTERM, contrast, rgb},
};
use crate::domain::AccountWord;

/// What text needs in the theme for bad screens, by WCAG 2.1, 1.4.6.
const WELL_READABLE: f64 = 7.0;
/// What short words and signs need that are told apart without colours too, by WCAG 2.1, 1.4.11.
const SIGN: f64 = 3.0;

/// The colours of terminals as they come: the ground, and red, green, yellow, blue, magenta, cyan, white, bright yellow.
const PALETTES: [(&str, u32, [u32; 8]); 6] = [
    (
        "xterm, dark",
        0x00_00_00,
        [
            0xcd_00_00, 0x00_cd_00, 0xcd_cd_00, 0x00_00_ee, 0xcd_00_cd, 0x00_cd_cd, 0xe5_e5_e5,
            0xff_ff_00,
        ],
    ),
    (
        "Windows Terminal, dark",
        0x0c_0c_0c,
        [
            0xc5_0f_1f, 0x13_a1_0e, 0xc1_9c_00, 0x00_37_da, 0x88_17_98, 0x3a_96_dd, 0xcc_cc_cc,
            0xf9_f1_a5,
        ],
    ),
    (
        "GNOME Terminal, dark",
        0x1d_1f_21,
        [
            0xcc_66_66, 0x8a_be_5f, 0xf0_c6_74, 0x6f_a0_d8, 0xb2_94_bb, 0x70_c0_b1, 0xd6_d6_d6,
            0xff_e0_8a,
        ],
    ),
    (
        "Tango, light",
        0xff_ff_ff,
        [
            0xcc_00_00, 0x4e_9a_06, 0xc4_a0_00, 0x34_65_a4, 0x75_50_7b, 0x06_98_9a, 0xd3_d7_cf,
            0xfc_e9_4f,
        ],
    ),
    (
        "One Half, light",
        0xfa_fa_fa,
        [
            0xe4_56_49, 0x50_a1_4f, 0xc1_84_01, 0x01_84_bc, 0xa6_26_a4, 0x09_97_b3, 0xfa_fa_fa,
            0xff_ff_00,
        ],
    ),
    (
        "VS Code, light",
        0xff_ff_ff,
        [
            0xcd_31_31, 0x10_7c_10, 0x94_98_00, 0x04_51_a5, 0xbc_05_bc, 0x05_98_bc, 0x55_55_55,
            0xb5_ba_00,
        ],
    ),
];

const IN_PALETTES: [Color; 8] = [
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::LightYellow,
];

const UNUSED: [[u8; 3]; 16] = [[0; 3]; 16];

fn parts(hex: u32) -> [u8; 3] {
    let [_, r, g, b] = hex.to_be_bytes();
    [r, g, b]
}

#[test]
fn each_theme_of_the_program_names_every_look() {
    for (name, text) in BUILT_IN {
        let file = ThemeFile::parse(text).unwrap_or_else(|found| panic!("{name}: {found:?}"));
        assert_eq!(file.inherits, None, "{name}");
        let mut named = file.names();
        let mut all: Vec<&str> = LOOKS.iter().map(|(look, _)| *look).collect();
        named.sort_unstable();
        all.sort_unstable();
        assert_eq!(named, all, "{name}");
    }
    // What a look is for stands in the file that one's own begins with.
    let (_, text) = BUILT_IN[0];
    for (look, doc) in LOOKS {
        assert!(
            text.contains(&format!("#{doc}\n{look} = ")),
            "{look}: {doc}"
        );
    }
}

#[test]
fn a_look_is_named_and_coloured() {
    let text = "bad = { fg = \"light-red\", bg = 17, attributes = [\"bold\", \"crossed-out\"] }\n\
                good = { fg = \"#0a0B0c\" }\nquiet = { fg = \"reset\", attributes = [] }\n";
    let mut theme = Theme::default();
    let before = theme;
    ThemeFile::parse(text).unwrap().apply(&mut theme);
    let bad = Style::new()
        .fg(Color::LightRed)
        .bg(Color::Indexed(17))
        .add_modifier(Modifier::BOLD | Modifier::CROSSED_OUT);
    assert_eq!(theme.bad, bad);
    assert_eq!(theme.good, before.good.fg(Color::Rgb(10, 11, 12)));
    assert_eq!(theme.quiet, Style::new().fg(Color::Reset));
    assert_eq!(theme.heading, before.heading);
}

#[test]
fn all_mistakes_of_a_file_are_reported_with_their_lines() {
    let text = "inherits = 1\n\nbadd = {}\ngood = \"red\"\nbad = { fg = \"rot\", gb = 1, attributes = [\"fat\", \"bold\", \"thin\"] }\n\
                quiet = { fg = 256 }\nheading = { bg = true, attributes = \"bold\" }\n";
    let said: Vec<String> = ThemeFile::parse(text)
        .unwrap_err()
        .into_iter()
        .map(|it| it.0)
        .collect();
    let wanted = [
        "line 1: inherits: the name of a theme is needed",
        "line 3: badd: there is no such look; there are inherits, screen, plain",
        "line 4: good: { fg = \"red\"",
        "line 5: bad: \"rot\" is no colour: write a name such as red",
        "line 5: bad: gb: there is no such part; there are fg, bg and attributes",
        "line 5: bad: \"fat\" is no attribute; there are bold, dim",
        "line 5: bad: \"thin\" is no attribute",
        "line 6: quiet: \"256\" is no colour",
        "line 7: heading: \"\" is no colour",
        "line 7: heading: a list of attributes is needed",
    ];
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for (said, wanted) in said.iter().zip(wanted) {
        assert!(said.starts_with(wanted), "{said}");
    }
    let said = ThemeFile::parse("bad = {}\ngood = {\n").unwrap_err();
    assert!(said[0].0.starts_with("line 2: "), "{said:?}");
    let said = ThemeFile::parse("\"\\u001b[2J\" = {}\n").unwrap_err();
    assert!(said[0].0.contains("\\x1b[2J"), "{said:?}");
}

/// What is drawn of a look: over the screen, and over each row that can be under it.
fn pairs(theme: &Theme) -> Vec<(String, Option<Color>, Option<Color>)> {
    let mut pairs = Vec::new();
    let rows = [
        ("", Style::new()),
        ("selected", theme.selected),
        ("elsewhere", theme.selected_elsewhere),
        ("marked", theme.marked),
    ];
    for (row, under) in rows {
        for (name, look) in theme.looks() {
            let drawn = theme.screen.patch(under).patch(look);
            pairs.push((format!("{name} {row}"), drawn.fg, drawn.bg));
        }
    }
    pairs
}

/// The themes that set both colours can be read, as they are and with 256 and 16 colours.
#[test]
fn every_pair_of_a_theme_with_a_ground_can_be_read() {
    let themes = [("light", READABLE), ("high-contrast", WELL_READABLE)];
    for (name, least) in themes {
        let theme = built_in(name).unwrap();
        for depth in [ColourDepth::Direct, ColourDepth::Indexed] {
            for (what, fg, bg) in pairs(&theme.at_depth(depth)) {
                let (fg, bg) = (fg.unwrap(), bg.unwrap());
                let ratio = contrast(rgb(fg, &UNUSED).unwrap(), rgb(bg, &UNUSED).unwrap());
                assert!(
                    ratio >= least,
                    "{name}, {depth:?}, {what}: {fg} on {bg} is {ratio:.2}"
                );
            }
        }
        // Nobody knows what a terminal makes of dim.
        let dim = theme
            .looks()
            .into_iter()
            .find(|(_, look)| look.add_modifier.contains(Modifier::DIM));
        assert_eq!(dim, None, "{name}");
    }
}

#[test]
fn with_16_colours_a_theme_can_be_read_too() {
    let palette = |ground: bool| -> [[u8; 3]; 16] {
        // xterm's and VGA's, by the numbers that they are told apart by.
        let it = if ground {
            [0xcd, 0xe5, 0x7f, 0xff, 0x5c, 0xee]
        } else {
            [0xaa, 0xaa, 0x55, 0xff, 0x55, 0xaa]
        };
        let [half, white, grey, full, low, blue] = it;
        let bright = if ground { 0 } else { 0x55 };
        let brown = if ground { 0xcd } else { 0x55 };
        [
            [0, 0, 0],
            [half, 0, 0],
            [0, half, 0],
            [half, brown, 0],
            [0, 0, blue],
            [half, 0, half],
            [0, half, half],
            [white; 3],
            [grey; 3],
            [full, bright, bright],
            [bright, full, bright],
            [full, full, bright],
            [low, low, full],
            [full, bright, full],
            [bright, full, full],
            [full; 3],
        ]
    };
    for name in ["light", "high-contrast"] {
        let theme = built_in(name).unwrap().at_depth(ColourDepth::Sixteen);
        for (what, fg, bg) in pairs(&theme) {
            let (fg, bg) = (fg.unwrap(), bg.unwrap());
            for xterm in [true, false] {
                let palette = palette(xterm);
                let ratio = contrast(rgb(fg, &palette).unwrap(), rgb(bg, &palette).unwrap());
                assert!(
                    ratio >= READABLE,
                    "{name}, {what}: {fg} on {bg} is {ratio:.2}"
                );
            }
        }
        // The chosen row is still told apart.
        let chosen = theme.screen.patch(theme.selected);
        let shown =
            chosen.bg != theme.screen.bg || chosen.add_modifier.contains(Modifier::REVERSED);
        assert!(shown, "{name}: {chosen:?}");
    }
}

/// The themes without a ground are drawn on dark and light ones.
#[test]
fn themes_of_the_terminal_s_palette_can_be_read_on_dark_and_light_ones() {
    for name in [DEFAULT_THEME, MONO] {
        let theme = built_in(name).unwrap();
        assert_eq!(theme.screen, Style::new(), "{name}");
        for ordinary in [
            theme.plain,
            theme.quiet,
            theme.heading,
            theme.border,
            theme.input,
            theme.key,
            theme.inactive,
            theme.selected,
        ] {
            assert_eq!((ordinary.fg, ordinary.bg), (None, None), "{name}");
        }
        for (look, style) in theme.looks() {
            assert_eq!(
                style.bg, None,
                "{name}, {look}: what stands on it is not known"
            );
            let Some(fg) = style.fg else {
                continue;
            };
            let at = IN_PALETTES.iter().position(|it| *it == fg);
            let at = at.unwrap_or_else(|| panic!("{name}, {look}: {fg} is not in the palettes"));
            for (terminal, ground, colours) in PALETTES {
                // Reversed, as the chosen row is, it is the same pair.
                let ratio = contrast(parts(colours[at]), parts(ground));
                assert!(
                    ratio >= SIGN,
                    "{name}, {look}, {terminal}: {fg} is {ratio:.2}"
                );
            }
        }
    }
    let coloured = built_in(MONO)
        .unwrap()
        .looks()
        .into_iter()
        .find(|(_, look)| look.fg.or(look.bg).is_some());
    assert_eq!(coloured, None);
}

#[test]
fn without_colours_attributes_tell_apart_what_colours_did() {
    for (name, _) in BUILT_IN {
        let bare = built_in(name).unwrap().at_depth(ColourDepth::None);
        for (look, style) in bare.looks() {
            assert_eq!((style.fg, style.bg), (None, None), "{name}, {look}");
        }
        for look in [bare.selected, bare.bad, bare.tag, bare.found] {
            assert_ne!(look, Style::new(), "{name}");
        }
    }
    let own = ThemeFile::parse("selected = { bg = \"blue\", attributes = [] }\n").unwrap();
    let mut theme = Theme::default();
    own.apply(&mut theme);
    let bare = theme.at_depth(ColourDepth::None);
    assert!(bare.selected.add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn a_chosen_row_has_one_ground_where_colours_are_turned_round() {
    use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};
    let row = Rect::new(0, 0, 3, 1);
    for (name, _) in BUILT_IN {
        let theme = built_in(name).unwrap();
        for look in [theme.selected, theme.selected_elsewhere] {
            let mut buffer = Buffer::empty(row);
            buffer.set_string(0, 0, "a", theme.good);
            buffer.set_string(1, 0, "b", theme.quiet);
            buffer.set_string(2, 0, "c", theme.plain);
            theme.choose(&mut buffer, row, look);
            let shown: Vec<_> = row.positions().map(|at| &buffer[at]).collect();
            let reversed = look.add_modifier.contains(Modifier::REVERSED);
            let ground = |cell: &ratatui::buffer::Cell| {
                let dim = cell.modifier.contains(Modifier::DIM);
                if reversed {
                    (cell.fg, dim)
                } else {
                    (cell.bg, false)
                }
            };
            let first = ground(shown[0]);
            assert!(
                shown.iter().all(|cell| ground(cell) == first),
                "{name}: {buffer:?}"
            );
        }
    }
}

/// Whatever colour a word has, it can be read, and without colours it is reversed.
#[test]
fn a_word_can_be_read_on_every_colour_of_its_own() {
    let names = "black red green yellow blue magenta cyan gray dark-gray light-red light-green light-yellow light-blue \
                 light-magenta light-cyan white #ff8800 #123456 196 21";
    for (theme, _) in BUILT_IN {
        let theme = built_in(theme).unwrap();
        for color in names.split_whitespace() {
            let word = AccountWord {
                text: "PRODUCTION".to_owned(),
                color: Some(color.to_owned()),
            };
            for depth in [
                ColourDepth::Sixteen,
                ColourDepth::Indexed,
                ColourDepth::Direct,
            ] {
                let look = theme.at_depth(depth).of_word(&word);
                assert!(!look.add_modifier.contains(Modifier::REVERSED), "{color}");
                let (fg, bg) = (look.fg.unwrap(), look.bg.unwrap());
                let ratio = contrast(rgb(fg, &XTERM).unwrap(), rgb(bg, &XTERM).unwrap());
                assert!(
                    ratio >= SIGN,
                    "{color}, {depth:?}: {fg} on {bg} is {ratio:.2}"
                );
            }
            let bare = theme.at_depth(ColourDepth::None).of_word(&word);
            assert_eq!((bare.fg, bare.bg), (None, None), "{color}");
            assert!(bare.add_modifier.contains(Modifier::REVERSED), "{color}");
            // Without a colour of its own it is as the theme has it.
            let plain = AccountWord {
                color: None,
                ..word
            };
            assert_eq!(theme.of_word(&plain), theme.account_word);
        }
    }
}
