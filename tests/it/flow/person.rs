//! A person at certferry: keys in, screens out. State, view, background task and SDK are the real
//! ones; the simulator answers. Time is tokio's paused clock, so nothing sleeps for real.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use certferry::{
    cli::{self, Arguments, DemoSide},
    config::{Config, KeyPress, parse_config},
    domain::{Answer, Call, PlanFile, Reply, Request, Timestamp},
    engine::{self, JournalPlace, Machine, Settings, SimulatedMachine},
    simulator::{Clock, Operation, Simulator},
    tui::{
        self, App, Effect, FirstSteps, Msg, Stroke, Theme,
        keymap::Keymap,
        mouse::{Drawn, Gesture, Touch},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Rect};
use tokio::{sync::mpsc, time::Instant};

/// When every test begins: 2026-11-24 10:00 UTC.
pub(crate) const NOW: i64 = 1_795_514_400;

/// How long, on the paused clock, a person waits for something before giving up.
const PATIENCE: Duration = Duration::from_mins(5);

/// How long a person looks at the screen before typing, and how fast the keys come then.
const LOOK: Duration = Duration::from_millis(600);
const NEXT_KEY: Duration = Duration::from_millis(200);
const NEXT_LETTER: Duration = Duration::from_millis(20);

pub(crate) const SOURCE: &str = "111122223333";
pub(crate) const RECIPIENT: &str = "444455556666";

/// A clock for the simulator that a test's screens agree with.
pub(crate) fn clock() -> Clock {
    Clock::Fixed(NOW)
}

pub(crate) struct Person {
    /// Boxed: the tests hold it in their futures.
    pub(crate) app: Box<App>,
    pub(crate) copied: Vec<String>,
    /// What was to be saved: no file is written where the tests run.
    pub(crate) saved: Vec<(String, String)>,
    /// What was shown outside of the screen.
    pub(crate) shown: Vec<String>,
    pub(crate) gone: bool,
    /// How many keys were pressed.
    pub(crate) pressed: usize,
    /// Whether the mouse is taken.
    pub(crate) mouse: bool,
    drawn: Drawn,
    /// How often the bell rang.
    pub(crate) rung: usize,
    theme: Theme,
    worker: engine::Handle,
    replies: mpsc::Receiver<Reply>,
    terminal: Terminal<TestBackend>,
    began: Instant,
    /// The time that was spent with reading and typing.
    typed: Duration,
}

/// How a person starts certferry.
pub(crate) struct Start<'a> {
    pub(crate) simulator: &'a Simulator,
    pub(crate) size: (u16, u16),
    pub(crate) side: DemoSide,
    pub(crate) read_only: bool,
    /// Where the journal is, when another start is to find it again.
    pub(crate) journal: Option<PathBuf>,
    /// What `config.toml` says.
    pub(crate) config: Config,
    /// Whether the other account is open as the other side.
    pub(crate) both: bool,
    /// Whether transfers are watched from the start.
    pub(crate) watch: bool,
    /// A list in a file, of what is to be marked.
    pub(crate) select: Option<PathBuf>,
    /// A plan that is to be looked at and confirmed.
    pub(crate) plan: Option<PlanFile>,
    /// Where saved filters are, when another start is to find them again.
    pub(crate) filters: Option<PathBuf>,
    /// The keys that somebody new is shown.
    pub(crate) first_steps: FirstSteps,
}

impl<'a> Start<'a> {
    pub(crate) fn new(simulator: &'a Simulator) -> Self {
        Self {
            simulator,
            size: (80, 24),
            side: DemoSide::Source,
            read_only: false,
            journal: None,
            config: Config::default(),
            both: false,
            watch: false,
            select: None,
            plan: None,
            filters: None,
            first_steps: FirstSteps::default(),
        }
    }

    pub(crate) fn taught(mut self) -> Self {
        self.first_steps = FirstSteps::of_demo();
        self
    }

    pub(crate) fn plan(mut self, plan: PlanFile) -> Self {
        self.plan = Some(plan);
        self
    }

    pub(crate) fn watching(mut self) -> Self {
        self.watch = true;
        self
    }

    pub(crate) fn select(mut self, path: &Path) -> Self {
        self.select = Some(path.to_owned());
        self
    }

    pub(crate) fn filters(mut self, path: &Path) -> Self {
        self.filters = Some(path.to_owned());
        self
    }

    pub(crate) fn both_sides(mut self) -> Self {
        self.both = true;
        self
    }

    pub(crate) fn config(mut self, text: &str) -> Self {
        self.config = parse_config(text).unwrap();
        self
    }

