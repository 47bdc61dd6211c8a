//! How the screen looks on this terminal: the theme and where it is read, its colours, its symbols.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use crate::{
    cli::{
        arguments::Appearance, error::Error, front::output::locale_shows_unicode,
        settings::configuration_folder,
    },
    config::{Colours, Config, Mistake, is_theme_name},
    tui::theme::{BUILT_IN, ColourDepth, DEFAULT_THEME, Theme, ThemeFile, built_in},
};

/// The folder of a person's own themes, in the folder of the configuration.
pub(super) const THEMES: &str = "themes";

/// The theme that is asked for, as this terminal shows it.
///
/// # Errors
///
/// There is no such theme, or its file has mistakes.
pub(super) fn appearance(asked: &Appearance, config: &Config) -> Result<Theme, Error> {
    let name = asked.theme.as_deref().unwrap_or(&config.theme);
    let theme = assembled(own_folder().as_deref(), name)?;
    Ok(as_shown(&theme, asked, config))
}

/// All themes, each with its name, as this terminal shows them. Those with mistakes are not among them:
/// `certferry themes` says what is wrong.
pub(super) fn others(asked: &Appearance, config: &Config) -> Vec<(String, Theme)> {
    let folder = own_folder();
    let names = names_in(folder.as_deref()).into_iter();
    let themes = names.filter_map(|name| {
        let theme = assembled(folder.as_deref(), &name).ok()?;
        Some((name, as_shown(&theme, asked, config)))
    });
    themes.collect()
}

/// A theme as this terminal shows it.
fn as_shown(theme: &Theme, asked: &Appearance, config: &Config) -> Theme {
    let variable = |name: &str| env::var_os(name).map(|it| it.to_string_lossy().into_owned());
    let depth = depth(asked.color.unwrap_or(config.color), variable);
    let ascii = asked.ascii || config.ascii.unwrap_or_else(|| !locale_shows_unicode());
    theme.at_depth(depth).in_ascii(ascii)
}

/// How many colours there are. `NO_COLOR` (<https://no-color.org>) and `CLICOLOR=0` say that none are wanted; who
/// says `always`, here or in `config.toml`, means it.
fn depth(colours: Colours, variable: impl Fn(&str) -> Option<String>) -> ColourDepth {
    let said = |name| variable(name).unwrap_or_default();
    let shown = ColourDepth::of(&said("TERM"), &said("COLORTERM"));
    let unwanted = !said("NO_COLOR").is_empty() || said("CLICOLOR") == "0";
    match colours {
        Colours::Never => ColourDepth::None,
        Colours::Always => shown.max(ColourDepth::Sixteen),
        Colours::Auto if unwanted => ColourDepth::None,
        Colours::Auto => shown,
    }
}

/// Where a person's own themes are.
fn own_folder() -> Option<PathBuf> {
    configuration_folder().map(|folder| folder.join(THEMES))
}

/// A theme with what it inherits. One of a person's own goes before one of the program with the same name, and may
/// inherit that.
fn assembled(folder: Option<&Path>, name: &str) -> Result<Theme, Error> {
    let mut files = Vec::new();
    let mut own: Vec<String> = Vec::new();
    let mut next = name.to_owned();
    let mut theme = loop {
        let again = own.contains(&next);
        let path = folder.map(|folder| folder.join(format!("{next}.toml")));
        let text = path.as_deref().filter(|_| !again).map(read);
        let file = match text.transpose()?.flatten() {
            Some(text) => {
                own.push(next.clone());
                parsed(&text, path.unwrap_or_default())?
            }
            None => match built_in(&next) {
                Some(theme) => break theme,
                None if again => {
                    let path = path.unwrap_or_default();
                    let what = format!("the theme inherits itself: {}", own.join(", "));
                    return Err(Error::Configuration(path, vec![Mistake(what)]));
                }
                None => return Err(Error::NoTheme(next, names_in(folder))),
            },
        };
        let inherits = file.inherits.clone();
        files.push(file);
        next = inherits.unwrap_or_else(|| DEFAULT_THEME.to_owned());
    };
    for file in files.iter().rev() {
        file.apply(&mut theme);
    }
    Ok(theme)
}

fn parsed(text: &str, path: PathBuf) -> Result<ThemeFile, Error> {
    ThemeFile::parse(text).map_err(|mistakes| Error::Configuration(path, mistakes))
}

/// A file's text; `None` when there is no such file.
fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Unreadable(path.to_owned(), error)),
    }
}

/// The names of all themes: those of the program, and a person's own.
pub(super) fn names() -> Vec<String> {
    names_in(own_folder().as_deref())
}

fn names_in(folder: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let mut own = own_names(folder);
    own.retain(|name| !names.contains(name));
    names.extend(own);
    names
}

fn own_names(folder: Option<&Path>) -> Vec<String> {
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok());
    let paths = entries.into_iter().flatten().flatten().map(|it| it.path());
    let name = |path: PathBuf| {
        let toml = path.extension().is_some_and(|it| it == "toml");
        let name = path.file_stem()?.to_str()?.to_owned();
        (toml && is_theme_name(&name)).then_some(name)
    };
    let mut names: Vec<String> = paths.filter_map(name).collect();
    names.sort();
    names
}

