//! `/users/{user_ref}/factors`: what a person proves themselves with, and how that changes. Ours; the seed has nothing of
//! the kind.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::id::ChallengeId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Authenticated;
use super::fields::{FactorId, Time, UserRef};
use super::{ApiError, Json, Query, Refusal, Segment, Segments};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::policy::Factor as Kind;
use crate::engine::{
    self, Caller, Engine, Error, ListedFactor, Mask, NewContact, Proof, RecoveryCodes, TotpSeed, Word,
};
use crate::portal::qr;

/// Recovery codes in a set when the caller does not say.
const CODES: usize = 10;

/// What a person has.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Factors {
    /// Whose.
    user_ref: String,
    /// Devices first, each kind oldest first.
    factors: Vec<Factor>,
}

/// Something that a person proves themselves with.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Factor {
    /// Its id, `fac_…`; a device's is `dev_…`.
    #[schema(value_type = FactorId)]
    id: String,
    /// Which kind.
    #[serde(rename = "type")]
    #[schema(pattern = "^(push|totp|sms|voice|email|recovery)$")]
    kind: &'static str,
    /// A device's own name; a number or an address, masked; null for the rest.
    #[schema(required)]
    name: Option<String>,
    /// Whether it counts. One that does not waits for its first code, has no keys, or is used up.
    active: bool,
    /// `true` for `sms` and `voice`: use them only where the person has nothing better.
    restricted: bool,
    /// When it was given.
    #[schema(value_type = Time)]
    created_at: String,
    /// When it was last used; of a device, when it was last heard of.
    #[schema(required, format = DateTime)]
    used_at: Option<String>,
    /// With `recovery` only: how many codes are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    codes_left: Option<i64>,
}

impl From<&ListedFactor> for Factor {
    fn from(factor: &ListedFactor) -> Self {
        Self {
            id: factor.id.to_string(),
            kind: factor.kind.as_str(),
            name: factor.name(Mask::Plain),
            active: factor.active,
            restricted: factor.restricted(),
            created_at: rfc3339(factor.created_at),
            used_at: factor.used_at.map(rfc3339),
            codes_left: factor.codes_left,
        }
    }
}

/// List what a person has.
///
/// Their devices, the seed of their authenticator app, their numbers and addresses, their recovery codes.
#[utoipa::path(
    get, path = "/api/v1/users/{user_ref}/factors", operation_id = "listFactors", tag = "Factors",
    params(("user_ref" = UserRef, Path, description = "Percent-encoded.")),
    responses(
        (status = 200, description = "The factors.", body = Factors),
        (status = 404, description = "`user_not_found`: nobody by that `user_ref`.", body = Refusal),
    ),
)]
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(user_ref, _): Segment,
) -> Result<axum::Json<Factors>, ApiError> {
    let factors = engine.factors(&caller, &user_ref).await?.iter().map(Factor::from).collect();
    Ok(axum::Json(Factors { user_ref, factors }))
}

/// A factor that a person is to be given.
#[derive(Deserialize, ToSchema)]
pub(in crate::api) struct AddFactor {
    /// Which kind. A device comes by a link: see `enroll`.
    #[serde(rename = "type")]
    #[schema(pattern = "^(totp|sms|voice|email|recovery)$")]
    kind: String,
    /// With `sms` and `voice`, the number, with its country code; with `email`, the address.
    #[schema(max_length = 254, examples("+966501234567"))]
    to: Option<String>,
    /// With `recovery`: how many codes.
    #[schema(minimum = 1, maximum = 16, default = 10)]
    count: Option<usize>,
    /// The language of the message with the code; the person's own when not given.
    #[schema(value_type = Option<super::users::WrittenLanguage>)]
    language: Option<String>,
    /// Where the tenant's policy wants proof (`factor_changes=proof`): a session that the person approved in the last ten
    /// minutes with the strongest factor that they have.
    session_id: Option<ChallengeId>,
}

/// A factor that was given. Whatever is secret in it is told this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AddedFactor {
    /// The factor. It waits for its first code, but recovery codes count at once.
    factor: Factor,
    /// With `totp`: the seed in base32, for typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
    /// With `totp`: the link that authenticator apps read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    otpauth_uri: Option<String>,
    /// With `totp`: a QR code of the link, a PNG in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, content_encoding = "base64", content_media_type = "image/png")]
    qr_png: Option<String>,
    /// With `recovery`: the codes. Each is good once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    recovery_codes: Option<Vec<String>>,
    /// With `sms`, `voice` and `email`: the session whose code is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    session_id: Option<ChallengeId>,
    /// With `session_id`: the code is good until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// With `session_id`: seconds until another code can be asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    resend_after: Option<u64>,
}

