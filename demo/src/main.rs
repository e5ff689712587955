//! The program. Everything is in the library beside it, so that tests can use it too.

fn main() -> std::process::ExitCode {
    countersign_demo::main()
}