    pub(crate) fn journal(mut self, path: &Path) -> Self {
        self.journal = Some(path.to_owned());
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub(crate) fn recipient(mut self) -> Self {
        self.side = DemoSide::Recipient;
        self
    }

    pub(crate) fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Starts, and waits until everything that was asked for is there.
    pub(crate) async fn settled(self) -> Person {
        let mut person = self.started();
        person.settle().await;
        person
    }

    /// Starts and waits for nothing.
    pub(crate) fn started(self) -> Person {
        let arguments = Arguments {
            command: None,
            plan: None,
            select: None,
            connecting: cli::Connecting::default(),
            appearance: cli::Appearance::default(),
            read_only: self.read_only,
            watch: self.watch,
            demo: true,
            side: self.side,
        };
        let keymap = Keymap::new("").unwrap();
        let (wire, mut setup) = cli::demo(&arguments, self.simulator, self.config, keymap);
        setup.first_steps = self.first_steps;
        setup.peer = setup.peer.filter(|_| self.both);
        setup.select = self.select;
        setup.plan = self.plan.map(Arc::new);
        let journal = self
            .journal
            .map_or(JournalPlace::Memory, JournalPlace::File);
        let now = Timestamp::from_unix_timestamp(NOW).unwrap();
        let settings = Settings {
            // Its clock is the screen's, so that what is shown of times is the same each time.
            machine: Machine::Simulated(SimulatedMachine::new(now)),
            accounts: setup.config.accounts.clone(),
            read_only_profiles: setup.config.profiles.clone(),
            filters: self.filters,
            ..Settings::new(journal).read_only(self.read_only)
        };
        let (worker, replies) = engine::spawn(wire, settings);
        let (columns, rows) = self.size;
        let (app, effects) = tui::start(setup, now, Rect::new(0, 0, columns, rows));
        let mut person = Person {
            app: Box::new(app),
            copied: Vec::new(),
            saved: Vec::new(),
            shown: Vec::new(),
            gone: false,
            rung: 0,
            pressed: 0,
            mouse: false,
            drawn: Drawn::default(),
            theme: Theme::default(),
            worker,
            replies,
            terminal: Terminal::new(TestBackend::new(columns, rows)).unwrap(),
            began: Instant::now(),
            typed: Duration::ZERO,
        };
        person.perform(effects);
        person.draw();
        person
    }
}

impl Person {
    /// Draws everything in ASCII from now on, as in a locale that is not UTF-8.
    pub(crate) fn in_ascii(&mut self) {
        self.theme = self.theme.in_ascii(true);
        self.app.setup.keymap = self.app.setup.keymap.clone().in_ascii(true);
        self.draw();
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix_timestamp(NOW).unwrap() + self.began.elapsed() + self.typed
    }

    /// Time in which a person reads or types, and nothing else happens.
    pub(crate) fn pass(&mut self, pause: Duration) {
        self.typed += pause;
        let now = self.now();
        let effects = tui::update(&mut self.app, Msg::Clock(now));
        self.perform(effects);
        self.draw();
    }

    /// A key, so long after what happened before.
    pub(crate) fn key(&mut self, event: KeyEvent, after: Duration) {
        self.pressed += 1;
        self.typed += after;
        self.tell(Msg::Key(Stroke::new(event, self.now())));
    }

