//! The pages: each a folder with its state, its words and its drawing. A page imports no other page.

pub mod batch;
pub mod belongings;
pub mod certificate;
pub mod certificates;
pub mod command_log;
pub mod history;
pub mod inventory;
pub mod reader;
pub mod transfers;
