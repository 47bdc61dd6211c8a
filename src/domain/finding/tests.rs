use crate::domain::certificate::description::CertificateId;
use crate::domain::certificate::description::ConsoleStatus;
use crate::domain::certificate::device::DeviceName;
use crate::domain::certificate::device::Expiry;
use crate::domain::clock::Timestamp;
use crate::domain::finding::filter::*;
use crate::domain::finding::finder::Finder;
use crate::domain::finding::finder::FinderError;
use crate::domain::finding::found::FoundBy;
use crate::domain::finding::found::FoundPart;
use crate::domain::finding::understood::completions;
use crate::domain::place::account::AccountId;
use crate::domain::place::book::AccountBook;

fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + time::Duration::days(days)
}

fn book() -> AccountBook {
    let eu = AccountId::parse("444455556666").unwrap();
    AccountBook::default().with_names([(eu, "Fleet-EU".to_owned())])
}

/// Registered 100 days ago, in transfer for 3, valid for 20 days more. AWS has said what is in group Lyon, and not yet
/// what policy base is attached to.
fn verdict(filter: &str, status: ConsoleStatus, to: Option<&str>, named: bool) -> FilterVerdict {
    let book = book();
    let id = CertificateId::from_bytes([0x3f; 32]);
    let mut found = FoundBy::new();
    for (word, ids, over) in [
        ("group:Lyon", vec![id], true),
        ("group:turin", vec![], true),
        ("policy:base", vec![], false),
        ("policy:own", vec![id], false),
    ] {
        let of = found
            .entry(Finder::parse(word).unwrap().unwrap())
            .or_default();
        of.take(FoundPart::Certificates(ids));
        if over {
            of.take(FoundPart::Over);
        }
    }
    let device = DeviceName {
        common_name: Some("Press-7".to_owned()),
        serial: Some("0a2f".to_owned()),
        thing: Some("line-9".to_owned()),
        expires: Expiry::At(at(120)),
        ..DeviceName::unknown(id)
    };
    Filter::parse(filter).verdict(&FilterFacts {
        id,
        device: named.then(|| device.view()),
        found: &found,
        status,
        created: Some(at(0)),
        started: Some(at(97)),
        to: to.map(|to| AccountId::parse(to).unwrap()),
        from: None,
        came_back: false,
        book: &book,
        now: at(100),
    })
}

fn matches(filter: &str, status: ConsoleStatus, to: Option<&str>) -> bool {
    verdict(filter, status, to, true) == FilterVerdict::Yes
}

#[test]
fn words_beside_each_other_must_all_match() {
    let status = ConsoleStatus::Transferred;
    let to = Some("444455556666");
    for yes in [
        "",
        "3f3f",
        "F3F3",
        "id:3f3f",
        "status:transferred",
        "transf",
        "to:4444",
        "to:4444-5555",
        "4444-5555-6666",
        "to:fleet-eu",
        "eu",
        "3f status:trans to:66",
        "group:Lyon",
        "3f GROUP:Lyon",
        "press-7",
        "LINE",
        "cn:press",
        "device:line",
        "serial:0A:2F",
        "age:>30d",
        "age:<1y",
        "offered:>2d",
        "expires:<30d",
        "expires:>1h",
        "policy:own",
        // `or`, `not` and brackets.
        "status:active or press",
        "not status:active",
        "not (status:active or cn:line)",
        "3f (status:active or to:66) not expired",
        "status:active or status:inactive or not group:turin",
        "status:active press or to:4444",
        "not not press",
        "press and line",
        "\"press\" or (a)",
    ] {
        assert!(matches(yes, status, to), "{yes}");
    }
    for no in [
        "3e",
        "status:active",
        "to:1111",
        "from:4444",
        "3f status:active",
        "group:lyon",
        "group:Lyon thing:press",
        "thing:",
        "cn:line",
        "serial:ff",
        "id:press",
        "expired",
        "age:<30d",
        "offered:>3d",
        "expires:>30d",
        &"3f".repeat(40),
        "not press",
        "press not line",
        "(status:active or cn:line) press",
        "status:active or cn:line",
        "not (press or status:active)",
        "not group:Lyon",
        // A mistake anywhere: nothing.
        "press or polcy:x",
        "not polcy:x",
        "not (",
        "press or",
    ] {
        assert!(!matches(no, status, to), "{no}");
    }
}

