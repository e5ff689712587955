//! `/users/enroll`, `/users`, `/users/{user_ref}`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Authenticated;
use super::fields::{DisplayName, Email, Time, UserRef};
use super::{ApiError, Json, Query, Refusal, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{self, Check, Engine, Enroll, Issued, NewUser};
use crate::portal::language::Language;
use crate::portal::qr;
use crate::store::UserListing;

/// Users in a page when the caller does not say.
const DEFAULT_LIMIT: i64 = 50;

/// A person whose phone is to be enrolled.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct EnrollUser {
    /// Made known if nobody goes by it.
    #[schema(value_type = UserRef)]
    user_ref: String,
    /// Kept, and brought up to date when it is given again.
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    /// What the enrolment page calls the person. Kept like `email`.
    #[schema(value_type = Option<DisplayName>)]
    display_name: Option<String>,
    /// What the person must show at enrolment.
    #[schema(value_type = Option<EnrollmentChallenge>)]
    challenge: Option<String>,
    /// What the person is written to in. Kept like `email`.
    #[schema(value_type = Option<WrittenLanguage>)]
    language: Option<String>,
    /// `true`: refuse a person who has a device already.
    #[schema(default = false)]
    strict: Option<bool>,
}

/// `none`: the link is enough. `email_otp`: a code from a mail. `totp`: a code from an authenticator.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its description is used")]
enum EnrollmentChallenge {
    None,
    EmailOtp,
    Totp,
}

/// `en`: English. `ar`: Arabic.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its description is used")]
pub(super) enum WrittenLanguage {
    En,
    Ar,
}

/// A link for a phone. All of it is a secret until it is used.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Enrolling {
    /// Whose phone it is for.
    user_ref: String,
    /// The link's secret part alone.
    enrollment_token: String,
    /// The link. Pass it on whole: the part behind `#` tells the phone which server key to believe.
    #[schema(format = "uri")]
    enrollment_url: String,
    /// A QR code of the link: a PNG in base64.
    #[schema(content_encoding = "base64", content_media_type = "image/png")]
    qr_png: String,
    /// As it was asked for.
    #[schema(value_type = EnrollmentChallenge)]
    challenge_type: &'static str,
    /// The link works until then, and once.
    #[schema(value_type = Time)]
    expires_at: String,
}

/// Make a person known and get a link for their phone.
///
/// Show the QR code to the person, or send them the link. It works once and for ten minutes.
#[utoipa::path(
    post, path = "/api/v1/users/enroll", operation_id = "enroll", tag = "Users and devices",
    request_body = EnrollUser,
    responses(
        (status = 201, description = "The link.", body = Enrolling),
        (status = 409, description = "`already_enrolled`: with `strict`, the person has a device.", body = Refusal),
    ),
)]
pub(in crate::api) async fn enroll(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    headers: HeaderMap,
    extract::Json(body, _): Json<EnrollUser>,
) -> Result<(StatusCode, axum::Json<Enrolling>), ApiError> {
    let word = body.challenge.as_deref().unwrap_or(Check::None.as_str());
    let check = Check::from_word(word)
        .ok_or_else(|| ApiError::invalid("challenge must be none, email_otp or totp"))?;
    let wished = body.language.as_deref().map(language).transpose()?;
    let user = NewUser {
        user_ref: body.user_ref,
        email: body.email,
        display_name: body.display_name,
        language: wished,
    };
    let language = wished.unwrap_or_else(|| Language::preferred(&headers).into());
    let enroll = Enroll { user, strict: body.strict.unwrap_or(false), check, language };
    let issued = engine.enroll(&caller, enroll).await?;
    Ok((StatusCode::CREATED, axum::Json(enrolling(&issued)?)))
}

/// The language of that name.
pub(super) fn language(word: &str) -> Result<engine::Language, ApiError> {
    engine::Language::from_word(word).ok_or_else(|| ApiError::invalid("language must be en or ar"))
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

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Page {
    /// Entries in a page.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-7][0-9a-hjkmnp-tv-z]{25}$", nullable = false)]
    cursor: Option<String>,
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Users {
    /// In the order they were made known.
    users: Vec<User>,
    /// Pass it as `cursor` for the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
struct User {
    /// Your name for them.
    user_ref: String,
    /// As it was given.
    #[schema(required)]
    email: Option<String>,
    /// `enrolled` with a device, `pending` without one.
    #[schema(pattern = "^(enrolled|pending)$")]
    status: &'static str,
    /// How many devices.
    #[schema(minimum = 0)]
    devices: i64,
    /// When the first device was enrolled; null before.
    #[schema(required, format = DateTime)]
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

/// List the people of your tenant.
///
/// Page by page, in the order they were made known. People who are made known meanwhile come on the last page.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "listUsers", tag = "Users and devices",
    params(Page),
    responses((status = 200, description = "A page of people.", body = Users)),
)]
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Query(page, _): Query<Page>,
) -> Result<axum::Json<Users>, ApiError> {
    let found = engine.users(&caller, page.limit.unwrap_or(DEFAULT_LIMIT), page.cursor.as_deref()).await?;
    let users = found.users.into_iter().map(User::from).collect();
    Ok(axum::Json(Users { users, next_cursor: found.next_cursor }))
}

/// Forget a person.
///
/// Their devices, factors, password and tokens end at once, and sessions that wait are cancelled. All that is known of them
/// goes, receipts included. Whoever is enrolled with the same `user_ref` later is a new person.
#[utoipa::path(
    delete, path = "/api/v1/users/{user_ref}", operation_id = "removeUser", tag = "Users and devices",
    params(("user_ref" = UserRef, Path, description = "Percent-encoded.")),
    responses(
        (status = 204, description = "The person is forgotten."),
        (status = 404, description = "`user_not_found`: nobody by that `user_ref`, or not any more.", body = Refusal),
    ),
)]
pub(in crate::api) async fn remove(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(user_ref, _): Segment,
) -> Result<StatusCode, ApiError> {
    engine.forget_person_called(caller.application.tenant, &user_ref, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
