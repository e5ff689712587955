//! Forgetting a person who left.

use axum::extract::Path;
use axum::response::Response;

use super::change::again;
use super::person::Field;
use super::person_id;
use super::words::Words;
use crate::portal::console::act::Act;
use crate::portal::console::problem::Wrong;

/// `POST /console/{tenant}/users/{person}/remove`.
pub(super) async fn remove(Path((_, person)): Path<(String, String)>, act: Act) -> Result<Response, Wrong> {
    let Act { desk, form } = act;
    let (id, tenant) = (person_id(&person)?, desk.tenant()?.id);
    if !form.has("sure") {
        return again(&desk, id, Field::Forget, Words::of(desk.language).forget.say_sure).await;
    }
    let user = desk.engine.person_by_id(tenant, id).await?;
    desk.engine.forget_person(tenant, user.id, &desk.by()).await?;
    Ok(desk.go(&format!("/{tenant}/users"), "removed"))
}
