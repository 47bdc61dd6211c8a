//! The live probe: what AWS's documents leave open, asked of AWS itself, in two sandbox accounts. By hand and
//! never in CI; `README.md` says how.
//!
//! It speaks through the SDK alone and uses nothing of certferry but the names of the simulator's
//! [`Assumptions`](certferry::simulator::Assumptions), so that what it finds can be set there.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

mod observation;
mod questions;
mod sandbox;
mod simulated;

use std::env;

use aws_config::BehaviorVersion;
use tokio::task::{LocalSet, spawn_local};

use self::{
    observation::Observations,
    sandbox::{Account, Sandbox},
};

/// How many certificates an account may have at most. One with more is no sandbox.
const SANDBOX: usize = 50;

/// Asks everything, and cleans up whatever came of it.
///
/// # Errors
/// Why these accounts are not asked. Nothing was changed then.
async fn probe(source: Account, recipient: Account) -> Result<(Observations, Vec<String>), String> {
    for (account, whose) in [(&source, "source"), (&recipient, "recipient")] {
        println!("{whose}: account {} in {}", account.number, account.region);
    }
    if source.number == recipient.number {
        return Err("both profiles lead to the same account".to_owned());
    }
    if source.region != recipient.region {
        return Err("a certificate stays in its region, and these are two".to_owned());
    }
    for account in [&source, &recipient] {
        let number = account.certificates_up_to(SANDBOX + 1).await?;
        if number > SANDBOX {
            return Err(format!(
                "account {} has more than {SANDBOX} certificates: that is no sandbox",
                account.number
            ));
        }
    }
    let sandbox = Sandbox::new(source, recipient);
    let asking = LocalSet::new();
    let asked = asking.run_until(async {
        // In a task of its own, so that nothing that it does keeps us from cleaning up.
        let sandbox = sandbox.clone();
        let asked = spawn_local(async move { questions::all(&sandbox).await });
        tokio::select! {
            asked = asked => asked.map_err(|error| error.to_string()),
            _ = tokio::signal::ctrl_c() => Err("stopped by Ctrl-C".to_owned()),
        }
    });
    let asked = asked.await;
    drop(asking);
    let left = sandbox.clean().await;
    match asked {
        Ok(observations) => Ok((observations, left)),
        Err(why) => Err(format!("{why}; left behind: {left:?}")),
    }
}

/// `CERTFERRY_LIVE_SOURCE=profile CERTFERRY_LIVE_RECIPIENT=profile cargo test --test it -- --ignored live --nocapture`
#[tokio::test]
#[ignore = "asks AWS, in two sandbox accounts"]
async fn live() {
    let profile = |name: &str| {
        env::var(name)
            .unwrap_or_else(|_| panic!("{name} is to name a profile of a sandbox account"))
    };
    let account = async |name: &str| {
        let config = aws_config::defaults(BehaviorVersion::latest());
        let config = config.profile_name(profile(name)).load().await;
        Account::of(&config).await.unwrap()
    };
    let source = account("CERTFERRY_LIVE_SOURCE").await;
    let recipient = account("CERTFERRY_LIVE_RECIPIENT").await;
    let (observations, left) = probe(source, recipient).await.unwrap();
    println!("{observations}");
    assert!(
        left.is_empty(),
        "left behind, to be deleted by hand: {left:#?}"
    );
}
