//! The only module that touches the terminal: its modes, input, signals, clipboard, and the loop
//! that turns all of them into messages.
//!
//! The loop is one future. Everything that blocks stands on a thread of its own (`input`,
//! `signals`) and sends messages over bounded channels; everything that waits for AWS is the
//! background task's. A turn of the loop is: wait, tell the time, apply what is there, draw once.

mod clipboard;
mod input;
mod link;
mod modes;
mod screen;
mod signals;

pub use self::screen::TerminalScreen;

use std::{
    future::{Future as _, poll_fn},
    io::{self, IsTerminal as _},
    pin::pin,
    time::{Duration, SystemTime},
};

use ratatui::{Frame, Terminal, backend::Backend as _, layout::Size};
use rustix::process::{
    Signal as ProcessSignal, getpgrp, getpid, getsid, kill_current_process_group, kill_process,
};
use signal_hook::consts::SIGHUP;
use tokio::sync::mpsc::{self, error::TryRecvError};

use crate::{
    domain::{Reply, Request, RequestId, StopAt, timestamp},
    tui::{
        Effect, Msg,
        terminal::{
            input::Input,
            link::Link,
            modes::{InLoop, Modes},
            signals::{Signal, Signals},
        },
    },
};

/// Messages applied before the screen is drawn again.
const TURN: usize = 256;