/// What AWS has not said yet, or nobody has learned, is neither there nor missing.
#[test]
fn what_is_not_known_matches_nothing_and_neither_does_its_opposite() {
    use FilterVerdict as V;
    let active = ConsoleStatus::Active;
    for (filter, named, is) in [
        ("policy:base", true, V::Unknown),
        ("not policy:base", true, V::Unknown),
        ("thing:other", true, V::Unknown),
        ("not thing:other", true, V::Unknown),
        ("not policy:own", true, V::No),
        ("status:active or policy:base", true, V::Yes),
        ("status:inactive or policy:base", true, V::Unknown),
        ("status:inactive policy:base", true, V::No),
        ("not (status:inactive or policy:base)", true, V::Unknown),
        ("not (status:inactive policy:base)", true, V::Yes),
        ("device:press", false, V::Unknown),
        ("not device:press", false, V::Unknown),
        ("not device:press", true, V::No),
        ("not device:robot", true, V::Yes),
        ("press", false, V::Unknown),
        ("not press", false, V::Unknown),
        // A part of an id first of all.
        ("3e", false, V::No),
        ("not 3e", false, V::Yes),
        ("cn:press", false, V::Unknown),
        ("serial:0a", false, V::Unknown),
        ("expired", false, V::Unknown),
        ("not expired", false, V::Unknown),
        ("expires:<30d", false, V::Unknown),
        ("to:4444", true, V::No),
        ("offered:>1d", true, V::No),
    ] {
        assert_eq!(verdict(filter, active, None, named), is, "{filter}");
    }
    let offered = |filter| verdict(filter, ConsoleStatus::PendingTransfer, None, true);
    assert_eq!(offered("from:4444"), V::Unknown);
    assert_eq!(offered("not from:4444"), V::Unknown);
    assert_eq!(offered("to:4444"), V::No);
}

#[test]
fn what_aws_has_to_be_asked_is_known_beforehand() {
    let filter = Filter::parse("status:active or not (group:Lyon/ or type:x)");
    let finders: Vec<String> = filter.finders().map(Finder::to_string).collect();
    assert_eq!(finders, ["group:Lyon/", "type:x"]);
    assert!(filter.required_finders().is_empty());
    let required = |filter: &str| -> Vec<String> {
        let filter = Filter::parse(filter);
        filter
            .required_finders()
            .into_iter()
            .map(Finder::to_string)
            .collect()
    };
    assert_eq!(required("group:a (type:b or c)"), ["group:a"]);
    assert_eq!(required("group:a"), ["group:a"]);
    assert_eq!(required("group:a type:b"), ["group:a", "type:b"]);
    assert!(required("not group:a").is_empty());
    assert!(required("group:a or type:b").is_empty());
    let filter = Filter::parse("status:active policy:a/b thing:");
    let mistakes: Vec<_> = filter.mistakes().collect();
    let wanted = [
        ("policy:a/b", FinderError::PolicyName),
        ("thing:", FinderError::NoName),
    ];
    assert_eq!(mistakes, wanted);
}

#[test]
fn half_a_filter_matches_nothing() {
    for word in [
        "status:",
        "to:",
        "from:",
        "id:",
        "cn:",
        "device:",
        "serial:",
        "age:",
        "-",
        "--",
        ":",
        "status:-",
        "to:--",
        "serial:::",
        "cn:_",
        "status:bogus",
        "status:activated",
        "a:b",
    ] {
        let status = ConsoleStatus::Transferred;
        assert!(!matches(word, status, Some("444455556666")), "{word}");
        assert!(!matches(&format!("not {word}"), status, None), "{word}");
        assert_eq!(Filter::parse(word).mistakes().count(), 1, "{word}");
    }
    for word in [
        "status:a",
        "status:CAME-BACK",
        "status:in_transfer",
        "device:a:b",
        "to:4",
    ] {
        assert_eq!(Filter::parse(word).mistakes().count(), 0, "{word}");
    }
}

#[test]
fn active_is_not_inactive() {
    assert!(matches("status:active", ConsoleStatus::Active, None));
    assert!(!matches("status:active", ConsoleStatus::Inactive, None));
    assert!(matches(
        "status:pending-transfer",
        ConsoleStatus::PendingTransfer,
        None
    ));
    assert!(matches(
        "status:pending_activation",
        ConsoleStatus::PendingActivation,
        None
    ));
    assert!(!matches("status:inactive!", ConsoleStatus::Inactive, None));
}

