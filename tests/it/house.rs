//! The house's rules, read from the source: who imports whom, and where colours may live.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use certferry::tui::theme::BUILT_IN;

/// The floors, and what each may import of the others.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("config", &["domain"]),
    ("aws", &["domain"]),
    ("journal", &["domain"]),
    ("engine", &["aws", "journal", "domain"]),
    ("tui", &["engine", "config", "domain"]),
    ("simulator", &[]),
    (
        "cli",
        &[
            "aws",
            "config",
            "domain",
            "engine",
            "journal",
            "simulator",
            "tui",
        ],
    ),
];

/// The only part of the screen that touches the terminal.
const TERMINAL: &str = "src/tui/terminal/";

fn is_terminal(path: &Path) -> bool {
    path.to_str().unwrap().contains(TERMINAL)
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Every source file: the floor it belongs to, its path, its text without comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let inner = path.strip_prefix(&root).unwrap();
            let first = inner
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_str()
                .unwrap();
            let floor = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            (floor, path, code.join("\n"))
        })
        .collect()
}

/// The floors that a text names behind `crate::`, alone or in braces.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = code.get(at + "crate::".len()..).unwrap();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut word)),
                    c if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            found.push(word);
        } else {
            found.push(rest.to_owned());
        }
    }
    let name = |text: String| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    found
        .into_iter()
        .map(name)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn a_floor_imports_only_what_stands_below_it() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let mut seen = 0;
    for (floor, path, code) in sources() {
        if floor == "lib" || floor == "main" {
            continue;
        }
        let may = allowed
            .get(floor.as_str())
            .unwrap_or_else(|| panic!("{floor} has no rule"));
        for import in imports(&code) {
            seen += 1;
            assert!(
                import == floor || may.contains(&import.as_str()),
                "{}: {floor} must not import {import}",
                path.display()
            );
        }
    }
    assert!(seen > 50, "the imports are found: {seen}");
}

#[test]
fn only_aws_and_the_simulator_s_connector_know_the_sdk() {
    for (floor, path, code) in sources() {
        let knows = code.contains("aws_sdk_")
            || code.contains("aws_config::")
            || code.contains("aws_smithy");
        let may = floor == "aws" || path.ends_with("simulator/connector.rs");
        assert!(!knows || may, "{} knows the SDK", path.display());
    }
}

#[test]
fn only_the_journal_knows_sqlite() {
    for (floor, path, code) in sources() {
        let may = floor == "journal";
        assert!(may || !code.contains("rusqlite"), "{}", path.display());
    }
}

#[test]
fn colours_live_in_the_theme() {
    for (_, path, code) in sources() {
        let coloured = code.contains("Color::") || code.contains("Stylize");
        let may = path.to_str().unwrap().contains("src/tui/theme/") || is_terminal(&path);
        assert!(!coloured || may, "{} names a colour", path.display());
    }
}

#[test]
fn the_pure_floors_wait_for_nothing() {
    for (floor, path, code) in sources() {
        if ["tui", "domain", "config"].contains(&floor.as_str()) && !is_terminal(&path) {
            for word in [
                "tokio",
                "std::fs",
                "std::net",
                "SystemTime::now",
                "now_utc",
                "async fn",
            ] {
                assert!(!code.contains(word), "{} has {word}", path.display());
            }
        }
    }
}

#[test]
fn imports_are_read_from_both_forms() {
    let code = "use crate::domain::{A, B};\nuse crate::{tui::{self, x}, config};\ncrate::aws::f();";
    assert_eq!(imports(code), ["domain", "tui", "config", "aws"]);
}

/// The paths that a file imports, each as its words.
fn imported(text: &str) -> Vec<Vec<String>> {
    fn walk(tree: &syn::UseTree, before: &[String], found: &mut Vec<Vec<String>>) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => walk(&path.tree, &with(&path.ident), found),
            syn::UseTree::Name(name) => found.push(with(&name.ident)),
            syn::UseTree::Rename(rename) => found.push(with(&rename.ident)),
            syn::UseTree::Glob(_) => found.push(before.to_vec()),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    walk(tree, before, found);
                }
            }
        }
    }
    let mut found = Vec::new();
    for item in syn::parse_file(text).unwrap().items {
        if let syn::Item::Use(import) = item {
            walk(&import.tree, &[], &mut found);
        }
    }
    found
}

/// A module's path, from the source's folder on: `simulator/world/mod.rs` is `simulator::world`.
fn module(file: &Path) -> Vec<String> {
    let inner = file.with_extension("");
    let words = inner.iter().map(|word| word.to_str().unwrap().to_owned());
    words.filter(|word| word != "mod").collect()
}