/// What the loop drives: the state and its picture.
pub trait Program {
    /// What is to be done first. The time and the size were told before.
    fn start(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    /// Applies a message.
    fn update(&mut self, msg: Msg) -> Vec<Effect>;

    /// Draws the state.
    fn render(&self, frame: &mut Frame<'_>);

    /// The first frame is on the terminal: what it did not need may begin now.
    fn stands(&mut self) {}

    /// After how long the time is to be told and the screen drawn although nothing happens; `None`
    /// while nothing on it depends on the time.
    fn clock(&self) -> Option<Duration>;
}

/// The background task, as far as the loop needs it. None of it may block, but `rest`.
pub trait Background {
    /// Hands a request over.
    ///
    /// # Errors
    ///
    /// Its reply, when it cannot be taken: nothing was done.
    fn send(&mut self, request: Request) -> Result<(), Box<Reply>>;

    /// A read's answer is not wanted any more.
    fn cancel(&mut self, id: RequestId);

    /// A batch is to stop; it still reports its end.
    fn stop(&mut self, id: RequestId, at: StopAt);

    /// The process is about to be stopped by the system, for who knows how long: what others wait for
    /// is finished, and not begun with again before [`wake`](Self::wake). May wait for a second.
    fn rest(&mut self);

    /// The process goes on.
    fn wake(&mut self);
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The program wanted it.
    Quit,
    /// A signal did; its number.
    Signal(i32),
    /// The terminal went away. Nothing can be printed any more.
    HungUp,
}

impl Exit {
    /// The process's exit code: 128 and the signal's number, as shells count.
    pub fn code(self) -> u8 {
        let signal = match self {
            Self::Quit => return 0,
            Self::Signal(number) => number,
            Self::HungUp => SIGHUP,
        };
        u8::try_from(signal).unwrap_or_default().saturating_add(128)
    }
}

/// Why the loop could not go on. The terminal is put back before this is returned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// Standard input or output is no terminal. Nothing was touched.
    #[error("certferry needs a terminal: {0} is not one")]
    NoTerminal(&'static str),
    /// The terminal could not be set up.
    #[error("the terminal cannot be set up: {0}")]
    Setup(#[source] io::Error),
    /// The terminal could not be read.
    #[error("the terminal cannot be read: {0}")]
    Input(#[source] io::Error),
    /// The terminal could not be written.
    #[error("the terminal cannot be written: {0}")]
    Output(#[source] io::Error),
    /// The background task has ended although the program has not.
    #[error("the background task has ended unexpectedly")]
    NoBackground,
}

/// Runs a program on the terminal until it quits, a signal ends it, or the terminal goes away. The
/// terminal is as before when this returns, unwinds or is dropped.
///
/// After a signal or a hang-up the caller should end the process soon and wait for nothing.
pub async fn run<P: Program, R: Background>(
    program: &mut P,
    requests: &mut R,
    replies: &mut mpsc::Receiver<Reply>,
) -> Result<Exit, TerminalError> {
    let mut running = pin!(run_inside(program, requests, replies));
    // A panic in here ends the screen; one of another task on the same thread must not.
    poll_fn(move |context| {
        let _inside = InLoop::mark();
        running.as_mut().poll(context)
    })
    .await
}

async fn run_inside<P: Program, R: Background>(
    program: &mut P,
    requests: &mut R,
    replies: &mut mpsc::Receiver<Reply>,
) -> Result<Exit, TerminalError> {
    if !io::stdin().is_terminal() {
        return Err(TerminalError::NoTerminal("standard input"));
    }
    if !io::stdout().is_terminal() {
        return Err(TerminalError::NoTerminal("standard output"));
    }
    // With NO_COLOR, crossterm turns every colour into `ESC[;m`, which also wipes bold and
    // reversed: the selected row would be invisible. The theme leaves colours out instead, where they are not wanted.
    crossterm::style::force_color_output(true);

    // In this order, so that no signal finds the terminal ours and nobody listening; dropped in
    // the opposite one.
    let signals = Signals::listen().map_err(TerminalError::Setup)?;
    let modes = Modes::enter().map_err(TerminalError::Setup)?;
    let input = Input::start().map_err(TerminalError::Setup)?;
    let screen = TerminalScreen::new(Link::open().map_err(TerminalError::Setup)?, link::size());
    let ui = Ui {
        program,
        requests,
        terminal: Terminal::new(screen).map_err(TerminalError::Setup)?,
        sources: EventSources {
            input,
            signals,
            replies,
        },
        modes,
        clear: true,
        stopped: false,
        aside: false,
    };
    ui.turns().await
}

/// Where messages come from.
struct EventSources<'a> {
    input: Input,
    signals: Signals,
    replies: &'a mut mpsc::Receiver<Reply>,
}

/// A message on its way to the program, or something for the loop itself.
enum Event {
    Signal(Signal),
    Input(io::Result<Msg>),
    Reply(Option<Reply>),
    Clock,
}

impl EventSources<'_> {
    /// The next event, waited for.
    async fn next(&mut self, clock: Option<Duration>) -> Event {
        tokio::select! {
            biased;
            signal = self.signals.next() => Event::Signal(signal),
            message = self.input.next() => Event::Input(message),
            reply = self.replies.recv() => Event::Reply(reply),
            () = tokio::time::sleep(clock.unwrap_or_default()), if clock.is_some() => Event::Clock,
        }
    }

    /// The next event, if one is there.
    fn ready(&mut self) -> Option<Event> {
        if let Some(signal) = self.signals.ready() {
            return Some(Event::Signal(signal));
        }
        if let Some(message) = self.input.ready() {
            return Some(Event::Input(message));
        }
        match self.replies.try_recv() {
            Ok(reply) => Some(Event::Reply(Some(reply))),
            Err(TryRecvError::Disconnected) => Some(Event::Reply(None)),
            Err(TryRecvError::Empty) => None,
        }
    }
}

/// How the loop ends.
type TurnEnd = Result<Exit, TerminalError>;

struct Ui<'a, P, R> {
    program: &'a mut P,
    requests: &'a mut R,
    terminal: Terminal<TerminalScreen<Link>>,
    modes: Modes,
    sources: EventSources<'a>,
    /// Nothing on the terminal is ours: the next frame has to be a whole one.
    clear: bool,
    /// The terminal is given back, and the process is stopped, or will be in a moment.
    stopped: bool,
    /// Something else is in sight, until a key is pressed.
    aside: bool,
}

impl<P: Program, R: Background> Ui<'_, P, R> {
    async fn turns(mut self) -> TurnEnd {
        match self.turn_until_end().await {
            Ok(never) => match never {},
            Err(end) => {
                if link::hung_up() {
                    self.modes.abandon();
                    self.sources.signals.hung_up();
                    // Reading or writing failed first, and the hang-up is the reason.
                    return end.or(Ok(Exit::HungUp));
                }
                end
            }
        }
    }

    async fn turn_until_end(&mut self) -> Result<std::convert::Infallible, TurnEnd> {
        self.tell_time()?;
        self.tell_size(link::size())?;
        let first = self.program.start();
        self.perform(first)?;
        let mut first = true;
        loop {
            if self.stopped {
                self.stay_stopped().await?;
            }
            self.draw()?;
            if std::mem::take(&mut first) {
                self.program.stands();
            }
            let event = self.sources.next(self.program.clock()).await;
            self.tell_time()?;
            self.apply(event)?;
            for _ in 1..TURN {
                if self.stopped {
                    break;
                }
                let Some(event) = self.sources.ready() else {
                    break;
                };
                self.apply(event)?;
            }
        }
    }

    fn apply(&mut self, event: Event) -> Result<(), TurnEnd> {
        match event {
            Event::Clock => Ok(()),
            Event::Input(Ok(Msg::Key(_) | Msg::Paste(_))) if self.aside => self.come_back(),
            // Nothing of ours is in sight that it could be meant for.
            Event::Input(Ok(Msg::Mouse(_) | Msg::Focused(_))) if self.aside => Ok(()),
            Event::Input(Ok(message)) => self.tell(message),
            Event::Input(Err(error)) => Err(Err(TerminalError::Input(error))),
            Event::Reply(Some(reply)) => self.tell(Msg::Reply(reply)),
            Event::Reply(None) => Err(Err(TerminalError::NoBackground)),
            Event::Signal(Signal::Leave(number)) => Err(Ok(Exit::Signal(number))),
            Event::Signal(Signal::Resized) => {
                // Also if the size is as it was: it may have been a smaller one in between.
                self.clear = true;
                self.look_at_size()
            }
            Event::Signal(Signal::Stop) => self.stop(false),
            Event::Signal(Signal::Continued) => {
                if self.sources.signals.take_continued() {
                    self.take_again()?;
                }
                Ok(())
            }
        }
    }

    fn tell(&mut self, message: Msg) -> Result<(), TurnEnd> {
        let effects = self.program.update(message);
        self.perform(effects)
    }

    fn tell_time(&mut self) -> Result<(), TurnEnd> {
        self.tell(Msg::Clock(timestamp(SystemTime::now())))
    }

    fn tell_size(&mut self, size: Size) -> Result<(), TurnEnd> {
        self.terminal.backend_mut().set_size(size);
        self.tell(Msg::Resize {
            columns: size.width,
            rows: size.height,
        })
    }

    fn look_at_size(&mut self) -> Result<(), TurnEnd> {
        let size = link::size();
        if self.terminal.size().is_ok_and(|known| known == size) {
            return Ok(());
        }
        self.tell_size(size)
    }

    fn perform(&mut self, effects: Vec<Effect>) -> Result<(), TurnEnd> {
        for effect in effects {
            match effect {
                Effect::Send(request) => {
                    if let Err(reply) = self.requests.send(request) {
                        self.tell(Msg::Reply(*reply))?;
                    }
                }
                Effect::Cancel(id) => self.requests.cancel(id),
                Effect::Stop(id, at) => self.requests.stop(id, at),
                Effect::Copy(text) => {
                    let tmux = clipboard::in_tmux();
                    if let Some(bytes) = clipboard::sequence(&text, tmux) {
                        self.terminal.backend_mut().push(bytes.as_bytes());
                        if tmux {
                            clipboard::give_to_tmux(&text);
                        }
                    }
                }
                Effect::Mouse(ours) => self.terminal.backend_mut().push(modes::mouse(ours)),
                Effect::Bell => self.terminal.backend_mut().push(b"\x07"),
                Effect::Show(text) => self.show(&text)?,
                Effect::Redraw => self.clear = true,
                Effect::Suspend => self.suspend()?,
                Effect::Quit => return Err(Ok(Exit::Quit)),
            }
        }
        Ok(())
    }

    /// Shows a text where the terminal's own selection gets it whole: on the screen of the shell, with no
    /// border around it, and with long lines wrapped by the terminal. What happens meanwhile goes on.
    fn show(&mut self, text: &str) -> Result<(), TurnEnd> {
        let hint = "(Select it with the mouse; any key leads back to certferry.)";
        self.write(modes::aside(&format!("{text}\n\n{hint}")))?;
        self.aside = true;
        Ok(())
    }

    fn come_back(&mut self) -> Result<(), TurnEnd> {
        self.write(modes::back())?;
        self.in_sight()
    }

    /// The screen is ours again, as a whole.
    fn in_sight(&mut self) -> Result<(), TurnEnd> {
        self.clear = true;
        if std::mem::take(&mut self.aside) {
            self.tell(Msg::InSight)?;
        }
        Ok(())
    }

    /// Writes what is no frame.
    fn write(&mut self, bytes: io::Result<Vec<u8>>) -> Result<(), TurnEnd> {
        let screen = self.terminal.backend_mut();
        screen.forget();
        let written = bytes.and_then(|bytes| {
            screen.push(&bytes);
            screen.flush()
        });
        written.map_err(|error| Err(TerminalError::Output(error)))
    }

    fn draw(&mut self) -> Result<(), TurnEnd> {
        if self.aside {
            return Ok(());
        }
        let failed = |error| Err(TerminalError::Output(error));
        if std::mem::take(&mut self.clear) {
            self.terminal.clear().map_err(failed)?;
        }
        self.terminal
            .draw(|frame| self.program.render(frame))
            .map(drop)
            .map_err(failed)
    }

    /// The person's stop. In the group of the session's leader there is no shell above that could
    /// continue it (the leader was started by `ssh -t`, a container or a terminal itself): it would
    /// be frozen for good, so it does not stop.
    fn suspend(&mut self) -> Result<(), TurnEnd> {
        if getsid(None).is_ok_and(|session| session == getpgrp()) {
            self.clear = true;
            return Ok(());
        }
        self.stop(true)
    }

    /// Gives the terminal back and stops. The loop goes on with [`Self::stay_stopped`].
    ///
    /// What the person stops is the job, not only this process of it: a wrapper such as a
    /// credential helper has to stop, too, or the shell waits for it. All of them get one SIGSTOP
    /// at once. With a SIGTSTP for the others and a stop of our own afterwards, the shell could see
    /// the wrapper stop and continue the job in between, and we would stop when nobody expects it
    /// any more, and stay so.
    fn stop(&mut self, job: bool) -> Result<(), TurnEnd> {
        self.modes.pause();
        self.requests.rest();
        self.sources.signals.forget_continued();
        let stopping = if job {
            kill_current_process_group(ProcessSignal::STOP)
        } else if self.sources.signals.stop_undone() {
            return self.take_again();
        } else {
            kill_process(getpid(), ProcessSignal::STOP)
        };
        stopping.map_err(|error| Err(TerminalError::Setup(error.into())))?;
        self.stopped = true;
        Ok(())
    }

    /// Waits until the process is continued, and takes the terminal again.
    ///
    /// It may run a little further before it stops, as another thread may be the one that takes the
    /// signal. But then it does stop, and nothing ends that without a SIGCONT.
    async fn stay_stopped(&mut self) -> Result<(), TurnEnd> {
        while !self.sources.signals.take_continued() {
            if let Signal::Leave(number) = self.sources.signals.next().await {
                return Err(Ok(Exit::Signal(number)));
            }
        }
        self.stopped = false;
        self.take_again()
    }

    fn take_again(&mut self) -> Result<(), TurnEnd> {
        self.requests.wake();
        self.modes
            .resume()
            .map_err(|error| Err(TerminalError::Setup(error)))?;
        self.terminal.backend_mut().forget();
        self.in_sight()?;
        self.look_at_size()
    }
}