/// To change something by: what could be nearly everything is refused, however it is said.
#[test]
fn what_is_too_vague_to_change_something_by() {
    use FinderError as E;
    for (filter, why) in [
        ("cn:press", Some(E::Kept)),
        ("device:press", Some(E::Kept)),
        ("status:active not device:press", Some(E::Kept)),
        ("status:active expired", Some(E::Kept)),
        ("status:active or serial:0a2f", Some(E::Kept)),
        ("3f", Some(E::TooShort)),
        ("id:3f", Some(E::TooShort)),
        ("status:active not 3f", Some(E::TooShort)),
        ("not status:revoked", Some(E::Wide)),
        ("not group:lyon", Some(E::Wide)),
        ("not to:4444", Some(E::Wide)),
        ("not 3f2a11", Some(E::Wide)),
        ("not (status:active or group:lyon)", Some(E::Wide)),
        ("not (status:active group:lyon)", Some(E::Wide)),
        ("group:lyon or not group:lyon", Some(E::Wide)),
        ("group:lyon or not status:active", Some(E::Wide)),
        ("status:active or status:inactive", Some(E::Wide)),
        ("active or inactive", Some(E::Wide)),
        ("age:>1s", Some(E::Wide)),
        ("not age:<1s", Some(E::Wide)),
        ("group:lyon or age:>1d", Some(E::Wide)),
        ("status:active or age:<1y", Some(E::Wide)),
        ("status:active", None),
        ("status:active age:>30d", None),
        ("status:active not group:lyon", None),
        ("status:active or group:lyon", None),
        ("status:active or status:transferred", None),
        ("status:came-back or status:active", None),
        ("group:lyon not status:revoked", None),
        ("(group:lyon or type:x) not thing:y", None),
        ("not not status:active", None),
        ("to:4444 or 3f2a11", None),
        ("press-line", None),
    ] {
        let parsed = Filter::parse(filter);
        assert_eq!(parsed.mistakes().count(), 0, "{filter}");
        let found = parsed.too_vague(false).map(|it| it.1);
        assert_eq!(found, why, "{filter}");
    }
    assert_eq!(Filter::default().too_vague(false), None);
    assert_eq!(Filter::parse("not group:lyon").too_vague(true), None);
    assert!(Filter::parse("cn:press").too_vague(true).is_some());
}

#[test]
fn what_was_understood_is_said_in_words() {
    let book = book();
    for (filter, words) in [
        ("", ""),
        ("polcy:x", ""),
        (
            "status:active (device:press or to:4444-5555-6666)",
            "status Active and (device has press or to 4444-5555-6666 (Fleet-EU))",
        ),
        (
            "3f or not (a b)",
            "\"3f\" anywhere or not (\"a\" anywhere and \"b\" anywhere)",
        ),
        (
            "status:pending",
            "status Pending transfer/Pending activation",
        ),
        ("status:came-back", "status Came back"),
        (
            "not expired expires:<30d",
            "not expired and valid for less than 30 d more",
        ),
        (
            "age:>90m offered:<2h",
            "registered over 90 min ago and in transfer for less than 2 h",
        ),
        (
            "group:a/ or not policy:b",
            "in group a or below or not with policy b",
        ),
        ("\"\u{1b}[2Jx\"", "\"\\x1b[2jx\" anywhere"),
    ] {
        assert_eq!(Filter::parse(filter).understood(&book), words, "{filter}");
    }
}

#[test]
fn words_are_completed_by_what_is_known() {
    let book = book();
    let devices = |typed: &str| vec![format!("{typed}-line 7"), format!("{typed}-8")];
    for (word, offered) in [
        ("stat", &["status:"][..]),
        ("exp", &["expires:", "expired"]),
        ("rev", &["status:revoked"]),
        (
            "status:pend",
            &["status:pending-transfer", "status:pending-activation"],
        ),
        ("STATUS:came", &["status:came-back"]),
        ("to:fleet", &["to:4444-5555-6666"]),
        ("to:44445", &["to:4444-5555-6666"]),
        ("from:9", &[]),
        (
            "expires:<",
            &["expires:<7d", "expires:<30d", "expires:<90d", "expires:<1y"],
        ),
        (
            "device:press",
            &["device:\"press-line 7\"", "device:press-8"],
        ),
        ("thing:x", &[]),
        ("zzz", &[]),
    ] {
        assert_eq!(completions(word, &book, devices), offered, "{word}");
    }
    assert!(completions("", &book, devices).contains(&"device:".to_owned()));
}
