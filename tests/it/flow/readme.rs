//! The pictures of the README: the program's own screens, so that they are always true. `.ci/pictures` draws them anew.

use std::{fs, path::PathBuf, time::Duration};

use certferry::simulator::Simulator;

use super::{
    names::learn_names,
    person::{Person, Start, clock},
    runs,
    svg::{Frame, recording, still},
};

/// Set by `.ci/pictures`.
const DRAW: &str = "CERTFERRY_DRAW_PICTURES";

/// Compares a picture with the one that is there, or takes it in its place.
fn is_true(name: &str, drawn: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "assets", name]
        .iter()
        .collect();
    if std::env::var_os(DRAW).is_some() {
        fs::write(&path, drawn).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == drawn,
        "assets/{name} shows what certferry does not show any more: run .ci/pictures"
    );
}

async fn demo() -> (Simulator, Person) {
    let simulator = Simulator::demo_at(clock());
    let start = Start::new(&simulator).both_sides().size(100, 32);
    let mut person = start.settled().await;
    learn_names(&mut person).await;
    person.pass(Duration::from_secs(10));
    (simulator, person)
}

#[tokio::test(start_paused = true)]
async fn the_list_and_a_dialog() {
    let (_simulator, mut person) = demo().await;
    person.keys("down up");
    let title = "The certificates of an account, each with its device, status and transfer";
    is_true("certificates.svg", &still(person.buffer(), title));
    person.keys("t").settle().await;
    person.keys("tab").keys("\"line 35 moves to Lyon\"");
    let title = "The dialog Start transfer: what is done, what is detached, who goes offline, how it is undone";
    is_true("start-transfer.svg", &still(person.buffer(), title));
}

#[tokio::test(start_paused = true)]
async fn a_batch() {
    let (simulator, mut person) = runs::fleet(200).await;
    person.resize(120, 30);
    learn_names(&mut person).await;
    simulator.set_latency(None, Duration::from_millis(40));
    person.keys("* a").choose("Start transfer");
    person.settle().await;
    // So many need the recipient's last digits.
    person.keys("444455556666 tab 6666 tab tab right enter");
    while person.app.batches[0].tally.over() < 90 {
        person.one_answer().await;
    }
    let title = "A batch of 200 certificates under way, with its pace and the quota that bounds it";
    is_true("batch.svg", &still(person.buffer(), title));
}

/// Somebody at the keys, while it is recorded.
struct Camera {
    person: Person,
    frames: Vec<Frame>,
}

impl Camera {
    /// Takes a picture, after these keys, of what is seen for so long.
    fn shoot(&mut self, keys: &[&str], said: &str, lasts: u64) {
        self.frames.push(Frame {
            buffer: self.person.buffer().clone(),
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            said: said.to_owned(),
            lasts: Duration::from_millis(lasts),
        });
    }

    /// Waits until so many steps are over, with a picture of it.
    async fn steps(&mut self, over: usize, said: &str, lasts: u64) {
        while self.person.app.batches[0].tally.items()[0].steps_over().0 < over {
            self.person.one_answer().await;
        }
        self.shoot(&[], said, lasts);
    }
}

/// From the list to a device that works in the other account, 24 seconds of it.
#[tokio::test(start_paused = true)]
async fn a_hand_over() {
    let (simulator, person) = demo().await;
    let mut camera = Camera {
        person,
        frames: Vec::new(),
    };
    camera.person.keys("");
    camera.shoot(
        &[],
        "203 certificates of fleet-prod. Press line 35 moves to fleet-eu.",
        2500,
    );
    camera.person.keys("M").settle().await;
    let said = "Hand over: what it has, and what is there of it already";
    camera.shoot(&["M"], said, 3500);
    camera.person.keys("M");
    camera.shoot(
        &["M"],
        "What happens, here and there, before anything does",
        3000,
    );
    for typed in ["6", "66", "666", "6666"] {
        camera.person.keys("6");
        let last = if typed.len() == 4 { 1000 } else { 250 };
        camera.shoot(
            &[typed],
            "The last digits of the recipient confirm which one it is",
            last,
        );
    }
    camera.person.keys("enter");
    camera.shoot(
        &["Enter"],
        "A message for the recipient, if there is one",
        900,
    );
    camera.person.keys("enter");
    camera.shoot(&["Enter"], "To the button", 800);
    simulator.set_latency(None, Duration::from_millis(150));
    camera.person.keys("enter");
    camera.shoot(&["Enter"], "Go", 500);
    let said = "Here: deactivate, detach. Each step is in the journal before it is done";
    for over in [2, 8, 9] {
        camera.steps(over, said, 900).await;
    }
    camera.steps(10, "It is offered", 900).await;
    let said = "There: accept, attach, prove what the device is allowed, activate";
    for over in [12, 15, 17] {
        camera.steps(over, said, 900).await;
    }
    camera.person.settle().await;
    camera.shoot(
        &[],
        "Every step of AWS's transfer procedure, and what comes after it",
        3500,
    );
    simulator.set_latency(None, Duration::ZERO);
    camera.person.keys("esc x").settle().await;
    learn_names(&mut camera.person).await;
    camera.person.pass(Duration::from_secs(10));
    camera.person.keys("j").settle().await;
    camera.shoot(&["Esc", "x"], "On the other side it is in the list", 2500);
    camera.person.keys("enter").settle().await;
    let said = "Active, with its policies and its thing: the device works there";
    camera.shoot(&["Enter"], said, 4000);
    let title = "A recording: a certificate is handed over, from the list of one account to a device that works in the other one";
    is_true("hand-over.svg", &recording(&camera.frames, title));
}

/// Pictures work wherever a README is shown: no scripts, nothing from elsewhere, and they do not take long.
#[test]
fn pictures_bring_everything_along() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut pictures = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|it| it != "svg") {
            continue;
        }
        pictures += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("(assets/{name})")), "{name}");
        let drawn = fs::read_to_string(&path).unwrap();
        for foreign in ["<script", "url(", "@import", "<image", "<foreignObject"] {
            assert!(!drawn.contains(foreign), "{name} has {foreign}");
        }
        assert_eq!(drawn.matches("http").count(), 1, "{name}");
        assert!(drawn.len() < 300_000, "{name}: {}", drawn.len());
    }
    assert_eq!(pictures, 4);
}
