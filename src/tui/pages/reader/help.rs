//! The help: every key, made from the keymap.

use strum::IntoEnumIterator as _;

use crate::{
    config::SETTINGS,
    domain::{
        Action, ConsoleStatus, FILTER_KEYS,
        text::{self, visible},
    },
    tui::{
        keymap::{COMMANDS, Command, Keymap, Section},
        pages::reader::state::Here,
        text::prose::{Prose, Role},
        theme::BUILT_IN,
    },
};

/// What can be done where it was opened, and then every command with its keys.
pub(super) fn help(keymap: &Keymap, here: &Here) -> Prose {
    let mut page = Prose::default();
    first(keymap, here, &mut page);
    page.gap();
    page.text(Role::Heading, "In short");
    page.text(
        Role::Plain,
        "To send a certificate: Actions, Start transfer. It names what has to be deactivated and \
         detached first, and does it; or do that by hand, in the Actions and on the tabs Policies \
         and Things. To receive one: open the one that is Pending transfer, then Actions, Accept or \
         Reject. To take one back: open the options of the one that is Transferred, then Revoke \
         transfer.",
    );
    few_keys(keymap, &mut page);
    for section in Section::iter() {
        page.gap();
        page.text(Role::Heading, section.heading());
        for (_, command, _, what) in COMMANDS.iter().filter(|(s, ..)| *s == section) {
            page.fact(&keymap.all_keys(*command), *what);
        }
    }
    runs(keymap, &mut page);
    accounts(keymap, &mut page);
    sides(keymap, &mut page);
    takes_along(keymap, &mut page);
    hand_over(keymap, &mut page);
    transfers(keymap, &mut page);
    page.gap();
    page.text(Role::Heading, "Keys that were not meant");
    page.text(
        Role::Plain,
        "A button that changes something is round until its dialog has stood with the same words for \
         half a second, and takes no key that is held down. Keys that come all at once, as a paste \
         does, are text in a field, and nothing anywhere else. When an answer opens or closes a \
         dialog while somebody types, the keys go nowhere until they rest; the last line is empty \
         meanwhile.",
    );
    page.gap();
    page.text(Role::Heading, "Credentials");
    page.text(
        Role::Plain,
        format!(
            "When they end, a line below the header says whose, and which command gives new ones: run \
             it in another window, then {} here. Nothing is asked by itself until then, and a run \
             stops at its next step. A role with an mfa_serial asks for the six digits of the device, \
             once for each session; they are kept nowhere.",
            keymap.key(Command::Refresh)
        ),
    );
    if !here.filter {
        page.gap();
        filter(&mut page);
    }
    page.gap();
    inventory(keymap, &mut page);
    page.gap();
    lists(keymap, &mut page);
    page.gap();
    page.text(Role::Heading, "Settings, in config.toml");
    for (name, what) in SETTINGS {
        page.fact(name, what.trim());
    }
    page.gap();
    appearance(keymap, &mut page);
    page.gap();
    page.text(Role::Heading, "Statuses");
    for (status, meaning) in [
        (ConsoleStatus::Active, "devices can connect with it"),
        (
            ConsoleStatus::Inactive,
            "devices cannot; it can be transferred",
        ),
        (
            ConsoleStatus::Transferred,
            "offered to another account, not accepted yet",
        ),
        (
            ConsoleStatus::PendingTransfer,
            "another account offers it: accept or reject it",
        ),
        (
            ConsoleStatus::InTransfer,
            "in transfer, its direction is not known yet",
        ),
        (
            ConsoleStatus::PendingActivation,
            "registered by a device, not activated yet",
        ),
        (ConsoleStatus::Revoked, "unusable for ever"),
    ] {
        let status = format!("{} {}", status.symbol(), status.label());
        page.text(Role::Plain, aligned(&status, meaning));
    }
    page
}

/// What can be done where it was opened.
fn first(keymap: &Keymap, here: &Here, page: &mut Prose) {
    page.text(Role::Heading, format!("Here: {}", visible(&here.page)));
    for (keys, what) in &here.keys {
        page.fact(keys, visible(what));
    }
    if here.filter {
        page.gap();
        filter(page);
    }
    page.gap();
    page.text(
        Role::Quiet,
        format!(
            "Everything else follows. {} finds words in it.",
            keymap.key(Command::Filter)
        ),
    );
}

