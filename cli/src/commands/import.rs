//! `import`: takes in files of other apps, our own backups, and pictures of their QR codes. Shown first, entry by
//! entry; stored after a yes, each file in one write (P3).

use std::sync::Arc;

use clap::Args;
use countersign_core::authenticator::{
    Authenticator, AuthenticatorError, ImportFate, ImportItem, ImportPlan,
};
use countersign_core::transfer::{Format, Source, TransferError, recognise};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::Failure;
use crate::fates::{self, ImportedFact};
use crate::incoming::{self, Incoming};
use crate::pins;
use crate::progress::during;

/// How often a person may mistype the password of a file.
const TRIES: u32 = 3;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files of another app or backups of this one, pictures (PNG, JPEG) of QR codes, or - for standard input. What it
    /// is, is seen from the content
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Read the file's own password from this descriptor: one line
    #[arg(long, value_name = "N")]
    file_password_fd: Option<u32>,
}

/// A file and what it would bring.
struct Planned {
    file: Arc<Incoming>,
    plan: ImportPlan,
}

pub(crate) async fn run(context: &Context, arguments: Import) -> Result<(), Failure> {
    let descriptor = arguments.file_password_fd;
    if descriptor.is_some() && descriptor == context.global.password_fd {
        return Err(Failure::usage(
            "password_fd",
            "the vault's and the file's password need two descriptors",
        ));
    }
    arguments.files.iter().try_for_each(|file| context.keep_stdin_for(file))?;
    let files = during(&context.out, "Reading", incoming::gather(&arguments.files)).await?;
    // What no app has written is said before a password is asked for.
    files
        .iter()
        .try_for_each(|file| recognise(&file.bytes).map(drop).map_err(|e| of_file(file, e.into())))?;
    let authenticator = context.open_or_create().await?;
    let mut planned = Vec::new();
    for file in files {
        let file = Arc::new(file);
        let plan = plan(context, &authenticator, &file, descriptor).await?;
        if !context.out.json {
            show(context, &file, &plan)?;
        }
        planned.push(Planned { file, plan });
    }
    let waiting = pins::missing(&authenticator)?;
    let new = planned.iter().map(|planned| fates::count(planned.plan.items(), ImportFate::Added)).sum();
    if agreed(context, new).await? {
        for Planned { file, plan } in planned {
            store(context, &authenticator, &file, plan).await?;
        }
        pins::ask(context, &authenticator, &waiting).await?;
    }
    Ok(())
}

/// What the file would bring, with its password and the person's patience, if it needs either.
async fn plan(
    context: &Context,
    authenticator: &Authenticator,
    file: &Arc<Incoming>,
    descriptor: Option<u32>,
) -> Result<ImportPlan, Failure> {
    let (mut password, mut costly, mut tries) = (None, false, 0);
    loop {
        let error = match read(context, authenticator, file, &password, costly).await {
            Err(AuthenticatorError::Transfer(error)) => error,
            result => return result.map_err(|e| of_file(file, e)),
        };
        match error {
            TransferError::NeedsPassword if password.is_none() => {}
            TransferError::WrongPassword | TransferError::WrongPasswordOrDamaged
                if descriptor.is_none() && tries < TRIES =>
            {
                context.out.remark(&error.to_string());
            }
            TransferError::Costly { .. } if !costly => {
                context.confirm(&error.to_string()).await?;
                costly = true;
                continue;
            }
            error => return Err(of_file(file, error.into())),
        }
        tries += 1;
        let asked = match descriptor {
            Some(descriptor) => crate::password::from_descriptor(descriptor).await?,
            None => context.ask_secret(&format!("Password of {}: ", file.name)).await?,
        };
        password = Some(Arc::new(asked));
    }
}

async fn read(
    context: &Context,
    authenticator: &Authenticator,
    file: &Arc<Incoming>,
    password: &Option<Arc<Zeroizing<String>>>,
    costly: bool,
) -> Result<ImportPlan, AuthenticatorError> {
    let words = if password.is_some() { "Opening the file" } else { "Reading the file" };
    let (authenticator, file, password) = (authenticator.clone(), file.clone(), password.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let mut source = Source::new(&file.bytes);
        if let Some(password) = &password {
            source = source.with_password(password);
        }
        if costly {
            source = source.even_if_costly();
        }
        authenticator.plan_import(&source)
    });
    during(&context.out, words, reading).await.unwrap_or(Err(AuthenticatorError::Stopped))
}

fn show(context: &Context, file: &Incoming, plan: &ImportPlan) -> Result<(), Failure> {
    let out = &context.out;
    out.line(&format!("{} ({}): {}", file.name, plan.format().name(), fates::sum(plan.items())))?;
    fates::lines(plan.items(), out.style).iter().try_for_each(|line| out.line(line))?;
    if !plan.missing_parts().is_empty() {
        let parts: Vec<String> = plan.missing_parts().iter().map(ToString::to_string).collect();
        out.remark(&format!(
            "Some parts of this export are missing: {}. Give their pictures too, now or later.",
            parts.join(", ")
        ));
    }
    Ok(())
}

/// Whether to store it.
async fn agreed(context: &Context, new: usize) -> Result<bool, Failure> {
    match new {
        // There is nothing to ask about; a program is told all the same.
        0 if context.out.json => Ok(true),
        0 => {
            context.out.line("There is nothing new in it, so nothing was changed.")?;
            Ok(false)
        }
        1 => context.confirm("Add this entry?").await.map(|()| true),
        new => context.confirm(&format!("Add these {new} entries?")).await.map(|()| true),
    }
}

async fn store(
    context: &Context,
    authenticator: &Authenticator,
    file: &Incoming,
    plan: ImportPlan,
) -> Result<(), Failure> {
    let (format, vault) = (plan.format(), authenticator.clone());
    let storing = tokio::task::spawn_blocking(move || vault.import(&plan));
    let stored = during(&context.out, "Adding", storing).await.unwrap_or(Err(AuthenticatorError::Stopped));
    let items = stored?;
    if context.out.json {
        let fact = |item: &ImportItem| {
            context.out.fact(&ImportedFact { file: &file.name, format: format.as_str(), item })
        };
        return items.iter().try_for_each(fact);
    }
    context.out.line(&format!("{}: {}.", file.name, fates::sum(&items)))?;
    if format != Format::Backup && fates::count(&items, ImportFate::Added) > 0 {
        context.out.remark(
            "Compare a code with the other app before you remove anything there. The exported file holds your secrets: \
             delete it when you are done.",
        );
    }
    Ok(())
}

/// Which of several files it is about.
fn of_file(file: &Incoming, error: AuthenticatorError) -> Failure {
    Failure::from(error).about(&file.name)
}
