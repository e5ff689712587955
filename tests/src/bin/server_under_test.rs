//! The server program, so that the tests run it as it was just built.
fn main() -> std::process::ExitCode {
    countersign_server::command::main()
}
