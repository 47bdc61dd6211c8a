//! Buckets by the paused clock, and buckets that several processes share.

use std::io::BufRead as _;

use crate::aws::pace::*;

const LIST: Operation = Operation::ListCertificates;
const ATTACH: Operation = Operation::AttachThingPrincipal;

/// The seconds that so many calls one after another take.
async fn time_of(pace: &Pace, calls: u32, priority: Priority) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        pace.acquire(LIST, priority).await;
    }
    start.elapsed().as_secs_f64()
}

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 0.02, "{found} is not {wanted}");
}

#[tokio::test(start_paused = true)]
async fn a_full_bucket_goes_at_once_and_then_at_the_rate() {
    // A person has the whole quota of ten a second, a batch the part of it.
    let pace = Pace::new(0.8);
    close(time_of(&pace, 10, Priority::Interactive).await, 0.0);
    close(time_of(&pace, 20, Priority::Interactive).await, 2.0);
    tokio::time::advance(Duration::from_mins(1)).await;
    close(time_of(&pace, 10, Priority::Interactive).await, 0.0);
    close(time_of(&pace, 1, Priority::Interactive).await, 0.1);
    tokio::time::advance(Duration::from_mins(1)).await;
    close(time_of(&pace, 8, Priority::Batch).await, 0.0);
    close(time_of(&pace, 16, Priority::Batch).await, 2.0);
}

