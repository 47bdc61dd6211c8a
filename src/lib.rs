//! certferry moves X.509 device certificates from one AWS account to another, from a terminal.
//!
//! Two ideas hold it up. The screen is a function: [`tui::update`] changes the state and says what
//! should happen, [`tui::render`] draws it, and neither waits for anything. And there is one seam,
//! the wire: the real AWS SDK is always in the loop, and the [`simulator`] answers its HTTP requests
//! in the demo and in the tests.
//!
//! # The house
//!
//! | Module | Its job | Imports |
//! |---|---|---|
//! | [`domain`] | the vocabulary, pure | nothing of ours |
//! | [`config`] | key bindings, account book | domain |
//! | [`aws`] | AWS IoT and STS through the SDK; the only importer of `aws_*` beside the simulator's connector | domain |
//! | [`journal`] | what was detached and what was done, durable before it is done; the only importer of SQLite | domain |
//! | [`engine`] | everything that waits: requests in, replies out | domain, aws, journal |
//! | [`tui`] | the screen: state, update and render; `terminal` in it is the only one that touches the tty | domain, config, engine |
//! | [`simulator`] | an AWS IoT control plane in memory | nothing of ours |
//! | [`cli`] | the command line: from arguments to an exit code | all |
//!
//! A test reads the `use` lines and keeps it so, and that nothing imports in a circle.
//!
//! # The words
//!
//! | Word | Means |
//! |---|---|
//! | Batch | what one confirmation covers: one thing to do, one or more certificates. Every change is a batch |
//! | Run | the work on one certificate of a batch, in the journal when it takes anything away |
//! | Step | one API call of a run, or one wait |
//! | Plan | the steps of a run, worked out before anything is done; of a batch, a file to be applied later |
//! | Action | what can be done to a certificate: [`domain::Action`], a table |
//! | Look | reading how a certificate stands, before anything is decided |
//! | Offer | a pending transfer, seen from either side |
//! | Put back | making a certificate again what it was before a run |
//! | Hand-over | a transfer carried through in both accounts: a run in each of them, begun together |
//! | Set up | the recipient's half of it |
//! | Attachment | a policy or a thing that a certificate has |
//! | Place | control plane, partition, region and account: where something is true |
//! | Belongings | what a certificate has beside itself: policies, things, a CA. A survey says it of many |
//! | Side | a connection, with what is known and shown of its account: one or two are open |
//! | Slot | what on the screen an answer is for |
//!
//! # How a thing is added
//!
//! | What | Where |
//! |---|---|
//! | An action | its row in `domain/actions/table/rows.rs`; when it changes AWS, a case of [`domain::Change`] with its call in `aws/change.rs`, and the operation in the simulator |
//! | A question to AWS | a line of `questions!` in `domain/call.rs`, its call in `aws/reads/certificates.rs`, and who asks in `tui/app/asking.rs` |
//! | A tab of the details | a case of `Tab` in `tui/pages/certificate/details.rs`, and its key |
//! | A page | a folder in `tui/pages` |
//! | A key | a row in `tui/keymap.rs`, and its key in `assets/keymap.toml` |
//! | A look | a line of `looks!` in `tui/theme/looks.rs`, and its style in each of `assets/themes` |
//! | A command without a screen | its arguments in `cli/arguments/commands.rs`, a file in `cli/commands`, its JSON in `assets/schema` |
//! | A word of the filter | a line of `FILTER_KEYS` and its case in `domain/finding/language.rs`; what it looks at in `filter.rs` beside it, its words in `understood.rs`, and what it is worth for a change in `vague.rs` |
//! | What the list is sorted by | a case of `SortBy` in `tui/pages/certificates/list/order.rs`, its key in `sorting.rs`, its letter in `tui/app/acting/ordering.rs` |
//! | A setting | a field in `config/settings.rs`, whose comment is also what the help says, and its default in `assets/config.toml` |
//! | A failure | a case of [`domain::FailureKind`], and its words beside it |
//!
//! Where a list has to name every case, the compiler says which ones are missing.

pub mod aws;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod journal;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod tui;
