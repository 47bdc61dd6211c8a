//! The probe, asked of the simulator: it finds out what the simulator was told to assume, and leaves
//! nothing behind.

use aws_sdk_iot::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use certferry::simulator::{
    Assumptions, Clock, Fault, NewCertificate, Operation, Simulator, Times,
};

use super::{probe, sandbox::Account};
use crate::walk::assumptions::covering;

const SOURCE: &str = "111122223333";
const RECIPIENT: &str = "444455556666";

fn world(assumptions: Assumptions) -> Simulator {
    let simulator = Simulator::with_assumptions(Clock::Fixed(1_772_366_400), assumptions);
    for account in [SOURCE, RECIPIENT] {
        simulator.create_account(account);
    }
    simulator
}

fn account(simulator: &Simulator, number: &str) -> Account {
    let key = simulator.access_key(number);
    let credentials =
        Credentials::new(key.access_key_id, key.secret_access_key, None, None, "test");
    let config = aws_sdk_iot::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .http_client(simulator.http_client());
    Account {
        iot: Client::from_conf(config.build()),
        number: number.to_owned(),
        region: "us-east-1".to_owned(),
    }
}

/// Each of the fields, when it was learnt, is what the simulator assumes.
macro_rules! same {
    ($seen:ident, $told:ident: $($field:ident),+) => {{
        $({
            let learnt = $seen.has_learnt(stringify!($field));
            let same = $seen.assumptions.$field == $told.$field;
            assert!(same || !learnt, "{}: {}", stringify!($field), $seen);
        })+
        let fields = [$(stringify!($field)),+];
        fields.into_iter().filter(|field| !$seen.has_learnt(field)).collect::<Vec<_>>()
    }};
}

#[tokio::test(start_paused = true)]
async fn the_probe_finds_what_the_simulator_assumes() {
    for told in covering(2) {
        let simulator = world(told.clone());
        let before = simulator.snapshot();
        let accounts = (account(&simulator, SOURCE), account(&simulator, RECIPIENT));
        let (seen, left) = probe(accounts.0, accounts.1).await.unwrap();
        let unknown = same!(seen, told: things_attached, source_list, source_describe, owner_while_pending,
                data_after_cancel, wrong_side, not_in_transfer, update_while_pending,
                forbidden_status, transfer_of_unusable, leaving_revoked, self_transfer,
                unknown_target, same_id_in_target, policy_detach_delay, thing_detach_delay,
                detach_unattached_thing, attach_while_detaching, without_index,
                inactive_authorization, ca_after_accept);
        let mut unasked = vec!["ca_after_accept"];
        if told.thing_detach_delay.is_zero() {
            unasked.insert(0, "attach_while_detaching");
        }
        assert_eq!(unknown, unasked, "{seen}");
        assert_eq!(left, [""; 0], "{told:?}");
        assert_eq!(simulator.snapshot(), before, "{told:?}");
    }
}

/// Whatever is denied, what could be created is deleted, and what could not be deleted is told.
#[tokio::test(start_paused = true)]
async fn the_probe_cleans_up_also_when_calls_fail() {
    for denied in [
        Operation::TransferCertificate,
        Operation::CreateThing,
        Operation::AttachThingPrincipal,
        Operation::ListCertificates,
        Operation::RejectCertificateTransfer,
    ] {
        let simulator = world(Assumptions::default());
        let before = simulator.snapshot();
        // The certificates are counted first.
        simulator.inject(denied, Fault::Pass, Times::Count(2));
        simulator.inject(denied, Fault::AccessDenied, Times::Forever);
        let accounts = (account(&simulator, SOURCE), account(&simulator, RECIPIENT));
        let (_, left) = probe(accounts.0, accounts.1).await.unwrap();
        assert_eq!(left, [""; 0], "{denied:?}");
        assert_eq!(simulator.snapshot(), before, "{denied:?}");
    }
    let simulator = world(Assumptions::default());
    simulator.inject(Operation::DeletePolicy, Fault::AccessDenied, Times::Forever);
    let accounts = (account(&simulator, SOURCE), account(&simulator, RECIPIENT));
    let (_, left) = probe(accounts.0, accounts.1).await.unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].contains("AccessDenied"), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn the_probe_asks_no_account_that_is_no_sandbox() {
    let simulator = world(Assumptions::default());
    for number in 0..=50 {
        let new = NewCertificate::new("press", number);
        simulator.add_certificate(RECIPIENT, &new).unwrap();
    }
    let before = simulator.snapshot();
    let source = account(&simulator, SOURCE);
    let same = probe(source.clone(), source.clone()).await;
    assert!(same.is_err_and(|why| why.contains("the same account")));
    let far = Account {
        region: "eu-west-1".to_owned(),
        ..account(&simulator, RECIPIENT)
    };
    let far = probe(source.clone(), far).await;
    assert!(far.is_err_and(|why| why.contains("region")));
    let large = probe(source, account(&simulator, RECIPIENT)).await;
    assert!(large.is_err_and(|why| why.contains("no sandbox")));
    assert_eq!(simulator.snapshot(), before);
}
