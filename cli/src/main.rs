//! The program `countersign`.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    countersign_cli::main()
}
