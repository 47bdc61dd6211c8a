//! Certificates by things, groups, types, policies and authorities, and how many calls that takes.

use certferry::simulator::{Operation, Status};

use super::{Bench, SOURCE};

/// A fleet with a group in a group, a type and a CA.
fn fleet() -> (Bench, Vec<String>) {
    let bench = Bench::new();
    let simulator = &bench.simulator;
    let ids = (1..=3)
        .map(|n| bench.certificate(n, &["base"], &[&format!("press-{n}")]))
        .collect();
    simulator.create_thing_group(SOURCE, "plants", None);
    simulator.create_thing_group(SOURCE, "lyon", Some("plants"));
    simulator.put_into_group(SOURCE, "plants", "press-1");
    simulator.put_into_group(SOURCE, "lyon", "press-2");
    simulator.put_into_group(SOURCE, "lyon", "bare");
    simulator.create_thing(SOURCE, "bare", None, &[]);
    simulator.create_thing_type(SOURCE, "Press");
    simulator.create_thing(SOURCE, "press-3", Some("Press"), &[]);
    (bench, ids)
}

/// Lists what a filter finds; answers the ids, in order of their numbers, and the calls of each operation.
fn found(bench: &Bench, ids: &[String], filter: &str) -> (Vec<usize>, Vec<(Operation, usize)>) {
    bench.simulator.clear_calls();
    let ran = bench.run(&["list", "--profile", "prod", "--filter", filter, "--json"]);
    let listed = ran.ends(0).ids();
    let mut numbers: Vec<usize> = listed
        .iter()
        .map(|id| ids.iter().position(|it| it == id).unwrap() + 1)
        .collect();
    numbers.sort_unstable();
    let calls = [
        Operation::ListThingPrincipals,
        Operation::ListThingsInThingGroup,
        Operation::ListThings,
        Operation::ListTargetsForPolicy,
        Operation::ListCertificatesByCA,
        Operation::DescribeCertificate,
        Operation::ListCertificates,
    ]
    .map(|it| (it, bench.calls(it)));
    let made = calls.into_iter().filter(|(_, n)| *n > 0);
    (numbers, made.collect())
}

#[test]
fn words_are_joined_and_turned_round() {
    let (bench, ids) = fleet();
    let found = |filter: &str| found(&bench, &ids, filter).0;
    for (filter, numbers) in [
        ("group:lyon or thing:press-3", vec![2, 3]),
        ("not group:lyon", vec![1, 3]),
        ("policy:base not (group:lyon or type:Press)", vec![1]),
        ("group:plants/ not group:lyon", vec![1]),
        ("not (group:plants/ or type:Press)", vec![]),
        ("status:active age:<1d", vec![1, 2, 3]),
        ("age:>1d or thing:press-1", vec![1]),
        ("offered:>1s", vec![]),
    ] {
        assert_eq!(found(filter), numbers, "{filter}");
    }
    // What stands alone and is needed takes no more calls than before.
    bench.simulator.clear_calls();
    found("thing:press-2 (status:active or status:inactive)");
    assert_eq!(bench.calls(Operation::ListCertificates), 0);
    for (filter, said) in [
        ("polcy:base", "perhaps policy: is meant"),
        ("status:active or", "a word is missing"),
        ("age:30", "a time is written so"),
    ] {
        let ran = bench.run(&["list", "--profile", "prod", "--filter", filter]);
        let ran = ran.ends(2);
        assert!(ran.err.contains(said), "{filter}: {}", ran.err);
    }
}

