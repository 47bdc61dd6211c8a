//! What a certificate lost, and did not get back.

use certferry::domain::{Before, FailureKind, RunEvent, StepFailure};

use super::{Place, at, before, plan};

/// A person left a certificate as its run left it, and later runs were refused at their first step: what
/// is missing is still what the first run took.
#[test]
fn a_run_that_was_refused_took_nothing() {
    let place = Place::new();
    let journal = place.open();
    let first = journal.begin(&before(1), &plan(&before(1)), at(1)).unwrap();
    let lost = || {
        let found = journal.to_put_back(&before(1).place, before(1).certificate);
        found.unwrap().map(|record| record.id)
    };
    journal.step_done(first, 1, at(1)).unwrap();
    journal.finish(first, RunEvent::Left, at(2)).unwrap();
    let bare = Before {
        policies: Vec::new(),
        things: Vec::new(),
        ..before(1)
    };
    let tried = |kind: FailureKind, ambiguous: bool| {
        let run = journal.begin(&bare, &plan(&bare), at(3)).unwrap();
        let failure = StepFailure {
            kind,
            text: String::new(),
            ambiguous,
        };
        journal.step_failed(run, 0, failure, at(4)).unwrap();
        journal.finish(run, RunEvent::Left, at(5)).unwrap();
        run
    };
    for _ in 0..60 {
        tried(FailureKind::AccessDenied, false);
        assert_eq!(lost(), Some(first));
    }
    assert_eq!(journal.prune(1, at(6)).unwrap(), 59);
    assert_eq!(lost(), Some(first), "it is not forgotten either");
    // What may have been made counts: the answer was lost, or may still come.
    let unclear = tried(FailureKind::AccessDenied, true);
    assert_eq!(lost(), Some(unclear));
    let late = tried(FailureKind::TimedOut, false);
    assert_eq!(lost(), Some(late));
}
