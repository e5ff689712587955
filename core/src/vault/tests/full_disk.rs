//! A full disk: nothing is lost, nothing is half written, and it goes on when there is room. It needs a small file system
//! of its own, which only root may mount; elsewhere this says so and looks at nothing.

use std::io::Write as _;
use std::process::Command;

use super::*;

struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let done = mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(folder.path()).output();
        if done.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        println!("note: nothing may be mounted here, so the full disk was not tried");
        None
    }

    fn fill(&self) {
        let path = self.0.path().join("ballast");
        let mut ballast = std::fs::File::options().create(true).append(true).open(path).unwrap();
        for size in [64 * 1024, 512, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _still_busy = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn p2_a_full_disk_stops_each_change_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount() else { return };
    let place = Place { directory: tempfile::tempdir_in(disk.0.path()).unwrap() };
    let vault = place.filled();
    let large = || (0..9).map(|i| put(Table::History, &i.to_string(), &[b'x'; 9000])).collect::<Vec<_>>();
    for _ in 0..2 {
        let (bytes, before) = (place.bytes(), contents(&vault));
        disk.fill();
        let full = |done: Result<(), VaultError>| {
            assert!(matches!(done, Err(VaultError::Storage { .. } | VaultError::Io { .. })), "{done:?}");
        };
        full(vault.write(large()));
        full(vault.write(vec![put(Table::Entries, "a", &[b'x'; 20_000])]));
        full(vault.renew_keys(PASSWORD));
        full(vault.add_password_slot("another", CHEAP));
        full(Vault::create(&place.directory.path().join("second.db"), PASSWORD, CHEAP, rng()).map(drop));
        assert_eq!(contents(&vault), before, "memory and disk say the same");
        assert_eq!(contents(&place.open().unwrap()), before, "reading needs no room");
        disk.make_room();
        assert!(place.bytes() == bytes);
        assert_eq!(place.names(), ["vault.db"]);
    }
    vault.write(large()).unwrap();
    vault.renew_keys(PASSWORD).unwrap();
    assert_eq!(contents(&place.open().unwrap()), contents(&vault));
}
