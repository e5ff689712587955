//! Another name and colour.

use axum::response::Response;

use super::one::{FaceForm, One};
use super::words::Words;
use super::{Named, named};
use crate::engine::NewApplication;
use crate::portal::console::act::Act;
use crate::portal::console::problem::Wrong;
use crate::portal::console::said::Said;

/// `POST /console/{tenant}/applications/{application}/face`.
pub(super) async fn change(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let (name, color) = (form.text("name").to_owned(), form.text("color").to_owned());
    let new = NewApplication { name: name.clone(), color: Some(color.clone()) };
    match desk.engine.change_application(id, &new, &desk.by()).await {
        Ok(_) => Ok(desk.go(&format!("/{}/applications/{id}", id.tenant), "saved")),
        Err(error) => {
            let said = Said::of(error, Words::of(desk.language).bad_face)?;
            let mut page = One::of(&desk, id).await?;
            page.face = FaceForm { name, color, said: Some(said) };
            Ok(desk.page_again(&page))
        }
    }
}
