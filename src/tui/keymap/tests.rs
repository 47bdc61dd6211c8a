use super::*;

#[test]
fn the_file_and_the_table_name_the_same_commands() {
    let (bindings, mistakes) = parse_bindings(DEFAULT);
    assert_eq!(mistakes, []);
    let mut in_file: Vec<(String, String)> = bindings
        .iter()
        .flat_map(|(s, c)| c.keys().map(move |name| (s.clone(), name.clone())))
        .collect();
    let mut in_table: Vec<(String, String)> = COMMANDS
        .iter()
        .map(|(s, _, name, _)| (s.name().to_owned(), (*name).to_owned()))
        .collect();
    in_file.sort();
    in_table.sort();
    assert_eq!(in_file, in_table);
}

#[test]
fn the_default_keys_do_not_collide() {
    Keymap::new("").unwrap();
}

#[test]
fn own_keys_replace_the_default_ones() {
    let map = Keymap::new("[main]\nrefresh = [\"f5\"]\n").unwrap();
    let command = |key| map.command(KeyPress::parse(key).unwrap(), &[Section::Main]);
    assert_eq!(command("f5"), Some(Command::Refresh));
    assert_eq!(command("r"), None);
    assert_eq!(map.key(Command::Refresh), "F5");
}

#[test]
fn a_file_may_name_a_command_as_an_earlier_version_did() {
    for (section, old, new) in RENAMED {
        let own = |name| Keymap::new(&format!("[{section}]\n{name} = [\"f7\"]\n")).unwrap();
        let keys = |map: Keymap| {
            let named = COMMANDS.iter().find(|(_, _, name, _)| *name == new);
            map.key(named.unwrap().1)
        };
        assert_eq!(keys(own(old)), "F7");
        assert_eq!(keys(own(new)), "F7");
    }
}

#[test]
fn mistakes_are_found() {
    let mistakes = |text| Keymap::new(text).unwrap_err();
    let all = mistakes("[main]\nquit = [\"f99\", \"a\"]\njump = []\n");
    assert_eq!(all.len(), 3, "all together: {all:?}");
    assert_eq!(
        mistakes("[main]\nquit = [\"a\"]\n"),
        [Mistake(
            "[main] quit: the key a is taken by actions".to_owned()
        )]
    );
    assert_eq!(
        mistakes("[main]\njump = [\"x\"]\n[nowhere]\nup = [\"x\"]\n").len(),
        2
    );
    assert_eq!(
        mistakes("[always]\nleave = []\n"),
        [Mistake("[always] leave: needs a key".to_owned())]
    );
}
