//! What a person's page changes: what is known of them, locks, and factors that are taken away.

use axum::extract::Path;
use axum::response::Response;
use uuid::Uuid;

use super::person::{self, Field};
use super::words::Words;
use super::{language, person_id, place};
use crate::engine::Error;
use crate::engine::people::{PersonChange, ResetDone, ResetError};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::problem::{Problem, Wrong};

type Named = Path<(String, String)>;

/// `POST /console/{tenant}/users/{person}`.
pub(super) async fn change(Path((_, person)): Named, act: Act) -> Result<Response, Wrong> {
    let Act { desk, form } = act;
    let id = person_id(&person)?;
    let change = PersonChange {
        display_name: form.get("name").map(str::to_owned),
        email: form.get("email").map(str::to_owned),
        language: language(&form),
    };
    match desk.engine.change_person(desk.tenant()?.id, id, change, &desk.by()).await {
        Ok(_) => Ok(desk.go(&place(&desk, id)?, "changed")),
        Err(Error::Invalid(_)) => {
            again(&desk, id, Field::Facts, Words::of(desk.language).problems.fields).await
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// `POST /console/{tenant}/users/{person}/unlock`.
pub(super) async fn unlock(Path((_, person)): Named, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (id, tenant) = (person_id(&person)?, desk.tenant()?.id);
    let user = desk.engine.person_by_id(tenant, id).await?;
    desk.engine.unlock_user(tenant, &user.user_ref, &desk.by()).await?;
    Ok(desk.go(&place(&desk, id)?, "unlocked"))
}

/// `POST /console/{tenant}/users/{person}/reset`.
pub(super) async fn reset(Path((_, person)): Named, act: Act) -> Result<Response, Wrong> {
    let Act { desk, form } = act;
    let (id, tenant) = (person_id(&person)?, desk.tenant()?.id);
    let done = match form.text("what").parse() {
        Ok(what) => desk.engine.reset_person(&desk.session.operator, desk.address, (tenant, id), what).await,
        Err(error) => desk.engine.person_by_id(tenant, id).await.map_err(Into::into).and(Err(error)),
    };
    match done {
        Ok(ResetDone::Done) => Ok(desk.go(&place(&desk, id)?, "reset")),
        Ok(ResetDone::Waits(_)) => Ok(desk.go(&place(&desk, id)?, "waits")),
        Err(error) => {
            let sentence = refusal(&desk, error)?;
            again(&desk, id, Field::Reset, sentence).await
        }
    }
}

/// The page of the person with what was wrong.
pub(super) async fn again(desk: &Desk, id: Uuid, field: Field, sentence: &str) -> Result<Response, Wrong> {
    let page = person::of(desk, id, Some((field, sentence.to_owned()))).await?;
    Ok(desk.page_again(&page))
}

/// What to say of a reset that was not done; another problem when that is no matter of the form.
pub(super) fn refusal(desk: &Desk, error: ResetError) -> Result<&'static str, Wrong> {
    let problems = &Words::of(desk.language).problems;
    match error {
        ResetError::NotAllowed => Err(Problem::NotAllowed.into()),
        ResetError::NotFound => Err(Problem::NotFound.into()),
        ResetError::Waits => Ok(problems.waits),
        ResetError::Own => Ok(problems.own),
        ResetError::Over => Ok(problems.over),
        ResetError::AskerGone => Ok(problems.asker_gone),
        ResetError::Engine(Error::NoSuchFactor) => Ok(problems.gone),
        ResetError::Engine(error) => Err(Problem::from(error).into()),
    }
}
