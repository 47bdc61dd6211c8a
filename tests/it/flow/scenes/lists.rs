//! The list of certificates, the details, and the menus that open on them.

use certferry::simulator::Simulator;

use crate::flow::{
    names::learn_names,
    person::{Person, Start, clock},
    screens::{draw, draw_settled},
};

async fn demo() -> Person {
    Start::new(&Simulator::demo_at(clock())).settled().await
}

#[tokio::test(start_paused = true)]
async fn the_list() {
    let mut person = demo().await;
    draw_settled(&mut person, "certificates").await;
    // What all devices are called.
    learn_names(&mut person).await;
    draw_settled(&mut person, "names-known").await;
    person.keys("s3 end").settle().await;
    draw_settled(&mut person, "by-status").await;
    person.keys("R s").settle().await;
    draw_settled(&mut person, "orders").await;
    person.keys("esc s1 R home v j j").settle().await;
    draw_settled(&mut person, "range").await;
    person.keys("v").keys("m").settle().await;
    draw_settled(&mut person, "only-marked").await;
}

#[tokio::test(start_paused = true)]
async fn the_filter() {
    let mut person = demo().await;
    person
        .keys("/")
        .keys("\"status:tr to:4444\"")
        .settle()
        .await;
    draw_settled(&mut person, "filter").await;
    person.keys("esc /").keys("\"status:active polcy:x\"");
    draw_settled(&mut person, "filter-mistake").await;
    person.keys("esc /").keys("s").keys("tab").settle().await;
    draw_settled(&mut person, "filter-words").await;
    person.keys("esc esc /").keys("zzz").settle().await;
    draw_settled(&mut person, "filter-nothing").await;
    person.keys("enter").settle().await;
    draw_settled(&mut person, "nothing-found").await;
}

#[tokio::test(start_paused = true)]
async fn menus_of_the_list() {
    let mut person = demo().await;
    person.keys(":");
    draw_settled(&mut person, "palette").await;
    person.keys("trans");
    draw_settled(&mut person, "palette-typed").await;
    person.keys("esc esc y");
    draw_settled(&mut person, "copy-menu").await;
    person.keys("esc S");
    draw_settled(&mut person, "accounts").await;
    person.keys("esc ?");
    draw_settled(&mut person, "help").await;
    person.keys("esc / status:tr enter o").settle().await;
    draw_settled(&mut person, "row-options").await;
}

#[tokio::test(start_paused = true)]
async fn two_sides() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).both_sides().settled().await;
    person.keys("/ status:tr enter enter").settle().await;
    draw_settled(&mut person, "two-sides").await;
    person.keys("esc esc x").settle().await;
    draw_settled(&mut person, "other-side").await;
}

#[tokio::test(start_paused = true)]
async fn the_details() {
    let mut person = demo().await;
    person.keys("enter").settle().await;
    draw_settled(&mut person, "details").await;
    person.keys("a");
    draw_settled(&mut person, "actions").await;
    person.keys("esc 2").settle().await;
    draw_settled(&mut person, "policies").await;
    person.keys("o");
    draw(&mut person, "policy-menu");
    person.keys("enter").settle().await;
    draw_settled(&mut person, "policy-document").await;
    person.keys("/").keys("iot:").settle().await;
    draw_settled(&mut person, "text-search").await;
    person.keys("esc esc 3").settle().await;
    draw_settled(&mut person, "things").await;
    person.keys("o enter").settle().await;
    draw_settled(&mut person, "thing-attributes").await;
    person.keys("esc 4").settle().await;
    draw_settled(&mut person, "effective-policies").await;
}

#[tokio::test(start_paused = true)]
async fn who_may_change_nothing() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).read_only().settled().await;
    person.keys("a").settle().await;
    draw_settled(&mut person, "read-only").await;
}
