//! From arguments to the screen or to a command, and to an exit code.

use std::env;

use tracing::info;

#[cfg(feature = "simulator")]
use crate::cli::commands::simulator;
use crate::{
    cli::{
        arguments::{Arguments, SimulatorArguments, SubCommand},
        commands::{act, apply, journal, list, pem, plan, reference, runs, show},
        completions,
        error::Error,
        front::{
            ended::{Ended, SOME_FAILED},
            output::{note, unprinted},
        },
        log,
        runtime::runtime,
        screen,
    },
    domain::Action,
};

/// Runs certferry until it ends.
///
/// # Errors
///
/// What kept it from beginning or going on. The terminal is as before.
pub fn run(arguments: &Arguments) -> Result<Ended, Error> {
    let ended = begin(arguments)?;
    if let Some(error) = unprinted() {
        note(&format!(
            "The results could not be printed whole: {error}. What was done is done."
        ));
        return Ok(ended.at_best(SOME_FAILED));
    }
    Ok(ended)
}

fn begin(arguments: &Arguments) -> Result<Ended, Error> {
    if let Some(command) = &arguments.command
        && let Some(ended) = alone(command)
    {
        return ended;
    }
    let file = arguments.connecting.log.as_deref();
    let levels = env::var("CERTFERRY_LOG").ok();
    log::start(file, levels.as_deref())?;
    info!(
        version = env!("CARGO_PKG_VERSION"),
        demo = arguments.demo,
        read_only = arguments.read_only,
        "certferry starts"
    );
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        match &arguments.command {
            Some(command) => Box::pin(carry(command)).await,
            None => Box::pin(screen::show(arguments)).await,
        }
    });
    info!("certferry ends");
    // Whatever is still asked of AWS must not keep a person from their shell.
    runtime.shutdown_background();
    result
}

/// The commands that need neither AWS nor a runtime.
fn alone(command: &SubCommand) -> Option<Result<Ended, Error>> {
    Some(match command {
        SubCommand::Simulator(arguments) => serve(arguments),
        SubCommand::Pem { id } => pem::run(id.as_deref()).map(|()| Ended::well()),
        SubCommand::Keys { default } => reference::keys(*default),
        SubCommand::Config { default } => reference::config(*default),
        SubCommand::Themes { name } => reference::themes(name.as_deref()),
        SubCommand::Completions { shell } => completions::print(shell).map(|()| Ended::well()),
        SubCommand::Man => reference::man(),
        SubCommand::Show(arguments) => show::run(arguments),
        // It was run before.
        SubCommand::CredentialHelper { .. } => Ok(Ended::well()),
        _ => return None,
    })
}

/// Carries out a command that waits for something.
async fn carry(command: &SubCommand) -> Result<Ended, Error> {
    match command {
        SubCommand::Plan(arguments) => Box::pin(plan::run(arguments)).await,
        SubCommand::Apply(arguments) => Box::pin(apply::run(arguments)).await,
        SubCommand::Accept { activate, doing } => {
            let action = if *activate {
                Action::AcceptAndActivate
            } else {
                Action::Accept
            };
            Box::pin(act::run(action, doing, None)).await
        }
        SubCommand::Reject { reason, doing } => {
            Box::pin(act::run(Action::Reject, doing, reason.clone())).await
        }
        SubCommand::RevokeTransfer(doing) => {
            Box::pin(act::run(Action::RevokeTransfer, doing, None)).await
        }
        SubCommand::Activate(doing) => Box::pin(act::run(Action::Activate, doing, None)).await,
        SubCommand::Deactivate(doing) => Box::pin(act::run(Action::Deactivate, doing, None)).await,
        SubCommand::PutBack { all, doing } => {
            Box::pin(runs::run(Action::PutBack, *all, doing)).await
        }
        SubCommand::Resume { all, doing } => Box::pin(runs::run(Action::Resume, *all, doing)).await,
        SubCommand::List(looking) => Box::pin(list::run(list::Listed::All, looking)).await,
        SubCommand::Inbox(looking) => Box::pin(list::run(list::Listed::Inbox, looking)).await,
        SubCommand::Outbox(looking) => Box::pin(list::run(list::Listed::Outbox, looking)).await,
        SubCommand::History { saying } => journal::history(*saying).await,
        SubCommand::Runs { connecting, saying } => {
            Box::pin(journal::open(connecting, *saying)).await
        }
        alone_or_before => alone(alone_or_before).unwrap_or_else(|| Ok(Ended::well())),
    }
}

#[cfg(feature = "simulator")]
fn serve(arguments: &SimulatorArguments) -> Result<Ended, Error> {
    let exit = simulator::run(arguments)?;
    Ok(Ended::screen(exit, Vec::new(), None))
}

#[cfg(not(feature = "simulator"))]
fn serve(_: &SimulatorArguments) -> Result<Ended, Error> {
    Err(Error::NoSimulator)
}
