//! Update and render alone: any key, any paste, any size, any answer that is due, in any order.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use certferry::{
    domain::{Reply, RequestId},
    simulator::Assumptions,
    tui::{Msg, Stroke},
};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use fastrand::Rng;

use super::{
    course,
    desk::Screen,
    promises::Promise,
    script::{NewOne, Script},
};

/// How many events every run of the tests makes, and how many a seed has.
const EVENTS: u64 = 100_000;
const OF_A_SEED: u64 = 1_000;

const PASTES: [&str; 6] = [
    "444455556666",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "a\nb\tc\r\n",
    "\u{202e}\u{200b}\u{feff}zero",
    "日本語 👩‍🚀 é",
    "",
];

fn key(dice: &mut Rng) -> KeyEvent {
    let named = [
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Insert,
        KeyCode::F(1),
        KeyCode::Null,
    ];
    let code = if dice.bool() {
        named[dice.usize(..named.len())]
    } else {
        KeyCode::Char(dice.char(' '..='~'))
    };
    let modifiers = match dice.u8(..20) {
        0 => KeyModifiers::CONTROL,
        1 => KeyModifiers::ALT,
        2 => KeyModifiers::SHIFT,
        3 => KeyModifiers::CONTROL | KeyModifiers::ALT,
        _ => KeyModifiers::NONE,
    };
    let mut event = KeyEvent::new(code, modifiers);
    if dice.u8(..20) == 0 {
        event.kind = KeyEventKind::Repeat;
    }
    event
}

/// Answers that were given and not read yet, by what they answer.
#[derive(Default)]
struct Pile(BTreeMap<RequestId, VecDeque<Reply>>);

impl Pile {
    fn put(&mut self, reply: Reply) {
        self.0.entry(reply.id).or_default().push_back(reply);
    }

    /// One of those that are next of what they answer.
    fn take(&mut self, dice: &mut Rng) -> Option<Reply> {
        if self.0.is_empty() {
            return None;
        }
        let id = *self.0.keys().nth(dice.usize(..self.0.len()))?;
        let replies = self.0.get_mut(&id)?;
        let reply = replies.pop_front();
        if replies.is_empty() {
            self.0.remove(&id);
        }
        reply
    }
}

/// Plays with a screen; answers with what was broken first.
fn plays(seed: u64) -> Option<(Promise, String)> {
    let script = Script {
        seed,
        assumptions: Assumptions::default(),
        certificates: vec![
            NewOne {
                active: true,
                policies: 2,
                things: 2,
                exclusive: false,
                offered: None,
            };
            3
        ],
        events: Vec::new(),
        mishaps: Vec::new(),
    };
    course::in_a_world(&script, async |around| {
        let mut dice = Rng::with_seed(seed);
        let (mut screen, mut replies) = Screen::start(&around);
        let mut pile = Pile::default();
        for n in 0..OF_A_SEED {
            while let Ok(reply) = replies.try_recv() {
                pile.put(reply);
            }
            event(&mut screen, &mut pile, &mut dice).await;
            if n % 3 == 0 {
                screen.draw();
            }
            if n % 12 == 0 && !screen.is_as_drawn() {
                let what = format!("another frame than a new one:\n{}", screen.picture());
                around.promises.breaks(Promise::SameFrame, what);
            }
            if around.promises.broken().is_some() {
                break;
            }
        }
        // Whatever came of it, everything can be left.
        screen.resize(80, 24);
        while let Some(reply) = pile.take(&mut dice) {
            screen.takes(reply);
        }
        screen.goes_home(replies).await;
        if std::env::var("SEED").is_ok() {
            for line in around.story.lines() {
                println!("{line}");
            }
        }
        around.promises.broken()
    })
}

async fn event(screen: &mut Screen, pile: &mut Pile, dice: &mut Rng) {
    let pauses = [0, 1, 5, 30, 120, 120, 600, 600, 2_000];
    let pause = pauses[dice.usize(..pauses.len())];
    tokio::time::sleep(Duration::from_millis(pause)).await;
    match dice.u8(..100) {
        0..40 => screen.tell(Msg::Key(Stroke::new(key(dice), screen.now()))),
        40..60 => {
            screen.presses(dice).await;
        }
        60..64 => {
            for _ in 0..dice.u8(2..30) {
                let more = Stroke {
                    more: true,
                    ..Stroke::new(key(dice), screen.now())
                };
                screen.tell(Msg::Key(more));
            }
        }
        64..67 => {
            let text = PASTES[dice.usize(..PASTES.len())];
            screen.tell(Msg::Paste(text.to_owned()));
        }
        67..70 => {
            // Small ones are drawn sooner, and have less room for what must stand there.
            let smaller = dice.u16(..6);
            screen.resize(dice.u16(1..=500 >> smaller), dice.u16(1..=200 >> smaller));
        }
        70..73 => screen.resize(80, 24),
        73 => screen.tell(Msg::InSight),
        _ => {
            if let Some(reply) = pile.take(dice) {
                screen.takes(reply);
            }
        }
    }
}

#[test]
fn any_keys_and_any_answers_in_any_order() {
    let next = AtomicU64::new(0);
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed * OF_A_SEED >= EVENTS {
                        return;
                    }
                    let broken = plays(seed);
                    assert!(broken.is_none(), "seed {seed}: {broken:#?}");
                }
            });
        }
    });
}
