//! The screen and the clipboard, through the programs that a desktop has for them: they know its display server, and
//! this program stays without one. What they write is read from a pipe, so no picture of the screen stays on the disk.

use std::io::{self, Read as _};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use crate::exit::Failure;

/// A program and how it is told to write to standard output.
type Tool = (&'static str, &'static [&'static str]);

/// Wayland first: its programs fail at once without it, while X11 ones may see only a part of the screen under it.
const SCREEN: &[Tool] = &[
    ("grim", &["-"]),
    ("maim", &[]),
    ("import", &["-silent", "-window", "root", "png:-"]),
    ("scrot", &["--silent", "-"]),
];
/// With a picture of a code in it.
const CLIPBOARD_PICTURE: &[Tool] = &[
    ("wl-paste", &["--type", "image/png"]),
    ("xclip", &["-selection", "clipboard", "-target", "image/png", "-out"]),
];
/// With a link in it.
const CLIPBOARD_TEXT: &[Tool] = &[
    ("wl-paste", &["--no-newline"]),
    ("xclip", &["-selection", "clipboard", "-out"]),
    ("xsel", &["--clipboard", "--output"]),
];

/// A picture of the whole screen, of at most `most` bytes.
pub(crate) fn screen(most: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    first(SCREEN, most).ok_or_else(|| {
        missing(
            "no_screenshot",
            "no picture of the screen could be taken",
            SCREEN,
            "save one and name its file",
        )
    })
}

/// What the clipboard holds, a picture rather than a text, of at most `most` bytes.
pub(crate) fn clipboard(most: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    first(CLIPBOARD_PICTURE, most).or_else(|| first(CLIPBOARD_TEXT, most)).ok_or_else(|| {
        let instead = "copy something first; a link can also be given with `countersign add -`";
        missing("no_clipboard", "nothing could be read from the clipboard", CLIPBOARD_TEXT, instead)
    })
}

fn missing(code: &str, what: &str, tools: &[Tool], instead: &str) -> Failure {
    let names: Vec<&str> = tools.iter().map(|(name, _)| *name).collect();
    let sentence = format!("{what}: install one of {} for this desktop, or {instead}", names.join(", "));
    Failure::failed(code, sentence)
}

/// What the first of them writes that writes anything.
fn first(tools: &[Tool], most: usize) -> Option<Zeroizing<Vec<u8>>> {
    tools
        .iter()
        .find_map(|(name, arguments)| output(name, arguments, most).ok().filter(|out| !out.is_empty()))
}

/// What a program writes before it ends well. More than `most` bytes are not waited for.
fn output(name: &str, arguments: &[&str], most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(out) = child.stdout.take() {
        // One more than may be: whoever looks at it says that it is too much. Then the pipe is closed.
        out.take(u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
    }
    let ended = child.wait()?;
    if ended.success() || bytes.len() > most { Ok(bytes) } else { Err(io::ErrorKind::Other.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_works_is_used() {
        const TOOLS: &[Tool] = &[
            ("no-such-program-here", &[]),
            ("sh", &["-c", "echo half; exit 3"]),
            ("sh", &["-c", ":"]),
            ("sh", &["-c", "printf picture"]),
        ];
        assert_eq!(first(TOOLS, 100).unwrap().as_slice(), b"picture");
        assert!(first(&TOOLS[..3], 100).is_none());
    }

    #[test]
    fn an_endless_answer_is_cut() {
        assert_eq!(output("sh", &["-c", "exec cat /dev/zero"], 1_000).unwrap().len(), 1_001);
    }

    #[test]
    fn what_is_missing_is_named() {
        let failure = missing("no_screenshot", "no picture could be taken", SCREEN, "save one");
        assert_eq!((failure.exit(), failure.code()), (1, "no_screenshot"));
        assert!(failure.sentence().contains("grim, maim, import, scrot"), "{}", failure.sentence());
    }
}
