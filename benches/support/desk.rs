//! The state of the screen without a terminal: messages in, frames out.

use std::{
    fs,
    time::{Duration, Instant},
};

use certferry::{
    config::Config,
    domain::{
        AccountId, Answer, Call, CertificateId, CertificateStatus, ConnectionFacts, ControlPlane,
        CredentialSource, DeviceName, Expiry, Identity, LastAccounts, ListPage, ListedCertificate,
        Partition, Reply, Request, Target, Timestamp,
    },
    tui::{self, App, Effect, Msg, Setup, Stroke, Theme, keymap::Keymap},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, layout::Rect};

/// AWS's page of a listing.
const PAGE: usize = 250;

/// One that is done a while after 2026 began.
const CREATED: i64 = 1_770_000_000;

/// The state, driven as the terminal drives it, and what that took.
pub(crate) struct Desk {
    app: App,
    sent: Vec<Request>,
    terminal: Terminal<TestBackend>,
    pub(crate) rows: usize,
    named: bool,
    /// Whether a frame is drawn after each key.
    pub(crate) draws: bool,
    /// Since the last row of the table: the slowest message, the slowest key with its frame, all of them, how many.
    pub(crate) worst: Duration,
    pub(crate) slowest: Duration,
    pub(crate) all: Duration,
    pub(crate) messages: u32,
    /// The most memory that was seen, in MB.
    pub(crate) peak: f64,
}

/// The numbers are mixed, since ids are digests.
fn id(n: usize) -> CertificateId {
    let mut bytes = [0; 32];
    let mut state = u64::try_from(n).unwrap_or_default();
    for part in bytes.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        part.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    CertificateId::from_bytes(bytes)
}

fn listed(n: usize) -> ListedCertificate {
    let status = match n % 10 {
        3 => CertificateStatus::Inactive,
        7 => CertificateStatus::Revoked,
        _ => CertificateStatus::Active,
    };
    let created = CREATED - i64::try_from(n).unwrap_or_default() / 3;
    ListedCertificate {
        id: id(n),
        status,
        created: Timestamp::from_unix_timestamp(created).ok(),
        arn: None,
    }
}

fn name(n: usize) -> DeviceName {
    // Not in the order of the list.
    let number = n.wrapping_mul(7_919) % 1_000_003;
    let expires = CREATED + i64::try_from(number).unwrap_or_default();
    DeviceName {
        common_name: Some(format!("press-{number:07}")),
        serial: Some(format!("{:040x}", number.wrapping_mul(0x9e37_79b9))),
        expires: Timestamp::from_unix_timestamp(expires).map_or(Expiry::NotSaid, Expiry::At),
        ..DeviceName::unknown(id(n))
    }
}

/// What the process has in memory, in MB.
pub(crate) fn memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kb.unwrap_or_default() / 1_000.0
}