/// What makes the way short.
fn few_keys(keymap: &Keymap, page: &mut Prose) {
    let key = |command: Command| keymap.key(command);
    let act = |action: Action| format!("{} {}", key(Command::Act(action)), action.label());
    let acts = [
        Action::StartTransfer,
        Action::Accept,
        Action::Reject,
        Action::PutBack,
        Action::RevokeTransfer,
    ];
    page.gap();
    page.text(Role::Heading, "With few keys");
    page.text(
        Role::Plain,
        format!(
            "On a row, the letters of the Actions work without the menu: {}. Each opens its dialog, for the marked \
             certificates when some are marked, and does nothing else.",
            acts.map(act).join(", ")
        ),
    );
    let (up, down, last) = (key(Command::Up), key(Command::Down), key(Command::Last));
    page.text(
        Role::Plain,
        format!(
            "{mark} marks, {all} marks everything shown, {range} begins a range, {invert} turns the marks round; on the \
             tabs Policies and Things they mark what {detach} detaches. A number before {up}, {down} or a page moves so \
             often, before {last} to that row.",
            mark = key(Command::Mark),
            all = key(Command::MarkShown),
            range = key(Command::MarkRange),
            invert = key(Command::InvertMarks),
            detach = key(Command::Act(Action::Detach)),
        ),
    );
    page.text(
        Role::Plain,
        format!(
            "{palette} finds everything that can be done now by its words. In a dialog {next} takes the one suggestion \
             under a field, {confirm} in the last field goes to the button once nothing is missing, and {press} presses \
             it from anywhere. {explain} explains a dialog. What was typed into one that was left stands there again, \
             for the same certificates.",
            palette = key(Command::Palette),
            next = keymap.key_to_complete(),
            confirm = key(Command::Confirm),
            press = key(Command::Press),
            explain = key(Command::Explain),
        ),
    );
}

/// How the screen looks, and how that is changed.
fn appearance(keymap: &Keymap, page: &mut Prose) {
    page.text(Role::Heading, "How it looks");
    let themes: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    let lines = [
        format!(
            "Themes: {}; `certferry themes` lists them with your own, --theme NAME or `theme` in config.toml chooses one. \
             default has the colours of your terminal. One of your own stands in the folder `themes` beside config.toml; \
             `certferry themes light` prints one to begin with.",
            themes.join(", ")
        ),
        "Colours: --color never, auto or always, or `color`. NO_COLOR and CLICOLOR=0 take them away, unless they are to be \
         there always. A terminal with 256 or 16 colours gets the nearest of them that can be read."
            .to_owned(),
        "Symbols: where the locale is not UTF-8, or with --ascii or `ascii`, everything is drawn in ASCII. What is copied \
         or saved is never changed by that."
            .to_owned(),
        format!(
            "Mouse: the terminal's own, unless --mouse, `mouse` or {} takes it. A click chooses a row and another one \
             opens it, an entry of a menu or a hint is pressed as its key is, and the wheel scrolls. Most terminals \
             select text then while Shift is held down.",
            keymap.key(Command::Mouse)
        ),
    ];
    for line in lines {
        page.text(Role::Plain, line);
    }
}

/// What is said of the filter's words.
fn filter(page: &mut Prose) {
    page.text(Role::Heading, "Filter");
    let any = "any part of an id or of a device's name, a status, an account";
    page.text(Role::Plain, aligned("3f2a", any));
    for (key, meaning) in FILTER_KEYS {
        page.text(Role::Plain, aligned(&format!("{key}:"), meaning));
    }
    for (words, meaning) in [
        ("expired", "not valid any more"),
        ("a b", "both must match"),
        ("a or b", "one of them must"),
        ("not a", "the opposite of the next word or bracket"),
        ("(a or b) c", "brackets hold words together"),
        ("\"or\"", "in quotation marks anything is a word"),
    ] {
        page.text(Role::Plain, aligned(words, meaning));
    }
    page.text(
        Role::Plain,
        "What is not known matches neither a word nor its opposite, and a filter with a mistake matches nothing. AWS is \
         asked about things, groups, types, policies and CAs, a moment after the last key.",
    );
}

