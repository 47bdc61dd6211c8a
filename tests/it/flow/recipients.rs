//! To whom certificates are offered: found by number or name, kept from whom the account book denies.

use certferry::simulator::{NewCertificate, Operation, Simulator, Status};

use super::person::{Person, RECIPIENT, SOURCE, Start, clock};

fn world() -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let new = NewCertificate::new("press", 7).status(Status::Inactive);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    (simulator, id)
}

fn status(simulator: &Simulator, id: &str) -> Status {
    simulator.certificate(SOURCE, id).unwrap().status
}

fn transfers(simulator: &Simulator) -> usize {
    let calls = simulator.calls();
    let transfer = Some(Operation::TransferCertificate);
    calls.iter().filter(|it| it.operation == transfer).count()
}

/// In the dialog Start transfer, with the keys in its field for the account.
async fn dialog(simulator: &Simulator, config: &str) -> Person {
    let start = Start::new(simulator).config(config);
    let mut person = start.settled().await;
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person
}

/// The line below the account.
fn remark(person: &Person) -> String {
    let screen = person.screen();
    let mut lines = screen.lines().skip_while(|it| !it.contains("> Account"));
    lines.nth(1).unwrap().trim_matches(['│', ' ']).to_owned()
}

async fn confirm(person: &mut Person) {
    person.keys("tab tab right enter").settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_name_is_as_good_as_a_number() {
    let (simulator, id) = world();
    let config = "[accounts]\n\"222233334444\" = \"fleet-us\"\n";
    let mut person = dialog(&simulator, config).await;
    person.keys("\"fleet\"");
    assert!(remark(&person).contains("fleet-eu"), "{}", remark(&person));
    assert!(remark(&person).contains("type more of it"));
    confirm(&mut person).await;
    assert_eq!(transfers(&simulator), 0);
    person.keys("backtab backtab backtab \"-e\"");
    assert_eq!(remark(&person), "4444-5555-6666  fleet-eu");
    confirm(&mut person).await;
    assert_eq!(status(&simulator, &id), Status::PendingTransfer);
    let offered = simulator.certificate(RECIPIENT, &id);
    assert_eq!(offered.unwrap().status, Status::PendingTransfer);
    assert_eq!(transfers(&simulator), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_digits_of_a_known_number_say_which_one_is_meant() {
    let (simulator, id) = world();
    let mut person = dialog(&simulator, "").await;
    person.keys("\"444\"");
    assert_eq!(remark(&person), "3 of 12 digits");
    person.keys("\"4\"");
    assert_eq!(remark(&person), "4444-5555-6666  fleet-eu");
    person.keys("\"9\"");
    assert_eq!(remark(&person), "5 of 12 digits");
    person.keys("backspace");
    confirm(&mut person).await;
    assert_eq!(status(&simulator, &id), Status::PendingTransfer);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_nearly_a_known_one_is_said() {
    let (simulator, _) = world();
    let mut person = dialog(&simulator, "").await;
    person.keys("\"444455556667\"");
    let said = remark(&person);
    let near = "unknown; fleet-eu is 4444-5555-6666: one digit differs";
    assert_eq!(said, near);
    person.keys("ctrl-u \"444455556677\"");
    assert!(remark(&person).contains("two digits differ"));
    person.keys("ctrl-u \"999988887777\"");
    assert_eq!(remark(&person), "9999-8888-7777  unknown account");
    person.keys("ctrl-u \"nobody\"");
    assert!(remark(&person).contains("no known account"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_offered_to_an_account_that_is_denied() {
    let (simulator, id) = world();
    let config = "[accounts]\n\"444455556666\" = { name = \"old-lab\", transfer = \"deny\" }\n";
    let mut person = dialog(&simulator, config).await;
    person.keys("\"old-lab\"");
    assert_eq!(remark(&person), "4444-5555-6666  old-lab: marked deny");
    confirm(&mut person).await;
    let screen = person.screen();
    assert!(screen.contains("is marked deny in the account"), "{screen}");
    assert_eq!(transfers(&simulator), 0);
    assert_eq!(status(&simulator, &id), Status::Inactive);
}

#[tokio::test(start_paused = true)]
async fn with_allow_only_nothing_is_offered_to_others() {
    let (simulator, id) = world();
    let config = "[accounts]\nallow_only = true\n\
                  \"222233334444\" = { name = \"fleet-us\", transfer = \"allow\" }\n";
    let mut person = dialog(&simulator, config).await;
    for other in ["444455556666", "999988887777"] {
        person.keys(&format!("ctrl-u \"{other}\""));
        assert!(remark(&person).ends_with("not marked allow"));
    }
    person.keys("ctrl-u \"fleet-us\"");
    assert_eq!(remark(&person), "2222-3333-4444  fleet-us");
    person.keys("ctrl-u \"444455556666\"");
    confirm(&mut person).await;
    assert_eq!(transfers(&simulator), 0);
    assert_eq!(status(&simulator, &id), Status::Inactive);
}

#[tokio::test(start_paused = true)]
async fn whom_the_journal_knows_is_suggested_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    let (simulator, id) = world();
    // Nobody knows this account but the one who types it.
    let stranger = "777788889999";
    simulator.create_account(stranger);
    let start = || Start::new(&simulator).journal(&journal);
    let mut person = start().settled().await;
    person.keys("t").settle().await;
    person.keys(stranger).keys("tab tab right enter");
    person.settle().await;
    assert_eq!(status(&simulator, &id), Status::PendingTransfer);
    assert!(simulator.certificate(stranger, &id).is_some());
    // It is taken back, so that no offer waits.
    person.keys("esc W").settle().await;
    person.keys("right").keys("enter").settle().await;
    assert_eq!(status(&simulator, &id), Status::Inactive);
    drop(person);
    let new = NewCertificate::new("press", 8).status(Status::Inactive);
    simulator.add_certificate(SOURCE, &new).unwrap();

    let mut person = start().settled().await;
    person.keys("t").settle().await;
    person.keys("down");
    assert!(
        person.screen().contains("7777-8888-9999"),
        "{}",
        person.screen()
    );
    // Of another account's journal nothing is known here.
    drop(person);
    let mut person = start().recipient().settled().await;
    let new = NewCertificate::new("press", 9).status(Status::Inactive);
    simulator.add_certificate(RECIPIENT, &new).unwrap();
    person.keys("r").settle().await;
    person.keys("t").settle().await;
    assert!(
        !person.screen().contains("7777-8888-9999"),
        "{}",
        person.screen()
    );
}
