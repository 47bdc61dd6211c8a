//! Starts certferry.

fn main() {}