impl AddedFactor {
    fn new(factor: Factor) -> Self {
        Self {
            factor,
            secret: None,
            otpauth_uri: None,
            qr_png: None,
            recovery_codes: None,
            session_id: None,
            expires_at: None,
            resend_after: None,
        }
    }

    fn seed(seed: &TotpSeed) -> Self {
        Self {
            secret: Some(seed.secret.as_str().to_owned()),
            otpauth_uri: Some(seed.link.as_str().to_owned()),
            // A link that is too long for a QR code is still a link.
            qr_png: qr::png(&seed.link).map(|png| STANDARD.encode(png)),
            ..Self::new(Factor::from(&seed.factor))
        }
    }

    fn codes(made: &RecoveryCodes) -> Self {
        let codes = made.codes.iter().map(|code| code.as_str().to_owned()).collect();
        Self { recovery_codes: Some(codes), ..Self::new(Factor::from(&made.factor)) }
    }
}

/// Give a person a factor.
///
/// `totp`: a seed to scan. `sms`, `voice`, `email`: a code goes to the number or address. Each of these counts after its
/// first code was given to `verifyFactor`. `recovery`: a set of codes to write down, in place of the one before. The person
/// is told of a new factor by another channel.
#[utoipa::path(
    post, path = "/api/v1/users/{user_ref}/factors", operation_id = "addFactor", tag = "Factors",
    params(("user_ref" = UserRef, Path, description = "Percent-encoded.")),
    request_body = AddFactor,
    responses(
        (status = 201, description = "The factor.", body = AddedFactor),
        (status = 403, description = "`factor_not_allowed`: by the tenant's policy. `fresh_sign_in_required`: the policy \
            wants a `session_id` that proves who the person is. `user_locked`: codes of this kind are locked.", body = Refusal),
        (status = 404, description = "`user_not_found`: nobody by that `user_ref`. `session_not_found`.", body = Refusal),
        (status = 409, description = "`factor_exists`: the person has it; remove it first. `too_many_factors`. \
            `no_provider`: nobody carries such messages here.", body = Refusal),
    ),
)]
pub(in crate::api) async fn add(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(user_ref, _): Segment,
    extract::Json(wish, _): Json<AddFactor>,
) -> Result<(StatusCode, axum::Json<AddedFactor>), ApiError> {
    let proof = proof(&engine, &caller, wish.session_id).await?;
    let word = Word::Application(&caller, proof.as_ref());
    let added = match Kind::from_word(&wish.kind) {
        Some(Kind::Totp) => {
            let seed = engine.enrol_totp(word, &user_ref).await?;
            AddedFactor::seed(&seed)
        }
        Some(Kind::Recovery) => {
            let made = engine.make_recovery_codes(word, &user_ref, wish.count.unwrap_or(CODES)).await?;
            AddedFactor::codes(&made)
        }
        Some(kind @ (Kind::Sms | Kind::Voice | Kind::Email)) => {
            contact(&engine, (&caller, proof.as_ref()), &user_ref, kind, wish).await?
        }
        Some(Kind::Push) => {
            return Err(ApiError::invalid("a device comes by a link: POST /api/v1/users/enroll"));
        }
        None => return Err(ApiError::invalid("type must be totp, sms, voice, email or recovery")),
    };
    Ok((StatusCode::CREATED, axum::Json(added)))
}

async fn contact(
    engine: &Engine,
    (caller, proof): (&Caller, Option<&Proof>),
    user_ref: &str,
    kind: Kind,
    wish: AddFactor,
) -> Result<AddedFactor, ApiError> {
    let to = wish.to.ok_or_else(|| {
        ApiError::invalid(
            "a factor of type sms or voice needs the number in to, one of type email the address",
        )
    })?;
    let language = wish.language.as_deref().map(super::users::language).transpose()?;
    let enrolling = engine.enrol_contact(caller, proof, user_ref, &NewContact { kind, to, language }).await?;
    Ok(AddedFactor {
        session_id: Some(enrolling.asked.id),
        expires_at: Some(rfc3339(enrolling.asked.expires_at)),
        resend_after: enrolling.asked.sent.map(|sent| sent.resend_after),
        ..AddedFactor::new(Factor::from(&enrolling.factor))
    })
}

