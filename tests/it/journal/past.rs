//! All runs that the journal has, whatever place they were at.

use certferry::domain::RunId;

use super::{Place, at, before, plan};

#[test]
fn past_runs_come_newest_first_a_part_at_a_time_from_every_place() {
    let place = Place::new();
    let journal = place.open();
    let elsewhere = |byte| {
        let mut before = before(byte);
        before.place.region = "eu-west-1".to_owned();
        before
    };
    let mut all = Vec::new();
    for byte in 1..=5 {
        let before = if byte == 3 {
            elsewhere(byte)
        } else {
            before(byte)
        };
        all.push(journal.begin(&before, &plan(&before), at(1)).unwrap());
    }
    all.reverse();
    let ids = |from, limit| -> Vec<RunId> {
        let runs = journal.past(from, limit).unwrap();
        runs.into_iter().map(|run| run.id).collect()
    };
    assert_eq!(ids(None, 10), all);
    assert_eq!(ids(None, 2), all[..2]);
    assert_eq!(ids(Some(all[1]), 2), all[2..4]);
    assert_eq!(ids(Some(all[4]), 2), []);
    let region = journal.past(Some(all[1]), 1).unwrap()[0]
        .before
        .place
        .region
        .clone();
    assert_eq!(region, "eu-west-1");
}
