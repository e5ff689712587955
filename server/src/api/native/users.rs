//! `/users/enroll`, `/users`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::auth::Authenticated;
use super::{ApiError, Json, Query};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Check, Engine, Enroll, Issued, NewUser};
use crate::portal::language::Language;
use crate::portal::qr;
use crate::store::UserListing;

/// Users in a page when the caller does not say.
const DEFAULT_LIMIT: i64 = 50;

#[derive(Debug, Deserialize)]
pub(in crate::api) struct EnrollUser {
    user_ref: String,
    email: Option<String>,
    display_name: Option<String>,
    challenge: Option<String>,
    strict: Option<bool>,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct Enrolling {
    user_ref: String,
    enrollment_token: String,
    enrollment_url: String,
    qr_png: String,
    challenge_type: &'static str,
    expires_at: String,
}

/// `POST /api/v1/users/enroll`: makes a user known and issues a link for their phone.
pub(in crate::api) async fn enroll(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    headers: HeaderMap,
    extract::Json(body, _): Json<EnrollUser>,
) -> Result<(StatusCode, axum::Json<Enrolling>), ApiError> {
    let word = body.challenge.as_deref().unwrap_or(Check::None.as_str());
    let check = Check::from_word(word)
        .ok_or_else(|| ApiError::invalid("challenge must be none, email_otp or totp"))?;
    let user = NewUser { user_ref: body.user_ref, email: body.email, display_name: body.display_name };
    let language = Language::preferred(&headers).into();
    let enroll = Enroll { user, strict: body.strict.unwrap_or(false), check, language };
    let issued = engine.enroll(&caller, enroll).await?;
    Ok((StatusCode::CREATED, axum::Json(enrolling(&issued)?)))
}

fn enrolling(issued: &Issued) -> Result<Enrolling, ApiError> {
    let url = issued.link.to_string();
    let png = qr::png(&url).ok_or_else(|| {
        ApiError::invalid("the server's public_url is too long for a QR code; its operator must shorten it")
    })?;
    Ok(Enrolling {
        user_ref: issued.user.user_ref.clone(),
        enrollment_token: issued.link.token.reveal().to_owned(),
        enrollment_url: url,
        qr_png: STANDARD.encode(png),
        challenge_type: issued.check.as_str(),
        expires_at: rfc3339(issued.expires_at),
    })
}

#[derive(Debug, Deserialize)]
pub(in crate::api) struct Page {
    limit: Option<i64>,
    cursor: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct Users {
    users: Vec<User>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct User {
    user_ref: String,
    email: Option<String>,
    status: &'static str,
    devices: i64,
    enrolled_at: Option<String>,
}

impl From<UserListing> for User {
    fn from(listing: UserListing) -> Self {
        Self {
            user_ref: listing.user.user_ref,
            email: listing.user.email,
            status: if listing.devices > 0 { "enrolled" } else { "pending" },
            devices: listing.devices,
            enrolled_at: listing.user.enrolled_at.map(rfc3339),
        }
    }
}

/// `GET /api/v1/users`.
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Query(page, _): Query<Page>,
) -> Result<axum::Json<Users>, ApiError> {
    let found = engine.users(&caller, page.limit.unwrap_or(DEFAULT_LIMIT), page.cursor.as_deref()).await?;
    let users = found.users.into_iter().map(User::from).collect();
    Ok(axum::Json(Users { users, next_cursor: found.next_cursor }))
}
