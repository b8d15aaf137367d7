//! Dispatches to the commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    mingping::cli::main(std::env::args_os().collect())
}