/// Which modules each module below a folder imports, of those below it.
fn graph(files: &[(Vec<String>, String)]) -> BTreeMap<Vec<String>, Vec<Vec<String>>> {
    let known: Vec<&Vec<String>> = files.iter().map(|(module, _)| module).collect();
    let resolve = |own: &[String], path: &[String]| -> Option<Vec<String>> {
        let mut base = own.to_vec();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => (base, rest) = (Vec::new(), path.get(1..)?),
            Some("self") => rest = path.get(1..)?,
            Some("super") => {
                while rest.first().is_some_and(|word| word == "super") {
                    base.pop();
                    rest = rest.get(1..)?;
                }
            }
            // A child, or a crate.
            _ => {}
        }
        let whole = [&base, rest].concat();
        let prefixes = (1..=whole.len()).rev().map(|n| whole[..n].to_vec());
        let mut modules = prefixes.filter(|prefix| known.contains(&prefix));
        modules.next().filter(|found| found != own)
    };
    files
        .iter()
        .map(|(own, text)| {
            let paths = imported(text);
            let mut to: Vec<_> = paths.iter().filter_map(|it| resolve(own, it)).collect();
            to.sort();
            to.dedup();
            (own.clone(), to)
        })
        .collect()
}

/// A circle of imports, if there is one.
fn circle(graph: &BTreeMap<Vec<String>, Vec<Vec<String>>>) -> Option<Vec<String>> {
    type Graph = BTreeMap<Vec<String>, Vec<Vec<String>>>;
    fn visit(
        at: &Vec<String>,
        graph: &Graph,
        way: &mut Vec<Vec<String>>,
        done: &mut Vec<Vec<String>>,
    ) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|it| it == at) {
            let names = way[start..].iter().chain([at]);
            return Some(names.map(|it| it.join("::")).collect());
        }
        if done.contains(at) {
            return None;
        }
        way.push(at.clone());
        for next in graph.get(at).into_iter().flatten() {
            if let Some(found) = visit(next, graph, way, done) {
                return Some(found);
            }
        }
        way.pop();
        done.push(at.clone());
        None
    }
    let mut done = Vec::new();
    let mut all = graph.keys();
    all.find_map(|at| visit(at, graph, &mut Vec::new(), &mut done))
}

#[test]
fn nothing_imports_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    let files: Vec<_> = files
        .iter()
        .map(|path| {
            let module = module(path.strip_prefix(&root).unwrap());
            (module, fs::read_to_string(path).unwrap())
        })
        .collect();
    let graph = graph(&files);
    let imports = graph.values().map(Vec::len).sum::<usize>();
    assert!(imports > 800, "the imports are found: {imports}");
    assert_eq!(circle(&graph), None);
}

#[test]
fn a_page_imports_no_other_page() {
    let mut seen = 0;
    for (_, path, code) in sources() {
        let path = path.to_str().unwrap();
        let Some((_, inner)) = path.split_once("src/tui/pages/") else {
            continue;
        };
        let Some((own, _)) = inner.split_once('/') else {
            continue;
        };
        for paths in imported(&code) {
            if let ["crate", "tui", "pages", other, ..] = paths
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice()
            {
                seen += 1;
                assert_eq!(*other, own, "{path} imports the page {other}");
            }
        }
    }
    assert!(seen > 5, "the imports are found: {seen}");
}

/// The files of pages and dialogs see a context, never the state; those of dialogs not even that there is AWS.
#[test]
fn pages_and_dialogs_do_not_know_the_state() {
    for (_, path, code) in sources() {
        let path = path.to_str().unwrap();
        let above = ["pages", "dialogs", "confirm", "known", "text"];
        let inside = |folder: &str| path.contains(&format!("src/tui/{folder}/"));
        if above.iter().any(|folder| inside(folder)) {
            let app = imported(&code)
                .into_iter()
                .find(|it| it.starts_with(&["crate", "tui", "app"].map(str::to_owned)));
            assert_eq!(app, None, "{path}");
        }
        if inside("dialogs") {
            let words = imported(&code).into_iter().filter(|it| {
                it.starts_with(&["crate", "domain"].map(str::to_owned))
                    && it.get(2).is_none_or(|of| of != "text")
            });
            assert_eq!(
                words.collect::<Vec<_>>(),
                Vec::<Vec<String>>::new(),
                "{path}"
            );
        }
    }
}

