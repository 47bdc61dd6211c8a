//! What certferry does beside its screen.

use clap::{Args, Subcommand};
use clap_complete::{engine::ArgValueCompleter, env::Shells};

use crate::cli::arguments::{
    connecting::Connecting,
    looks::themes,
    meant::{Confirming, Meant, Saying, message},
    planning::{ApplyArguments, PlanArguments, ShowArguments},
    simulator::SimulatorArguments,
};

/// What certferry does beside its screen.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SubCommand {
    /// Work out what a transfer or a hand-over of certificates would do, and write it into a file. Nothing is changed.
    Plan(Box<PlanArguments>),

    /// Say what a plan would do.
    Show(ShowArguments),

    /// Do what a plan says, after a look whether it still holds.
    ///
    /// What has changed since the plan was made is refused, and said. Without `--yes`, the last four digits of the
    /// recipient are asked for on the terminal. SIGTERM and Ctrl-C stop at the next step; what is on the way then can be
    /// resumed or put back.
    Apply(ApplyArguments),

    /// Take certificates that are offered to the account. They arrive inactive, with nothing attached.
    Accept {
        /// Activate each in the same call.
        #[arg(long)]
        activate: bool,
        /// What is meant, and how.
        #[command(flatten)]
        doing: Doing,
    },

    /// Send certificates back that are offered to the account.
    Reject {
        /// What the senders read, up to 128 characters.
        #[arg(long, value_name = "TEXT", value_parser = message)]
        reason: Option<String>,
        /// What is meant, and how.
        #[command(flatten)]
        doing: Doing,
    },

    /// Take offers back. This is not the irreversible Revoke, which has no command.
    RevokeTransfer(Doing),

    /// Let devices connect with certificates.
    Activate(Doing),

    /// Stop devices from connecting with certificates.
    Deactivate(Doing),

    /// Make certificates again what they were before their latest run: attach what was detached, activate.
    PutBack {
        /// All whose runs stopped on the way.
        #[arg(long, conflicts_with_all = ["names", "select", "filter"])]
        all: bool,
        /// What is meant, and how.
        #[command(flatten)]
        doing: Doing,
    },

    /// Go on with runs that stopped, where they stopped.
    Resume {
        /// All of them.
        #[arg(long, conflicts_with_all = ["names", "select", "filter"])]
        all: bool,
        /// What is meant, and how.
        #[command(flatten)]
        doing: Doing,
    },

    /// List the certificates of the account.
    List(Looking),

    /// List what is offered to the account.
    Inbox(Looking),

    /// List what the account offers to others.
    Outbox(Looking),

    /// List every run of this computer's journal, of every account, newest first. AWS is not asked.
    History {
        /// How it is said.
        #[command(flatten)]
        saying: Saying,
    },

    /// List the runs of the account that stopped on the way, and what other processes hold.
    Runs {
        /// How AWS is reached.
        #[command(flatten)]
        connecting: Connecting,
        /// How it is said.
        #[command(flatten)]
        saying: Saying,
    },

    /// Print the keys of the screen as they are now, or with `--default` the file to change them with.
    Keys {
        /// The commented defaults, to be written to `keymap.toml`.
        #[arg(long)]
        default: bool,
    },

    /// Print the settings as they are now and where they are read, or with `--default` the file to change them with.
    Config {
        /// The commented defaults, to be written to `config.toml`.
        #[arg(long)]
        default: bool,
    },

    /// List the themes of the screen, or print the file of one, to make one's own of.
    Themes {
        /// The theme to be printed.
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(themes))]
        name: Option<String>,
    },

    /// Print what a shell needs to complete certferry's words, profiles and accounts.
    ///
    /// For bash: `certferry completions bash > ~/.local/share/bash-completion/completions/certferry`. For zsh: into a
    /// file `_certferry` in a folder of `$fpath`. For fish:
    /// `certferry completions fish > ~/.config/fish/completions/certferry.fish`.
    Completions {
        /// The shell.
        #[arg(value_parser = shells())]
        shell: String,
    },

    /// Print the manual page.
    Man,

    /// Answer on a loopback port as AWS IoT would, with a simulated fleet in two accounts.
    ///
    /// The AWS CLI, any AWS SDK and certferry itself can use it with the endpoint and the keys it
    /// prints, as lines for a shell. Then it closes its standard output, so that a script can start
    /// it and go on: `eval "$(certferry simulator &)"` begins, `kill "$CERTFERRY_SIMULATOR_PID"`
    /// ends. Nothing is kept: the next start has the same fleet again. Signatures are not checked.
    ///
    /// Each account has the roles `ops`, which anybody may assume, and `ops-mfa`, for which the device
    /// `arn:aws:iam::SOURCE:mfa/ops` shows the codes 111111, 222222 and so on to 999999, each good once.
    /// Whoever brings the access token `certferry` is signed in at IAM Identity Center for 8 hours, with
    /// the role `Operator` in both accounts.
    ///
    /// SIGTERM ends it with the exit code 0, Ctrl-C with 130, both at once.
    Simulator(SimulatorArguments),

    /// Print a certificate that was changed for ever here, as PEM, so that it can be registered again.
    ///
    /// Before certferry makes a change that cannot be undone, it writes the certificate itself into its
    /// journal, and keeps it for a year. Without an id, they are listed, the newest first. `aws iot
    /// register-certificate` and `register-certificate-without-ca` take the PEM; the certificate has the same
    /// id again then, and nothing attached.
    Pem {
        /// The certificate's id, or the beginning of it.
        id: Option<String>,
    },

    /// Run what a profile's `credential_process` names, without a terminal. certferry starts itself so.
    #[command(hide = true)]
    CredentialHelper {
        /// The command line, in hexadecimal digits.
        command: String,
    },
}

impl SubCommand {
    /// How a command reaches AWS.
    pub(super) const fn connecting_mut(&mut self) -> Option<&mut Connecting> {
        match self {
            Self::Plan(arguments) => Some(&mut arguments.connecting),
            Self::Apply(arguments) => Some(&mut arguments.connecting),
            Self::Accept { doing, .. }
            | Self::Reject { doing, .. }
            | Self::RevokeTransfer(doing)
            | Self::Activate(doing)
            | Self::Deactivate(doing)
            | Self::PutBack { doing, .. }
            | Self::Resume { doing, .. } => Some(&mut doing.connecting),
            Self::List(looking) | Self::Inbox(looking) | Self::Outbox(looking) => {
                Some(&mut looking.connecting)
            }
            Self::Runs { connecting, .. } => Some(connecting),
            Self::Show(_)
            | Self::History { .. }
            | Self::Keys { .. }
            | Self::Config { .. }
            | Self::Themes { .. }
            | Self::Completions { .. }
            | Self::Man
            | Self::Simulator(_)
            | Self::Pem { .. }
            | Self::CredentialHelper { .. } => None,
        }
    }
}

/// Something that is done to certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Doing {
    #[command(flatten)]
    pub(in crate::cli) meant: Meant,
    #[command(flatten)]
    pub(in crate::cli) confirming: Confirming,
    #[command(flatten)]
    pub(in crate::cli) connecting: Connecting,
    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

/// Something that is only looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Looking {
    #[command(flatten)]
    pub(in crate::cli) meant: Meant,
    #[command(flatten)]
    pub(in crate::cli) connecting: Connecting,
    #[command(flatten)]
    pub(in crate::cli) saying: Saying,
}

/// The names of the shells that can be completed in.
fn shells() -> clap::builder::PossibleValuesParser {
    Shells::builtins().names().collect::<Vec<_>>().into()
}
