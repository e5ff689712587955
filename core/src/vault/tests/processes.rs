//! The same promises between real processes, whose locks are not those of threads, and after a kill.
//!
//! The other process is this test binary, started to run only [`child`].

use std::process::{Child, Command, Stdio};

use super::*;

const PATH: &str = "COUNTERSIGN_TEST_VAULT";
const TASK: &str = "COUNTERSIGN_TEST_TASK";

fn start(place: &Place, task: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "vault::tests::processes::child"])
        .env(PATH, place.path())
        .env(TASK, task)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Does nothing unless another test started it.
#[test]
fn child() {
    let (Some(path), Ok(task)) = (std::env::var_os(PATH), std::env::var(TASK)) else { return };
    let vault = loop {
        match Vault::open(Path::new(&path), PASSWORD, rng()) {
            Err(VaultError::Busy) => {}
            vault => break vault.unwrap(),
        }
    };
    match task.as_str() {
        "count" => (0..20).for_each(|_| count_one(&vault)),
        // The killing test ends this long before it is through.
        _ => (0..5000_u32).for_each(|i| {
            let value = i.to_string();
            let both = ["a", "b"].map(|id| put(Table::Entries, id, value.as_bytes()));
            match vault.write(both.into()) {
                Ok(()) | Err(VaultError::Busy) => {}
                Err(error) => panic!("{error:?}"),
            }
        }),
    }
}

fn count_one(vault: &Vault) {
    loop {
        let counter: u32 = text(vault, Table::Settings, "counter").unwrap().parse().unwrap();
        match vault.write(vec![put(Table::Settings, "counter", (counter + 1).to_string().as_bytes())]) {
            Ok(()) => return,
            Err(VaultError::Busy | VaultError::Changed { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn processes_that_count_together_lose_no_count() {
    let place = Place::new();
    let vault = place.filled();
    vault.write(vec![put(Table::Settings, "counter", b"0")]).unwrap();
    let children = [start(&place, "count"), start(&place, "count")];
    (0..20).for_each(|_| count_one(&vault));
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(text(&place.open().unwrap(), Table::Settings, "counter").as_deref(), Some("60"));
}

#[test]
fn p2_a_killed_writer_leaves_a_whole_generation() {
    for kill_after in [3, 8, 13, 21] {
        let place = Place::new();
        let vault = place.filled();
        vault.write(vec![put(Table::Entries, "b", b"alpha")]).unwrap();
        let mut child = start(&place, "write");
        while vault.generation().unwrap() < kill_after && child.try_wait().unwrap().is_none() {
            match vault.refresh() {
                Ok(_) | Err(VaultError::Busy) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let after = place.open().unwrap();
        assert!(after.generation().unwrap() >= kill_after);
        assert_eq!(text(&after, Table::Entries, "a"), text(&after, Table::Entries, "b"));
        after.write(vec![put(Table::Entries, "a", b"on")]).unwrap();
        assert_eq!(place.names(), ["vault.db"]);
    }
}
