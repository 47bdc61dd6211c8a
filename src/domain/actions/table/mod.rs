//! What the table says of each action.

mod explained;
mod rows;
