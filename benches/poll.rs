//! How long does a poll take?

fn main() {}
