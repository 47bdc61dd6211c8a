//! 5,000 certificates at 40 ms a request, with and without the quota of `ListCertificates`.
//!
//! `cargo bench --bench listing` prints a table for each: certferry without a screen and with one, the AWS CLI and boto3, all
//! against the same simulator on a port. Another number of certificates stands behind `--`.

mod support;

use std::{path::Path, time::Duration};

use certferry::simulator::{Clock, Simulator};
use support::{
    Outcome, peers,
    pty::Pty,
    served::{LATENCY, Served, certferry},
    table::{Table, seconds},
};

/// With thousands separated as the screen does.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

struct Race {
    served: Served,
    quota: bool,
    table: Table,
}

impl Race {
    fn new(certificates: usize, quota: bool) -> Outcome<Self> {
        let simulator = Simulator::with_fleet(Clock::System, certificates)?;
        simulator.set_latency(None, LATENCY);
        Ok(Self {
            served: Served::new(simulator)?,
            quota,
            table: Table::new(&["", "time", "listed", "requests", "refused"]),
        })
    }

    /// One that lists.
    fn run(&mut self, who: &str, run: impl FnOnce(&Served) -> Outcome<(Duration, usize)>) {
        if self.quota {
            // Nobody has used any of it yet.
            self.served.simulator.enforce_quotas(1.0);
        }
        let (took, listed) = match run(&self.served) {
            Ok((took, listed)) => (seconds(took), grouped(listed)),
            Err(error) => (format!("failed: {error}"), "-".to_owned()),
        };
        let (requests, refused) = self.served.calls();
        let (requests, refused) = (requests.to_string(), refused.to_string());
        self.table
            .row(&[who.to_owned(), took, listed, requests, refused]);
    }

    /// A program that prints something once for each certificate.
    fn listing(&mut self, who: &str, program: &Path, arguments: &[&str], each: &str) {
        self.run(who, |served| {
            let ran = served.run(program, arguments)?;
            let listed = ran.out()?.matches(each).count();
            Ok((ran.took, listed))
        });
    }
}

fn race(certificates: usize, quota: bool) -> Outcome {
    let mut race = Race::new(certificates, quota)?;
    let json = ["list", "--json"];
    let each = "\"kind\":\"certificate\"";
    race.listing("certferry list --json", certferry(), &json, each);
    let arn = ":cert/";
    race.run("certferry, until the screen has all", |served| {
        let mut pty = Pty::start(served.in_terminal(certferry(), &[]), 120, 40)?;
        let all = format!("Certificates  {}", grouped(certificates));
        let took = pty.wait_for(|text| text.contains(&all) && !text.contains("oading"))?;
        Ok((took, certificates))
    });
    match peers::aws() {
        Some(aws) => {
            let list = ["iot", "list-certificates"];
            race.listing("aws iot list-certificates", &aws.program, &list, arn);
            // For the AWS CLI that is a parameter of the operation, and ends its own paging.
            let page = ["iot", "list-certificates", "--page-size", "250"];
            race.listing("aws … --page-size 250", &aws.program, &page, arn);
        }
        None => race.table.missing("aws", "it is not on the PATH"),
    }
    match peers::boto3() {
        Some(python) => {
            let list = [peers::script(), "list"];
            race.listing("boto3 paginator", &python.program, &list, arn);
            let pages = [peers::script(), "list", "250"];
            race.listing(
                "boto3 paginator, PageSize 250",
                &python.program,
                &pages,
                arn,
            );
        }
        None => race.table.missing("boto3", "no python3 on the PATH has it"),
    }
    let held = if quota {
        "10 ListCertificates a second and no more"
    } else {
        "no quota"
    };
    race.table.print(&format!(
        "{} certificates at 40 ms a request, {held}",
        grouped(certificates)
    ));
    Ok(())
}

fn main() -> Outcome {
    let wanted = std::env::args().find_map(|it| it.parse().ok());
    let certificates = wanted.unwrap_or(5_000);
    race(certificates, false)?;
    race(certificates, true)
}
