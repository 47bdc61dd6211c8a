//! What certferry says of itself without a screen: the manual page, keys, settings, completions.

use std::process::Stdio;

use certferry::cli::EXAMPLES;

use super::{Bench, RECIPIENT, SOURCE, ended};

#[test]
fn the_manual_page_names_every_command_option_key_setting_and_exit_code() {
    use clap::CommandFactory as _;
    let bench = Bench::new();
    let page = bench.run(&["man"]).ends(0).out;
    assert!(page.starts_with(".ie") || page.starts_with(".TH"), "{page}");
    // What troff writes otherwise than it is read.
    let plain = page
        .replace("\\-", "-")
        .replace("\\&", "")
        .replace("\\fB", "")
        .replace("\\fR", "")
        .replace("\\fI", "");
    let command = certferry::cli::Arguments::command();
    for sub in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        assert!(
            plain.contains(&format!("certferry {}", sub.get_name())),
            "{}",
            sub.get_name()
        );
        for option in sub.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(plain.contains(&format!("--{option}")), "{option}");
        }
    }
    for (_, _, _, what) in certferry::tui::keymap::COMMANDS.iter() {
        assert!(plain.contains(what), "{what}");
    }
    for (name, _) in certferry::config::SETTINGS {
        assert!(plain.contains(&format!("\n{name}\n")), "{name}");
    }
    let status = plain.split(".SH \"EXIT STATUS\"").nth(1).unwrap();
    let status = status.split("\n.SH").next().unwrap();
    for code in 0..=5 {
        assert!(status.contains(&format!("\n{code}\n")), "{code}: {status}");
    }
}

#[test]
fn keys_and_settings_are_printed_as_they_are_and_as_they_could_be_written() {
    let bench = Bench::new();
    let keys = bench.run(&["keys"]).ends(0).out;
    for (_, _, name, _) in certferry::tui::keymap::COMMANDS.iter() {
        assert!(keys.contains(name), "{name}");
    }
    bench.write(
        ".config/certferry/keymap.toml",
        "[main]\nactions = [\"F2\"]\n",
    );
    let own = bench.run(&["keys"]).ends(0).out;
    assert!(own.contains("F2") && own.contains("keymap.toml"), "{own}");
    let default = bench.run(&["keys", "--default"]).ends(0).out;
    assert_eq!(default, include_str!("../../../assets/keymap.toml"));

    let settings = bench.run(&["config"]).ends(0).out;
    assert!(
        settings.contains("fleet-eu") && settings.contains("config.toml"),
        "{settings}"
    );
    let read = certferry::config::parse_config(&settings).unwrap();
    assert_eq!(read.accounts.names().count(), 2);
    let default = bench.run(&["config", "--default"]).ends(0).out;
    assert_eq!(default, include_str!("../../../assets/config.toml"));
    bench.write(".config/certferry/config.toml", "pace = 7\n");
    let wrong = bench.run(&["config"]).ends(2);
    assert!(
        wrong.err.contains("pace: 7 is not between"),
        "{}",
        wrong.err
    );
}

/// What a shell is told of what is typed up to here, as its script asks.
fn completed(bench: &Bench, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let mut command = bench.command(&[&["--"], words].concat());
    command.env("CERTFERRY_COMPLETE", "bash");
    command
        .env("_CLAP_COMPLETE_INDEX", index)
        .env("_CLAP_IFS", "\n");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let ran = ended(command.spawn().unwrap()).ends(0);
    let lines = ran.out.lines().map(|it| it.trim().to_owned());
    lines.filter(|it| !it.is_empty()).collect()
}

#[test]
fn a_shell_completes_commands_profiles_and_accounts() {
    let bench = Bench::new();
    let commands = completed(&bench, &["certferry", "pu"]);
    assert_eq!(commands, ["put-back"]);
    let profiles = completed(&bench, &["certferry", "list", "--profile", "p"]);
    assert_eq!(profiles, ["prod"]);
    let accounts = completed(&bench, &["certferry", "plan", "--to", "fleet-"]);
    assert_eq!(accounts, ["fleet-prod", "fleet-eu"]);
    for shell in ["zsh", "fish"] {
        let script = bench.run(&["completions", shell]).ends(0).out;
        assert!(
            script.contains("certferry") && script.contains("CERTFERRY_COMPLETE"),
            "{shell}"
        );
    }
    let other = bench.run(&["completions", "tcsh"]).ends(2);
    assert!(other.err.contains("bash"), "{}", other.err);
}

