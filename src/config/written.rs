//! Settings as they would be written into `config.toml`.

use toml::{Table, Value};

use crate::{
    config::settings::Config,
    domain::{AccountBook, Mapping, TransferRule, Wishes},
};

impl Config {
    /// All settings as they are, in the form of the file.
    pub fn written(&self) -> String {
        // Whoever adds a setting adds it here: the compiler asks for it.
        let Self {
            pace,
            filter,
            accounts,
            peer,
            bell,
            device_names,
            theme,
            color,
            ascii,
            mouse,
            hand_over,
            profiles,
        } = self;
        let mut file = Table::new();
        file.insert("pace".to_owned(), (*pace).into());
        file.insert("filter".to_owned(), filter.clone().into());
        file.insert("bell".to_owned(), (*bell).into());
        file.insert("device_names".to_owned(), (*device_names).into());
        file.insert("theme".to_owned(), theme.clone().into());
        file.insert("color".to_owned(), color.word().into());
        let ascii = ascii.map_or_else(|| "auto".into(), Value::from);
        file.insert("ascii".to_owned(), ascii);
        file.insert("mouse".to_owned(), (*mouse).into());
        file.insert("accounts".to_owned(), book(accounts).into());
        let mut of_peer = Table::new();
        of_peer.extend(
            peer.iter()
                .map(|name| ("profile".to_owned(), name.clone().into())),
        );
        file.insert("peer".to_owned(), of_peer.into());
        file.insert("hand_over".to_owned(), wishes(hand_over).into());
        let read_only = |name: &String| {
            let settings = Table::from_iter([("read_only".to_owned(), Value::from(true))]);
            (name.clone(), Value::from(settings))
        };
        let of_profiles: Table = profiles.iter().map(read_only).collect();
        file.insert("profiles".to_owned(), of_profiles.into());
        file.to_string()
    }
}

fn book(accounts: &AccountBook) -> Table {
    let mut table = Table::new();
    table.insert("allow_only".to_owned(), accounts.allow_only.into());
    for (account, entry) in accounts.entries() {
        let rule = match entry.rule {
            TransferRule::Unmarked => None,
            TransferRule::Allow => Some("allow"),
            TransferRule::Deny => Some("deny"),
        };
        let mut of_it = Table::new();
        of_it.insert("name".to_owned(), entry.name.clone().into());
        of_it.extend(rule.map(|rule| ("transfer".to_owned(), rule.into())));
        if let Some(word) = &entry.word {
            of_it.insert("word".to_owned(), word.text.clone().into());
            let color = word.color.clone();
            of_it.extend(color.map(|it| ("color".to_owned(), it.into())));
        }
        table.insert(account.to_string(), of_it.into());
    }
    table
}

fn wishes(of: &Wishes) -> Table {
    let Wishes {
        mapping:
            Mapping {
                policies,
                groups,
                thing_prefix,
            },
        activation,
        differing_things,
    } = of;
    let names = |pairs: &std::collections::BTreeMap<String, String>| -> Table {
        let pairs = pairs.iter();
        let pairs = pairs.map(|(from, to)| (from.clone(), Value::from(to.clone())));
        pairs.collect()
    };
    Table::from_iter([
        ("activate".to_owned(), activation.word().into()),
        (
            "differing_things".to_owned(),
            differing_things.word().into(),
        ),
        ("thing_prefix".to_owned(), thing_prefix.clone().into()),
        ("policies".to_owned(), names(policies).into()),
        ("groups".to_owned(), names(groups).into()),
    ])
}

#[cfg(test)]
mod tests {
    use crate::config::parse_config;

    #[test]
    fn what_is_written_is_read_again() {
        let text = "pace = 0.5\nfilter = \"status:active \\\"x\"\nbell = true\ndevice_names = false\n\
                    theme = \"light\"\ncolor = \"never\"\nascii = true\nmouse = true\n\
                    [accounts]\nallow_only = true\n\"444455556666\" = { name = \"fleet \\\"eu\", transfer = \"allow\" }\n\
                    \"222233334444\" = \"lab\"\n\"333344445555\" = { name = \"old\", transfer = \"deny\", word = \"OLD\", color = \"#00ff00\" }\n\
                    [peer]\nprofile = \"eu\"\n\
                    [hand_over]\nactivate = \"yes\"\ndiffering_things = \"use\"\nthing_prefix = \"eu-\"\n\
                    policies = { a = \"b\" }\ngroups = { c = \"d\" }\n\
                    [profiles]\nprod = { read_only = true }\n";
        for text in [text, ""] {
            let config = parse_config(text).unwrap();
            assert_eq!(parse_config(&config.written()).unwrap(), config);
        }
    }
}
