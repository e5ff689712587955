//! What is a secret once it is made: a seed, recovery codes, a password. Never for the help desk.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::change::again;
use super::person::Field;
use super::words::Words;
use super::{person_id, place};
use crate::engine::{Error, Word};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::qr;
use crate::store::UserRow;

/// Recovery codes of a set.
const CODES: usize = 10;

#[derive(Template)]
#[template(path = "console/people/secret.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    person: String,
    name: String,
    label: &'static str,
    what: &'static str,
    /// The same drawn, if it is to be scanned.
    drawn: Option<String>,
    secret: String,
}

type Named = Path<(String, String)>;

/// `POST /console/{tenant}/users/{person}/totp`.
pub(super) async fn totp(Path((_, person)): Named, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (words, user) = (Words::of(desk.language), whom(&desk, &person).await?);
    match desk.engine.add_totp(user.tenant, &user.user_ref, &desk.by()).await {
        Ok(seed) => {
            let drawn = qr::svg(&seed.link);
            shown(&desk, user, (words.secrets.totp, words.secrets.totp_what), drawn, seed.secret.to_string())
        }
        Err(Error::FactorExists) => again(&desk, user.id, Field::Secret, words.problems.has_totp).await,
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// `POST /console/{tenant}/users/{person}/recovery`.
pub(super) async fn recovery(Path((_, person)): Named, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (words, user) = (Words::of(desk.language), whom(&desk, &person).await?);
    let by = desk.by();
    let made =
        desk.engine.make_recovery_codes(Word::Operator(user.tenant, &by), &user.user_ref, CODES).await?;
    let codes: Vec<&str> = made.codes.iter().map(|code| code.as_str()).collect();
    shown(&desk, user, (words.secrets.recovery, words.secrets.recovery_what), None, codes.join("\n"))
}

/// `POST /console/{tenant}/users/{person}/password`.
pub(super) async fn password(Path((_, person)): Named, act: Act) -> Result<Response, Wrong> {
    let Act { desk, form } = act;
    let (words, user) = (Words::of(desk.language), whom(&desk, &person).await?);
    let new = form.exact("password").unwrap_or_default();
    if form.exact("again") != Some(new) {
        return again(&desk, user.id, Field::Secret, words.problems.not_twice).await;
    }
    match desk.engine.set_password(user.tenant, &user.user_ref, new, &desk.by()).await {
        Ok(()) => Ok(desk.go(&place(&desk, user.id)?, "password_set")),
        Err(Error::Invalid(_)) => again(&desk, user.id, Field::Secret, words.problems.password).await,
        Err(error) => Err(Problem::from(error).into()),
    }
}

async fn whom(desk: &Desk, person: &str) -> Result<UserRow, Wrong> {
    Ok(desk.engine.person_by_id(desk.tenant()?.id, person_id(person)?).await?)
}

fn shown(
    desk: &Desk,
    user: UserRow,
    (label, what): (&'static str, &'static str),
    drawn: Option<String>,
    secret: String,
) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let frame = desk.frame("secret", label, &[]);
    let person = format!("{}{}", frame.console, place(desk, user.id)?);
    let name = user.display_name.unwrap_or(user.user_ref);
    Ok(desk.page(&Page { frame, words, person, name, label, what, drawn, secret }))
}
