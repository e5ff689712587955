//! P9: after a lock nothing secret is in the memory of the process. Another process reads all of it, before and after.
//!
//! The process whose memory is read is this test binary, started to run only [`holder`].

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::*;

const PATH: &str = "COUNTERSIGN_TEST_HOLDER";
/// Lines that the holder says.
const UNLOCKED: &str = "it is unlocked";
const LOCKED: &str = "it is locked";
/// How much is read at a time; pieces overlap by the longest needle.
const PIECE: usize = 1 << 20;

/// Does nothing unless the test below started it. Its password comes in through standard input.
#[test]
fn holder() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let mut line = Zeroizing::new(String::with_capacity(256));
    let mut input = std::io::stdin().lock();
    input.read_line(&mut line).unwrap();
    let vault = Vault::open(Path::new(&path), line.trim_end(), rng()).unwrap();
    drop(line);
    // What an app does between unlocking and locking.
    let records = vault.list(Table::Entries).unwrap();
    assert!(!records.is_empty());
    let plain = vault.get(Table::Entries, "a").unwrap().unwrap();
    vault.write(vec![Change::Put { table: Table::Entries, id: "b".into(), plain: plain.clone() }]).unwrap();
    drop((records, plain));
    say(UNLOCKED);
    let mut go = String::new();
    input.read_line(&mut go).unwrap();
    vault.lock();
    say(LOCKED);
    input.read_line(&mut go).unwrap();
}

fn say(what: &str) {
    println!("{what}");
    std::io::stdout().flush().unwrap();
}

struct Holder {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Holder {
    fn start(place: &Place, password: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg(concat!(module_path!(), "::holder").split_once("::").unwrap().1)
            .env(PATH, place.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "{password}").unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn wait_for(&mut self, what: &str) {
        let mut line = String::new();
        while !line.contains(what) {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "it ended before: {what}");
        }
    }

    /// Which needles are in writable memory.
    fn finds<'a>(&self, needles: &[(&'a str, Vec<u8>)]) -> Vec<&'a str> {
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", self.child.id())).unwrap();
        let memory = File::open(format!("/proc/{}/mem", self.child.id())).unwrap();
        let longest = needles.iter().map(|(_, needle)| needle.len()).max().unwrap();
        let mut found = Vec::new();
        for line in
            maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|what| what.starts_with("rw")))
        {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [mut at, to] = [from, to].map(|number| u64::from_str_radix(number, 16).unwrap());
            while at < to {
                let mut piece = vec![0; PIECE.min(usize::try_from(to - at).unwrap())];
                if memory.read_exact_at(&mut piece, at).is_err() {
                    break; // Pages that cannot be read, such as those of the kernel.
                }
                for (name, needle) in needles {
                    if piece.windows(needle.len()).any(|window| window == needle.as_slice()) {
                        found.push(*name);
                    }
                }
                let step = if piece.len() > longest { piece.len() - longest } else { piece.len() };
                at += step as u64;
                if to - at <= longest as u64 {
                    break;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[test]
fn p9_after_a_lock_no_secret_is_in_the_memory_of_the_process() {
    let place = Place::new();
    let password = "xylophone quarry 7391 lantern";
    let record = br#"{"secret":"KRSXG5CTMVRXEZLUKRSXG5CT","note":"marker of one record"}"#;
    let vault = Vault::create(&place.path(), password, CHEAP, rng()).unwrap();
    vault.write(vec![put(Table::Entries, "a", record), put(Table::Entries, "c", &[0xC7; 40])]).unwrap();
    let (data, presence) = vault
        .with(|unlocked| {
            let presence = unlocked.presence.as_ref().unwrap();
            Ok((unlocked.data.as_bytes().to_vec(), presence.as_bytes().to_vec()))
        })
        .unwrap();
    let needles = [
        ("the data key", data),
        ("the presence key", presence),
        ("a record", record.to_vec()),
        ("a record of bytes", vec![0xC7; 40]),
        ("the secret in base32", b"KRSXG5CTMVRXEZLUKRSXG5CT".to_vec()),
    ];
    let mut holder = Holder::start(&place, password);
    holder.wait_for(UNLOCKED);
    let while_open = holder.finds(&needles);
    assert_eq!(while_open.len(), needles.len(), "the search finds what is there: {while_open:?}");

    writeln!(holder.input, "lock").unwrap();
    holder.wait_for(LOCKED);
    let with_password: Vec<_> =
        needles.into_iter().chain([("the password", password.as_bytes().to_vec())]).collect();
    let left = holder.finds(&with_password);
    writeln!(holder.input, "end").unwrap();
    assert!(holder.child.wait().unwrap().success());
    assert!(left.is_empty(), "still in memory after the lock: {left:?}");
}
