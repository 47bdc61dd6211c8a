//! The screen: configuration, control plane, background task, state and terminal put together.

use std::{
    cell::RefCell,
    env, fs,
    io::{IsTerminal as _, stdin, stdout},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use ratatui::{Frame, layout::Rect};
use tracing::{info, warn};

#[cfg(feature = "simulator")]
use super::demo::demo;
#[cfg(feature = "simulator")]
use crate::simulator::{Accounts, Clock, Simulator};
use crate::{
    aws::{self, Profiles, Wire},
    cli::{
        appearance::{appearance, others},
        arguments::{Arguments, Connecting},
        commands::show::read_plan,
        error::Error,
        front::{ended::Ended, open::as_planned, progress::can_be_drawn_on},
        settings::{configuration, engine_settings},
    },
    config::Config,
    domain::{Reply, Request, RequestId, StopAt, Target, Timestamp},
    engine::{self, JournalPlace, Settings},
    journal,
    tui::{
        self, App, Effect, FirstSteps, KnownTarget, Msg, Setup, Theme,
        keymap::Keymap,
        mouse::{Drawn, Touch},
        terminal::{self, Background, Program},
    },
};

/// Shows the screen until it ends.
///
/// # Errors
///
/// What kept it from beginning or going on. The terminal is as before.
pub(super) async fn show(arguments: &Arguments) -> Result<Ended, Error> {
    if let Some(path) = &arguments.plan
        && !path.exists()
    {
        return Err(Error::NoCommand(path.clone()));
    }
    #[cfg(not(feature = "simulator"))]
    if arguments.demo {
        return Err(Error::NoSimulator);
    }
    can_be_shown()?;
    let plan = arguments.plan.as_deref().map(read_plan).transpose()?;
    if let Some(path) = &arguments.select {
        // Not opened: a pipe that nobody writes into would be waited for.
        let there = fs::metadata(path);
        there.map_err(|error| Error::Unreadable(path.clone(), error))?;
    }
    let connecting = match &plan {
        Some(plan) => as_planned(&arguments.connecting, plan),
        None => arguments.connecting.clone(),
    };
    let (mut config, keymap) = configuration()?;
    config.mouse |= arguments.appearance.mouse;
    let theme = appearance(&arguments.appearance, &config)?;
    let themes = others(&arguments.appearance, &config);
    let keymap = keymap.in_ascii(theme.ascii);
    let (stands, first_frame) = channel();
    let (wire, mut setup) = if arguments.demo {
        demonstration(arguments, config, keymap, first_frame)?
    } else {
        aws(arguments, &connecting, config, keymap).await
    };
    setup.plan = plan.map(Arc::new);
    setup.themes = themes;
    setup.select.clone_from(&arguments.select);
    let settings = engine_settings(&setup.config, setup.read_only);
    let settings = if arguments.demo {
        // The demo's certificates must not be among the person's own, nor its calls.
        Settings {
            journal: JournalPlace::Memory,
            shared: None,
            last_accounts: None,
            audit: None,
            names: None,
            filters: None,
            ..settings
        }
    } else {
        settings
    };
    let (mut handle, mut replies) = engine::spawn(wire, settings);
    let mut screen = Screen::new(setup, theme);
    screen.stands = Some(stands);
    let exit = terminal::run(&mut screen, &mut handle, &mut replies).await;
    let exit = exit.map_err(Error::Terminal)?;
    if !arguments.demo {
        remember_steps(&screen.app);
    }
    info!("the screen ends");
    Ok(Ended::screen(
        exit,
        tui::unknown_changes(&screen.app),
        tui::left_open(&screen.app),
    ))
}

/// Remembers which of the keys that somebody new is shown were used. Nobody waits for it: where it cannot be written they
/// are shown again.
fn remember_steps(app: &App) {
    let learnt = app.first_steps.learnt();
    let written =
        journal::first_steps_path().and_then(|path| journal::remember_steps(&path, &learnt));
    if let Err(error) = written {
        warn!(%error, "the keys that were used are not remembered");
    }
}

/// Whether there is a terminal that can be drawn on.
///
/// # Errors
///
/// There is none; the error names what does the same without one.
fn can_be_shown() -> Result<(), Error> {
    let why = if !stdin().is_terminal() {
        "the screen needs a terminal, and standard input is none".to_owned()
    } else if !stdout().is_terminal() {
        "the screen needs a terminal, and standard output is none".to_owned()
    } else if !can_be_drawn_on() {
        let term = env::var("TERM").unwrap_or_default();
        let term = crate::domain::text::visible(&term).into_owned();
        format!("the screen needs a terminal that can be drawn on, and TERM is \"{term}\"")
    } else {
        return Ok(());
    };
    Err(Error::NoScreen(why))
}

#[cfg(feature = "simulator")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "a build without the simulator has no demo"
)]
fn demonstration(
    arguments: &Arguments,
    config: Config,
    keymap: Keymap,
    first_frame: Receiver<()>,
) -> Result<(Wire, Setup), Error> {
    // Its keys take longer than the first frame, which a person waits for.
    let behind = Simulator::furnished_behind(Clock::System, move |world| {
        // An error says that there will be none.
        if first_frame.recv().is_ok() {
            world.furnish_demo(&Accounts::default());
            info!("the demo's fleet is there");
        }
    });
    let simulator = behind.unwrap_or_else(|_| Simulator::demo());
    Ok(demo(arguments, &simulator, config, keymap))
}