/// What is said of names: what exists, and finding by it.
fn inventory(keymap: &Keymap, page: &mut Prose) {
    page.text(Role::Heading, "Names: what exists, and finding by it");
    page.text(
        Role::Plain,
        format!(
            "{policies} and {things} show the policies and the things of the account, and what each is attached to, \
             which is asked gently for the rows in sight. Letters find a row, {tab} goes on to groups, types, CAs and \
             saved filters, {choose} shows what can be done: all of a policy with its versions and how they differ, \
             all of a thing, or its certificates in the list. {find} shows the same to find certificates by: {choose} \
             takes the row as the filter. Of more than 10,000 names the first are read, and any other can be typed; \
             for groups AWS looks for the beginning too. While a filter is typed, {complete} completes the word with the \
             cursor: words, statuses, accounts and known devices, or from these names. {save} saves the filter, and \
             {older} and {newer} walk through those that were used last; both kinds stand under {find} too, the last two \
             parts, where {forget} forgets one.",
            policies = keymap.key(Command::AllPolicies),
            things = keymap.key(Command::AllThings),
            tab = keymap.key(Command::NextTab),
            choose = keymap.key(Command::Choose),
            find = keymap.key(Command::FindBy),
            complete = keymap.key_to_complete(),
            save = keymap.key(Command::SaveFilter),
            older = keymap.key(Command::OlderFilter),
            newer = keymap.key(Command::NewerFilter),
            forget = keymap.key(Command::Forget),
        ),
    );
}

/// What is said of lists in files.
fn lists(keymap: &Keymap, page: &mut Prose) {
    page.text(Role::Heading, "Lists in files");
    page.text(
        Role::Plain,
        format!(
            "{key} reads a file and marks what it names: ids, beginnings of ids, ARNs, things or PEM files, one a line, \
             or a table with a head such as \"thing name\" or \"id\". What became of each line is shown. While \
             things are looked for, {key} stops it, and nothing is marked. `certferry --select FILE` begins so.",
            key = keymap.key(Command::MarkList),
        ),
    );
}

/// What is said of transfers that wait, and of the watch.
fn transfers(keymap: &Keymap, page: &mut Prose) {
    page.gap();
    page.text(Role::Heading, "Inbox, outbox and the watch");
    page.text(
        Role::Plain,
        format!(
            "{} shows what is offered to this account and what it offers, the oldest first; one that is older \
             than two weeks is parked, which AWS IoT Device Defender reports. What came back stands there \
             where the journal or its row tells it. {} watches the open accounts, with one call in 30 s each, \
             and reports what is accepted, rejected or arrives; it stops at the first call that fails.",
            keymap.key(Command::Transfers),
            keymap.key(Command::Watch),
        ),
    );
}

/// What is said of what a transfer leaves behind.
fn takes_along(keymap: &Keymap, page: &mut Prose) {
    page.gap();
    page.text(Role::Heading, "What does it take along?");
    page.text(
        Role::Plain,
        format!(
            "AWS moves a certificate and nothing else. This reads, before anything is touched, which policies \
             its devices have, also by thing groups, and its things, types, groups and CA. With another side \
             open, each is compared with what that account has under the same name: a policy by what it means, \
             with the account in its ARNs moved. {} on a row shows all of it, and of a policy the difference; \
             {} saves a table, {} everything as JSON.",
            keymap.key(Command::Choose),
            keymap.key(Command::SaveReport),
            keymap.key(Command::SaveJson),
        ),
    );
}

/// What is said of hand-overs.
fn hand_over(keymap: &Keymap, page: &mut Prose) {
    let key = |command| keymap.key(command);
    page.gap();
    page.text(Role::Heading, "Hand-over");
    for text in [
        format!(
            "Hand over, in the Actions with another side open, transfers certificates and makes their devices work \
             there: missing policies, types and things are created, groups that are there are joined, it is accepted, \
             everything is attached, and before it is activated AWS is asked whether the device is allowed what its \
             policies say. The page shows what would be done. {} on a policy chooses what becomes of it: nothing that is \
             there is overwritten. {} changes what things, policies and groups are called there, and {} asks before \
             anything is done.",
            key(Command::Choose),
            key(Command::NamesThere),
            key(Command::HandOverNow)
        ),
        format!(
            "What cannot be created there takes no device out of service. Cut off anywhere, it is resumed from \
             either side. Until it is accepted it can be put back; after that AWS has no way back but a hand-over \
             in the other direction, which {} offers there. On the page of the run {} copies a note for the \
             device's owner, with the endpoint there.",
            key(Command::History),
            key(Command::CopyText)
        ),
    ] {
        page.text(Role::Plain, text);
    }
}

