//! Dispatches to the commands.

fn main() {}
