//! `user set-password`, and how a password comes in: from a descriptor, never from an argument, which other programs on the
//! machine can see.

use std::fs::File;
use std::io::Read as _;

use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use super::manage::with_engine;
use super::user::Who;
use super::{Failure, Output};
use crate::config::Config;

/// Bytes of a line at most.
const LONGEST: usize = 4096;

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    #[command(flatten)]
    who: Who,
    /// The file descriptor whose first line is the password; 0 is standard input
    #[arg(long, value_name = "N")]
    password_fd: u32,
}

/// The first line of a descriptor, with all its spaces. Nothing behind it is read.
pub(super) fn read(descriptor: u32) -> Result<Zeroizing<String>, Failure> {
    let wrong = |why: String| Failure::other(format!("--password-fd {descriptor}: {why}"));
    let mut file = File::open(format!("/dev/fd/{descriptor}")).map_err(|error| {
        wrong(format!("it cannot be read: {error}; open it for the command, as in 3<FILE"))
    })?;
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = Zeroizing::new([0_u8]);
    while line.last() != Some(&b'\n') {
        match file.read(&mut *byte) {
            Ok(0) => break,
            Ok(_) if line.len() == LONGEST => {
                return Err(wrong("the line is too long for a password".to_owned()));
            }
            Ok(_) => line.extend_from_slice(&*byte),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(wrong(format!("it cannot be read: {error}"))),
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_| wrong("the line is no text (UTF-8)".to_owned()))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(wrong("the first line must hold the password, and there is nothing in it".to_owned()));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

pub(super) async fn set(config: &Config, out: Output, wanted: SetPassword) -> Result<(), Failure> {
    let tenant = wanted.who.tenant()?;
    let (user_ref, password) = (wanted.who.user_ref, read(wanted.password_fd)?);
    with_engine(config, async |engine| {
        Ok(engine.set_password(tenant, &user_ref, &password, &"operator").await?)
    })
    .await?;
    out.tell(
        &json!({"user_ref": user_ref, "password_set": true}),
        &format!("{user_ref} has a new password. Sign-ins that were begun with the old one have ended."),
    );
    Ok(())
}
