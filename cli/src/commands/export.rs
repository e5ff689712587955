//! `export`: gives out what is kept: our own sealed backup, or a form that other apps read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use countersign_core::authenticator::{Authenticator, AuthenticatorError, EntryId, ExportForm, Exported};
use countersign_core::scan::decode_file;
use serde_json::json;
use zeroize::Zeroizing;

use super::{qr, remove};
use crate::context::Context;
use crate::exit::Failure;
use crate::new_file;
use crate::progress::during;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A new file for its owner only, or - for standard output. Several pictures get numbers. Only Google's QR codes
    /// can do without one: they are shown here, one after the other
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// What to write
    #[arg(long, value_enum, default_value = "backup")]
    form: Form,
    /// Only this entry: its id, the beginning of its id, or a part of its name. May be given several times
    #[arg(long, value_name = "ENTRY")]
    only: Vec<String>,
    /// Aegis without a password: whoever has the file has the secrets
    #[arg(long)]
    plain: bool,
    /// Read the new file's password from this descriptor: one line
    #[arg(long, value_name = "N")]
    new_password_fd: Option<u32>,
}

/// The forms by the names that are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Our own sealed backup, with everything
    Backup,
    /// otpauth:// links, one a line
    Links,
    /// QR codes that Google Authenticator reads
    GoogleQr,
    /// A file of Aegis Authenticator
    Aegis,
    /// A sheet to print
    Html,
}

impl From<Form> for ExportForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Backup => Self::Backup,
            Form::Links => Self::Links,
            Form::GoogleQr => Self::GoogleQr,
            Form::Aegis => Self::Aegis,
            Form::Html => Self::Html,
        }
    }
}

pub(crate) async fn run(context: &Context, arguments: Export) -> Result<(), Failure> {
    let form = arguments.form;
    check(context, &arguments)?;
    let authenticator = context.open().await?;
    let which: Vec<EntryId> = arguments
        .only
        .iter()
        .map(|query| remove::entry(&authenticator, query).map(|entry| entry.id))
        .collect::<Result<_, _>>()?;
    let sealed = form == Form::Backup || (form == Form::Aegis && !arguments.plain);
    let password = if sealed {
        Some(context.new_password("New password for the file: ", arguments.new_password_fd).await?)
    } else {
        context
            .confirm("Write the secrets so that anyone who gets this can make your codes for ever?")
            .await?;
        None
    };
    let exported = export(context, &authenticator, form, password, which).await?;
    exported.left_out.iter().for_each(|remark| context.out.remark(remark.sentence()));
    match arguments.file.as_deref() {
        None => show(context, &exported).await,
        Some("-") => to_output(context, &exported),
        Some(file) => to_files(context, &exported, form, Path::new(file)),
    }
}

/// What cannot work is said before a password is asked for.
fn check(context: &Context, arguments: &Export) -> Result<(), Failure> {
    let usage = |code: &str, sentence: &str| Err(Failure::usage(code, sentence));
    if arguments.plain && arguments.form != Form::Aegis {
        return usage(
            "usage",
            "--plain goes with --form aegis: the other forms are always, or never, sealed",
        );
    }
    if arguments.new_password_fd.is_some() && arguments.new_password_fd == context.global.password_fd {
        return usage("password_fd", "the vault's and the new file's password need two descriptors");
    }
    match arguments.file.as_deref() {
        None if arguments.form != Form::GoogleQr || context.out.json => {
            usage("file_needed", "say where to write it: a new file, or - for standard output")
        }
        Some("-") if context.out.live && matches!(arguments.form, Form::Backup | Form::GoogleQr) => {
            usage("file_needed", "these are bytes that a terminal cannot show; name a file")
        }
        Some(file) if file != "-" && Path::new(file).exists() => Err(new_file::taken(Path::new(file))),
        _ => Ok(()),
    }
}

async fn export(
    context: &Context,
    authenticator: &Authenticator,
    form: Form,
    password: Option<Zeroizing<String>>,
    which: Vec<EntryId>,
) -> Result<Exported, Failure> {
    let vault = authenticator.clone();
    let exporting = tokio::task::spawn_blocking(move || {
        vault.export(form.into(), password.as_deref().map(String::as_str), &which)
    });
    let exported = during(&context.out, "Writing, and opening it again to be sure", exporting).await;
    Ok(exported.unwrap_or(Err(AuthenticatorError::Stopped))?)
}

fn to_output(context: &Context, exported: &Exported) -> Result<(), Failure> {
    match exported.files.as_slice() {
        [file] => context.out.write_bytes(&file.content),
        files => Err(Failure::usage(
            "file_needed",
            format!("these are {} pictures, and standard output is one; name a file", files.len()),
        )),
    }
}

fn to_files(context: &Context, exported: &Exported, form: Form, path: &Path) -> Result<(), Failure> {
    let many = exported.files.len() > 1;
    let mut written = Vec::new();
    for (at, file) in exported.files.iter().enumerate() {
        let path = if many { numbered(path, at + 1) } else { path.to_owned() };
        new_file::write(&path, &file.content)?;
        written.push(path.display().to_string());
    }
    let mut words = format!("Written: {}.", written.join(", "));
    match form {
        Form::Backup => words.push_str(" It was opened again and is whole."),
        _ if exported.left_out.is_empty() => {}
        _ => words = format!("{words} Not in it: {}.", exported.left_out.len()),
    }
    context.out.tell(&json!({"files": written, "left_out": exported.left_out}), &words)
}

/// `codes.png` as `codes-1.png`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{number}{ending}"))
}

/// One QR code after the other on the terminal.
async fn show(context: &Context, exported: &Exported) -> Result<(), Failure> {
    let count = exported.files.len();
    for (at, file) in exported.files.iter().enumerate() {
        for text in decode_file(&file.content)? {
            qr::show(context, text.as_str(), &format!("{} of {count}", at + 1)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_pictures_get_numbers() {
        assert_eq!(numbered(Path::new("/x/codes.png"), 2), Path::new("/x/codes-2.png"));
        assert_eq!(numbered(Path::new("codes"), 1), Path::new("codes-1"));
    }
}