#[test]
fn no_file_is_too_long_and_no_folder_too_full() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    let mut folders: BTreeMap<&Path, usize> = BTreeMap::new();
    for path in &files {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= 500, "{}: {lines} lines", path.display());
        *folders.entry(path.parent().unwrap()).or_default() += 1;
    }
    for (folder, n) in folders {
        assert!(n <= 14, "{}: {n} files", folder.display());
    }
}

/// The types that a file defines, without those of its tests.
fn types(code: &str) -> Vec<String> {
    let items = syn::parse_file(code).unwrap().items.into_iter();
    let name = |item| match item {
        syn::Item::Struct(it) => Some(it.ident),
        syn::Item::Enum(it) => Some(it.ident),
        syn::Item::Trait(it) => Some(it.ident),
        syn::Item::Type(it) => Some(it.ident),
        _ => None,
    };
    items.filter_map(name).map(|it| it.to_string()).collect()
}

/// The simulator shares no code with the rest, so it has names of its own.
#[test]
fn no_two_types_have_one_name() {
    let mut known: BTreeMap<String, PathBuf> = BTreeMap::new();
    for (floor, path, code) in sources() {
        if floor == "simulator" {
            continue;
        }
        for name in types(&code) {
            if let Some(other) = known.insert(name.clone(), path.clone()) {
                panic!("{name} is in {} and in {}", other.display(), path.display());
            }
        }
    }
    assert!(known.len() > 250, "the types are found: {}", known.len());
}

#[test]
fn a_circle_is_found() {
    let file = |module: &str, text: &str| {
        let words = module.split("::").map(str::to_owned).collect::<Vec<_>>();
        (words, text.to_owned())
    };
    let straight = [
        file("a", "pub use b::{B, c::C};"),
        file("a::b", "use crate::a::b::c::C; use std::fmt;"),
        file("a::b::c", "use super::super::d::D as E;"),
        file("a::d", ""),
    ];
    assert_eq!(circle(&graph(&straight)), None);
    let mut round = straight.to_vec();
    round[3].1 = "use crate::{x::Y, a::{b::c}};".to_owned();
    let found = circle(&graph(&round)).unwrap();
    assert_eq!(found, ["a::b::c", "a::d", "a::b::c"]);
}

#[test]
fn no_picture_of_a_screen_is_left_over() {
    let flow = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/flow");
    let mut source = String::new();
    for folder in [flow.clone(), flow.join("scenes")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "rs") {
                source += &fs::read_to_string(path).unwrap();
            }
        }
    }
    let mut seen = 0;
    for entry in fs::read_dir(flow.join("snapshots")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let picture = file
            .strip_prefix("it__flow__")
            .and_then(|rest| rest.strip_suffix(".snap"))
            .and_then(|rest| rest.split_once("__"));
        let (_, picture) = picture.unwrap_or_else(|| panic!("{file} is no picture"));
        let themes = BUILT_IN.iter();
        let of_theme = themes.filter_map(|(theme, _)| picture.strip_suffix(theme));
        // Behind its name stands the size, the theme, or nothing.
        let mut names = of_theme.chain(picture.rsplit_once('-').map(|(name, _)| name));
        let drawn = |name: &str| {
            let name = name.trim_end_matches('-');
            source.contains(&format!("\"{name}\"")) || source.contains(&format!("\"{name}-{{"))
        };
        assert!(drawn(picture) || names.any(drawn), "nothing draws {file}");
        seen += 1;
    }
    assert!(seen > 60, "the pictures are found: {seen}");
}

/// The tests that `tests/README.md` names in code, as `module::file::test`.
#[test]
fn the_tests_that_promises_name_exist() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let readme = fs::read_to_string(tests.join("README.md")).unwrap();
    let named: Vec<&str> = readme
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.contains("::") && !code.contains(' '))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        let (module, test) = name.rsplit_once("::").unwrap();
        let file = tests.join("it").join(module.replace("::", "/") + ".rs");
        let code = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(code.contains(&format!("fn {test}(")), "{name}");
    }
    // And each invariant of the walk has its row.
    let promises = fs::read_to_string(tests.join("it/walk/promises.rs")).unwrap();
    let (_, rest) = promises.split_once("enum Promise {").unwrap();
    let (variants, _) = rest.split_once("\n}").unwrap();
    let variants = variants
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"));
    for variant in variants.filter(|line| !line.is_empty()) {
        let variant = variant.trim_end_matches(',');
        assert!(readme.contains(&format!("| `{variant}` |")), "{variant}");
    }
}