async fn proof(
    engine: &Engine,
    caller: &Caller,
    session: Option<ChallengeId>,
) -> Result<Option<Proof>, Error> {
    match session {
        Some(id) => engine.proof_by_session(caller, id).await.map(Some),
        None => Ok(None),
    }
}

/// A factor as it is listed.
async fn one(
    engine: &Engine,
    caller: &Caller,
    user_ref: &str,
    id: engine::FactorId,
) -> Result<Factor, Error> {
    let all = engine.factors(caller, user_ref).await?;
    all.iter().find(|factor| factor.id == id).map(Factor::from).ok_or(Error::NoSuchFactor)
}

/// The first code of a factor.
#[derive(Deserialize, ToSchema)]
pub(in crate::api) struct VerifyFactor {
    /// From the authenticator app, or from the message.
    #[schema(pattern = r"^\s*([0-9]\s*){6}$", examples("492039"))]
    code: String,
}

/// Hand in a factor's first code.
///
/// From then on the factor counts. The code is used up with it. A code that was sent can also be handed in with `verify`, by
/// its `session_id`.
#[utoipa::path(
    post, path = "/api/v1/users/{user_ref}/factors/{id}/verify", operation_id = "verifyFactor", tag = "Factors",
    params(
        ("user_ref" = UserRef, Path, description = "Percent-encoded."),
        ("id" = FactorId, Path, description = "The factor's `id`."),
    ),
    request_body = VerifyFactor,
    responses(
        (status = 200, description = "The factor, which counts now.", body = Factor),
        (status = 400, description = "`invalid_code`, with `attempts_left`; or `invalid_request`.", body = Refusal),
        (status = 403, description = "`user_locked`: too many wrong codes.", body = Refusal),
        (status = 404, description = "`user_not_found` or `factor_not_found`.", body = Refusal),
        (status = 409, description = "`factor_exists`: it counts already. `no_code_waiting`: no code is on its way, or it has expired; give \
            the factor again.", body = Refusal),
    ),
)]
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segments((user_ref, id), _): Segments,
    extract::Json(body, _): Json<VerifyFactor>,
) -> Result<axum::Json<Factor>, ApiError> {
    let id = id.parse().map_err(|_| Error::NoSuchFactor)?;
    engine.confirm_factor(&caller, &user_ref, id, &body.code).await?;
    Ok(axum::Json(one(&engine, &caller, &user_ref, id).await?))
}

/// What is shown for a change.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Shown {
    /// Where the tenant's policy wants proof: as with `addFactor`.
    #[param(nullable = false)]
    session_id: Option<ChallengeId>,
}

/// It is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RemovedFactor {
    /// Always `true`.
    success: bool,
}

/// Take a factor away.
///
/// A device too. It can prove nothing from then on, codes that are on their way included. The person is told by another
/// channel.
#[utoipa::path(
    delete, path = "/api/v1/users/{user_ref}/factors/{id}", operation_id = "removeFactor", tag = "Factors",
    params(
        ("user_ref" = UserRef, Path, description = "Percent-encoded."),
        ("id" = FactorId, Path, description = "The factor's `id`."),
        Shown,
    ),
    responses(
        (status = 200, description = "The factor is gone.", body = RemovedFactor),
        (status = 403, description = "`fresh_sign_in_required`: the tenant's policy wants a `session_id` that proves who the \
            person is.", body = Refusal),
        (status = 404, description = "`user_not_found`, `factor_not_found`, or `session_not_found`.", body = Refusal),
    ),
)]
pub(in crate::api) async fn remove(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segments((user_ref, id), _): Segments,
    extract::Query(shown, _): Query<Shown>,
) -> Result<axum::Json<RemovedFactor>, ApiError> {
    let id = id.parse().map_err(|_| Error::NoSuchFactor)?;
    let proof = proof(&engine, &caller, shown.session_id).await?;
    engine.remove_factor(Word::Application(&caller, proof.as_ref()), &user_ref, id).await?;
    Ok(axum::Json(RemovedFactor { success: true }))
}
