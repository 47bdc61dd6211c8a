//! A certferry with a screen, and somebody at it who presses what is offered: state, view, engine and SDK
//! are the real ones.

use std::{collections::HashMap, num::NonZeroU16, sync::Arc, time::Duration};

use aws_credential_types::provider::SharedCredentialsProvider;
use certferry::{
    aws::{GivenProfile, GivenWire, Wire},
    cli::{self, Arguments, DemoSide},
    config::{Config, KeyPress},
    domain::{
        Answer, Call, CarryReport, CertificateId, ConsoleStatus, ControlPlane, Progress, Reply,
        Request, RequestId, Timestamp,
    },
    engine::{self, Handle, JournalPlace, Machine, Settings, SimulatedMachine},
    journal::JournalError,
    tui::{
        self, App, Effect, Msg, Stroke, Theme,
        dialogs::form::{Button, Focus},
        keymap::{COMMANDS, Command, Keymap, Section},
        known::command_log::LogOutcome,
        layers::Dialog,
        terminal::TerminalScreen,
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fastrand::Rng;
use ratatui::{
    Terminal,
    buffer::Cell,
    layout::{Rect, Size},
};
use tokio::{sync::mpsc, time::Instant};

use super::{
    computer::{Keys, Surroundings},
    promises::Promise,
    script::{Account, Operator},
};
use crate::flow::person::event;

/// What is asked of the desk.
#[derive(Debug)]
enum Wish {
    /// So many times: looks at the screen, and presses what is offered.
    Press {
        dice: u64,
        times: u32,
    },
    Kill,
    /// Waits until nothing is under way, looks whether the screen is right, and quits.
    GoHome,
}

/// The way to somebody at a desk.
#[derive(Debug)]
pub(super) struct Desk {
    wishes: mpsc::UnboundedSender<Wish>,
    task: tokio::task::JoinHandle<()>,
    pub(super) machine: SimulatedMachine,
}

/// How long a dialog must stand before its button takes a key.
const STANDS: Duration = Duration::from_millis(500);

impl Desk {
    pub(super) fn start(around: &Surroundings) -> Self {
        let (mut screen, replies) = Screen::start(around);
        let machine = screen.machine.clone();
        let (wishes, asked) = mpsc::unbounded_channel();
        let task = tokio::task::spawn_local(async move { screen.sits(asked, replies).await });
        Self {
            wishes,
            task,
            machine,
        }
    }

    pub(super) fn press(&self, dice: u64, times: u32) {
        let _ = self.wishes.send(Wish::Press { dice, times });
    }

    pub(super) async fn kill(self) {
        let gone = JournalError::Internal("the process is dead".to_owned());
        self.machine.fail(Some(gone));
        let _ = self.wishes.send(Wish::Kill);
        self.task.await.unwrap();
    }

    pub(super) async fn go_home(self) {
        let _ = self.wishes.send(Wish::GoHome);
        self.task.await.unwrap();
    }
}

/// certferry's own screen, on a terminal that understands what is written to it.
type Glass = Terminal<TerminalScreen<vt100::Parser>>;

fn glass(columns: u16, rows: u16) -> Glass {
    let parser = vt100::Parser::new(
        NonZeroU16::new(rows).unwrap(),
        NonZeroU16::new(columns).unwrap(),
        0,
    );
    Terminal::new(TerminalScreen::new(parser, Size::new(columns, rows))).unwrap()
}

/// What a cell looks like. One that was never written looks like a space.
fn look(screen: &vt100::Screen, y: u16, x: u16) -> impl PartialEq {
    let cell = screen.cell(y, x).unwrap();
    let blank = cell.contents().is_empty() && !cell.is_wide_continuation();
    let text = if blank { " " } else { cell.contents() };
    // Of a blank nobody sees how its letter would look: a terminal that clears the second half of a wide letter gives it
    // the attributes that were set then.
    let seen = text != " " || cell.underline() || cell.inverse();
    let modes = [
        cell.bold() && seen,
        cell.dim() && seen,
        cell.italic() && seen,
        cell.underline(),
        cell.inverse(),
    ];
    let letter = seen.then(|| cell.fgcolor());
    (text.to_owned(), letter, cell.bgcolor(), modes)
}

/// The screen, and what is behind it.
pub(super) struct Screen {
    pub(super) around: Surroundings,
    pub(super) app: App,
    glass: Glass,
    handle: Option<Handle>,
    machine: SimulatedMachine,
    /// The batches that were confirmed here.
    batches: HashMap<RequestId, usize>,
    /// How many calls were reported as sent.
    reported: usize,
    /// What the form on top says, and since when.
    words: (String, Instant),
}

impl Screen {
    /// Starts it. What it asks for first is asked.
    pub(super) fn start(around: &Surroundings) -> (Self, mpsc::Receiver<Reply>) {
        let who = Operator::Desk;
        let profile = |name: &str, account| GivenProfile {
            name: name.to_owned(),
            credentials: SharedCredentialsProvider::new(Keys::of(&around.simulator, account)),
        };
        let arguments = Arguments {
            command: None,
            plan: None,
            select: None,
            connecting: cli::Connecting::default(),
            appearance: cli::Appearance::default(),
            read_only: false,
            watch: false,
            demo: true,
            side: DemoSide::Source,
        };
        let keymap = Keymap::new("").unwrap();
        let (_, mut setup) = cli::demo(&arguments, &around.simulator, Config::default(), keymap);
        setup.first_steps = certferry::tui::FirstSteps::default();
        let wire = Wire::Given(GivenWire {
            control_plane: ControlPlane::Aws,
            http_client: around.network.client(who),
            region: "us-east-1".to_owned(),
            profiles: vec![
                profile("fleet-prod", Account::Source),
                profile("fleet-eu", Account::Recipient),
            ],
            endpoint_url: None,
        });
        let now = around.epoch + around.story.elapsed();
        let machine = SimulatedMachine::new(now);
        let journal = around.journal(who);
        let settings = Settings {
            machine: Machine::Simulated(machine.clone()),
            ..Settings::new(JournalPlace::File(journal))
        };
        let (handle, replies) = engine::spawn(wire, settings);
        let (columns, rows) = (100, 30);
        let (app, effects) = tui::start(setup, now, Rect::new(0, 0, columns, rows));
        let mut screen = Self {
            around: around.clone(),
            app,
            glass: glass(columns, rows),
            handle: Some(handle),
            machine,
            batches: HashMap::new(),
            reported: 0,
            words: (String::new(), Instant::now()),
        };
        around.story.tell(who.name(), "starts");
        screen.perform(effects, false);
        screen.reads();
        (screen, replies)
    }

    /// Presses and reads until the end.
    async fn sits(
        &mut self,
        mut wishes: mpsc::UnboundedReceiver<Wish>,
        mut replies: mpsc::Receiver<Reply>,
    ) {
        let mut hand: Option<(Rng, u32)> = None;
        let mut next = Instant::now();
        loop {
            let pressing = hand.is_some();
            tokio::select! {
                biased;
                wish = wishes.recv(), if !pressing => match wish {
                    Some(Wish::Press { dice, times }) => {
                        hand = Some((Rng::with_seed(dice), times));
                        next = Instant::now() + Duration::from_millis(600);
                    }
                    Some(Wish::Kill) => {
                        if let Some(handle) = self.handle.take() {
                            handle.kill().await;
                        }
                        self.around.promises.died(Operator::Desk);
                        self.around.story.tell(Operator::Desk.name(), "is killed");
                        return;
                    }
                    Some(Wish::GoHome) | None => {
                        self.goes_home(replies).await;
                        return;
                    }
                },
                reply = replies.recv() => {
                    let Some(reply) = reply else { return };
                    self.takes(reply);
                }
                () = tokio::time::sleep_until(next), if pressing => {
                    let Some((dice, times)) = &mut hand else { continue };
                    let pause = self.presses(dice).await;
                    next = Instant::now() + pause;
                    *times -= 1;
                    if *times == 0 {
                        hand = None;
                    }
                }
            }
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.machine.now()
    }

    pub(super) fn tell(&mut self, msg: Msg) {
        let by_key = matches!(msg, Msg::Key(_));
        for msg in [Msg::Clock(self.now()), msg] {
            let effects = tui::update(&mut self.app, msg);
            self.perform(effects, by_key);
        }
        self.reads();
    }

    pub(super) fn takes(&mut self, reply: Reply) {
        if let Some(n) = self.batches.get(&reply.id).copied() {
            let promises = &self.around.promises;
            match &reply.answer {
                Answer::Carried(CarryReport::Progress(reports)) => {
                    for report in reports {
                        self.reported += usize::from(matches!(report, Progress::Sent { .. }));
                        promises.reported(n, report);
                    }
                }
                Answer::Carried(CarryReport::Over) | Answer::Failed(_) => promises.over(n),
                _ => {}
            }
        }
        self.tell(Msg::Reply(reply));
    }

    fn perform(&mut self, effects: Vec<Effect>, by_key: bool) {
        for effect in effects {
            match effect {
                Effect::Send(request) => self.sends(request, by_key),
                Effect::Cancel(id) => {
                    if let Some(handle) = &self.handle {
                        handle.cancel(id);
                    }
                }
                Effect::Stop(id, at) => {
                    if let Some(handle) = &self.handle {
                        handle.stop(id, at);
                    }
                }
                _ => {}
            }
        }
    }

    fn sends(&mut self, request: Request, by_key: bool) {
        if let Call::Carry(batch) = &request.call {
            let (words, since) = &self.words;
            if !by_key || words.is_empty() || since.elapsed() < STANDS {
                let what = format!("{:?} after {:?}", batch.procedure, since.elapsed());
                self.around.promises.breaks(Promise::StoodLongEnough, what);
            }
            let what = format!("confirms {:?} {:?}", batch.procedure, batch.planned);
            self.around.story.tell(Operator::Desk.name(), what);
            let n = self.around.promises.confirmed(Operator::Desk, batch);
            self.batches.insert(request.id, n);
        }
        if matches!(request.call, Call::TakeOver(_)) {
            self.around.promises.took_over();
        }
        if let Call::SaveReport(name, _) = request.call {
            // No file is written where the tests run.
            let (id, connection) = (request.id, request.connection);
            let answer = Answer::ReportSaved(name);
            self.tell(Msg::Reply(Reply {
                id,
                connection,
                answer,
            }));
            return;
        }
        let sent = self.handle.as_ref().map(|handle| handle.send(request));
        if let Some(Err(reply)) = sent {
            self.tell(Msg::Reply(*reply));
        }
    }

    pub(super) fn draw(&mut self) {
        let (app, theme) = (&self.app, Theme::default());
        let mut raw = false;
        self.glass
            .draw(|frame| {
                tui::render(app, &theme, frame);
                let cells = frame.buffer_mut().content.iter();
                let mut symbols = cells.map(Cell::symbol).filter(|symbol| *symbol != " ");
                raw = symbols.any(|symbol| symbol.chars().any(char::is_control));
            })
            .unwrap();
        if raw {
            let what = "a raw control character is on the screen".to_owned();
            self.around.promises.breaks(Promise::ReadOnly, what);
        }
    }

    /// What the form on top says.
    fn reads(&mut self) {
        let words = match self.app.dialogs.last() {
            Some(Dialog::Form(form, purpose)) => {
                let text = purpose.text(form, &self.app.cx());
                let said: Vec<&String> = text.outlook.iter().map(|it| &it.text).collect();
                format!("{} {:?} {said:?}", text.title, text.intro)
            }
            _ => String::new(),
        };
        if words != self.words.0 {
            self.words = (words, Instant::now());
        }
    }

    /// Another size: the loop draws a whole frame then.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.glass = glass(columns, rows);
        self.tell(Msg::Resize { columns, rows });
    }

    /// Whether what is on the screen is what a new one would show.
    pub(super) fn is_as_drawn(&self) -> bool {
        let fresh = self.fresh();
        let (shown, new) = (
            self.glass.backend().out().screen(),
            fresh.backend().out().screen(),
        );
        let (rows, columns) = new.size();
        let mut cells = (0..rows.get()).flat_map(|y| (0..columns.get()).map(move |x| (y, x)));
        cells.all(|(y, x)| look(shown, y, x) == look(new, y, x))
            && shown.hide_cursor() == new.hide_cursor()
            && (new.hide_cursor() || shown.cursor_position() == new.cursor_position())
    }

    fn fresh(&self) -> Glass {
        let size = self.glass.size().unwrap();
        let mut fresh = glass(size.width, size.height);
        let (app, theme) = (&self.app, Theme::default());
        fresh.draw(|frame| tui::render(app, &theme, frame)).unwrap();
        fresh
    }

    pub(super) fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let event = KeyEvent::new(code, modifiers);
        self.tell(Msg::Key(Stroke::new(event, self.now())));
    }

    pub(super) async fn plain(&mut self, code: KeyCode) {
        tokio::time::sleep(Duration::from_millis(120)).await;
        self.key(code, KeyModifiers::NONE);
    }

    pub(super) async fn types(&mut self, text: &str) {
        for c in text.chars() {
            tokio::time::sleep(Duration::from_millis(25)).await;
            self.key(KeyCode::Char(c), KeyModifiers::NONE);
        }
    }

    pub(super) fn command(&mut self, command: Command) {
        let key = self.app.setup.keymap.keys_of(command).first().copied();
        let typed = |key: KeyPress| {
            let mut all = (' '..='~').map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            all.find(|event| KeyPress::from(*event) == key)
        };
        let pressed = key.and_then(|key| typed(key).or_else(|| event(key)));
        if let Some(event) = pressed {
            self.tell(Msg::Key(Stroke::new(event, self.now())));
        }
    }

    /// Presses something of what the screen offers. Answers with how long it is until the next time.
    pub(super) async fn presses(&mut self, dice: &mut Rng) -> Duration {
        self.draw();
        match self.app.dialogs.last() {
            None => {
                let command = match dice.u8(..20) {
                    0..6 => Command::Actions,
                    6 => Command::Options,
                    7 | 8 => Command::Mark,
                    9..12 => Command::Down,
                    12 => Command::Open,
                    13 => Command::Refresh,
                    14 => Command::Runs,
                    15 => Command::MarkShown,
                    16 => Command::OtherSide,
                    _ => any(dice, &[Section::Main, Section::Move]),
                };
                self.command(command);
            }
            Some(Dialog::Menu(menu, _)) => {
                let rows = menu.entries().len();
                if dice.u8(..8) == 0 {
                    self.command(Command::Close);
                } else {
                    for _ in 0..dice.usize(..rows.max(1)) {
                        self.plain(KeyCode::Down).await;
                    }
                    self.plain(KeyCode::Enter).await;
                }
            }
            Some(Dialog::Form(..)) => self.fills_in(dice).await,
            Some(_) => {
                if dice.bool() {
                    self.command(Command::Close);
                } else {
                    self.command(any(dice, &[Section::Dialog, Section::Move]));
                }
            }
        }
        Duration::from_millis(dice.u64(100..4_000))
    }

    /// Fills a form in and presses its button; now and then something else.
    async fn fills_in(&mut self, dice: &mut Rng) {
        if dice.u8(..8) == 0 {
            self.plain(KeyCode::Esc).await;
            return;
        }
        if self
            .goes_to_the_button(|screen, label| screen.typed_for(label, dice))
            .await
        {
            let pause = if dice.u8(..4) == 0 { 100 } else { 1_100 };
            tokio::time::sleep(Duration::from_millis(pause)).await;
            self.key(KeyCode::Enter, KeyModifiers::NONE);
        }
    }

    /// Fills in the fields of the form on top; whether it comes to its button.
    pub(super) async fn goes_to_the_button(
        &mut self,
        mut typed: impl FnMut(&Self, &str) -> String,
    ) -> bool {
        for _ in 0..8 {
            let Some(Dialog::Form(form, _)) = self.app.dialogs.last() else {
                return false;
            };
            match form.focus {
                Focus::Field(n) => {
                    let label = form.fields.get(n).map_or("", |field| field.label);
                    let text = typed(self, label);
                    self.types(&text).await;
                    self.plain(KeyCode::Tab).await;
                }
                Focus::Button(Button::Cancel) => self.plain(KeyCode::Right).await,
                Focus::Button(Button::Confirm) => return true,
            }
        }
        false
    }

    fn typed_for(&self, label: &str, dice: &mut Rng) -> String {
        let current = self.app.current();
        match label {
            "Account" => if dice.u8(..4) == 0 {
                Account::Third.number()
            } else {
                Account::Recipient.number()
            }
            .to_owned(),
            "Last 4 digits" => "6666".to_owned(),
            "Type it here" => {
                let id = current.map(|id| id.to_string()).unwrap_or_default();
                id.get(58..).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }

    /// Reads until nothing is under way; whether that came about.
    pub(super) async fn settles(&mut self, replies: &mut mpsc::Receiver<Reply>) -> bool {
        let patience = super::promises::PATIENCE;
        let settled = tokio::time::timeout(patience, async {
            while self.app.awaits_answers() {
                let Some(reply) = replies.recv().await else {
                    return;
                };
                self.takes(reply);
            }
        });
        settled.await.is_ok()
    }

    /// Closes what is open.
    pub(super) async fn closes_all(&mut self) {
        for _ in 0..20 {
            let side = &self.app.side;
            if self.app.dialogs.is_empty() && side.details.is_none() && !side.list.filtering {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.key(KeyCode::Esc, KeyModifiers::NONE);
        }
    }

    /// What the form on top says.
    pub(super) fn words(&self) -> &str {
        &self.words.0
    }

    /// Closes what is open, asks AWS again, and compares.
    pub(super) async fn goes_home(&mut self, mut replies: mpsc::Receiver<Reply>) {
        let promises = Arc::clone(&self.around.promises);
        if !self.settles(&mut replies).await {
            let what = format!("the screen waits for ever:\n{}", self.picture());
            promises.breaks(Promise::EveryWaitEnds, what);
            return;
        }
        self.closes_all().await;
        if !self.app.dialogs.is_empty() {
            let what = format!("a dialog cannot be closed:\n{}", self.picture());
            promises.breaks(Promise::EveryWaitEnds, what);
            return;
        }
        // A list may be behind for a while after a change, and is not believed for so long.
        tokio::time::sleep(Duration::from_secs(20)).await;
        self.command(Command::Refresh);
        self.settles(&mut replies).await;
        self.compares();
        let entries: Vec<&LogOutcome> = self.app.log.entries().map(|it| &it.outcome).collect();
        let under_way = entries.contains(&&LogOutcome::UnderWay);
        if under_way || entries.len() != self.reported {
            let (n, reported) = (entries.len(), self.reported);
            let what =
                format!("the command log has {n} entries of {reported}, under way: {under_way}");
            promises.breaks(Promise::TrueLog, what);
        }
        if let Some(handle) = self.handle.take() {
            drop(replies);
            if tokio::time::timeout(super::promises::PATIENCE, handle.shutdown())
                .await
                .is_err()
            {
                promises.breaks(Promise::EveryWaitEnds, "the desk does not end".to_owned());
            }
        }
        promises.died(Operator::Desk);
    }

    /// Whether the list says of each certificate what is so, when nothing happens any more.
    fn compares(&self) {
        let account = self.app.side.session.account().map(|it| it.to_string());
        if account.as_deref() != Some(Account::Source.number()) {
            return;
        }
        let world = self.around.simulator.snapshot();
        for id in self.around.ids.iter() {
            let Some(is) = super::promises::at_home(&world, &id.to_string()) else {
                continue;
            };
            let shown = self.app.status(*id);
            let right = match is.status.as_str() {
                "PENDING_TRANSFER" => ConsoleStatus::Transferred,
                "ACTIVE" => ConsoleStatus::Active,
                "INACTIVE" => ConsoleStatus::Inactive,
                "REVOKED" => ConsoleStatus::Revoked,
                _ => continue,
            };
            if shown != right {
                self.wrong(*id, shown, right);
            }
        }
    }

    fn wrong(&self, id: CertificateId, shown: ConsoleStatus, right: ConsoleStatus) {
        let what = format!(
            "{id} is {right:?} and shown as {shown:?}:\n{}",
            self.picture()
        );
        self.around.promises.breaks(Promise::TrueWords, what);
    }

    pub(super) fn picture(&self) -> String {
        self.fresh().backend().out().screen().contents()
    }
}

/// Any command of some sections, but none that leaves.
fn any(dice: &mut Rng, of: &[Section]) -> Command {
    let rows: Vec<Command> = COMMANDS
        .iter()
        .filter(|row| of.contains(&row.0))
        .map(|row| row.1)
        .filter(|command| *command != Command::Quit)
        .collect();
    rows[dice.usize(..rows.len())]
}
