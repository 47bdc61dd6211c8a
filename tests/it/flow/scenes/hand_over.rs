//! A hand-over from its page to its end, and what is left to do after one that stopped.

use certferry::simulator::Simulator;

use crate::flow::{
    hand_over::{confirm, decide, page, world},
    person::{Person, RECIPIENT, Start},
    screens::{draw, draw_settled},
};

async fn start(simulator: &Simulator) -> Person {
    Start::new(simulator).both_sides().settled().await
}

#[tokio::test(start_paused = true)]
async fn of_many() {
    let (simulator, _) = world(20);
    let mut person = start(&simulator).await;
    person.keys("*");
    page(&mut person).await;
    draw_settled(&mut person, "hand-over-page").await;
    person.keys("enter");
    draw_settled(&mut person, "hand-over-choices").await;
    person.keys("=");
    draw_settled(&mut person, "policy-difference").await;
    person.keys("esc m");
    draw_settled(&mut person, "names-there").await;
    person.keys("esc");
    decide(&mut person, "Attach what is there");
    person.keys("M");
    draw_settled(&mut person, "hand-over-dialog").await;
}

#[tokio::test(start_paused = true)]
async fn of_one_until_its_device_works_there() {
    let (simulator, _) = world(1);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    decide(&mut person, "Create it there as jobs-2");
    confirm(&mut person).await;
    draw_settled(&mut person, "hand-over-over").await;
    person.keys("esc x").settle().await;
    person.keys("H").settle().await;
    person.keys("enter");
    draw_settled(&mut person, "hand-over-history").await;
    person.choose("Remove what it created");
    draw_settled(&mut person, "remove-created").await;
}

#[tokio::test(start_paused = true)]
async fn that_stopped_at_the_other_side() {
    let (simulator, _) = world(1);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    decide(&mut person, "Leave it out");
    simulator.deny(RECIPIENT, "iot:AttachPolicy");
    confirm(&mut person).await;
    draw(&mut person, "hand-over-stopped");
}
