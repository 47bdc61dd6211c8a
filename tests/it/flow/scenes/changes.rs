//! The dialogs of what is done to certificates, and what is asked besides.

use certferry::{
    domain::{Failure, FailureKind, Operation},
    simulator::Simulator,
    tui::{confirm::confirmation::Confirmation, layers::Dialog},
};

use crate::flow::{
    person::{Person, SOURCE, Start, clock},
    runs,
    screens::{draw, draw_settled},
};

async fn demo() -> Person {
    Start::new(&Simulator::demo_at(clock())).settled().await
}

/// Opens a dialog from the row, draws it, and leaves it.
async fn dialog(person: &mut Person, letter: &str, name: &str) {
    person.keys(letter).settle().await;
    person.keys("");
    draw(person, name);
    person.keys("esc").settle().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_done_to_one() {
    let mut person = demo().await;
    person.keys("t").settle().await;
    person.keys("444455556666 tab \"moving press line 7\" tab right");
    draw(&mut person, "prepare-and-transfer");
    person.keys("f1");
    draw(&mut person, "explained");
    person.keys("esc esc").settle().await;
    dialog(&mut person, "d", "deactivate").await;
    dialog(&mut person, "V", "revoke").await;
    person.keys("enter 2").settle().await;
    person.keys("o").choose("Detach");
    draw(&mut person, "detach");
    person.keys("esc esc / status:tr enter").settle().await;
    dialog(&mut person, "W", "revoke-transfer").await;
    person
        .keys("esc / status:pending-transfer enter")
        .settle()
        .await;
    dialog(&mut person, "A", "accept").await;
    dialog(&mut person, "C", "accept-and-activate").await;
    dialog(&mut person, "X", "reject").await;
    person.keys("esc / status:inactive enter").settle().await;
    dialog(&mut person, "+", "activate").await;
}

/// Goes to a certificate that is ready to be offered.
async fn ready(person: &mut Person) {
    person.keys("/ status:inactive enter").settle().await;
    for _ in 0..20 {
        person.keys("enter").settle().await;
        let ready = |id| person.app.subject(id).readiness.obstacle().is_none();
        if person.app.current().is_some_and(ready) {
            return;
        }
        person.keys("esc down").settle().await;
    }
    panic!("none is ready:\n{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_ready_is_transferred() {
    let mut person = demo().await;
    ready(&mut person).await;
    dialog(&mut person, "E", "delete").await;
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab \"moving press line 7\" tab right");
    draw(&mut person, "start-transfer");
    person.keys("enter").settle().await;
    draw_settled(&mut person, "transfer-started").await;
    person.keys("esc L");
    draw_settled(&mut person, "command-log").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_done_to_many() {
    let (_simulator, mut person) = runs::fleet(3).await;
    person.keys("* a");
    draw_settled(&mut person, "marks-menu").await;
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab \"to the new plant\" tab");
    draw(&mut person, "batch-dialog");
    person.keys("ctrl-o");
    draw(&mut person, "all-of-batch");
    person.keys("esc right").keys("enter").settle().await;
    draw_settled(&mut person, "batch-over").await;
    person.keys("p").settle().await;
    person.keys("");
    draw(&mut person, "put-back-dialog");
}

#[tokio::test(start_paused = true)]
async fn the_ready_ones_are_transferred() {
    let mut person = demo().await;
    person.keys("/ status:inactive enter *").settle().await;
    person.keys("a").choose("Transfer the ready ones");
    person.settle().await;
    person.keys("444455556666");
    draw(&mut person, "transfer-ready");
}

/// A batch before its first report, and what is asked then. Later ones come as the disk allows, so that no
/// two pictures of them would be the same.
#[tokio::test(start_paused = true)]
async fn a_batch_under_way() {
    let (_simulator, mut person) = runs::fleet(3).await;
    runs::begin_transfer_of_all(&mut person).await;
    draw(&mut person, "batch-under-way");
    person.keys("x");
    draw(&mut person, "stop-menu");
    person.keys("esc esc q");
    draw(&mut person, "quit");
}

/// A plan that was saved in a dialog, and with which the program is started.
#[tokio::test(start_paused = true)]
async fn a_plan() {
    let (simulator, mut person) = runs::fleet(3).await;
    person.keys("* t").settle().await;
    person.keys("444455556666 tab \"to the new plant\"");
    let Some(Dialog::Form(form, Confirmation::Batch(draft))) = person.app.dialogs.last() else {
        panic!("{}", person.screen());
    };
    let plan = draft.plan_file(form, &person.app.cx(), None).unwrap();
    let mut person = Start::new(&simulator).plan(plan).settled().await;
    person.keys("").settle().await;
    draw(&mut person, "plan");
}

/// What a real account asks and the simulator does not.
#[tokio::test(start_paused = true)]
async fn what_is_asked_besides() {
    let (simulator, _) = runs::world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("F");
    draw(&mut person, "mark-list");
    person.keys("esc");
    for (name, confirmation) in [
        ("region", Confirmation::Region),
        ("code", Confirmation::Code(Box::new(code_needed()))),
    ] {
        let form = Box::new(confirmation.form());
        person.app.dialogs.push(Dialog::Form(form, confirmation));
        person.keys("12");
        draw(&mut person, name);
        person.app.dialogs.clear();
    }
}

/// What is said when a role is to be assumed that wants a code.
fn code_needed() -> Failure {
    let account = format!("arn:aws:iam::{SOURCE}");
    let message = format!(
        "the role {account}:role/ops is assumed with a code of the MFA device {account}:mfa/ana \
         (/home/ana/.aws/config, line 4)"
    );
    Failure {
        kind: FailureKind::CodeNeeded,
        ..Failure::internal(Operation::GetCallerIdentity, message)
    }
}
