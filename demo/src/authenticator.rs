//! How the terminal authenticator is called from a shell, in whichever folder that is.

use std::path::{Path, PathBuf};

/// The authenticator with a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticator {
    /// The command, up to what it is to do.
    pub command: String,
    /// Whether Cargo builds it first, which takes a while.
    pub builds: bool,
}

impl Authenticator {
    /// With this vault: the program beside this one, else the one that Cargo builds.
    #[must_use]
    pub fn with(vault: &Path) -> Self {
        let beside = std::env::current_exe().ok().map(|own| own.with_file_name("countersign"));
        Self::of(beside.filter(|program| program.is_file()).as_deref(), vault)
    }

    fn of(program: Option<&Path>, vault: &Path) -> Self {
        let start = match program {
            Some(program) => quoted(program),
            None => {
                let profile = if cfg!(debug_assertions) { "" } else { " --release" };
                let workspace = quoted(&workspace());
                format!("cargo run{profile} --manifest-path {workspace} -p countersign-cli --")
            }
        };
        Self { command: format!("{start} --vault {}", quoted(vault)), builds: program.is_none() }
    }
}

/// From where Cargo builds the authenticator.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.toml")
}

/// One word for a shell, whatever is in it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_works_in_any_folder_whatever_the_paths_are() {
        let vault = Path::new("/tmp/it's here/you.vault");
        let built = Authenticator::of(Some(Path::new("/opt/a b/countersign")), vault);
        assert_eq!(built.command, r"'/opt/a b/countersign' --vault '/tmp/it'\''s here/you.vault'");
        assert!(!built.builds);
        let other = Authenticator::of(None, vault);
        assert!(other.builds && other.command.starts_with("cargo run "), "{}", other.command);
        assert!(workspace().is_file() && other.command.contains(&quoted(&workspace())), "{}", other.command);
    }
}
