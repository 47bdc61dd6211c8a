//! What is changed about the terminal, and put back: exactly once, whichever way the program ends.

use std::{
    cell::Cell,
    io::{self, Write},
    panic::{self, PanicHookInfo},
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    queue,
    style::{Attribute, Print, SetAttribute},
    terminal::{
        EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
        enable_raw_mode,
    },
};

use crate::{domain::text, tui::terminal::link::Link};

/// Panics kept for after the end; later ones are counted only.
const KEPT_PANICS: usize = 16;
/// Characters kept of each.
const KEPT_CHARACTERS: usize = 2_000;

/// Raw mode is on, and the sequences were written at least in part: what is to be put back, and
/// over what.
#[derive(Debug)]
struct HeldBack(Link);

/// Asks for clicks and the wheel, and for when the window gets the keys; not for every movement, which would be
/// traffic on a slow link.
const TAKE_MOUSE: &str = "\x1b[?1000h\x1b[?1006h\x1b[?1004h";
/// Leaves all of that to the terminal.
const LEAVE_MOUSE: &str = "\x1b[?1004l\x1b[?1006l\x1b[?1000l";

/// Whether the mouse is to be ours while the terminal is.
static MOUSE: AtomicBool = AtomicBool::new(false);

static HELD: Mutex<Option<HeldBack>> = Mutex::new(None);
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    messages: Vec::new(),
    more: 0,
});

thread_local! {
    static IN_LOOP: Cell<bool> = const { Cell::new(false) };
}

/// Panics of background tasks.
#[derive(Debug)]
struct Kept {
    messages: Vec<String>,
    more: usize,
}

/// While it lives the terminal is ours: raw mode, alternate screen, bracketed paste. The mouse
/// stays the terminal's, so that text can be selected, unless a person wants it otherwise. The cursor is hidden and
/// shown by drawing.
#[derive(Debug)]
pub(super) struct Modes(());

impl Modes {
    /// Takes the terminal. What was set before a failure is put back.
    pub(super) fn enter() -> io::Result<Self> {
        install_hook();
        let modes = Self(());
        set()?;
        Ok(modes)
    }

    /// Gives the terminal back for a while.
    #[expect(
        clippy::unused_self,
        reason = "only who holds the terminal can give it back"
    )]
    pub(super) fn pause(&self) {
        put_back();
    }

    /// Takes the terminal again, also when a shell changed its modes behind our back.
    #[expect(
        clippy::unused_self,
        reason = "only who gave the terminal back can take it again"
    )]
    pub(super) fn resume(&self) -> io::Result<()> {
        if lock(&HELD).take().is_some() {
            // Otherwise crossterm believes that raw mode is on, and does nothing.
            disable_raw_mode()?;
        }
        set()
    }

    /// The terminal is gone: nothing is written to it any more.
    #[expect(
        clippy::unused_self,
        reason = "only who holds the terminal can let it go"
    )]
    pub(super) fn abandon(&self) {
        lock(&HELD).take();
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        put_back();
        tell_kept();
    }
}

/// Marks that the loop is running on this thread, as opposed to a background task.
///
/// The thread's id would not do: on a runtime of one thread the tasks run on it, too.
#[derive(Debug)]
pub(super) struct InLoop(bool);

impl InLoop {
    pub(super) fn mark() -> Self {
        Self(IN_LOOP.replace(true))
    }
}

impl Drop for InLoop {
    fn drop(&mut self) {
        IN_LOOP.set(self.0);
    }
}

fn set() -> io::Result<()> {
    let mut link = Link::open()?;
    let held = HeldBack(Link::open()?);
    enable_raw_mode()?;
    // Half of a failed write may have arrived, so it counts as held from here on.
    *lock(&HELD) = Some(held);
    let mut bytes = Vec::new();
    queue!(
        bytes,
        EnterAlternateScreen,
        EnableBracketedPaste,
        SetAttribute(Attribute::Reset)
    )?;
    bytes.extend(mouse_sequence(TAKE_MOUSE));
    link.write_all(&bytes).inspect_err(|_| put_back())
}

/// Puts back what is held, if anything is. Never fails: this is also the way out of failures.
fn put_back() {
    let Some(HeldBack(mut link)) = lock(&HELD).take() else {
        return;
    };
    // First, because it cannot block: on a link that takes no more bytes the next step may.
    let _ = disable_raw_mode();
    let mut bytes: Vec<u8> = Vec::new();
    bytes.extend(mouse_sequence(LEAVE_MOUSE));
    let _ = queue!(
        bytes,
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        SetAttribute(Attribute::Reset),
        Show,
        LeaveAlternateScreen
    );
    let _ = link.write_all(&bytes);
}

/// A sequence for the mouse, while it is to be ours.
fn mouse_sequence(sequence: &str) -> &[u8] {
    if MOUSE.load(Ordering::SeqCst) {
        sequence.as_bytes()
    } else {
        &[]
    }
}

/// Takes the mouse, or leaves it to the terminal: now, and whenever the terminal is taken again.
pub(super) fn mouse(ours: bool) -> &'static [u8] {
    MOUSE.store(ours, Ordering::SeqCst);
    if ours { TAKE_MOUSE } else { LEAVE_MOUSE }.as_bytes()
}

/// Leads to the screen of the shell, and writes a text there. The mouse selects it.
pub(super) fn aside(text: &str) -> io::Result<Vec<u8>> {
    let mut bytes = mouse_sequence(LEAVE_MOUSE).to_vec();
    queue!(
        bytes,
        SetAttribute(Attribute::Reset),
        LeaveAlternateScreen,
        Show
    )?;
    for line in text.lines() {
        queue!(bytes, Print(line), Print("\r\n"))?;
    }
    Ok(bytes)
}

/// Leads back to our own screen.
pub(super) fn back() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    queue!(bytes, EnterAlternateScreen)?;
    bytes.extend(mouse_sequence(TAKE_MOUSE));
    Ok(bytes)
}

fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let held = lock(&HELD).is_some();
            let in_loop = IN_LOOP.try_with(Cell::get).unwrap_or(false);
            if held && !in_loop {
                // The screen lives on, so nothing may be printed over it. Whoever waits for the
                // task learns of the panic; the message is printed when the terminal is back.
                keep(info);
                return;
            }
            put_back();
            previous(info);
        }));
    });
}

fn keep(info: &PanicHookInfo<'_>) {
    let mut kept = lock(&KEPT);
    if kept.messages.len() >= KEPT_PANICS {
        kept.more = kept.more.saturating_add(1);
        return;
    }
    let thread = thread::current();
    let message = format!("thread '{}' {info}", thread.name().unwrap_or("<unnamed>"));
    kept.messages
        .push(message.chars().take(KEPT_CHARACTERS).collect());
}

/// Prints the kept panics. Not with `eprintln!`, which panics when stderr is gone.
fn tell_kept() {
    let (messages, more) = {
        let mut kept = lock(&KEPT);
        (
            std::mem::take(&mut kept.messages),
            std::mem::take(&mut kept.more),
        )
    };
    let mut stderr = io::stderr().lock();
    for message in messages {
        let _ = writeln!(stderr, "certferry: a background task panicked:");
        for line in message.lines() {
            let _ = writeln!(stderr, "    {}", text::visible(line));
        }
    }
    if more > 0 {
        let _ = writeln!(stderr, "certferry: {more} more background tasks panicked");
    }
}

/// A panic while a lock was held leaves nothing half-done here: every critical section is one
/// assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
