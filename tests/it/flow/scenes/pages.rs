//! The pages beside the list: names of things and policies, what certificates take along, transfers.

use std::path::Path;

use certferry::simulator::Simulator;

use crate::flow::{
    belongings, inventory,
    person::{RECIPIENT, Start, clock},
    screens::{draw, draw_settled},
    transfers::elsewhere,
};

#[tokio::test(start_paused = true)]
async fn policies_and_things() {
    let (simulator, _) = inventory::fleet();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("P").settle().await;
    person.sees("attached to 2 certificates").await;
    person.sees("attached to group lyon").await;
    draw_settled(&mut person, "all-policies").await;
    person.keys("enter");
    draw_settled(&mut person, "named-menu").await;
    person.keys("F").settle().await;
    draw_settled(&mut person, "policy-in-full").await;
    person.keys("esc esc T").settle().await;
    person.sees("attached to ").await;
    draw_settled(&mut person, "all-things").await;
    person.keys("enter F").settle().await;
    draw_settled(&mut person, "thing-in-full").await;
}

#[tokio::test(start_paused = true)]
async fn finding_by_a_name() {
    let (simulator, _) = inventory::fleet();
    let folder = tempfile::tempdir().unwrap();
    let filters = folder.path().join("filters.json");
    let mut person = Start::new(&simulator).filters(&filters).settled().await;
    person
        .keys("/")
        .keys("\"group:lyon policy:fleet-base\" ctrl-s enter")
        .settle()
        .await;
    person.keys("f").settle().await;
    for name in [
        "find-things",
        "find-groups",
        "find-types",
        "find-policies",
        "find-authorities",
        "find-recent",
        "find-saved",
    ] {
        draw_settled(&mut person, name).await;
        person.keys("tab").settle().await;
    }
    person
        .keys("esc esc /")
        .keys("group:ly")
        .keys("tab")
        .settle()
        .await;
    draw_settled(&mut person, "complete-group").await;
}

#[tokio::test(start_paused = true)]
async fn what_certificates_take_along() {
    let simulator = belongings::world();
    let mut person = Start::new(&simulator).both_sides().settled().await;
    person.keys("* a e").settle().await;
    draw_settled(&mut person, "takes-along").await;
    person.keys("j j j enter");
    draw_settled(&mut person, "takes-along-policy").await;
}

#[tokio::test(start_paused = true)]
async fn inbox_outbox_and_reports() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).settled().await;
    person.keys("i").settle().await;
    draw_settled(&mut person, "inbox").await;
    person.keys("tab").settle().await;
    draw_settled(&mut person, "outbox").await;
    let id = outgoing(&simulator);
    person.keys("esc w");
    let there = elsewhere(&simulator, RECIPIENT);
    let accept = there.accept_certificate_transfer().certificate_id(id);
    accept.send().await.unwrap();
    person.keys("i tab tab").sees("was accepted by").await;
    draw(&mut person, "reports");
}

/// A certificate that is offered to the recipient.
fn outgoing(simulator: &Simulator) -> String {
    let place = (RECIPIENT.to_owned(), "us-east-1".to_owned());
    let world = simulator.snapshot();
    world.places[&place].incoming.keys().next().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_accounted_for() {
    let (simulator, _) = inventory::fleet();
    // Its name is in the picture.
    let list = Path::new("tests/it/flow/lyon.txt");
    let mut person = Start::new(&simulator).select(list).started();
    person.sees("List ").await.settle().await;
    person.keys("");
    draw_settled(&mut person, "list-accounted-for").await;
}
