//! Runs that stopped, what can be decided about them, and the history.

use crate::flow::{
    held::Held,
    person::{SOURCE, Start},
    runs,
    screens::{draw, draw_settled},
};

#[tokio::test(start_paused = true)]
async fn a_run_that_stopped() {
    let (simulator, _) = runs::world();
    simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).settled().await;
    runs::prepare_and_transfer(&mut person).await;
    draw_settled(&mut person, "run-stopped").await;
    person.keys("enter");
    draw_settled(&mut person, "run-item").await;
    person.keys("esc esc J").settle().await;
    draw_settled(&mut person, "runs").await;
    person.keys("esc o").settle().await;
    draw_settled(&mut person, "unfinished-menu").await;
    person.keys("u").settle().await;
    draw_settled(&mut person, "resume").await;
    person.keys("esc U").settle().await;
    draw_settled(&mut person, "leave-as-is").await;
    person.keys("esc H").settle().await;
    draw_settled(&mut person, "history").await;
    person.keys("enter");
    draw_settled(&mut person, "history-menu").await;
    person.keys("v").settle().await;
    draw_settled(&mut person, "history-run").await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_another_process_holds() {
    let held = Held::new("bastion-2\n4711\n1795500000\n").await;
    let start = Start::new(&held.simulator).journal(&held.journal());
    let mut person = start.settled().await;
    draw_settled(&mut person, "held").await;
    person.keys("J").settle().await;
    person.keys("enter").settle().await;
    draw_settled(&mut person, "held-menu").await;
    person.keys("K").settle().await;
    draw(&mut person, "take-over");
}

#[tokio::test(start_paused = true)]
async fn what_came_back_is_put_back() {
    let (simulator, _) = runs::world();
    let mut person = Start::new(&simulator).settled().await;
    runs::prepare_and_transfer(&mut person).await;
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("X").settle().await;
    other.keys("\"wrong fleet\" tab right enter").settle().await;
    person.keys("esc").settle().await;
    person.keys("r").settle().await;
    person.keys("enter").settle().await;
    draw_settled(&mut person, "came-back").await;
    person.keys("p").settle().await;
    draw_settled(&mut person, "put-back").await;
}
