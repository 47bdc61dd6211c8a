//! The programs that run in the pseudo-terminal: this test binary, started again.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    time::Duration,
};

use certferry::{
    domain::{Answer, Call, ConnectionId, Reply, Request, RequestId, StopAt},
    tui::terminal::{self, Background as Requests, Program},
    tui::{Effect, Msg},
};
use crossterm::event::{KeyCode, KeyModifiers};
use portable_pty::CommandBuilder;
use ratatui::{
    Frame,
    style::Stylize as _,
    text::{Line, Text},
};
use tokio::{runtime, sync::mpsc};

use super::{Pty, command};

/// The command that runs one of the two children at the end of this file.
pub(super) fn child(name: &str) -> CommandBuilder {
    let this = std::env::current_exe().unwrap();
    let test = format!("pty::child::{name}");
    command(this, &["--ignored", "--exact", &test, "--nocapture"])
}

/// The toy on an 80x24 terminal, drawn.
pub(super) fn toy() -> Pty {
    started(child("on_threads"))
}

/// A child's command on an 80x24 terminal, drawn.
pub(super) fn started(command: CommandBuilder) -> Pty {
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("ready");
    pty
}

/// Shows what it was told. `q` quits, Ctrl-Z suspends, Ctrl-L redraws, and capital letters make
/// something happen: B a background task panics, C copies, D the background task ends, F the
/// background task replies without end, N it replies 20 times without a change on the screen and
/// then once with one, P panics in `render`, S shows the clock, U panics in `update`.
#[derive(Debug, Default)]
struct Toy {
    keys: String,
    pastes: Vec<String>,
    size: (u16, u16),
    told_time: bool,
    clocks: u32,
    watches: bool,
    unlucky: bool,
    flood: u64,
    replies: String,
}

const BACKGROUND_PANIC: RequestId = RequestId(1);
const QUIET_REPLIES: RequestId = RequestId(2);
const LAST_REPLY: RequestId = RequestId(3);
const FLOOD: RequestId = RequestId(4);
const END: RequestId = RequestId(5);

fn request(id: RequestId) -> Vec<Effect> {
    vec![Effect::Send(Request {
        id,
        connection: ConnectionId(0),
        after: Duration::ZERO,
        call: Call::Identity,
    })]
}

impl Program for Toy {
    fn start(&mut self) -> Vec<Effect> {
        assert!(
            self.told_time && self.size.0 > 0,
            "time and size come first"
        );
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Clock(_) => {
                self.told_time = true;
                self.clocks += 1;
            }
            Msg::InSight | Msg::Mouse(_) | Msg::Focused(_) => {}
            Msg::Paste(text) => self.pastes.push(text),
            Msg::Resize { columns, rows } => self.size = (columns, rows),
            Msg::Reply(reply) => match reply.id {
                LAST_REPLY => self.replies.push_str(" last reply"),
                BACKGROUND_PANIC => self.replies.push_str(" it panicked"),
                FLOOD => self.flood += 1,
                _ => {}
            },
            Msg::Key(key) if key.event.modifiers == KeyModifiers::CONTROL => match key.event.code {
                KeyCode::Char('z') => return vec![Effect::Suspend],
                KeyCode::Char('l') => return vec![Effect::Redraw],
                _ => self.keys.push('^'),
            },
            Msg::Key(key) => match key.event.code {
                KeyCode::Char('q') => return vec![Effect::Quit],
                KeyCode::Char('B') => return request(BACKGROUND_PANIC),
                KeyCode::Char('C') => return vec![Effect::Copy("plain".to_owned())],
                KeyCode::Char('D') => return request(END),
                KeyCode::Char('F') => return request(FLOOD),
                KeyCode::Char('M') => return vec![Effect::Mouse(true)],
                KeyCode::Char('N') => return request(QUIET_REPLIES),
                KeyCode::Char('P') => self.unlucky = true,
                KeyCode::Char('S') => self.watches = true,
                KeyCode::Char('U') => panic!("bad luck in update"),
                KeyCode::Char(c) => self.keys.push(c),
                KeyCode::Enter => self.keys.push_str("<enter>"),
                KeyCode::Up => self.keys.push_str("<up>"),
                _ => self.keys.push('?'),
            },
        }
        Vec::new()
    }

    fn render(&self, frame: &mut Frame<'_>) {
        assert!(!self.unlucky, "bad luck in render");
        let keys: String = self.keys.chars().take(40).collect();
        let mut about = format!("keys {} {keys}\n", self.keys.len());
        let _ = writeln!(about, "size {}x{}", self.size.0, self.size.1);
        let _ = writeln!(about, "replies{}", self.replies);
        let _ = writeln!(about, "pastes {} {:?}", self.pastes.len(), self.pastes);
        if self.watches {
            let _ = writeln!(about, "clocks {}", self.clocks);
        }
        for line in 0..self.flood.min(18) {
            let _ = writeln!(about, "{}", format!("{} ", self.flood + line).repeat(15));
        }
        let mut text = Text::from(about);
        text.lines.insert(0, Line::from("ready".red().reversed()));
        frame.render_widget(text, frame.area());
    }

    fn clock(&self) -> Option<Duration> {
        self.watches.then_some(Duration::from_secs(1))
    }
}

/// The toy's background task.
struct Background(Option<mpsc::Sender<Reply>>);

impl Requests for Background {
    fn rest(&mut self) {}

    fn wake(&mut self) {}

    fn send(&mut self, request: Request) -> Result<(), Box<Reply>> {
        if request.id == END {
            self.0 = None;
        }
        let Some(replies) = self.0.clone() else {
            return Ok(());
        };
        let reply = |id| Reply {
            id,
            connection: ConnectionId(0),
            answer: Answer::WasMade(false),
        };
        tokio::spawn(async move {
            match request.id {
                QUIET_REPLIES => {
                    for _ in 0..20 {
                        replies.send(reply(QUIET_REPLIES)).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    replies.send(reply(LAST_REPLY)).await.unwrap();
                }
                FLOOD => while replies.send(reply(FLOOD)).await.is_ok() {},
                BACKGROUND_PANIC => {
                    let unlucky = tokio::spawn(async { panic!("bad luck in the background") });
                    assert!(unlucky.await.is_err_and(|error| error.is_panic()));
                    replies.send(reply(BACKGROUND_PANIC)).await.unwrap();
                }
                other => panic!("{other:?} is not known"),
            }
        });
        Ok(())
    }

    fn cancel(&mut self, _: RequestId) {}

    fn stop(&mut self, _: RequestId, _: StopAt) {}
}

/// Runs the toy as `main` runs the program.
fn run(mut threads: runtime::Builder) {
    let runtime = threads.enable_time().build().unwrap();
    let ended = runtime.block_on(async {
        let (sender, mut replies) = mpsc::channel(16);
        let mut background = Background(Some(sender));
        terminal::run(&mut Toy::default(), &mut background, &mut replies).await
    });
    runtime.shutdown_background();
    let (line, code) = match ended {
        Ok(exit) => (format!("ended: {exit:?}"), exit.code()),
        Err(error) => (format!("failed: {error}"), 2),
    };
    // `eprintln!` panics after a hang-up.
    let _ = writeln!(io::stderr(), "{line}");
    std::process::exit(i32::from(code));
}

#[test]
#[ignore = "runs as a child in a pseudo-terminal"]
fn on_threads() {
    run(runtime::Builder::new_multi_thread());
}

#[test]
#[ignore = "runs as a child in a pseudo-terminal"]
fn on_one_thread() {
    run(runtime::Builder::new_current_thread());
}
