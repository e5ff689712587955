//! What each address does. Pages that wait look at the server once each time they are loaded; whatever changes something is
//! a form, and ends at a page that can be loaded again.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use url::form_urlencoded;

use super::guest::Guest;
use super::pages;
use super::phone::With;
use super::run::{Desk, Run, Way};
use super::visitor::Visitor;
use super::{Place, Shop};

/// `GET /`.
pub(super) async fn home() -> Redirect {
    Redirect::to("/demo/")
}

/// `GET /demo/`.
pub(super) async fn start(State(shop): State<Shop>, guest: Guest, RawQuery(query): RawQuery) -> Response {
    let visitor = guest.visitor.lock().await;
    let forgotten = field(query.as_deref().unwrap_or_default(), "new").is_some();
    guest.keep(pages::start(guest.words, &shop.place, &visitor, forgotten))
}

/// `GET /demo/phone`.
pub(super) async fn phone(State(shop): State<Shop>, guest: Guest) -> Response {
    let mut visitor = guest.visitor.lock().await;
    look_at_phone(&shop, &mut visitor).await;
    guest.keep(pages::phone(guest.words, &shop.place, &visitor))
}

/// `POST /demo/phone`: a link for another phone.
pub(super) async fn enroll(State(shop): State<Shop>, guest: Guest) -> Response {
    let mut visitor = guest.visitor.lock().await;
    let Visitor { name, phone, .. } = &mut *visitor;
    phone.ask_for_link(&with(&shop, name)).await;
    Redirect::to("/demo/phone").into_response()
}

/// `GET /demo/phone/look`: a word that changes with the page.
pub(super) async fn phone_look(State(shop): State<Shop>, guest: Guest) -> Response {
    let mut visitor = guest.visitor.lock().await;
    look_at_phone(&shop, &mut visitor).await;
    visitor.phone.mark().into_response()
}

/// `GET /demo/{way}`.
pub(super) async fn run(State(shop): State<Shop>, guest: Guest, Path(way): Path<String>) -> Response {
    let Some(way) = Way::named(&way) else { return nowhere(guest).await };
    let mut visitor = guest.visitor.lock().await;
    if let Some(mut desk) = desk(&shop, &guest.origin, &mut visitor, way) {
        desk.look().await;
    }
    guest.keep(pages::run(guest.words, &shop.place, &visitor, way))
}

/// `GET /demo/{way}/look`: a word that changes with the page.
pub(super) async fn look(State(shop): State<Shop>, guest: Guest, Path(way): Path<String>) -> Response {
    let Some(way) = Way::named(&way) else { return nowhere(guest).await };
    let mut visitor = guest.visitor.lock().await;
    let Some(mut desk) = desk(&shop, &guest.origin, &mut visitor, way) else { return "none".into_response() };
    desk.look().await;
    desk.run.mark().into_response()
}

/// `POST /demo/{way}`: a sign-in begins, in the place of the one before.
pub(super) async fn begin(
    State(shop): State<Shop>,
    guest: Guest,
    Path(way): Path<String>,
    form: String,
) -> Response {
    let Some(way) = Way::named(&way) else { return nowhere(guest).await };
    let mut visitor = guest.visitor.lock().await;
    visitor.runs.insert(way, Run::new(way));
    if let Some(mut desk) = desk(&shop, &guest.origin, &mut visitor, way) {
        desk.begin(&field(&form, "number").unwrap_or_default()).await;
    }
    to(way)
}

/// `POST /demo/{way}/code`.
pub(super) async fn submit(
    State(shop): State<Shop>,
    guest: Guest,
    Path(way): Path<String>,
    form: String,
) -> Response {
    let Some(way) = Way::named(&way) else { return nowhere(guest).await };
    let mut visitor = guest.visitor.lock().await;
    if let Some(mut desk) = desk(&shop, &guest.origin, &mut visitor, way) {
        let typed: String = field(&form, "code").unwrap_or_default().split_whitespace().collect();
        desk.submit(&typed).await;
    }
    to(way)
}

/// `POST /demo/{way}/cancel`.
pub(super) async fn cancel(State(shop): State<Shop>, guest: Guest, Path(way): Path<String>) -> Response {
    let Some(way) = Way::named(&way) else { return nowhere(guest).await };
    let mut visitor = guest.visitor.lock().await;
    if let Some(mut desk) = desk(&shop, &guest.origin, &mut visitor, way) {
        desk.cancel().await;
    }
    to(way)
}

/// `GET /demo/acceptto/back`: from the server's pages.
pub(super) async fn come_back(State(shop): State<Shop>, guest: Guest, RawQuery(query): RawQuery) -> Response {
    let mut visitor = guest.visitor.lock().await;
    let channel = field(query.as_deref().unwrap_or_default(), "channel").unwrap_or_default();
    visitor.runs.entry(Way::Acceptto).or_insert_with(|| Run::new(Way::Acceptto));
    if let Some(mut desk) = desk(&shop, &guest.origin, &mut visitor, Way::Acceptto) {
        desk.come_back(&channel).await;
    }
    guest.keep(to(Way::Acceptto))
}

/// `POST /demo/out`: nobody is in any more. The phone stays enrolled.
pub(super) async fn sign_out(guest: Guest) -> Response {
    guest.visitor.lock().await.runs.clear();
    Redirect::to("/demo/").into_response()
}

/// Any other address.
pub(super) async fn nowhere(guest: Guest) -> Response {
    pages::message(guest.words, StatusCode::NOT_FOUND, guest.words.messages.nowhere)
}

fn to(way: Way) -> Response {
    Redirect::to(&way.here()).into_response()
}

fn field(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn with<'a>(shop: &'a Shop, visitor: &'a str) -> With<'a> {
    With { place: &shop.place, http: &shop.http, clock: &*shop.clock, visitor }
}

async fn look_at_phone(shop: &Shop, visitor: &mut Visitor) {
    let Visitor { name, phone, .. } = visitor;
    phone.look(&with(shop, name)).await;
}

/// The sign-in that goes on in this way, if one does.
fn desk<'a>(shop: &'a Shop, origin: &'a str, visitor: &'a mut Visitor, way: Way) -> Option<Desk<'a>> {
    let Visitor { name, runs, .. } = visitor;
    let place: &Place = &shop.place;
    Some(Desk {
        place,
        operator: &shop.operator,
        http: &shop.http,
        clock: &*shop.clock,
        run: runs.get_mut(&way)?,
        visitor: name,
        origin,
    })
}
