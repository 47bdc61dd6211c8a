//! `certferry simulator`: the simulator on a loopback port, for other programs.

use std::{
    convert::Infallible,
    fmt::Write as _,
    fs::OpenOptions,
    io::{self, Write as _},
    net::SocketAddr,
    process,
    time::Duration,
};

use rustix::stdio::dup2_stdout;
use signal_hook::consts::SIGINT;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    cli::{
        arguments::SimulatorArguments,
        error::Error,
        front::signals::{arrival, is_ignored},
        runtime::runtime,
    },
    simulator::{Accounts, Clock, DEFAULT_REGION, NewRole, Server, Simulator},
    tui::terminal::Exit,
};

/// How long somebody is signed in at IAM Identity Center.
const SIGNED_IN: Duration = Duration::from_hours(8);

/// Serves until a signal comes. SIGTERM is how a script ends it, so that is no failure.
pub(in crate::cli) fn run(arguments: &SimulatorArguments) -> Result<Exit, Error> {
    let accounts = Accounts {
        source: arguments.source.clone(),
        recipient: arguments.recipient.clone(),
    };
    if accounts.source == accounts.recipient {
        return Err(Error::OneAccount(accounts.source));
    }
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        // Before anything that takes time, so that it can always be ended.
        let mut terminate = signal(SignalKind::terminate()).map_err(Error::Runtime)?;
        let mut interrupt = interrupt().map_err(Error::Runtime)?;
        tokio::select! {
            _ = terminate.recv() => Ok(Exit::Quit),
            () = arrival(interrupt.as_mut()) => Ok(Exit::Signal(SIGINT)),
            result = serve(arguments, accounts) => result.map(|never| match never {}),
        }
    });
    // Calls that are under way are not waited for: nothing is kept anyway.
    runtime.shutdown_background();
    result
}

async fn serve(arguments: &SimulatorArguments, accounts: Accounts) -> Result<Infallible, Error> {
    let certificates = arguments.certificates;
    let (simulator, accounts) = tokio::task::spawn_blocking(move || {
        let made = world(&accounts, certificates)?;
        Ok((made, accounts))
    })
    .await
    .map_err(|e| Error::Runtime(e.into()))??;
    furnish_roles(&simulator, &accounts);
    simulator.set_latency(None, Duration::from_millis(arguments.latency));
    let server = Server::bind(arguments.listen, simulator.clone())
        .await
        .map_err(Error::Server)?;
    print(&environment(&simulator, &accounts, server.address())).map_err(Error::Output)?;
    Ok(server.serve().await)
}

/// Roles to act as, and somebody who is signed in.
fn furnish_roles(simulator: &Simulator, accounts: &Accounts) {
    let device = format!("arn:aws:iam::{}:mfa/ops", accounts.source);
    let codes: Vec<String> = (1..=9)
        .map(|digit| format!("{}", digit * 111_111))
        .collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let mut assigned = Vec::new();
    for account in [&accounts.source, &accounts.recipient] {
        let role = |name: &str| NewRole::new(&format!("arn:aws:iam::{account}:role/{name}"));
        simulator.create_role(role("ops"));
        simulator.create_role(role("ops-mfa").mfa(&device, &codes));
        assigned.push((account.as_str(), "Operator"));
    }
    simulator.sign_in("certferry", SIGNED_IN, &assigned);
}

fn world(accounts: &Accounts, certificates: Option<u32>) -> Result<Simulator, Error> {
    let Some(certificates) = certificates else {
        return Ok(Simulator::demo_between(Clock::System, accounts));
    };
    let certificates = usize::try_from(certificates).unwrap_or(usize::MAX);
    Simulator::with_fleet_between(Clock::System, accounts, certificates).map_err(Error::Fleet)
}

/// What a shell has to know to use the simulator as the source, and as the recipient.
///
/// Every value is made of letters, digits and `:/+.[]`, so single quotes are all the quoting they need.
fn environment(simulator: &Simulator, accounts: &Accounts, address: SocketAddr) -> String {
    let mut lines = String::new();
    // What would lead a client elsewhere, or give it other credentials.
    let misleading = "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_IOT \
                      AWS_ENDPOINT_URL_STS AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n";
    lines.push_str(misleading);
    let mut export = |name: &str, value: &str| {
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "export {name}='{value}'");
    };
    export("AWS_ENDPOINT_URL", &format!("http://{address}"));
    export("AWS_REGION", DEFAULT_REGION);
    export("AWS_DEFAULT_REGION", DEFAULT_REGION);
    let source = simulator.access_key(&accounts.source);
    export("AWS_ACCESS_KEY_ID", &source.access_key_id);
    export("AWS_SECRET_ACCESS_KEY", &source.secret_access_key);
    for (side, account) in [
        ("SOURCE", &accounts.source),
        ("RECIPIENT", &accounts.recipient),
    ] {
        let key = simulator.access_key(account);
        export(&format!("CERTFERRY_{side}_ACCOUNT"), account);
        export(
            &format!("CERTFERRY_{side}_ACCESS_KEY_ID"),
            &key.access_key_id,
        );
        export(
            &format!("CERTFERRY_{side}_SECRET_ACCESS_KEY"),
            &key.secret_access_key,
        );
    }
    export("CERTFERRY_SIMULATOR_PID", &process::id().to_string());
    // A proxy could not reach this computer's loopback address.
    for name in ["NO_PROXY", "no_proxy"] {
        let ip = address.ip();
        let _ = writeln!(lines, "export {name}=\"${{{name}:+${name},}}{ip}\"");
    }
    lines
}

/// Prints the lines, and closes the standard output: a shell that reads them in `$(certferry simulator &)` waits
/// for that.
fn print(lines: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(lines.as_bytes())?;
    stdout.flush()?;
    dup2_stdout(OpenOptions::new().write(true).open("/dev/null")?)?;
    Ok(())
}

/// Ctrl-C, unless it is to be ignored: shells start what a script runs in the background that way, so that Ctrl-C
/// ends the script's foreground and not this.
fn interrupt() -> io::Result<Option<Signal>> {
    if is_ignored(SIGINT) {
        return Ok(None);
    }
    signal(SignalKind::interrupt()).map(Some)
}
