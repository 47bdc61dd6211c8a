//! The manual page, from the same words as the help of the command line and of the screen.

use std::io;

use clap::{Arg, Command, CommandFactory as _};
use clap_mangen::{
    Man,
    roff::{Inline, Roff, bold, italic, roman},
};
use strum::IntoEnumIterator as _;

use crate::{
    cli::{arguments::Arguments, front::ended::CODES},
    config::SETTINGS,
    tui::keymap::{COMMANDS, Keymap, Section},
};

/// What can be done with the JSON, each with a line for a shell. A test runs them.
pub const EXAMPLES: [(&str, &str); 5] = [
    (
        "How many certificates there are of each status:",
        "certferry list --json | jq -rs 'group_by(.status)[] | \"\\(length) \\(.[0].status)\"'",
    ),
    (
        "What is offered to the account for longer than a week, the ids alone:",
        "certferry inbox --json | jq -r 'select(.started and (.started | fromdate) < now - 604800) | .id'",
    ),
    (
        "What a plan leaves out, and why:",
        "jq -r '.left_out[]? | [.what, .code, .why] | join(\"\\t\")' move.plan",
    ),
    (
        "What has changed since a plan was made:",
        "certferry apply move.plan --yes 444455556666 --json | jq -r 'select(.kind == \"stale\") | .id as $id | .differences[] | [$id, .code, .words] | join(\"\\t\")'",
    ),
    (
        "What of it failed, with codes that never change:",
        "certferry history --json | jq -r 'select(.state == \"stopped\") | [.id, (.steps[] | select(.state == \"failed\") | .reason.code)] | join(\"\\t\")'",
    ),
];

/// Files, each with what is in it.
const FILES: [(&str, &str); 9] = [
    ("~/.config/certferry/config.toml", "The settings."),
    ("~/.config/certferry/keymap.toml", "The keys."),
    (
        "~/.config/certferry/themes/NAME.toml",
        "A theme: certferry themes light prints one to begin with.",
    ),
    (
        "~/.local/state/certferry/journal.db",
        "What was detached and what was done, durable before it is done.",
    ),
    (
        "~/.local/state/certferry/audit.jsonl",
        "Every call that changes anything, before it is sent and when it is answered.",
    ),
    (
        "~/.local/state/certferry/names.db",
        "What devices are called.",
    ),
    (
        "~/.local/state/certferry/filters.json",
        "The filters that were saved.",
    ),
    (
        "~/.local/state/certferry/accounts.json",
        "Which account each profile led to.",
    ),
    (
        "~/.local/state/certferry/certferry.log",
        "The log, when CERTFERRY_LOG is set.",
    ),
];

/// Variables, each with what it does.
const ENVIRONMENT: [(&str, &str); 6] = [
    (
        "AWS_PROFILE, AWS_REGION, …",
        "What the AWS CLI reads decides here too.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME",
        "Where the settings and the journal are, in the place of ~/.config and ~/.local/state.",
    ),
    ("CERTFERRY_LOG", "How much is logged, as in debug."),
    (
        "NO_COLOR, CLICOLOR=0",
        "No colours on the screen, unless --color or config.toml says always.",
    ),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "Where the locale is not UTF-8, nothing beyond ASCII is shown.",
    ),
    (
        "TERM, COLORTERM",
        "How many colours the terminal has. One that is dumb is not drawn on.",
    ),
];

/// The page, as troff has it.
///
/// # Errors
///
/// It cannot be made.
pub(super) fn page() -> io::Result<String> {
    let command = Arguments::command().disable_help_subcommand(true);
    let man = Man::new(command.clone())
        .section("1")
        .source(format!("certferry {}", env!("CARGO_PKG_VERSION")))
        .manual("certferry");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    let mut page = Roff::new();
    commands(&mut page, &command);
    section(&mut page, "PLANS", &plans());
    section(&mut page, "WITHOUT A PERSON", &unattended());
    table(&mut page, "KEYS OF THE SCREEN", &keys());
    let settings: Vec<(String, String)> = SETTINGS
        .iter()
        .map(|(name, doc)| ((*name).to_owned(), doc.trim().to_owned()))
        .collect();
    table(&mut page, "SETTINGS", &settings);
    let codes: Vec<(String, String)> = CODES
        .iter()
        .map(|(code, says)| (code.to_string(), (*says).to_owned()))
        .collect();
    table(&mut page, "EXIT STATUS", &codes);
    let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        let all = all.iter();
        all.map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
            .collect()
    };
    table(&mut page, "ENVIRONMENT", &pairs(&ENVIRONMENT));
    table(&mut page, "FILES", &pairs(&FILES));
    examples(&mut page);
    out.extend(page.to_roff().into_bytes());
    String::from_utf8(out).map_err(io::Error::other)
}