    fn tell(&mut self, msg: Msg) {
        for msg in [Msg::Clock(self.now()), msg] {
            let effects = tui::update(&mut self.app, msg);
            self.perform(effects);
        }
        self.draw();
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(Request {
                    id,
                    connection,
                    call: Call::SaveReport(name, text),
                    ..
                }) => {
                    self.saved.push((name.clone(), text));
                    self.tell(Msg::Reply(Reply {
                        id,
                        connection,
                        answer: Answer::ReportSaved(name),
                    }));
                }
                Effect::Send(request) => {
                    if let Err(reply) = self.worker.send(request) {
                        self.tell(Msg::Reply(*reply));
                    }
                }
                Effect::Cancel(id) => self.worker.cancel(id),
                Effect::Stop(id, at) => self.worker.stop(id, at),
                Effect::Copy(text) => self.copied.push(text),
                Effect::Show(text) => self.shown.push(text),
                Effect::Quit => self.gone = true,
                Effect::Bell => self.rung += 1,
                Effect::Mouse(taken) => self.mouse = taken,
                Effect::Redraw | Effect::Suspend => {}
            }
        }
    }

    fn draw(&mut self) {
        let (app, theme, drawn) = (&self.app, &self.theme, &mut self.drawn);
        self.terminal
            .draw(|frame| *drawn = tui::draw(app, theme, frame))
            .unwrap();
    }

    /// Clicks on the first cell of a text, after having looked for it.
    pub(crate) fn click(&mut self, text: &str) -> &mut Self {
        self.pass(LOOK);
        let at = self.place_of(text);
        self.click_at(at);
        self.pass(LOOK);
        self
    }

    /// Clicks somewhere, without looking.
    pub(crate) fn click_at(&mut self, at: (u16, u16)) {
        self.gesture(Gesture::Press, at);
    }

    /// Turns the wheel over a text.
    pub(crate) fn wheel(&mut self, gesture: Gesture, text: &str) -> &mut Self {
        let at = self.place_of(text);
        self.gesture(gesture, at);
        self
    }

    fn gesture(&mut self, gesture: Gesture, at: (u16, u16)) {
        self.typed += NEXT_KEY;
        let on = self.drawn.at(at);
        let time = self.now();
        self.tell(Msg::Mouse(Touch {
            gesture,
            at,
            time,
            on,
        }));
    }

    /// The window of the terminal gets the keys.
    pub(crate) fn focus(&mut self) {
        let now = self.now();
        self.tell(Msg::Focused(now));
    }

    /// Where a text stands.
    pub(crate) fn place_of(&self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        for (line, y) in screen.lines().zip(0..) {
            if let Some((before, _)) = line.split_once(text) {
                let x = certferry::domain::text::width(before);
                return (u16::try_from(x).unwrap(), y);
            }
        }
        panic!("no {text} in:\n{screen}");
    }

    /// Presses keys: names as in the keymap file between blanks, anything else typed letter by
    /// letter; a text with blanks stands between quotes. The person looks first, and afterwards.
    pub(crate) fn keys(&mut self, script: &str) -> &mut Self {
        self.pass(LOOK);
        for word in words(script) {
            match word {
                Word::Key(event) => self.key(event, NEXT_KEY),
                Word::Text(text) => {
                    for c in text.chars() {
                        let event = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
                        self.key(event, NEXT_LETTER);
                    }
                }
            }
        }
        self.pass(LOOK);
        self
    }

    /// Keys that come so fast after each other, as a held key or a paste does, or somebody who does
    /// not look.
    pub(crate) fn keys_every(&mut self, pause: Duration, script: &str) -> &mut Self {
        for word in words(script) {
            match word {
                Word::Key(event) => self.key(event, pause),
                Word::Text(text) => {
                    for c in text.chars() {
                        self.key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE), pause);
                    }
                }
            }
        }
        self
    }

    pub(crate) fn paste(&mut self, text: &str) {
        self.tell(Msg::Paste(text.to_owned()));
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
        self.tell(Msg::Resize { columns, rows });
    }

    /// Reads answers until nothing is under way.
    pub(crate) async fn settle(&mut self) -> &mut Self {
        while self.app.awaits_answers() {
            self.answer("everything to be answered").await;
        }
        self
    }

    /// Reads one answer, if there is one to come.
    pub(crate) async fn one_answer(&mut self) {
        if self.app.awaits_answers() {
            self.answer("an answer").await;
        }
    }

    /// Waits for the next answer of a watch, which nobody else waits for.
    pub(crate) async fn one_look(&mut self) {
        self.answer("a look of the watch").await;
    }

    /// Waits for the next answer of any kind, such as names that nobody waits for.
    pub(crate) async fn names(&mut self) {
        match tokio::time::timeout(PATIENCE, self.replies.recv()).await {
            Ok(Some(reply)) => self.tell(Msg::Reply(reply)),
            _ => panic!("waited for names, but saw:\n{}", self.screen()),
        }
    }

    /// Reads the answers that have come, and waits for none.
    pub(crate) fn take_what_came(&mut self) {
        while let Ok(reply) = self.replies.try_recv() {
            self.tell(Msg::Reply(reply));
        }
    }

    /// Reads answers until the screen shows a text.
    pub(crate) async fn sees(&mut self, text: &str) -> &mut Self {
        while !self.screen().contains(text) {
            self.answer(text).await;
        }
        self
    }

    async fn answer(&mut self, awaited: &str) {
        loop {
            match tokio::time::timeout(PATIENCE, self.replies.recv()).await {
                Ok(Some(reply)) => {
                    // These come when they come: nobody waits for them.
                    let unawaited = matches!(
                        reply.answer,
                        Answer::Names(_) | Answer::AttachmentTargets(_)
                    );
                    self.tell(Msg::Reply(reply));
                    if !unawaited || self.screen().contains(awaited) {
                        return;
                    }
                }
                _ => panic!("waited for {awaited}, but saw:\n{}", self.screen()),
            }
        }
    }

    /// Moves to an entry of the open menu and chooses it.
    pub(crate) fn choose(&mut self, label: &str) {
        for _ in 0..16 {
            // Before the words stands the letter of the entry.
            let on = |line: &str| {
                let row = line.split_once("> ").map(|(_, row)| row.trim_start());
                row.is_some_and(|row| {
                    let words = row
                        .split_once("  ")
                        .map_or("", |(_, words)| words.trim_start());
                    row.starts_with(label) || words.starts_with(label)
                })
            };
            if self.screen().lines().any(on) {
                self.keys("enter");
                return;
            }
            self.keys("down");
        }
        panic!("no {label} to choose in:\n{}", self.screen());
    }

    /// What is on the screen, without the blanks at the ends of the lines.
    pub(crate) fn screen(&self) -> String {
        text(self.buffer())
    }

    /// The screen with the styles of its cells, for a snapshot.
    pub(crate) fn picture(&self) -> String {
        // Whatever has a picture can be drawn in ASCII too.
        let (ascii, _) = self.in_theme(&self.theme.in_ascii(true));
        assert!(ascii.is_ascii(), "{ascii}");
        let buffer = self.buffer();
        format!("{}\n--- styles\n{}", text(buffer), styles(buffer))
    }

    /// The same screen in another theme: its text, and the styles of its cells.
    pub(crate) fn in_theme(&self, theme: &Theme) -> (String, String) {
        let area = self.buffer().area;
        let mut other = Terminal::new(TestBackend::new(area.width, area.height)).unwrap();
        let draw = |frame: &mut ratatui::Frame<'_>| tui::render(&self.app, theme, frame);
        other.draw(draw).unwrap();
        let buffer = other.backend().buffer();
        (text(buffer), styles(buffer))
    }

    /// The cells of the screen.
    pub(crate) fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The columns and rows of the screen.
    pub(crate) fn size(&self) -> (u16, u16) {
        let area = self.buffer().area;
        (area.width, area.height)
    }

    /// The row of the screen with this text.
    pub(crate) fn row(&self, text: &str) -> String {
        let screen = self.screen();
        let row = screen.lines().find(|line| line.contains(text));
        row.unwrap_or_else(|| panic!("no {text} in:\n{screen}"))
            .to_owned()
    }
}

