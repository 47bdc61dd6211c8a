//! The house's rules, read from the source: who imports whom, and where colours may live.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The floors, and what each may import of the others.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("config", &["domain"]),
    ("iot", &["domain"]),
    ("journal", &["domain"]),
    ("worker", &["iot", "journal", "domain"]),
    ("app", &["domain", "config"]),
    ("view", &["app", "domain", "config"]),
    ("terminal", &["app", "domain"]),
    ("simulator", &[]),
    ("cli", &[]),
    (
        "run",
        &[
            "app",
            "cli",
            "config",
            "domain",
            "iot",
            "journal",
            "simulator",
            "terminal",
            "view",
            "worker",
        ],
    ),
];

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
fn only_iot_and_the_simulator_s_connector_know_the_sdk() {
    for (floor, path, code) in sources() {
        let knows = code.contains("aws_sdk_")
            || code.contains("aws_config::")
            || code.contains("aws_smithy");
        let may = floor == "iot" || path.ends_with("simulator/connector.rs");
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
    for (floor, path, code) in sources() {
        let coloured = code.contains("Color::") || code.contains("Stylize");
        let may = path.ends_with("view/theme.rs") || floor == "terminal";
        assert!(!coloured || may, "{} names a colour", path.display());
    }
}

#[test]
fn the_pure_floors_wait_for_nothing() {
    for (floor, path, code) in sources() {
        if ["app", "domain", "view", "config"].contains(&floor.as_str()) {
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
    let code = "use crate::domain::{A, B};\nuse crate::{app::{self, x}, view};\ncrate::iot::f();";
    assert_eq!(imports(code), ["domain", "app", "view", "iot"]);
}