/// Runs a program of jq on the lines of JSON that a command has printed.
fn jq(program: &str, slurps: bool, lines: &str) -> Vec<String> {
    use jaq_core::{
        Ctx, Vars, data,
        load::{Arena, File, Loader},
        unwrap_valr,
    };
    use jaq_json::{Val, read};
    let defs = jaq_core::defs().chain(jaq_std::defs());
    let defs = defs.chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs());
    let funs = funs.chain(jaq_json::funs());
    let arena = Arena::default();
    let file = File {
        code: program,
        path: (),
    };
    let modules = Loader::new(defs).load(&arena, file).expect(program);
    let filter = jaq_core::Compiler::default()
        .with_funs(funs)
        .compile(modules);
    let filter = filter.expect(program);
    let inputs = read::parse_many(lines.as_bytes()).map(Result::unwrap);
    let inputs: Vec<Val> = if slurps {
        vec![inputs.collect()]
    } else {
        inputs.collect()
    };
    let mut out = Vec::new();
    for input in inputs {
        let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
        for value in filter.id.run((context, input)).map(unwrap_valr) {
            let text = value.expect(program).to_string();
            let text = serde_json::from_str::<String>(&text).unwrap_or(text);
            out.push(text);
        }
    }
    out
}

#[test]
fn the_examples_of_the_manual_run() {
    let bench = Bench::new();
    bench.certificate(1, &["base"], &["press-1"]);
    let offered = bench.certificate(2, &[], &[]);
    bench
        .simulator
        .offer(SOURCE, &offered, RECIPIENT, None)
        .unwrap();
    let plan = [
        "plan",
        "--profile",
        "prod",
        "press-1",
        "nobody",
        "--to",
        RECIPIENT,
        "-o",
        "move.plan",
    ];
    bench.run(&plan).ends(1);
    bench.simulator.delete_thing(SOURCE, "press-1");
    let mut outputs = Vec::new();
    for (says, line) in EXAMPLES {
        // `certferry … | jq -r '…'`, or `jq -r '…' FILE`.
        let (before, asks) = line.split_once("jq -").expect(line);
        let (flags, rest) = asks.split_once(" '").expect(line);
        let (program, file) = rest.rsplit_once('\'').expect(line);
        let lines = match before.strip_suffix(" | ") {
            Some(command) => {
                let words: Vec<&str> = command.split(' ').skip(1).collect();
                let mut command = bench.command(&words);
                command.env("AWS_PROFILE", "prod");
                command
                    .stdin(Stdio::null())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped());
                ended(command.spawn().unwrap()).out
            }
            None => std::fs::read_to_string(bench.path(file.trim())).unwrap(),
        };
        assert!(flags.contains('r'), "{says}");
        outputs.push(jq(program, flags.contains('s'), &lines));
    }
    assert!(
        outputs[0].contains(&"1 Transferred".to_owned()),
        "{outputs:?}"
    );
    assert!(
        outputs[1].is_empty() && outputs[4].is_empty(),
        "{outputs:?}"
    );
    assert!(outputs[2][0].starts_with("nobody\tNotFound"), "{outputs:?}");
    assert!(outputs[3][0].contains("ThingDetached"), "{outputs:?}");
}

#[test]
fn without_a_terminal_that_can_be_drawn_on_the_commands_are_named() {
    let bench = Bench::new();
    let ran = bench.run(&[]).ends(2);
    assert!(
        ran.err.contains("the screen needs a terminal"),
        "{}",
        ran.err
    );
    for command in ["list", "plan", "apply", "put-back", "resume"] {
        assert!(ran.err.contains(command), "{}", ran.err);
    }
}
