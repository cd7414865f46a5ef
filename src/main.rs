//! The program: everything it does is in the library.

use std::process::ExitCode;

/// Terms and syntax trees are many small blocks, made and freed by several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    defuse::cli::run(std::env::args_os())
}
