//! A process of its own whose memory another one searches: this test binary, started to run one test only.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use zeroize::Zeroizing;

const PATH: &str = "COUNTERSIGN_TEST_HOLDER";
/// How much is read at a time; pieces overlap by the longest needle.
const PIECE: usize = 1 << 20;

/// Lines that a holder says.
const OPEN: &str = "it is open";
const LOCKED: &str = "it is locked";

/// What a test does that is started as a holder; nothing when it runs among all the others. `open` gets the vault's path and
/// password, does with it what an app does, and gives what locks it. Whatever that keeps is kept until the end.
pub(crate) fn hold<L: Fn()>(open: impl FnOnce(&Path, &str) -> L) {
    let Some(path) = std::env::var_os(PATH).map(PathBuf::from) else { return };
    let mut password = Zeroizing::new(String::with_capacity(256));
    let mut input = std::io::stdin().lock();
    input.read_line(&mut password).unwrap();
    let lock = open(&path, password.trim_end());
    drop(password);
    say(OPEN);
    let mut go = String::new();
    input.read_line(&mut go).unwrap();
    lock();
    say(LOCKED);
    input.read_line(&mut go).unwrap();
}

/// Says a line to whoever started this process.
fn say(what: &str) {
    println!("{what}");
    std::io::stdout().flush().unwrap();
}

/// The process, from outside. Its standard input begins with the vault's password.
pub(crate) struct Holder {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Holder {
    /// `test` is the full path of the test that it runs, from the crate on.
    pub(crate) fn start(test: &str, vault: &Path, password: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg(test.split_once("::").unwrap().1)
            .env(PATH, vault)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "{password}").unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    /// Which of these are in its memory while the vault is open, and which of these and of `more` after the lock.
    pub(crate) fn search<'a>(
        mut self,
        needles: Vec<(&'a str, Vec<u8>)>,
        more: Vec<(&'a str, Vec<u8>)>,
    ) -> (Vec<&'a str>, Vec<&'a str>) {
        self.wait_for(OPEN);
        let open = self.finds(&needles);
        self.go();
        self.wait_for(LOCKED);
        let left = self.finds(&[needles, more].concat());
        self.end();
        (open, left)
    }

    /// Lets it go on from where it reads a line.
    fn go(&mut self) {
        writeln!(self.input, "go").unwrap();
    }

    /// Waits for its end.
    fn end(mut self) {
        self.go();
        assert!(self.child.wait().unwrap().success());
    }

    /// Waits until it has said this.
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
