//! `kill -9` at any moment of a save, a new password, new keys, or the first write to a vault of an older format: what is
//! there afterwards opens, and is the state before or the state after (P2).
//!
//! The process that dies is this test binary, started to run only [`victim`].

use std::io::{BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::*;

const PATH: &str = "COUNTERSIGN_TEST_VICTIM";
const DEED: &str = "COUNTERSIGN_TEST_DEED";
const OTHER_PASSWORD: &str = "another password";
/// Kills for each deed; the moments come from the seeds 0, 1, 2 …
const RUNS: u32 = 40;
/// Said by the victim when it is about to begin.
const READY: &str = "ready to die";

/// Does nothing unless [`kill_during`] started it.
#[test]
fn victim() {
    let (Some(path), Ok(deed)) = (std::env::var_os(PATH), std::env::var(DEED)) else { return };
    let vault = Vault::open(Path::new(&path), PASSWORD, rng()).unwrap();
    println!("{READY}");
    match deed.as_str() {
        "save" => vault.write(after().map(|(id, plain)| put(Table::Entries, id, plain)).into()).unwrap(),
        "password" => vault.add_password_slot(OTHER_PASSWORD, CHEAP).unwrap(),
        "keys" => vault.renew_keys(PASSWORD).unwrap(),
        deed => panic!("{deed}"),
    }
    println!("{READY}");
}

fn after() -> [(&'static str, &'static [u8]); 3] {
    [("a", b"alpha 2"), ("b", b"beta 2"), ("new", &[b'x'; 20_000])]
}

fn start(place: &Place, deed: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", concat!(module_path!(), "::victim").split_once("::").unwrap().1])
        .env(PATH, place.path())
        .env(DEED, deed)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads lines until the victim says that it is ready; `false` when it ended before.
fn wait_until_ready(lines: &mut impl std::io::BufRead) -> bool {
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        if line.contains(READY) {
            return true;
        }
        line.clear();
    }
    false
}

/// A moment that follows from the seed, in microseconds below `span` (SplitMix64).
fn moment(seed: u32, span: u64) -> u64 {
    let mut z = u64::from(seed).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % span
}

/// The generation, and the records.
type State = (u64, Vec<(Table, String, Vec<u8>)>);

fn state(vault: &Vault) -> State {
    let records = contents(vault).into_iter().map(|(table, id, _, plain)| (table, id, plain));
    (vault.generation().unwrap(), records.collect())
}

/// Kills a victim in the middle of `deed` again and again. `template` is the vault's file before each time, `expected` the
/// two states. Returns how often it was found before and after.
fn kill_during(deed: &str, template: &[u8], before: &State, after: &State) -> [u32; 2] {
    let mut seen = [0, 0];
    let mut took = None;
    // Once to the end, to know how long it takes; killed at a moment of that span from then on.
    for seed in 0..=RUNS {
        let place = Place::new();
        write_file(&place.path(), template);
        let mut child = start(&place, deed);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        assert!(wait_until_ready(&mut lines), "{deed} {seed}: the victim did not begin");
        let watch = Stopwatch::start();
        match took {
            None => {
                assert!(wait_until_ready(&mut lines));
                took = Some(watch.micros().max(100));
            }
            Some(took) => {
                let at = moment(seed, took);
                while watch.micros() < at && child.try_wait().unwrap().is_none() {}
                child.kill().unwrap();
            }
        }
        lines.read_to_end(&mut Vec::new()).unwrap();
        child.wait().unwrap();

        let opened = match place.open() {
            Err(VaultError::WrongPassword) => Vault::open(&place.path(), OTHER_PASSWORD, rng()),
            opened => opened,
        };
        let vault = opened.unwrap_or_else(|error| panic!("{deed}, seed {seed}: {error:?}"));
        let found = state(&vault);
        let is_after = found == *after;
        assert!(is_after || found == *before, "{deed}, seed {seed}: neither state");
        seen[usize::from(is_after)] += 1;
        // It goes on, and nothing of the crash stays beside it.
        vault.write(vec![put(Table::Settings, "on", b"and on")]).unwrap();
        vault.write((0..9).map(|i| put(Table::History, &i.to_string(), b"x")).collect()).unwrap();
        assert_eq!(place.names(), ["vault.db"], "{deed}, seed {seed}");
    }
    seen
}

/// How long a deed takes is measured, not judged: it only says when to kill.
struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "the moment of a kill is real time")]
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().min(Duration::from_secs(60)).as_micros()).unwrap()
    }
}

fn entries(vault: &Vault) -> (Vec<u8>, State) {
    (std::fs::read(vault.path()).unwrap(), state(vault))
}

#[test]
fn p2_a_save_that_is_killed_leaves_the_state_before_or_after() {
    let (template, before) = entries(&Place::new().filled());
    let place = Place::new();
    let vault = place.filled();
    vault.write(after().map(|(id, plain)| put(Table::Entries, id, plain)).into()).unwrap();
    let seen = kill_during("save", &template, &before, &state(&vault));
    println!("a killed save: {} before, {} after", seen[0], seen[1]);
}

#[test]
fn p2_a_new_password_that_is_killed_leaves_the_old_one_or_the_new_one() {
    let (template, before) = entries(&Place::new().filled());
    let seen = kill_during("password", &template, &before, &(before.0 + 1, before.1.clone()));
    println!("a killed change of password: {} before, {} after", seen[0], seen[1]);
}

#[test]
fn p2_new_keys_that_are_killed_leave_all_records_under_one_key() {
    let place = Place::new();
    let vault = place.filled();
    vault.write((0..50).map(|i| put(Table::History, &i.to_string(), &[b'h'; 500])).collect()).unwrap();
    let (template, before) = entries(&vault);
    let seen = kill_during("keys", &template, &before, &(before.0 + 1, before.1.clone()));
    println!("killed new keys: {} before, {} after", seen[0], seen[1]);
}

#[test]
fn p2_the_first_write_to_an_older_format_that_is_killed_leaves_one_format() {
    // Of the old file, with a password that is checked quickly.
    let place = Place::new();
    let vault = place.filled();
    vault.as_format_1();
    let (template, before) = entries(&vault);
    let updated = Vault::open(&place.path(), PASSWORD, rng()).unwrap();
    updated.write(after().map(|(id, plain)| put(Table::Entries, id, plain)).into()).unwrap();
    let seen = kill_during("save", &template, &before, &state(&updated));
    println!("a killed first write: {} before, {} after", seen[0], seen[1]);
}

impl Vault {
    /// Rewrites the file as the last version before format 2 would have left it.
    fn as_format_1(&self) {
        use crate::vault::{format, manifest::Manifest};
        self.with(|unlocked| {
            let held = &unlocked.contents;
            let rows = held.records.iter().map(|(row, held)| (row, held.mark));
            let manifest = Manifest::of(held.generation, &held.slots, rows);
            let manifest = manifest.seal((1, &self.id), &unlocked.data, &SystemRng)?;
            let mut sql = rusqlite::Connection::open(&self.path).unwrap();
            let transaction = sql.transaction().unwrap();
            format::put_identity(&transaction, &format::Identity { format: 1, id: self.id, manifest })?;
            transaction.commit().unwrap();
            Ok(())
        })
        .unwrap();
    }
}
