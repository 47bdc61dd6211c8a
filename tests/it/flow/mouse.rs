//! The mouse: what is clicked does what its key does, with the same guards.

use certferry::{
    simulator::{Operation, Simulator},
    tui::mouse::Gesture,
};

use super::person::{Person, Start, calls, clock};

async fn at_the_mouse(simulator: &Simulator, columns: u16) -> Person {
    let start = Start::new(simulator)
        .config("mouse = true")
        .size(columns, 24);
    start.settled().await
}

#[tokio::test(start_paused = true)]
async fn a_click_chooses_a_row_and_another_one_opens_it() {
    let simulator = Simulator::demo_at(clock());
    let mut person = at_the_mouse(&simulator, 80).await;
    assert!(person.mouse);
    person.click("6308807d");
    assert!(
        person.row("6308807d").starts_with(" >"),
        "{}",
        person.screen()
    );
    assert!(person.app.side.details.is_none());
    person.click("6308807d").settle().await;
    assert!(person.app.side.details.is_some());
    // The tabs, and back by the hint.
    person.click("Policies 0").settle().await;
    assert!(
        person.screen().contains("[Policies 0]"),
        "{}",
        person.screen()
    );
    person.click("Esc back");
    assert!(person.app.side.details.is_none());
    // The wheel moves by three, wherever it is over the list.
    person.wheel(Gesture::WheelDown, "b075a216");
    assert!(
        person.row("c45788cb").starts_with(" >"),
        "{}",
        person.screen()
    );
    person.wheel(Gesture::WheelUp, "b075a216");
    assert!(
        person.row("6308807d").starts_with(" >"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_button_is_pressed_only_when_a_key_would_press_it() {
    let simulator = Simulator::demo_at(clock());
    let mut person = at_the_mouse(&simulator, 80).await;
    person.keys("enter").settle().await;
    person.keys("a");
    person.click("Deactivate").settle().await;
    let button = person.place_of("Deactivate ]");
    // Outside of a dialog a click does nothing.
    person.click_at((1, 1));
    assert_eq!(person.app.dialogs.len(), 1);
    person.click("[ Keep active ]").settle().await;
    assert_eq!(person.app.dialogs.len(), 0, "{}", person.screen());
    // The second click of two, on what the first one brought up.
    person.keys("a d");
    person.keys("esc a");
    let entry = person.place_of("Deactivate");
    person.click_at(entry);
    person.click_at(button);
    person.settle().await;
    assert_eq!(
        calls(&simulator, Operation::UpdateCertificate),
        0,
        "{}",
        person.screen()
    );
    assert_eq!(person.app.dialogs.len(), 1);
    person.keys("");
    person.click("[ Deactivate ]").settle().await;
    assert_eq!(
        calls(&simulator, Operation::UpdateCertificate),
        1,
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn the_click_that_gives_the_window_the_keys_does_nothing_else() {
    let simulator = Simulator::demo_at(clock());
    let mut person = at_the_mouse(&simulator, 80).await;
    person.focus();
    let row = person.place_of("6308807d");
    person.click_at(row);
    assert!(
        !person.row("6308807d").starts_with(" >"),
        "{}",
        person.screen()
    );
    person.click_at(row);
    assert!(
        person.row("6308807d").starts_with(" >"),
        "{}",
        person.screen()
    );
    // One that comes later was meant for what it is on.
    person.focus();
    person.click("23fd2233");
    assert!(
        person.row("23fd2233").starts_with(" >"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn the_mouse_is_the_terminal_s_until_it_is_taken() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).settled().await;
    assert!(!person.mouse);
    person.click("6308807d");
    assert!(!person.row("6308807d").starts_with(" >"));
    let f9 = crossterm::event::KeyEvent::from(crossterm::event::KeyCode::F(9));
    person.key(f9, std::time::Duration::from_secs(1));
    assert!(
        person.mouse && person.screen().contains("The mouse is taken"),
        "{}",
        person.screen()
    );
    person.click("6308807d");
    assert!(person.row("6308807d").starts_with(" >"));
    person.key(f9, std::time::Duration::from_secs(1));
    assert!(!person.mouse);
}

#[tokio::test(start_paused = true)]
async fn rows_of_pages_and_texts_are_reached_too() {
    let simulator = Simulator::demo_at(clock());
    let mut person = at_the_mouse(&simulator, 80).await;
    person.keys("i").settle().await;
    person.click("06022bc9");
    assert!(
        person.row("06022bc9").contains("> 06022bc9"),
        "{}",
        person.screen()
    );
    person.wheel(Gesture::WheelUp, "Inbox 3");
    assert!(
        person.row("783154f7").contains("> 783154f7"),
        "{}",
        person.screen()
    );
    person.keys("esc ?");
    let before = person.screen();
    person.wheel(Gesture::WheelDown, "Help");
    assert_ne!(person.screen(), before);
    person.click("Esc close");
    assert!(person.app.dialogs.is_empty());
    // Beside the list, each takes the wheel that is over it.
    person.resize(120, 24);
    person.click("be5f65f0");
    person.click("be5f65f0").settle().await;
    person.click("23fd2233").settle().await;
    assert!(
        person.screen().contains("23fd2233…1320d0c9   "),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_row_of_a_batch_is_clicked_like_any_other() {
    let (_simulator, mut person) = super::runs::fleet(3).await;
    person.keys("f9");
    super::runs::transfer_all(&mut person).await;
    let last = person.app.batches[0].tally.items().last().unwrap().id;
    assert_ne!(person.app.batches[0].selected().unwrap().id, last);
    let row = "unit-000000";
    person.click(row);
    assert_eq!(person.app.batches[0].selected().unwrap().id, last);
    person.click(row);
    assert!(
        person.screen().contains(&last.to_string()) && person.screen().contains("Steps"),
        "{}",
        person.screen()
    );
}