impl Desk {
    pub(crate) fn new(rows: usize, named: bool) -> Self {
        let setup = Setup {
            last_accounts: LastAccounts::default(),
            read_only: false,
            watch: false,
            simulator: false,
            config: Config::default(),
            keymap: Keymap::new("").unwrap_or_else(|_| unreachable!()),
            targets: Vec::new(),
            refused: Vec::new(),
            target: Target::default(),
            peer: None,
            plan: None,
            select: None,
            themes: Vec::new(),
            first_steps: tui::FirstSteps::default(),
        };
        let (app, effects) = tui::start(setup, Timestamp::UNIX_EPOCH, Rect::new(0, 0, 120, 40));
        let mut desk = Self {
            app,
            sent: Vec::new(),
            terminal: Terminal::new(TestBackend::new(120, 40)).unwrap_or_else(|_| unreachable!()),
            rows,
            named,
            worst: Duration::ZERO,
            draws: false,
            slowest: Duration::ZERO,
            all: Duration::ZERO,
            messages: 0,
            peak: 0.0,
        };
        desk.take(effects);
        desk.answer(
            |call| matches!(call, Call::Connect(..)),
            Answer::Connected(ConnectionFacts {
                sign_in: None,
                region: "us-east-1".to_owned(),
                profile: None,
                credentials: Some(CredentialSource::Environment),
                endpoint: None,
                control_plane: ControlPlane::Aws,
                partition: Some(Partition::default()),
            }),
        );
        let account = AccountId::parse("111122223333").unwrap_or_else(|_| unreachable!());
        let arn = String::new();
        desk.answer(
            |call| *call == Call::Identity,
            Answer::Identity(Identity { account, arn }),
        );
        desk
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(request) => self.sent.push(request),
                Effect::Cancel(id) => self.sent.retain(|request| request.id != id),
                _ => {}
            }
        }
    }

    fn tell(&mut self, msg: Msg) {
        let is_key = matches!(msg, Msg::Key(_));
        let began = Instant::now();
        let effects = tui::update(&mut self.app, msg);
        let took = began.elapsed();
        self.worst = self.worst.max(took);
        self.all += took;
        self.messages += 1;
        if is_key && self.draws {
            self.draw();
            self.slowest = self.slowest.max(began.elapsed());
        }
        self.take(effects);
    }

    pub(crate) fn draw(&mut self) {
        let app = &self.app;
        let theme = Theme::default();
        let drawn = self.terminal.draw(|frame| tui::render(app, &theme, frame));
        drawn.map_or_else(|_| unreachable!(), drop);
    }

    /// As long as there is more to do without anything happening.
    pub(crate) fn settle(&mut self) {
        while self.app.clock() == Some(Duration::ZERO) {
            self.tell(Msg::Clock(self.app.now));
        }
    }

    fn answer(&mut self, is: impl Fn(&Call) -> bool, answer: Answer) {
        let Some(at) = self.sent.iter().position(|request| is(&request.call)) else {
            return;
        };
        let more = answer.more_follows();
        let request = self.sent.remove(at);
        self.tell(Msg::Reply(Reply {
            id: request.id,
            connection: request.connection,
            answer,
        }));
        if more {
            self.sent.insert(0, request);
        }
    }

    /// All pages, with what is kept of the names of each.
    pub(crate) fn pages(&mut self, gone: usize) {
        let all: Vec<usize> = (gone..self.rows).collect();
        let pages = all.chunks(PAGE);
        let last = pages.len().saturating_sub(1);
        for (n, page) in pages.enumerate() {
            let rows = page.iter().map(|n| listed(*n)).collect();
            let page_of = ListPage {
                page: rows,
                unread: 0,
                last: n == last,
            };
            self.answer(
                |call| *call == Call::Certificates,
                Answer::Certificates(page_of),
            );
            let names = page.iter().map(|n| name(*n)).collect();
            let names = if self.named { names } else { Vec::new() };
            self.answer(
                |call| matches!(call, Call::KnownNames(_)),
                Answer::KnownNames(names),
            );
            if n % 100 == 0 || n == last {
                self.peak = self.peak.max(memory());
            }
        }
        let outgoing = ListPage {
            page: Vec::new(),
            unread: 0,
            last: true,
        };
        self.answer(|call| *call == Call::Outgoing, Answer::Outgoing(outgoing));
    }

    pub(crate) fn key(&mut self, code: KeyCode) {
        let at = self.app.now + Duration::from_secs(1);
        self.tell(Msg::Clock(at));
        let event = KeyEvent::new(code, KeyModifiers::NONE);
        self.tell(Msg::Key(Stroke::new(event, at)));
    }

    /// Letters, each followed by all that it makes necessary; `^` is Esc and `!` Enter.
    pub(crate) fn keys(&mut self, keys: &str) {
        for c in keys.chars() {
            self.key(match c {
                '^' => KeyCode::Esc,
                '!' => KeyCode::Enter,
                c => KeyCode::Char(c),
            });
            self.settle();
            self.peak = self.peak.max(memory());
        }
    }

    pub(crate) fn begin(&mut self) {
        (self.worst, self.all) = (Duration::ZERO, Duration::ZERO);
        (self.slowest, self.messages) = (Duration::ZERO, 0);
        self.peak = memory();
    }
}