#[test]
fn each_way_to_find_takes_as_few_calls_as_there_are() {
    use Operation as O;
    let (bench, ids) = fleet();
    let found = |filter: &str| found(&bench, &ids, filter);
    let described = |n| (O::DescribeCertificate, n);
    let cases = [
        (
            "thing:press-2",
            vec![2],
            vec![(O::ListThingPrincipals, 1), described(1)],
        ),
        (
            "group:plants",
            vec![1],
            vec![
                (O::ListThingPrincipals, 1),
                (O::ListThingsInThingGroup, 1),
                described(1),
            ],
        ),
        (
            "group:plants/",
            vec![1, 2],
            vec![
                (O::ListThingPrincipals, 3),
                (O::ListThingsInThingGroup, 1),
                described(2),
            ],
        ),
        (
            "type:Press",
            vec![3],
            vec![
                (O::ListThingPrincipals, 1),
                (O::ListThings, 1),
                described(1),
            ],
        ),
        (
            "policy:base",
            vec![1, 2, 3],
            vec![(O::ListTargetsForPolicy, 1), described(3)],
        ),
        (
            "policy:base group:lyon status:active",
            vec![2],
            vec![
                (O::ListThingPrincipals, 2),
                (O::ListThingsInThingGroup, 1),
                (O::ListTargetsForPolicy, 1),
                described(1),
            ],
        ),
        (
            "group:lyon status:inactive",
            vec![],
            vec![
                (O::ListThingPrincipals, 2),
                (O::ListThingsInThingGroup, 1),
                described(1),
            ],
        ),
    ];
    for (filter, numbers, calls) in cases {
        assert_eq!(found(filter), (numbers, calls), "{filter}");
    }
    let everything = found("status:active");
    assert_eq!(everything, (vec![1, 2, 3], vec![(O::ListCertificates, 1)]));
}

#[test]
fn certificates_of_an_authority_are_listed_by_it() {
    let (bench, ids) = fleet();
    let simulator = &bench.simulator;
    let ca = simulator.register_ca(SOURCE, false, &[&ids[1]]).unwrap();
    let (numbers, calls) = found(&bench, &ids, &format!("ca:{ca}"));
    let one = [
        (Operation::ListCertificatesByCA, 1),
        (Operation::DescribeCertificate, 1),
    ];
    assert_eq!((numbers, calls), (vec![2], one.to_vec()));
}

#[test]
fn a_policy_of_a_group_is_said_not_followed() {
    let (bench, ids) = fleet();
    let simulator = &bench.simulator;
    simulator.attach_policy_to_group(SOURCE, "lyon", "base");
    let ran = bench.run(&["list", "--profile", "prod", "--filter", "policy:base"]);
    let ran = ran.ends(0);
    assert!(
        ran.err.contains("thing group lyon has the policy too"),
        "{}",
        ran.err
    );
    assert_eq!(ran.out.lines().count(), ids.len());
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_listed() {
    let (bench, _) = fleet();
    for (filter, said) in [
        ("thing:press-9", "no such thing"),
        ("group:paris", "no such thing group"),
        ("policy:other", "no such policy"),
        ("policy:a/b", "no policy's name is written so"),
        ("thing:", "a name is missing"),
    ] {
        let ran = bench
            .run(&["list", "--profile", "prod", "--filter", filter])
            .ends(2);
        assert!(ran.err.contains(said), "{filter}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn more_certificates_than_a_few_are_read_from_the_list() {
    let bench = Bench::new();
    for n in 1..=30 {
        let id = bench.certificate(n, &["base"], &[]);
        assert_eq!(bench.status(SOURCE, &id), Some(Status::Active));
    }
    bench.simulator.clear_calls();
    let ran = bench.run(&[
        "list",
        "--profile",
        "prod",
        "--filter",
        "policy:base",
        "--json",
    ]);
    assert_eq!(ran.ends(0).ids().len(), 30);
    assert_eq!(bench.calls(Operation::ListTargetsForPolicy), 1);
    assert_eq!(bench.calls(Operation::ListCertificates), 1);
    assert_eq!(bench.calls(Operation::DescribeCertificate), 0);
}

#[test]
fn a_denied_way_to_find_names_the_right_and_its_policy() {
    let (bench, _) = fleet();
    bench.simulator.deny(SOURCE, "iot:ListThingsInThingGroup");
    let ran = bench
        .run(&["list", "--profile", "prod", "--filter", "group:lyon"])
        .ends(2);
    let said = ["iot:ListThingsInThingGroup", "assets/iam/"];
    assert!(said.iter().all(|it| ran.err.contains(it)), "{}", ran.err);
}