/// What is said of coming back to an account, and of what the last line says.
fn accounts(keymap: &Keymap, page: &mut Prose) {
    page.gap();
    page.text(Role::Heading, "Accounts");
    page.text(
        Role::Plain,
        format!(
            "{} changes the account or the region. Whoever comes back to one finds the filter, the order, the chosen \
             certificate and the marks as they were left in this session; what is marked and gone is said. It is \
             known by the account that the credentials belong to, not by the profile. With a word in config.toml, \
             such as PRODUCTION, an account is recognised in the header and on every dialog.",
            keymap.key(Command::Accounts)
        ),
    );
    page.text(
        Role::Plain,
        format!(
            "{} asks AWS again, and says what it found. Each page says how old it is. What went well, and the answer \
             to a key, go from the last line after ten seconds; what failed stays until a key is pressed.",
            keymap.key(Command::Refresh)
        ),
    );
}

/// What is said of the two sides.
fn sides(keymap: &Keymap, page: &mut Prose) {
    page.gap();
    page.text(Role::Heading, "Two sides");
    page.text(
        Role::Plain,
        format!(
            "{other} opens another account beside this one and changes between the two from then on; {} \
             leads this side elsewhere, and closes the other one. The header names the other side behind ⇄. \
             Both are in one region, since certificates are transferred within one. The details say what \
             the other side shows of a certificate, and a row says when that does not agree.",
            keymap.key(Command::Accounts),
            other = keymap.key(Command::OtherSide),
        ),
    );
}

/// What is said of runs and batches.
fn runs(keymap: &Keymap, page: &mut Prose) {
    let key = |command| keymap.key(command);
    page.gap();
    page.text(Role::Heading, "Runs");
    for text in [
        "What a run detaches is in the journal before it is detached. Put back, in the Actions, \
         attaches it again and gives back the former status: after a rejection, after a revoked \
         transfer, or when a run stopped."
            .to_owned(),
        format!(
            "A run that stopped can be resumed, put back, or left as it is: {} lists them, and the \
             options of its row offer it. Left as it is, certferry does not ask again; it can still \
             be put back, alone.",
            key(Command::Runs)
        ),
        format!(
            "Many at once: {} marks, {} marks everything that is shown, {} acts on the marked. While \
             it runs, {} finds rows, {} leaves it running, {} asks how to stop it; {} tries again what failed, and \
             {} saves the outcome as CSV.",
            key(Command::Mark),
            key(Command::MarkShown),
            key(Command::Actions),
            key(Command::Filter),
            key(Command::Close),
            key(Command::Stop),
            key(Command::Retry),
            key(Command::SaveReport)
        ),
        format!(
            "{} shows every run of the journal, of every account; letters that are typed find one by id, device, \
             account or outcome, and it can be put back from there.",
            key(Command::History)
        ),
        "Before a change that can never be undone is sent, the journal has it, with the certificate \
         itself: `certferry pem` prints it, and with that it can be registered again."
            .to_owned(),
        "Quitting while a run is under way asks first. It stops after the calls in flight, and the \
         next start offers what was on its way."
            .to_owned(),
    ] {
        page.text(Role::Plain, text);
    }
}

/// Two columns, the first wide enough for every status.
fn aligned(first: &str, second: &str) -> String {
    let gap = 22_usize.saturating_sub(text::width(first));
    format!("{first}{}{second}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_command_with_its_keys() {
        let keymap = Keymap::new("").unwrap();
        let here = Here {
            page: String::new(),
            keys: Vec::new(),
            filter: false,
        };
        let text = help(&keymap, &here).plain();
        for (_, command, _, what) in COMMANDS.iter() {
            let line = text.lines().find(|line| line.ends_with(what)).unwrap();
            for key in keymap.keys_of(*command) {
                assert!(line.contains(&key.to_string()), "{line}");
            }
        }
    }
}
