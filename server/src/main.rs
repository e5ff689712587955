//! The program `countersign-server`.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    countersign_server::command::main()
}
