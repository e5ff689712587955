//! `kill -9` in the middle of an import and of a backup, at random points with seeds: what is found afterwards is the
//! state before or the state after, and work goes on.
//!
//! The other process is this test binary, started to run only [`child`].

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::transfer::{self, Source};

const FOLDER: &str = "COUNTERSIGN_TEST_FOLDER";
const TASK: &str = "COUNTERSIGN_TEST_TASK";
/// The child says this when it begins what is to be killed, and the next when it is through.
const BEGUN: &str = "begun";
const ENDED: &str = "ended";
/// Runs of each.
const RUNS: u64 = 80;
/// Accounts before, and in the file that is imported.
const BEFORE: usize = 3;
const BROUGHT: usize = 40;

fn open(folder: &Path) -> Authenticator {
    let rng = Arc::new(SystemRng);
    let vault = Vault::open(&folder.join("vault"), "password", rng.clone()).unwrap();
    let keys = Arc::new(MemoryKeyStore::new(rng.clone()));
    Authenticator::new(Arc::new(vault), keys, Options::default(), phone_clock(0), rng).unwrap()
}

fn links(range: std::ops::Range<usize>) -> String {
    range.map(|n| format!("otpauth://totp/Acme:ann{n}?secret=MZXW6YTBOI&issuer=Acme\n")).collect()
}

fn import(authenticator: &Authenticator, file: &str) -> usize {
    let plan = authenticator.plan_import(&Source::new(file.as_bytes())).unwrap();
    authenticator.import(&plan).unwrap().iter().filter(|item| item.fate == ImportFate::Added).count()
}

fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    Vault::create(&place.path().join("vault"), "password", cost, Arc::new(SystemRng)).unwrap();
    std::fs::create_dir(place.path().join("backups")).unwrap();
    assert_eq!(import(&open(place.path()), &links(0..BEFORE)), BEFORE);
    place
}

/// Does nothing unless another test started it.
#[test]
fn child() {
    let (Some(folder), Ok(task)) = (std::env::var_os(FOLDER), std::env::var(TASK)) else { return };
    let authenticator = open(Path::new(&folder));
    match task.as_str() {
        "import" => {
            let file = links(BEFORE..BEFORE + BROUGHT);
            let plan = authenticator.plan_import(&Source::new(file.as_bytes())).unwrap();
            println!("{BEGUN}");
            authenticator.import(&plan).unwrap();
        }
        _ => {
            println!("{BEGUN}");
            for _ in 0..3 {
                authenticator.write_test_backup(&Path::new(&folder).join("backups"));
            }
        }
    }
    println!("{ENDED}");
}

impl Authenticator {
    /// A backup whose password costs nothing, so that the kill falls into the writing and not into Argon2.
    fn write_test_backup(&self, folder: &Path) {
        let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
        let key = crate::transfer::backup::BackupKey::from_password("secret", cost, [1; 16]).unwrap();
        self.write_backup(folder, 2, &key).unwrap();
    }
}

fn start(folder: &Path, task: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "authenticator::tests::killed::child", "--nocapture", "--quiet"])
        .env(FOLDER, folder)
        .env(TASK, task)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for `word` of the child.
fn hear(out: &mut impl BufRead, word: &str) {
    let mut line = String::new();
    while out.read_line(&mut line).unwrap() > 0 {
        if line.contains(word) {
            return;
        }
        line.clear();
    }
    panic!("the child ended without a word");
}

#[expect(clippy::disallowed_methods, reason = "another process is killed at a real moment")]
fn now() -> Instant {
    Instant::now()
}

/// How long the task takes when it is left alone.
fn whole(task: &str) -> Duration {
    let place = place();
    let mut child = start(place.path(), task);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    hear(&mut out, BEGUN);
    let began = now();
    hear(&mut out, ENDED);
    let took = began.elapsed();
    assert!(child.wait().unwrap().success());
    took
}

/// From 0 to 1.4, by the seed (SplitMix64): some are through before they are killed.
fn part_of(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / f64::from(u32::MAX) * 1.4
}

/// Kills the task after a part of its time that the seed chooses.
fn kill(folder: &Path, task: &str, whole: Duration, seed: u64) {
    let mut child = start(folder, task);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    hear(&mut out, BEGUN);
    let part = part_of(seed);
    // Not a wait for anything: the moment itself is what the seed chooses.
    let until = now() + whole.mul_f64(part);
    while now() < until {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn p3_an_import_that_is_killed_is_there_whole_or_not_at_all() {
    let whole = whole("import");
    let mut through = 0;
    for seed in 0..RUNS {
        let place = place();
        kill(place.path(), "import", whole, seed);
        let after = open(place.path());
        let entries = after.entries().unwrap().len();
        assert!(entries == BEFORE || entries == BEFORE + BROUGHT, "seed {seed}: {entries}");
        through += usize::from(entries > BEFORE);
        // The same file again brings the rest, and nothing twice.
        assert_eq!(
            import(&after, &links(BEFORE..BEFORE + BROUGHT)),
            BEFORE + BROUGHT - entries,
            "seed {seed}"
        );
    }
    println!("{through} of {RUNS} imports were through when they were killed ({whole:?} each)");
}

#[test]
fn p2_a_backup_that_is_killed_leaves_only_whole_ones() {
    let whole = whole("backup");
    let place = place();
    let backups = place.path().join("backups");
    for seed in 0..RUNS {
        kill(place.path(), "backup", whole, seed);
        let names = std::fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().path());
        let visible: Vec<_> =
            names.filter(|path| path.extension().is_some_and(|end| end == "backup")).collect();
        for path in &visible {
            let file = std::fs::read(path).unwrap();
            let found = transfer::read(&Source::new(&file).with_password("secret"));
            assert_eq!(found.unwrap().items.len(), BEFORE, "seed {seed}: {}", path.display());
        }
    }
    open(place.path()).write_test_backup(&backups);
    let names: Vec<_> =
        std::fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "what was left unfinished is gone: {names:?}");
}