/// An id as the screens show it.
pub(crate) fn short(id: &str) -> String {
    let part = |from, n| id.chars().skip(from).take(n).collect::<String>();
    format!("{}…{}", part(0, 8), part(56, 8))
}

/// What is typed to confirm.
pub(crate) fn last_six(id: &str) -> String {
    id.chars().skip(58).collect()
}

fn text(buffer: &Buffer) -> String {
    let mut lines = Vec::new();
    for y in 0..buffer.area.height {
        let line: String = (0..buffer.area.width)
            .map(|x| buffer[(x, y)].symbol())
            .collect();
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// The runs of cells that do not look plain: `3: 0..80 REVERSED`.
fn styles(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            let look = |x: u16| {
                let cell = &buffer[(x, y)];
                (cell.fg, cell.bg, cell.modifier)
            };
            let start = x;
            while x < buffer.area.width && look(x) == look(start) {
                x += 1;
            }
            let (fg, bg, modifier) = look(start);
            let mut look = Vec::new();
            if fg != ratatui::style::Color::Reset {
                look.push(format!("{fg}"));
            }
            if bg != ratatui::style::Color::Reset {
                look.push(format!("on {bg}"));
            }
            if !modifier.is_empty() {
                look.push(format!("{modifier:?}"));
            }
            if !look.is_empty() {
                writeln!(text, "{y}: {start}..{x} {}", look.join(" ")).unwrap();
            }
        }
    }
    text
}

enum Word {
    Key(KeyEvent),
    Text(String),
}

fn words(script: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for (i, part) in script.split('"').enumerate() {
        if i % 2 == 1 {
            words.push(Word::Text(part.to_owned()));
            continue;
        }
        for word in part.split_whitespace() {
            let key = KeyPress::parse(word).ok().and_then(event);
            words.push(key.map_or_else(|| Word::Text(word.to_owned()), Word::Key));
        }
    }
    words
}

/// The event a terminal sends for a key of the keymap file.
pub(crate) fn event(key: KeyPress) -> Option<KeyEvent> {
    let control =
        (1..=26_u8).map(|n| KeyEvent::new(KeyCode::Char((n + b'`').into()), KeyModifiers::CONTROL));
    let named = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Char(' '),
        KeyCode::F(1),
        KeyCode::F(5),
        KeyCode::F(9),
    ];
    let named = named.map(|code| KeyEvent::new(code, KeyModifiers::NONE));
    named
        .into_iter()
        .chain(control)
        .find(|event| KeyPress::from(*event) == key)
}

/// How often an operation was called.
pub(crate) fn calls(simulator: &Simulator, of: Operation) -> usize {
    let calls = simulator.calls();
    calls.iter().filter(|it| it.operation == Some(of)).count()
}

/// Which of the certificates are in sight, by their numbers.
pub(crate) fn shown(person: &Person, ids: &[String]) -> Vec<usize> {
    let screen = person.screen();
    let numbered = ids.iter().zip(1..);
    let shown = numbered.filter(|(id, _)| screen.contains(&short(id)));
    shown.map(|(_, n)| n).collect()
}
