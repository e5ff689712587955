//! The program on a terminal of its own: `script` (util-linux) makes one, and what is typed goes through a pipe.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_countersign");
const URI: &str = "otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=GitHub";
const PATIENCE: Duration = Duration::from_secs(120);
/// The alternate screen is left.
const LEFT: &str = "\x1b[?1049l";

/// What the terminal was sent so far, and a bell for more.
type Shown = Arc<(Mutex<Vec<u8>>, Condvar)>;

struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    shown: Shown,
    _home: tempfile::TempDir,
}

impl Terminal {
    /// A terminal of 80 × 24 where `commands` run in a shell; `$c` is the program, and its vault has one entry.
    fn with(commands: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let vault = home.path().join("vault.db");
        let mut add = Command::new(PROGRAM)
            .args(["add", URI, "--password-fd", "0"])
            .env("COUNTERSIGN_VAULT", &vault)
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        add.stdin.take().unwrap().write_all(b"pw\n").unwrap();
        assert!(add.wait().unwrap().success());
        let mut child = Command::new("script")
            .args(["--quiet", "--flush", "--return", "--command"])
            .arg(format!("stty rows 24 cols 80; {commands}; echo ended $?; stty -a"))
            .arg("/dev/null")
            .env("COUNTERSIGN_VAULT", &vault)
            .env("HOME", home.path())
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm-256color")
            .env("c", PROGRAM)
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let shown = Shown::default();
        let (mut screen, told) = (child.stdout.take().unwrap(), Arc::clone(&shown));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                told.0.lock().unwrap().extend_from_slice(&bytes[..count]);
                told.1.notify_all();
            }
        });
        let keyboard = child.stdin.take().unwrap();
        Self { child, keyboard, shown, _home: home }
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until something was shown after the byte `from`, and returns where it ends. Spaces do not count, since a
    /// view moves the cursor over them.
    fn waits(&self, from: usize, text: &str) -> usize {
        let (wanted, until) = (text.replace(' ', ""), Instant::now() + PATIENCE);
        let mut shown = self.shown.0.lock().unwrap();
        loop {
            if plain(&shown[from..]).contains(&wanted) {
                return shown.len();
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{text:?} was not shown: {:?}", String::from_utf8_lossy(&shown[from..]));
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    fn raw(&self) -> String {
        String::from_utf8_lossy(&self.shown.0.lock().unwrap()).into_owned()
    }

    /// The end of the view and the state of the terminal after it.
    fn ends_well(mut self) -> String {
        let at = self.waits(0, "ended 0");
        self.waits(0, "echoke");
        self.child.wait().unwrap();
        let raw = self.raw();
        assert!(raw[..at.min(raw.len())].contains(LEFT), "the screen was not given back: {raw:?}");
        let modes = raw.rsplit_once("ended 0").unwrap().1;
        let on = |mode: &str| modes.split([' ', ';', '\r', '\n']).any(|word| word == mode);
        assert!(on("echo") && on("icanon") && on("isig"), "{modes}");
        raw
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// What is read on a screen: without the sequences that move the cursor and colour, and without spaces.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut characters = text.chars().peekable();
    let mut read = String::new();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\x1b', Some('[')) => {
                characters.next();
                while characters.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
            }
            ('\x1b', Some(']')) => while characters.next().is_some_and(|c| c != '\x07') {},
            (c, _) if c.is_whitespace() || c.is_control() => {}
            (c, _) => read.push(c),
        }
    }
    read
}

#[test]
fn codes_are_searched_copied_and_left_on_a_real_terminal() {
    let mut terminal = Terminal::with("$c codes --watch");
    terminal.waits(0, "Password:");
    terminal.types("pw\n");
    let shown = terminal.waits(0, "GitHub (alice)");
    terminal.types("/zzz");
    let searched = terminal.waits(shown, "Nothing fits");
    terminal.types("\x1b");
    let back = terminal.waits(searched, "GitHub (alice)");
    terminal.types("\r");
    terminal.waits(back, "Copied the code of");
    terminal.types("q");
    let raw = terminal.ends_well();
    assert_eq!(raw.matches("\x1b]52;c;").count(), 2, "copied, and wiped when the view ended: {raw:?}");
    assert_eq!(raw.matches("\x1b]52;c;\x07").count(), 1);
}

#[test]
fn a_terminal_may_become_small_and_a_signal_gives_it_back() {
    let mut terminal = Terminal::with("tty; sh -c 'echo process $$ here; exec $c codes --watch'");
    terminal.waits(0, "Password:");
    let raw = terminal.raw();
    let word_after =
        |before: &str| raw.split_once(before).unwrap().1.split_whitespace().next().unwrap().to_owned();
    let (process, device) = (word_after("process "), format!("/dev/pts/{}", word_after("/dev/pts/")));
    terminal.types("pw\n");
    let shown = terminal.waits(0, "q quits");
    let resized = Command::new("stty").args(["-F", &device, "rows", "2", "cols", "40"]).status().unwrap();
    assert!(resized.success());
    terminal.waits(shown, "GitHub (alice)");
    assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    terminal.ends_well();
}

#[test]
fn ctrl_c_ends_a_view_well_and_leaves_a_question_with_130() {
    let mut terminal = Terminal::with("$c codes --watch");
    terminal.waits(0, "Password:");
    terminal.types("pw\n");
    terminal.waits(0, "q quits");
    terminal.types("\x03");
    terminal.ends_well();
    let mut asked = Terminal::with("$c codes --watch || test $? = 130");
    asked.waits(0, "Password:");
    asked.types("\x03");
    asked.waits(0, "ended");
    let raw = asked.raw();
    assert!(!raw.contains("\x1b[?1049h"), "no screen was taken: {raw:?}");
}
