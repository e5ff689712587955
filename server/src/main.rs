//! The program `countersign-server`.

fn main() -> std::process::ExitCode {
    countersign_server::command::main()
}
