//! Where passwords come from: a descriptor or the terminal. Never an argument or the environment, which other programs
//! and the shell's history can see.

use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::Failure;

/// Longest password that is read, in bytes.
const LONGEST: usize = 4096;

/// Below this many characters a new password gets a remark.
const SHORT: usize = 8;

impl Context {
    /// Whether passwords come from a descriptor, so that asking again would read something else.
    pub(crate) fn password_is_given(&self) -> bool {
        self.global.password_fd.is_some()
    }

    /// The vault's password.
    pub(crate) async fn password(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        match self.global.password_fd {
            Some(descriptor) => from_descriptor(descriptor).await,
            None => self.ask_secret(prompt).await,
        }
    }

    /// A new password: asked for twice, since it is not shown; read once from a descriptor.
    pub(crate) async fn new_password(
        &self,
        prompt: &str,
        descriptor: Option<u32>,
    ) -> Result<Zeroizing<String>, Failure> {
        if let Some(descriptor) = descriptor {
            return from_descriptor(descriptor).await;
        }
        let first = self.ask_secret(prompt).await?;
        if first.is_empty() {
            return Err(Failure::usage("empty_password", "the password is empty; choose one"));
        }
        let second = self.ask_secret("The same once more: ").await?;
        if *first != *second {
            return Err(Failure::usage("passwords_differ", "the two were not the same; try again"));
        }
        if first.chars().count() < SHORT {
            self.out.remark("This password is short: whoever copies the file can try many of them.");
        }
        Ok(first)
    }
}

/// The first line of a descriptor.
pub(crate) async fn from_descriptor(descriptor: u32) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |e: io::Error| {
        Failure::usage(
            "password_fd",
            format!(
                "no password can be read from descriptor {descriptor} ({e}); it must be open for reading"
            ),
        )
    };
    // The other end of a pipe may take its time.
    let read = tokio::task::spawn_blocking(move || match descriptor {
        0 => first_line(&mut io::stdin().lock()),
        // Opening it by name works for pipes and files, and needs no unsafe code.
        n => first_line(&mut File::open(format!("/dev/fd/{n}"))?),
    });
    let line = read.await.map_err(|e| Failure::failed("internal", e.to_string()))?.map_err(unreadable)?;
    if line.is_empty() {
        return Err(Failure::usage(
            "empty_password",
            format!("the first line of descriptor {descriptor} is empty; it must be the password"),
        ));
    }
    Ok(line)
}

/// Everything before the first line break, which may be `\r\n`. Byte by byte, so that what follows stays unread.
fn first_line(source: &mut impl Read) -> io::Result<Zeroizing<String>> {
    // With room from the beginning: a growing buffer would leave copies of the password behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = [0_u8; 1];
    while source.read(&mut byte)? == 1 && byte != *b"\n" {
        if line.len() == LONGEST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the first line has more than 4096 bytes",
            ));
        }
        line.extend_from_slice(&byte);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    let text = std::str::from_utf8(&line)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the first line is not UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bytes: &[u8]) -> Result<String, io::ErrorKind> {
        first_line(&mut &*bytes).map(|line| line.as_str().to_owned()).map_err(|e| e.kind())
    }

    #[test]
    fn one_line_is_the_password() {
        assert_eq!(line(b"correct horse\nnext\n").unwrap(), "correct horse");
        assert_eq!(line(b"correct horse\r\n").unwrap(), "correct horse");
        assert_eq!(line(b"no end").unwrap(), "no end");
        assert_eq!(line(" päss ".as_bytes()).unwrap(), " päss ", "spaces belong to it");
        assert_eq!(line(b"").unwrap(), "");
    }

    #[test]
    fn what_follows_stays_unread() {
        let mut source: &[u8] = b"first\nsecond\n";
        first_line(&mut source).unwrap();
        assert_eq!(source, b"second\n");
    }

    #[test]
    fn what_cannot_be_a_password_is_refused() {
        assert_eq!(line(&[b'x'; LONGEST + 1]), Err(io::ErrorKind::InvalidData));
        assert_eq!(line(&[b'x'; LONGEST]).unwrap().len(), LONGEST);
        assert_eq!(line(b"\xff\n"), Err(io::ErrorKind::InvalidData));
    }

    #[tokio::test]
    async fn a_descriptor_that_is_not_open_is_wrong_usage() {
        let failure = from_descriptor(987).await.unwrap_err();
        assert_eq!((failure.exit(), failure.code()), (2, "password_fd"));
    }

    #[tokio::test]
    async fn a_descriptor_is_read() {
        use std::io::Write as _;
        use std::os::fd::AsRawFd as _;
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"from a pipe\n").unwrap();
        let descriptor = u32::try_from(reader.as_raw_fd()).unwrap();
        assert_eq!(from_descriptor(descriptor).await.unwrap().as_str(), "from a pipe");
        writer.write_all(b"\n").unwrap();
        assert_eq!(from_descriptor(descriptor).await.unwrap_err().code(), "empty_password");
    }
}
