//! A million certificates: what the list takes, and what the slowest single message costs.
//!
//! `cargo bench --bench million_rows` prints a table; numbers behind `--` are rows: `-- 1000 1000000`.
//! The state is driven as the terminal drives it: messages in, and the time as long as there is more to do.
//! Memory is that of the process (`VmRSS`), without AWS's side of it.

mod support;

use support::desk::{Desk, memory};

fn row(desk: &mut Desk, what: &str) {
    desk.settle();
    let now = memory();
    println!(
        "{what:44} {:>9.2} {:>9.2} {:>9.1} {:>8} {now:>8.0} {:>8.0}",
        desk.worst.as_secs_f64() * 1_000.0,
        desk.slowest.as_secs_f64() * 1_000.0,
        desk.all.as_secs_f64() * 1_000.0,
        desk.messages,
        desk.peak.max(now),
    );
    desk.begin();
}

fn step(desk: &mut Desk, what: &str, keys: &str) {
    desk.begin();
    desk.keys(keys);
    row(desk, what);
}

fn run(rows: usize, named: bool) {
    let with = if named { ", all names kept" } else { "" };
    println!("\n{rows} certificates{with}");
    println!(
        "{:44} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8}",
        "", "worst ms", "frame ms", "all ms", "messages", "MB", "peak MB"
    );
    let mut desk = Desk::new(rows, named);
    desk.draws = true;
    desk.begin();
    desk.pages(0);
    row(&mut desk, "listing, by pages of 250");
    step(
        &mut desk,
        "movement (a row, the end, the beginning)",
        "jjjGkkgjj",
    );
    step(&mut desk, "mark all", "*");
    step(&mut desk, "a filter, its first letter", "/3");
    step(&mut desk, "a filter, three letters more", "f2a");
    step(&mut desk, "no filter again", "^");
    step(&mut desk, "a filter by status", "/status:inactive");
    step(&mut desk, "no filter again", "^");
    if named {
        step(&mut desk, "a filter by device", "/press-00123");
        step(&mut desk, "no filter again", "^");
    }
    for (what, keys) in ORDERS {
        step(&mut desk, what, keys);
    }
    desk.begin();
    desk.keys("r");
    desk.pages(1_000.min(rows / 2));
    row(&mut desk, "refresh, in which a thousand are gone");
    desk.begin();
    desk.draw();
    row(&mut desk, "(drawn once more)");
}

/// The keys of the orders.
const ORDERS: [(&str, &str); 6] = [
    ("order: by status", "s3"),
    ("order: by status, reversed", "R"),
    ("order: by device", "s2"),
    ("order: by device, reversed", "R"),
    ("order: by expiry", "s6"),
    ("order: by registration", "s1"),
];

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|it| it.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 1_000_000]
    } else {
        sizes
    };
    for rows in sizes {
        run(rows, false);
        run(rows, true);
    }
}
