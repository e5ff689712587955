//! Where the vault is and what is remembered of it, and making room for a new one.

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// The vault's file: as told, else as the environment says, else where the XDG Base Directory Specification puts data.
pub(crate) fn vault(
    told: Option<&Path>,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<PathBuf, Failure> {
    let set = |name| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = told.map(Path::to_owned).or_else(|| set("COUNTERSIGN_VAULT")) {
        return Ok(path);
    }
    // The specification: a relative path is to be ignored.
    let data = set("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let data = data.or_else(|| set("HOME").map(|home| home.join(".local/share")));
    data.map(|data| data.join("countersign/vault.db")).ok_or_else(|| {
        Failure::usage("no_place", "neither --vault nor HOME says where the vault is; give --vault FILE")
    })
}

/// The folder for what this machine remembers between runs, as the XDG Base Directory Specification says.
pub(crate) fn state(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let state = state.or_else(|| set("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("countersign"))
}

/// Makes the folder for a new vault, for its owner only. One that is there stays as it is.
pub(crate) fn make_folder(vault: &Path) -> Result<(), Failure> {
    let Some(folder) = vault.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| {
        Failure::failed(
            "vault_folder",
            format!(
                "the folder {} cannot be made ({e}); choose another place with --vault FILE",
                folder.display()
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(told: Option<&str>, variables: &[(&str, &str)]) -> Result<PathBuf, Failure> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v));
        vault(told.map(Path::new), find)
    }

    #[test]
    fn the_nearest_word_counts() {
        let all = [("COUNTERSIGN_VAULT", "/e/v"), ("XDG_DATA_HOME", "/x"), ("HOME", "/h")];
        assert_eq!(at(Some("/t/v"), &all).unwrap(), Path::new("/t/v"));
        assert_eq!(at(None, &all).unwrap(), Path::new("/e/v"));
        assert_eq!(at(None, &all[1..]).unwrap(), Path::new("/x/countersign/vault.db"));
        assert_eq!(at(None, &all[2..]).unwrap(), Path::new("/h/.local/share/countersign/vault.db"));
        let odd = [("COUNTERSIGN_VAULT", ""), ("XDG_DATA_HOME", "relative"), ("HOME", "/h")];
        assert_eq!(at(None, &odd).unwrap(), Path::new("/h/.local/share/countersign/vault.db"));
        assert_eq!(at(None, &[]).unwrap_err().exit(), 2);
    }

    #[test]
    fn a_new_folder_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("a/b/vault.db");
        make_folder(&vault).unwrap();
        make_folder(&vault).unwrap();
        let mode = std::fs::metadata(vault.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
