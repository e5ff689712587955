//! The terminal authenticator, so that the tests run it as it was just built.
fn main() -> std::process::ExitCode {
    countersign_cli::main()
}