/// Each command with its options.
fn commands(page: &mut Roff, of: &Command) {
    page.control("SH", ["COMMANDS"]);
    for command in of.get_subcommands().filter(|it| !it.is_hide_set()) {
        let mut usage = vec![bold(format!("certferry {}", command.get_name()))];
        for argument in command.get_positionals() {
            let name = value_name(argument);
            let shown = match (argument.is_required_set(), several(argument)) {
                (true, _) => format!(" {name}"),
                (false, true) => format!(" [{name}…]"),
                (false, false) => format!(" [{name}]"),
            };
            usage.push(italic(shown));
        }
        page.control("TP", []);
        page.text(usage);
        let about = command.get_long_about().or_else(|| command.get_about());
        paragraphs(page, &about.map(ToString::to_string).unwrap_or_default());
        let options = command.get_arguments().filter(|it| !is_help(it));
        for argument in options.filter(|it| !it.is_hide_set()) {
            page.control("RS", []);
            page.control("TP", []);
            page.text(names(argument));
            let help = argument.get_long_help().or_else(|| argument.get_help());
            paragraphs(page, &help.map(ToString::to_string).unwrap_or_default());
            page.control("RE", []);
        }
    }
}

fn is_help(argument: &Arg) -> bool {
    matches!(argument.get_id().as_str(), "help" | "version")
}

fn several(argument: &Arg) -> bool {
    argument
        .get_num_args()
        .is_some_and(|it| it.max_values() > 1)
        || matches!(argument.get_action(), clap::ArgAction::Append)
}

fn value_name(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names.first().map(ToString::to_string);
    name.unwrap_or_else(|| argument.get_id().to_string().to_uppercase())
}

/// An option with its value, or the name of an argument.
fn names(argument: &Arg) -> Vec<Inline> {
    let mut words = Vec::new();
    if let Some(short) = argument.get_short() {
        words.push(bold(format!("-{short}")));
        words.push(roman(", "));
    }
    if let Some(long) = argument.get_long() {
        words.push(bold(format!("--{long}")));
    }
    if argument.is_positional() {
        words.push(italic(value_name(argument)));
    } else if argument.get_action().takes_values() {
        words.push(roman(" "));
        words.push(italic(value_name(argument)));
    }
    words
}

fn paragraphs(page: &mut Roff, text: &str) {
    for (n, paragraph) in text.split("\n\n").enumerate() {
        if n > 0 {
            page.control("IP", []);
        }
        page.text([roman(paragraph.replace('\n', " "))]);
    }
}

fn section(page: &mut Roff, heading: &str, paragraphs: &[String]) {
    page.control("SH", [heading]);
    for paragraph in paragraphs {
        page.control("PP", []);
        page.text([roman(paragraph.as_str())]);
    }
}

fn table(page: &mut Roff, heading: &str, rows: &[(String, String)]) {
    page.control("SH", [heading]);
    for (name, says) in rows {
        page.control("TP", []);
        page.text([bold(name.as_str())]);
        page.text([roman(says.as_str())]);
    }
}

fn examples(page: &mut Roff) {
    page.control("SH", ["EXAMPLES"]);
    for (says, line) in EXAMPLES {
        page.control("PP", []);
        page.text([roman(says)]);
        page.control("RS", ["4"]);
        page.control("nf", []);
        page.text([roman(line)]);
        page.control("fi", []);
        page.control("RE", []);
    }
}

fn keys() -> Vec<(String, String)> {
    // The defaults are checked by a test.
    let Ok(keymap) = Keymap::new("") else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for section in Section::iter() {
        for (_, command, _, what) in COMMANDS.iter().filter(|(of, ..)| *of == section) {
            let keys = keymap.all_keys(*command);
            rows.push((keys, format!("{what} ({}).", section.heading())));
        }
    }
    rows
}

fn plans() -> Vec<String> {
    [
        "A plan is a JSON file that its owner alone can read: where the certificates are, who receives them, who made \
         it and when, each certificate with what was seen of it (status, policies, things, AWS's number and date), the \
         steps, and how long it takes at least. assets/schema/plan.json describes it.",
        "apply looks at every certificate again. What is otherwise than the plan says is refused, certificate by \
         certificate, and it is said what has changed; --skip-changed goes on without those. For a hand-over both \
         accounts are read again, and what would be done otherwise there is refused too.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn unattended() -> Vec<String> {
    [
        "Nothing is asked when --yes names the account: for what is transferred, resumed or applied the recipient, for \
         everything else the account that the certificates are in. Otherwise the last four digits are asked for, when \
         somebody sits at a terminal, and nothing is done when nobody does.",
        "One certificate goes ahead of many; after five failures in a row, when credentials end, or when they become \
         another account's, no other one is begun. SIGTERM, Ctrl-C and the end of the terminal stop at the next step. \
         What is on the way then is in the journal, for certferry resume, for certferry put-back, and for the screen.",
        "With --json every line on standard output is an object with a version and a kind; \
         assets/schema/output.json describes them. What happens meanwhile is said on standard error.",
    ]
    .map(str::to_owned)
    .to_vec()
}
