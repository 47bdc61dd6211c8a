//! What became of each line of a list.

use std::collections::{HashMap, HashSet};

use crate::domain::{
    certificate::description::CertificateId,
    finding::wanted::{Wanted, WantedLine},
    place::location::Place,
    text::{counted, visible},
};

/// The shortest beginning of an id that may stand for it.
pub(in crate::domain) const SHORTEST_BEGINNING: usize = 6;

/// What became of a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounting {
    /// It is this certificate.
    Found(CertificateId),
    /// It is the certificate of an earlier line.
    Again(CertificateId),
    /// There is no such certificate or thing here.
    NotFound(String),
    /// It may be several, and which of them is not said.
    Ambiguous(String),
    /// It is of another account or region.
    Elsewhere(String),
    /// It says nothing that could be found.
    Nothing(String),
}

impl Accounting {
    /// The certificate that it is.
    pub const fn certificate(&self) -> Option<CertificateId> {
        match self {
            Self::Found(id) | Self::Again(id) => Some(*id),
            _ => None,
        }
    }

    /// A word that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Found(_) => "Found",
            Self::Again(_) => "Again",
            Self::NotFound(_) => "NotFound",
            Self::Ambiguous(_) => "Ambiguous",
            Self::Elsewhere(_) => "Elsewhere",
            Self::Nothing(_) => "Nothing",
        }
    }

    /// Why it is no certificate of the account; `None` when it is one.
    pub fn why(&self) -> Option<String> {
        match self {
            Self::Found(_) | Self::Again(_) => None,
            Self::NotFound(why) | Self::Ambiguous(why) | Self::Nothing(why) => Some(why.clone()),
            Self::Elsewhere(whose) => Some(format!("it is in {whose}")),
        }
    }
}

/// A line of a list with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounted {
    /// The line.
    pub line: WantedLine,
    /// What became of it.
    pub is: Accounting,
}

/// The certificates of the files that lines name, by their paths, or why there are none.
pub type ListedFiles = HashMap<String, Result<Vec<CertificateId>, String>>;

/// A list that was read, with the files that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedList {
    /// Its lines.
    pub lines: Vec<WantedLine>,
    /// The files.
    pub files: ListedFiles,
}

/// How many of the lines became what, in words.
pub fn accounting_words(lines: &[Accounted]) -> String {
    let count = |is: fn(&Accounting) -> bool| lines.iter().filter(|it| is(&it.is)).count();
    let found = count(|it| matches!(it, Accounting::Found(_)));
    let again = count(|it| matches!(it, Accounting::Again(_)));
    let missing = count(|it| it.certificate().is_none());
    let mut said = vec![
        counted(lines.len(), "line", "lines"),
        counted(found, "certificate", "certificates"),
    ];
    for (n, what) in [(again, "named again"), (missing, "not found or not clear")] {
        if n > 0 {
            said.push(format!("{n} {what}"));
        }
    }
    format!("{}.", said.join(", "))
}

/// What is known of an account when a list is accounted for.
pub trait ListView {
    /// Whether it has a certificate, or is offered it.
    fn has(&self, id: CertificateId) -> bool;
    /// The certificates whose ids begin so, in lower-case digits.
    fn beginning(&self, digits: &str) -> Vec<CertificateId>;
    /// The certificates of a thing; `None` when there is no such thing.
    fn of_thing(&self, name: &str) -> Option<Vec<CertificateId>>;
    /// The certificates of a file.
    ///
    /// # Errors
    ///
    /// Why there are none in it.
    fn of_file(&self, path: &str) -> Result<Vec<CertificateId>, String>;
}

