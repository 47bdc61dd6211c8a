//! What is known beside the pages: the settings, the connection, the command log; and the context that shows
//! it to pages and dialogs.

pub mod command_log;
pub mod context;
pub mod first_start;
pub mod first_steps;
pub mod left_views;
pub mod recent;
pub mod remote;
pub mod reports;
pub mod session;
pub mod setup;
pub mod side;