#[cfg(not(feature = "simulator"))]
fn demonstration(
    _: &Arguments,
    _: Config,
    _: Keymap,
    _: Receiver<()>,
) -> Result<(Wire, Setup), Error> {
    Err(Error::NoSimulator)
}

async fn aws(
    arguments: &Arguments,
    connecting: &Connecting,
    config: Config,
    keymap: Keymap,
) -> (Wire, Setup) {
    let wire = Wire::Aws {
        endpoint_url: connecting.endpoint_url.clone(),
        helper: env::current_exe().ok(),
    };
    let last_accounts = journal::last_accounts_path().ok();
    let first_steps = journal::first_steps_path().ok();
    let first_steps = first_steps.map(|path| FirstSteps::after(&journal::steps_used(&path)));
    // Without a place to remember what was used, the same would be taught for ever.
    let first_steps = first_steps.unwrap_or_default();
    let Profiles { usable, refused } = aws::profiles(&wire).await;
    let targets = usable.into_iter().map(|(name, account)| KnownTarget {
        label: name.clone(),
        target: target(Some(name), None),
        account,
    });
    let first = target(connecting.profile.clone(), connecting.region.clone());
    // A profile that is configured as the other side may be what this start begins with.
    let configured = config.peer.clone().filter(|_| config.peer != first.profile);
    let peer = connecting.peer_profile.clone().or(configured);
    let setup = Setup {
        read_only: arguments.read_only,
        watch: arguments.watch,
        simulator: false,
        config,
        keymap,
        targets: targets.collect(),
        last_accounts: last_accounts
            .map(|path| journal::last_accounts(&path))
            .unwrap_or_default(),
        refused,
        target: first,
        peer,
        plan: None,
        select: None,
        themes: Vec::new(),
        first_steps,
    };
    (wire, setup)
}

fn target(profile: Option<String>, region: Option<String>) -> Target {
    Target { profile, region }
}

/// State and picture, as the terminal's loop drives them.
#[derive(Debug)]
pub struct Screen {
    app: App,
    theme: Theme,
    first: Vec<Effect>,
    /// What was drawn where, last.
    drawn: RefCell<Drawn>,
    /// Who waits for the first frame.
    stands: Option<Sender<()>>,
}

impl Screen {
    /// The screen at the start.
    pub fn new(setup: Setup, theme: Theme) -> Self {
        let (app, first) = tui::start(setup, Timestamp::UNIX_EPOCH, Rect::ZERO);
        Self {
            app,
            theme,
            first,
            drawn: RefCell::default(),
            stands: None,
        }
    }
}

impl Program for Screen {
    fn start(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.first)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let msg = match msg {
            Msg::Mouse(touch) => Msg::Mouse(Touch {
                on: self.drawn.borrow().at(touch.at),
                ..touch
            }),
            other => other,
        };
        tui::update(&mut self.app, msg)
    }

    fn render(&self, frame: &mut Frame<'_>) {
        *self.drawn.borrow_mut() = tui::draw(&self.app, &self.theme, frame);
    }

    fn stands(&mut self) {
        info!("the first frame is drawn");
        if let Some(waiting) = self.stands.take() {
            // With AWS nobody waits.
            let _ = waiting.send(());
        }
    }

    fn clock(&self) -> Option<Duration> {
        self.app.clock()
    }
}

impl Background for engine::Handle {
    fn send(&mut self, request: Request) -> Result<(), Box<Reply>> {
        Self::send(self, request)
    }

    fn cancel(&mut self, id: RequestId) {
        Self::cancel(self, id);
    }

    fn rest(&mut self) {
        engine::Handle::rest(self);
    }

    fn wake(&mut self) {
        engine::Handle::wake(self);
    }

    fn stop(&mut self, id: RequestId, at: StopAt) {
        Self::stop(self, id, at);
    }
}