/// The names in a list of which AWS has to be asked whether they are things. Foreign text.
pub fn names_in(lines: &[WantedLine]) -> Vec<String> {
    let names = lines.iter().filter_map(|line| match &line.wanted {
        Wanted::Name(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

/// Whether a name may be the beginning of an id.
pub fn may_begin_an_id(name: &str) -> bool {
    let hexadecimal = name.chars().all(|c| c.is_ascii_hexdigit());
    hexadecimal && (SHORTEST_BEGINNING..64).contains(&name.len())
}

/// Says what became of each line of a list.
pub fn accounted(lines: Vec<WantedLine>, at: &Place, known: &impl ListView) -> Vec<Accounted> {
    let mut before = HashSet::new();
    let one = |line: WantedLine| {
        let mut is = accounting(&line.wanted, at, known);
        if let Accounting::Found(id) = is
            && !before.insert(id)
        {
            is = Accounting::Again(id);
        }
        Accounted { line, is }
    };
    lines.into_iter().map(one).collect()
}

fn accounting(wanted: &Wanted, at: &Place, known: &impl ListView) -> Accounting {
    match wanted {
        Wanted::Id(id) => by_id(*id, known),
        Wanted::Arn(arn) if *arn == at.arn(arn.id) => by_id(arn.id, known),
        // The ARN of an offer names the account that it is offered to.
        Wanted::Arn(arn) => {
            let account = arn.account.grouped();
            Accounting::Elsewhere(format!("account {account} in {}", visible(&arn.region)))
        }
        Wanted::Elsewhere(whose) => Accounting::Elsewhere(whose.clone()),
        Wanted::Nothing(why) => Accounting::Nothing(why.clone()),
        Wanted::Name(name) => by_name(name, known),
        Wanted::File(path) => match known.of_file(path).as_deref() {
            // What follows it in the file is the chain that it was signed by.
            Ok([first, ..]) => by_id(*first, known),
            Ok([]) => Accounting::Nothing("there is no certificate in it".to_owned()),
            Err(why) => Accounting::Nothing(why.clone()),
        },
    }
}

fn by_id(id: CertificateId, known: &impl ListView) -> Accounting {
    if known.has(id) {
        Accounting::Found(id)
    } else {
        Accounting::NotFound("the account has no such certificate".to_owned())
    }
}

fn by_name(name: &str, known: &impl ListView) -> Accounting {
    let beginning = if may_begin_an_id(name) {
        known.beginning(&name.to_ascii_lowercase())
    } else {
        Vec::new()
    };
    match (known.of_thing(name).as_deref(), beginning.as_slice()) {
        (Some([one]), []) | (None, [one]) => by_id(*one, known),
        (None, []) => Accounting::NotFound("there is no such thing".to_owned()),
        (Some([]), []) => Accounting::NotFound("the thing has no certificate".to_owned()),
        (Some(several), []) => Accounting::Ambiguous(format!(
            "the thing has {} certificates: {}",
            several.len(),
            listed(several)
        )),
        (Some(_), _) => Accounting::Ambiguous(
            "a thing is called so, and the id of a certificate begins so".to_owned(),
        ),
        (None, several) => Accounting::Ambiguous(format!(
            "{} ids begin so: {}",
            several.len(),
            listed(several)
        )),
    }
}

/// Some of the ids, for a sentence.
fn listed(ids: &[CertificateId]) -> String {
    const SAID: usize = 3;
    let said: Vec<String> = ids.iter().take(SAID).map(CertificateId::short).collect();
    let more = if ids.len() > SAID { ", …" } else { "" };
    format!("{}{more}", said.join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{AccountId, wanted_lines};

    fn place() -> Place {
        Place::aws("us-east-1", AccountId::parse("111122223333").unwrap())
    }

    fn id(n: u8) -> CertificateId {
        CertificateId::from_bytes([n; 32])
    }

    struct Account {
        ids: Vec<CertificateId>,
        things: BTreeMap<&'static str, Vec<CertificateId>>,
    }

    impl ListView for Account {
        fn has(&self, id: CertificateId) -> bool {
            self.ids.contains(&id)
        }

        fn beginning(&self, digits: &str) -> Vec<CertificateId> {
            let begins = |id: &&CertificateId| id.to_string().starts_with(digits);
            self.ids.iter().filter(begins).copied().collect()
        }

        fn of_thing(&self, name: &str) -> Option<Vec<CertificateId>> {
            self.things.get(name).cloned()
        }

        fn of_file(&self, path: &str) -> Result<Vec<CertificateId>, String> {
            match path {
                "certs/7.pem" => Ok(vec![id(7), id(99)]),
                _ => Err("no such file".to_owned()),
            }
        }
    }

    fn account() -> Account {
        let mut twin = [0xab; 32];
        twin[31] = 1;
        let ids = [
            id(1),
            id(2),
            id(7),
            id(0xab),
            CertificateId::from_bytes(twin),
        ];
        let things = [
            ("press-1", vec![id(1)]),
            ("two", vec![id(1), id(2)]),
            ("bare", Vec::new()),
            ("020202", vec![id(1)]),
            ("gone", vec![id(50)]),
        ];
        Account {
            ids: ids.to_vec(),
            things: things.into(),
        }
    }

    fn said(text: &str) -> Vec<(usize, Accounting)> {
        let lines = wanted_lines(text, &place()).unwrap();
        let all = accounted(lines, &place(), &account());
        all.into_iter().map(|it| (it.line.number, it.is)).collect()
    }

    #[test]
    fn every_line_is_accounted_for() {
        let (one, two) = (id(1), id(2));
        let arn = |account: &str, region: &str, what: &str| {
            format!("arn:aws:iot:{region}:{account}:{what}")
        };
        let own = "111122223333";
        for (line, is) in [
            (one.to_string(), "Found"),
            (one.to_string().to_uppercase(), "Found"),
            (format!("0x{one}"), "Found"),
            (id(9).to_string(), "NotFound"),
            (arn(own, "us-east-1", &format!("cert/{two}")), "Found"),
            (
                arn("444455556666", "us-east-1", &format!("cert/{two}")),
                "Elsewhere",
            ),
            (arn(own, "eu-west-1", &format!("cert/{two}")), "Elsewhere"),
            (arn(own, "us-east-1", "thing/press-1"), "Found"),
            (arn(own, "eu-west-1", "thing/press-1"), "Elsewhere"),
            (arn(own, "us-east-1", "policy/press-1"), "Nothing"),
            (arn(own, "us-east-1", "thing/a b"), "Nothing"),
            ("press-1".to_owned(), "Found"),
            ("press-9".to_owned(), "NotFound"),
            ("bare".to_owned(), "NotFound"),
            ("two".to_owned(), "Ambiguous"),
            // Its only certificate is not the account's any more.
            ("gone".to_owned(), "NotFound"),
            ("010101".to_owned(), "Found"),
            ("01010".to_owned(), "NotFound"),
            ("ABABAB".to_owned(), "Ambiguous"),
            ("020202".to_owned(), "Ambiguous"),
            ("certs/7.pem".to_owned(), "Found"),
            ("certs/8.pem".to_owned(), "Nothing"),
            ("\u{1b}[2J".to_owned(), "Nothing"),
        ] {
            let all = said(&line);
            assert_eq!(all.len(), 1, "{line}");
            assert_eq!(all[0].1.code(), is, "{line}: {:?}", all[0]);
        }
    }

    #[test]
    fn a_certificate_that_is_named_twice_is_chosen_once() {
        let all = said(&format!("\u{feff}# who\n\npress-1\r\n  {}  \n", id(1)));
        assert_eq!(
            all,
            [(3, Accounting::Found(id(1))), (4, Accounting::Again(id(1)))]
        );
    }

    #[test]
    fn a_table_has_a_column_that_names_certificates() {
        let (one, two) = (id(1), id(2));
        for table in [
            format!("thing,Certificate ID,note\r\npress,{one},\"a,b\"\r\n,{two},\r\n"),
            format!("note;certificateId\n;{one}\n;{two}\n"),
            format!("a\tid\n\t{one}\n\t{two}\n"),
            format!("certificate_id\n{one}\n{two}\n"),
        ] {
            let wanted = [(2, Accounting::Found(one)), (3, Accounting::Found(two))];
            assert_eq!(said(&table), wanted, "{table}");
        }
        // A report of certferry itself is one.
        let report = format!("\"certificate_id\",\"account\"\r\n\"{one}\",\"111122223333\"\r\n");
        assert_eq!(said(&report), [(2, Accounting::Found(one))]);
        let empty = said("thing,note\n,x\n");
        assert_eq!(empty[0].1.code(), "Nothing");
    }

    #[test]
    fn what_is_no_list_is_said() {
        let error = |text: &str| wanted_lines(text, &place()).unwrap_err().to_string();
        assert_eq!(error(" \n# nothing\n"), "it is empty");
        let columns = error("serial,\u{1b}[2J\n1,2\n");
        assert!(columns.contains(r"serial, \x1b[2J") && columns.contains("certificate_id"));
        assert!(error("-----BEGIN CERTIFICATE-----\nx\n").contains("PEM"));
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(error(key).contains("no certificate"));
    }
}