#[tokio::test(start_paused = true)]
async fn operations_have_buckets_of_their_own() {
    let pace = Pace::new(1.0);
    time_of(&pace, 10, Priority::Interactive).await;
    let start = Instant::now();
    for _ in 0..100 {
        pace.acquire(ATTACH, Priority::Interactive).await;
    }
    for _ in 0..1000 {
        pace.acquire(Operation::GetCallerIdentity, Priority::Batch)
            .await;
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_batch_leaves_the_last_calls_to_the_person() {
    let pace = Pace::new(1.0);
    close(time_of(&pace, 8, Priority::Batch).await, 0.0);
    close(time_of(&pace, 2, Priority::Interactive).await, 0.0);
    // Three are missing for the next of the batch.
    close(time_of(&pace, 1, Priority::Batch).await, 0.3);
}

#[tokio::test(start_paused = true)]
async fn a_person_goes_before_the_batch_and_each_in_turn() {
    let pace = Pace::new(1.0);
    time_of(&pace, 10, Priority::Interactive).await;
    let batch = Arc::new(Mutex::new(Vec::new()));
    let mut calls = tokio::task::JoinSet::new();
    for (n, priority) in [
        (0, Priority::Batch),
        (1, Priority::Batch),
        (2, Priority::Interactive),
        (3, Priority::Interactive),
    ] {
        let (pace, batch) = (pace.clone(), Arc::clone(&batch));
        calls.spawn(async move {
            pace.acquire(LIST, priority).await;
            batch.lock().unwrap().push(n);
        });
        tokio::task::yield_now().await;
    }
    calls.join_all().await;
    assert_eq!(*batch.lock().unwrap(), [2, 3, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_rate_which_comes_back() {
    let pace = Pace::new(1.0);
    tokio::time::advance(Duration::from_secs(5)).await;
    pace.throttled(LIST);
    // One thing, told many times.
    pace.throttled(LIST);
    close(time_of(&pace, 1, Priority::Interactive).await, 0.198);
    // From half the rate to all of it in ten seconds: 75 calls, one of which is made.
    let lasted = time_of(&pace, 74, Priority::Interactive).await;
    assert!((9.5..10.1).contains(&lasted), "{lasted}");
    close(time_of(&pace, 20, Priority::Interactive).await, 2.0);
    // It has a slowest rate.
    for _ in 0..20 {
        pace.throttled(LIST);
        tokio::time::advance(ONE_CUT).await;
    }
    let lasted = time_of(&pace, 1, Priority::Interactive).await;
    assert!(lasted < 2.0, "{lasted}");
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_takes_nothing_and_holds_nobody_up() {
    let pace = Pace::new(1.0);
    time_of(&pace, 10, Priority::Interactive).await;
    let start = Instant::now();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let pace = pace.clone();
        waiting.push(tokio::spawn(async move {
            pace.acquire(LIST, Priority::Interactive).await;
        }));
        tokio::task::yield_now().await;
    }
    waiting[0].abort();
    waiting[1].abort();
    waiting.remove(2).await.unwrap();
    close(start.elapsed().as_secs_f64(), 0.1);
    // A future that was never polled to its end.
    let lost = tokio::time::timeout(
        Duration::from_millis(50),
        pace.acquire(LIST, Priority::Interactive),
    );
    assert!(lost.await.is_err());
    close(time_of(&pace, 1, Priority::Interactive).await, 0.05);
    let buckets = pace.lock();
    assert!(buckets.of[&LIST].interactive.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_called_without_waiting_is_waited_for_afterwards() {
    let pace = Pace::new(1.0);
    time_of(&pace, 10, Priority::Interactive).await;
    pace.debit(LIST);
    pace.debit(LIST);
    close(time_of(&pace, 1, Priority::Interactive).await, 0.3);
    for _ in 0..1000 {
        pace.debit(LIST);
    }
    close(time_of(&pace, 1, Priority::Interactive).await, 1.1);
}

#[tokio::test(start_paused = true)]
async fn a_strange_fraction_is_bounded() {
    close(
        time_of(&Pace::new(7.0), 20, Priority::Interactive).await,
        1.0,
    );
    close(
        time_of(&Pace::new(f64::NAN), 16, Priority::Batch).await,
        1.0,
    );
    close(time_of(&Pace::new(-1.0), 2, Priority::Batch).await, 10.0);
}

/// Two of them are two processes: each has a file of its own open.
fn two(folder: &Path) -> (Pace, Pace) {
    let file = folder.join("place.json");
    let pace = || {
        let pace = Pace::new(0.8);
        pace.share_by(&file, paused_clock);
        pace
    };
    (pace(), pace())
}

/// The paused clock of a test, as all of its processes read it.
fn paused_clock() -> f64 {
    thread_local! {
        static BEGAN: Instant = Instant::now();
    }
    1000.0 + BEGAN.with(|began| began.elapsed().as_secs_f64())
}

#[tokio::test(start_paused = true)]
async fn processes_share_what_an_account_has() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = two(folder.path());
    close(time_of(&one, 5, Priority::Interactive).await, 0.0);
    close(time_of(&two, 5, Priority::Interactive).await, 0.0);
    // Together they have a quota, and what the one has taken the other waits for.
    let start = Instant::now();
    let calls =
        |pace: Pace| tokio::spawn(async move { time_of(&pace, 20, Priority::Interactive).await });
    let (first, second) = (calls(one.clone()), calls(two.clone()));
    first.await.unwrap();
    second.await.unwrap();
    close(start.elapsed().as_secs_f64(), 4.0);
    // One that does nothing keeps nothing from the other.
    tokio::time::advance(Duration::from_mins(1)).await;
    close(time_of(&one, 10, Priority::Interactive).await, 0.0);
    drop(one);
    close(time_of(&two, 20, Priority::Interactive).await, 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_person_goes_before_another_process_s_batch() {
    let folder = tempfile::tempdir().unwrap();
    let (batch, person) = two(folder.path());
    close(time_of(&batch, 8, Priority::Batch).await, 0.0);
    let work = tokio::spawn(async move { time_of(&batch, 100, Priority::Batch).await });
    tokio::time::sleep(Duration::from_secs(5)).await;
    // What the batch leaves is the person's.
    close(time_of(&person, 2, Priority::Interactive).await, 0.0);
    let waited = time_of(&person, 10, Priority::Interactive).await;
    assert!((0.9..1.3).contains(&waited), "{waited}");
    work.abort();
}

#[tokio::test(start_paused = true)]
async fn processes_are_throttled_together() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = two(folder.path());
    time_of(&two, 1, Priority::Interactive).await;
    one.throttled(LIST);
    // It is the same thing that the other is told.
    two.throttled(LIST);
    close(time_of(&two, 1, Priority::Interactive).await, 0.198);
}

#[tokio::test(start_paused = true)]
async fn what_was_called_before_the_account_was_known_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("place.json");
    let first = Pace::new(1.0);
    time_of(&first, 6, Priority::Interactive).await;
    first.share_by(&file, paused_clock);
    let second = Pace::new(1.0);
    time_of(&second, 4, Priority::Interactive).await;
    second.share_by(&file, paused_clock);
    close(time_of(&second, 1, Priority::Interactive).await, 0.1);
}

/// A kill in the middle of writing, another clock, other hands.
#[tokio::test(start_paused = true)]
async fn a_strange_file_neither_stops_nor_speeds_up_anything() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("place.json");
    let level = |tokens: &str, at: &str| {
        format!(r#"{{"ListCertificates":{{"tokens":{tokens},"part":7,"at":{at},"cut":1e300}}}}"#)
    };
    for (text, first) in [
        (String::new(), 0.0),
        (r#"{"ListCertificates":{"tokens":3"#.to_owned(), 0.0),
        ("x".repeat(100_000), 0.0),
        (level("1e300", "1000"), 0.0),
        (level("0", "-1e300"), 0.1),
        // A clock that is behind: the computer was started anew.
        (level("0", "1e9"), 0.1),
        (level("-1e300", "1e9"), 1.1),
        (level("null", "0"), 0.0),
    ] {
        std::fs::write(&file, &text).unwrap();
        let pace = Pace::new(1.0);
        pace.share_by(&file, paused_clock);
        close(time_of(&pace, 1, Priority::Interactive).await, first);
        time_of(&pace, 20, Priority::Interactive).await;
        close(time_of(&pace, 10, Priority::Interactive).await, 1.0);
    }
}

/// One that is stopped while it holds the file, or a file system without locks: everybody goes by
/// their own.
#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_had_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("place.json");
    let pace = Pace::new(1.0);
    pace.share_by(&file, paused_clock);
    let other = std::fs::File::open(&file).unwrap();
    other.lock().unwrap();
    close(time_of(&pace, 20, Priority::Interactive).await, 1.0);
    let nowhere = Pace::new(1.0);
    nowhere.share_by(&folder.path().join("no/such/folder.json"), paused_clock);
    close(time_of(&nowhere, 20, Priority::Interactive).await, 1.0);
}

const FILE: &str = "CERTFERRY_TEST_PACE";

/// Runs in another process: empties the bucket and is killed.
#[test]
#[ignore = "runs inside the process of another test"]
fn child() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let pace = Pace::new(1.0);
        pace.share_by(Path::new(&std::env::var_os(FILE).unwrap()), || 1000.0);
        time_of(&pace, 10, Priority::Interactive).await;
    });
    println!("taken");
    // Until it is killed.
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// By a clock that stands still, so that nothing comes meanwhile.
#[tokio::test(start_paused = true)]
async fn what_another_process_took_is_taken_and_its_end_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("place.json");
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "aws::pace::tests::child",
            "--ignored",
            "--nocapture",
        ])
        .env(FILE, &file)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("taken")));
    let pace = Pace::new(1.0);
    pace.share_by(&file, || 1000.0);
    let waits = pace.acquire(LIST, Priority::Interactive);
    // Of this process alone the bucket would be full.
    let waits = tokio::time::timeout(Duration::from_millis(50), waits);
    assert!(waits.await.is_err());
    child.kill().unwrap();
    child.wait().unwrap();
    let later = Pace::new(1.0);
    later.share_by(&file, || 1001.0);
    close(time_of(&later, 10, Priority::Interactive).await, 0.0);
}
