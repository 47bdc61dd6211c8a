//! Puts the parts together: configuration, control plane, background task, state, screen.

use std::{env, fs, io, path::PathBuf, time::Duration};

use ratatui::{Frame, layout::Rect};
use tracing::info;

#[cfg(feature = "simulator")]
use super::{demo::demo, simulator};
use crate::{
    aws::{self, Profiles, Wire},
    cli::{
        arguments::{Arguments, SimulatorArguments, SubCommand},
        error::Error,
        log, pem,
        runtime::runtime,
    },
    config::{self, Config, Mistake},
    domain::{Reply, Request, RequestId, StopAt, Target, Timestamp},
    engine::{self, JournalPlace, Machine, Settings},
    journal,
    tui::{
        self, App, Effect, KnownTarget, Msg, Setup, Theme,
        keymap::Keymap,
        terminal::{self, Background, Exit, Program},
    },
};

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Why.
    pub exit: Exit,
    /// The changes of which nobody knows whether they were made, each with its AWS CLI command.
    pub unknown: Vec<String>,
    /// What is to be said of runs that were left on the way.
    pub left_open: Option<String>,
}

impl Ended {
    /// With nothing to be said.
    fn well() -> Self {
        Self {
            exit: Exit::Quit,
            unknown: Vec::new(),
            left_open: None,
        }
    }

    /// The process's exit code: 3 when it is not known whether a change was made.
    pub fn code(&self) -> u8 {
        match self.exit {
            Exit::Quit if !self.unknown.is_empty() => 3,
            exit => exit.code(),
        }
    }
}

/// Runs certferry until it ends.
///
/// # Errors
///
/// What kept it from beginning or going on. The terminal is as before.
pub fn run(arguments: &Arguments) -> Result<Ended, Error> {
    match &arguments.command {
        Some(SubCommand::Simulator(arguments)) => return serve(arguments),
        Some(SubCommand::Pem { id }) => {
            pem::run(id.as_deref())?;
            return Ok(Ended::well());
        }
        Some(SubCommand::CredentialHelper { .. }) | None => {}
    }
    let levels = env::var("CERTFERRY_LOG").ok();
    log::start(arguments.log.as_deref(), levels.as_deref())?;
    info!(
        version = env!("CARGO_PKG_VERSION"),
        demo = arguments.demo,
        read_only = arguments.read_only,
        "certferry starts"
    );
    let (config, keymap) = configuration()?;
    let runtime = runtime()?;
    let result: Result<Ended, Error> = runtime.block_on(async {
        let (wire, setup) = if arguments.demo {
            show(arguments, config, keymap)?
        } else {
            aws(arguments, config, keymap).await
        };
        // The demo's certificates must not be among the person's own, nor its calls.
        let (journal, shared, last_accounts, audit) = if arguments.demo {
            (JournalPlace::Memory, None, None, None)
        } else {
            let shared = journal::shared_folder();
            (
                JournalPlace::Standard,
                shared,
                journal::last_accounts_path().ok(),
                journal::audit_path().ok(),
            )
        };
        let (mut handle, mut replies) = engine::spawn(
            wire,
            Settings {
                read_only: setup.read_only,
                journal,
                pace: setup.config.pace,
                shared,
                last_accounts,
                accounts: setup.config.accounts.clone(),
                read_only_profiles: setup.config.profiles.clone(),
                audit,
                machine: Machine::Real,
            },
        );
        let theme = if terminal::no_color() {
            Theme::without_colours()
        } else {
            Theme::default()
        };
        let mut screen = Screen::new(setup, theme);
        let exit = terminal::run(&mut screen, &mut handle, &mut replies).await;
        let exit = exit.map_err(Error::Terminal)?;
        Ok(Ended {
            exit,
            unknown: tui::unknown_changes(&screen.app),
            left_open: tui::left_open(&screen.app),
        })
    });
    info!("certferry ends");
    // Whatever is still asked of AWS must not keep a person from their shell.
    runtime.shutdown_background();
    result
}

#[cfg(feature = "simulator")]
fn serve(arguments: &SimulatorArguments) -> Result<Ended, Error> {
    let exit = simulator::run(arguments)?;
    Ok(Ended {
        exit,
        ..Ended::well()
    })
}

#[cfg(feature = "simulator")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "a build without the simulator has no demo"
)]
fn show(arguments: &Arguments, config: Config, keymap: Keymap) -> Result<(Wire, Setup), Error> {
    let simulator = crate::simulator::Simulator::demo();
    Ok(demo(arguments, &simulator, config, keymap))
}

#[cfg(not(feature = "simulator"))]
fn serve(_: &SimulatorArguments) -> Result<Ended, Error> {
    Err(Error::NoSimulator)
}

#[cfg(not(feature = "simulator"))]
fn show(_: &Arguments, _: Config, _: Keymap) -> Result<(Wire, Setup), Error> {
    Err(Error::NoSimulator)
}

const CONFIG_FILE: &str = "config.toml";
const KEYMAP_FILE: &str = "keymap.toml";

/// `$XDG_CONFIG_HOME/certferry`, or `~/.config/certferry`.
fn configuration_folder() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".config")))?;
    Some(folder.join("certferry"))
}

fn configuration() -> Result<(Config, Keymap), Error> {
    let folder = configuration_folder();
    let at = |name| folder.as_deref().map(|folder| folder.join(name));
    Ok((
        read(at(CONFIG_FILE), config::parse_config)?,
        read(at(KEYMAP_FILE), Keymap::new)?,
    ))
}

/// Reads a file; one that does not exist is like an empty one.
fn read<T>(
    path: Option<PathBuf>,
    parse: impl Fn(&str) -> Result<T, Vec<Mistake>>,
) -> Result<T, Error> {
    let path = path.unwrap_or_default();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::Unreadable(path, e)),
    };
    parse(&text).map_err(|mistakes| Error::Configuration(path, mistakes))
}

async fn aws(arguments: &Arguments, config: Config, keymap: Keymap) -> (Wire, Setup) {
    let wire = Wire::Aws {
        endpoint_url: arguments.endpoint_url.clone(),
        helper: env::current_exe().ok(),
    };
    let last_accounts = journal::last_accounts_path().ok();
    let Profiles { usable, refused } = aws::profiles(&wire).await;
    let targets = usable.into_iter().map(|(name, account)| KnownTarget {
        label: name.clone(),
        target: target(Some(name), None),
        account,
    });
    let first = target(arguments.profile.clone(), arguments.region.clone());
    // A profile that is configured as the other side may be what this start begins with.
    let configured = config.peer.clone().filter(|_| config.peer != first.profile);
    let peer = arguments.peer_profile.clone().or(configured);
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
        welcome: None,
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
}

impl Screen {
    /// The screen at the start.
    pub fn new(setup: Setup, theme: Theme) -> Self {
        let (app, first) = tui::start(setup, Timestamp::UNIX_EPOCH, Rect::ZERO);
        Self { app, theme, first }
    }
}

impl Program for Screen {
    fn start(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.first)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        tui::update(&mut self.app, msg)
    }

    fn render(&self, frame: &mut Frame<'_>) {
        tui::render(&self.app, &self.theme, frame);
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