/// The themes in words, with what is wrong about them.
pub(super) fn listed(config: &Config) -> String {
    let folder = own_folder();
    let own = own_names(folder.as_deref());
    let mut lines = Vec::new();
    for name in names_in(folder.as_deref()) {
        let mark = if name == config.theme { "*" } else { " " };
        let said = BUILT_IN.iter().find(|(known, _)| *known == name);
        let file = folder.as_deref().map(|it| it.join(format!("{name}.toml")));
        let what = match (own.contains(&name), assembled(folder.as_deref(), &name)) {
            (_, Err(error)) => error.to_string().replace('\n', "\n    "),
            (true, Ok(_)) => file.unwrap_or_default().display().to_string(),
            (false, Ok(_)) => said.map_or_else(String::new, |(_, text)| about(text)),
        };
        lines.push(format!("{mark} {name:16} {what}"));
    }
    lines.push(String::new());
    lines.push("* is the one of config.toml. certferry --theme NAME shows another.".to_owned());
    let folder = folder.map_or_else(|| THEMES.to_owned(), |it| it.display().to_string());
    lines.push(format!(
        "One of your own: certferry themes light > {folder}/NAME.toml, and change it there."
    ));
    lines.push(String::new());
    lines.join("\n")
}

/// The first sentences of a theme's file.
fn about(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("# "));
    lines.collect::<Vec<_>>().join(" ")
}

/// The file of a theme.
///
/// # Errors
///
/// There is none of that name, or it cannot be read.
pub(super) fn file_of(name: &str) -> Result<String, Error> {
    let folder = own_folder();
    let unknown = || Error::NoTheme(name.to_owned(), names_in(folder.as_deref()));
    if !is_theme_name(name) {
        return Err(unknown());
    }
    let own = folder.as_deref().map(|it| it.join(format!("{name}.toml")));
    if let Some(text) = own.as_deref().map(read).transpose()?.flatten() {
        return Ok(text);
    }
    let said = BUILT_IN.iter().find(|(known, _)| *known == name);
    said.map(|(_, text)| (*text).to_owned()).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth_of(colours: Colours, set: &[(&str, &str)]) -> ColourDepth {
        depth(colours, |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours_are_as_the_terminal_and_the_person_say() {
        let xterm = ("TERM", "xterm-256color");
        assert_eq!(depth_of(Colours::Auto, &[xterm]), ColourDepth::Indexed);
        assert_eq!(
            depth_of(Colours::Auto, &[xterm, ("COLORTERM", "truecolor")]),
            ColourDepth::Direct
        );
        assert_eq!(
            depth_of(Colours::Auto, &[("TERM", "xterm")]),
            ColourDepth::Sixteen
        );
        assert_eq!(
            depth_of(Colours::Auto, &[("TERM", "vt100")]),
            ColourDepth::None
        );
        assert_eq!(depth_of(Colours::Never, &[xterm]), ColourDepth::None);
        for unwanted in [("NO_COLOR", "1"), ("CLICOLOR", "0")] {
            assert_eq!(
                depth_of(Colours::Auto, &[xterm, unwanted]),
                ColourDepth::None
            );
            assert_eq!(
                depth_of(Colours::Always, &[xterm, unwanted]),
                ColourDepth::Indexed
            );
        }
        for wanted in [("NO_COLOR", ""), ("CLICOLOR", "1")] {
            assert_eq!(
                depth_of(Colours::Auto, &[xterm, wanted]),
                ColourDepth::Indexed
            );
        }
        assert_eq!(
            depth_of(Colours::Always, &[("TERM", "vt100")]),
            ColourDepth::Sixteen
        );
    }

    #[test]
    fn a_theme_of_ones_own_names_what_differs() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
        };
        let read = |name: &str| assembled(Some(folder.path()), name);
        let light = read("light").unwrap();
        write("office", "inherits = \"light\"\nbad = { fg = 201 }\n");
        let office = read("office").unwrap();
        assert_ne!(office.bad, light.bad);
        assert_eq!(
            Theme {
                bad: light.bad,
                ..office
            },
            light
        );
        // A grandchild, and one without `inherits`.
        write(
            "desk",
            "inherits = \"office\"\ngood = { attributes = [\"bold\"] }\n",
        );
        assert_eq!(read("desk").unwrap().bad, office.bad);
        assert_eq!(read("desk").unwrap().good.fg, light.good.fg);
        for (name, _) in BUILT_IN {
            assert_eq!(read(name).unwrap(), built_in(name).unwrap(), "{name}");
        }
        write("bare", "");
        assert_eq!(read("bare").unwrap(), Theme::default());
        // One with the name of a theme of the program goes on from that.
        write("light", "inherits = \"light\"\nquiet = { fg = \"blue\" }\n");
        let own = read("light").unwrap();
        assert_eq!(
            Theme {
                quiet: light.quiet,
                ..own
            },
            light
        );
        assert_eq!(
            names_in(Some(folder.path())),
            [
                "default",
                "light",
                "high-contrast",
                "mono",
                "bare",
                "desk",
                "office"
            ]
        );
    }

    #[test]
    fn what_is_wrong_with_a_theme_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
        };
        let say = |name: &str| {
            assembled(Some(folder.path()), name)
                .unwrap_err()
                .to_string()
        };
        assert!(
            say("lihgt").contains("there are default, light"),
            "{}",
            say("lihgt")
        );
        write("a", "inherits = \"b\"\n");
        write("b", "inherits = \"a\"\n");
        assert!(say("a").contains("inherits itself: a, b"), "{}", say("a"));
        write("c", "inherits = \"d\"\n");
        write("d", "bad = 1\n");
        assert!(
            say("c").contains("d.toml has mistakes:\n  line 1: bad"),
            "{}",
            say("c")
        );
        write("e", "inherits = \"nowhere\"\n");
        assert!(
            say("e").contains("nowhere: there is no such theme"),
            "{}",
            say("e")
        );
    }
}
