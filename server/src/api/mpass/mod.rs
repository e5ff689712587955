//! mPass's words: verifying numbers with codes by short message. The rules are the engine's (`engine::verification`).

mod parameters;
mod reply;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::client::Client;
use super::openapi::Routes;
use crate::engine::verification::Judgement;
use crate::engine::{ChannelCaller, Engine, Error};
use parameters::Parameters;
use reply::{MpassReply, Status};

/// What mPass's clients call.
pub(in crate::api) fn mpass_routes() -> Routes {
    Routes::default().routes(routes!(send_sms)).routes(routes!(verify_otp))
}

/// A request that reaches neither of the two, or does not come back in time.
pub(in crate::api) fn refuse(http: StatusCode) -> Response {
    let status = if http.is_client_error() { Status::InvalidData } else { Status::InternalError };
    (http, status.body()).into_response()
}

/// What both take.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes the query, which is read with all its oddities in `parameters`")]
struct Both {
    /// The channel's key, `cs_channel_…`. It is good from the channel's addresses only.
    apikey: String,
    /// The number: `+` or `00` and the country's code, or as it is written in the channel's country. A `+` that was not
    /// escaped arrives as a space, and is taken for one.
    #[param(min_length = 4, max_length = 40, example = "+966501234567")]
    dest: String,
    /// Which of the caller's applications asks: it is named in the message. A code that was sent for one is wrong for
    /// another, and for none.
    #[param(min_length = 1, max_length = 40)]
    app: Option<String>,
}

/// What sending takes besides.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "as above")]
struct Sending {
    /// The language of the message: `en_US` unless told otherwise, or `ar_SA`.
    #[param(pattern = "^(en_US|ar_SA)$")]
    lang: Option<String>,
}

/// What verifying takes besides.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "as above")]
struct Verifying {
    /// The code that the person typed.
    #[param(pattern = "^[0-9]{6}$")]
    otp: String,
}

/// Send a code to a number.
///
/// Status `0` means that the gateway took the message; `100` that it did not, and no message goes out later either.
/// A number can be sent a code every 30 seconds, five in an hour. A new code takes the place of the last one.
#[utoipa::path(
    get, path = "/mpass-web/rest/mv/msg", operation_id = "mpassSendSms", tag = "mPass",
    params(Both, Sending),
    responses(
        (status = 200, description = "`0` accepted, `1` invalid data, `2` access denied, `100` internal error.",
            body = MpassReply),
        (status = 429, description = "`2`: too many; come back after `Retry-After` seconds.", body = MpassReply,
            headers(("Retry-After" = u64, description = "Whole seconds."))),
    ),
)]
async fn send_sms(
    State(engine): State<Arc<Engine>>,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Status, Status> {
    let given = Parameters::read(query.as_deref().unwrap_or_default());
    let caller = caller(&engine, &given, client).await?;
    let (number, language) = (given.number()?, given.language()?);
    let taken = engine.send_number_code(&caller, number.borrowed(), language).await?;
    Ok(if taken { Status::Accept } else { Status::InternalError })
}

/// Verify the code that came back.
///
/// A code is good for five minutes and for one use; the fifth wrong one ends it. For a day after that it is said that it
/// has expired.
#[utoipa::path(
    get, path = "/mpass-web/rest/mv/verify", operation_id = "mpassVerifyOtp", tag = "mPass",
    params(Both, Verifying),
    responses(
        (status = 200, description = "`0` accepted: the code is right, and used up now. `1` invalid data, `2` access \
            denied, `3` rejected: wrong, used already, or none was sent. `4` expired. `100` internal error.",
            body = MpassReply),
        (status = 429, description = "`2`: too many; come back after `Retry-After` seconds.", body = MpassReply,
            headers(("Retry-After" = u64, description = "Whole seconds."))),
    ),
)]
async fn verify_otp(
    State(engine): State<Arc<Engine>>,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Status, Status> {
    let given = Parameters::read(query.as_deref().unwrap_or_default());
    let caller = caller(&engine, &given, client).await?;
    let (number, code) = (given.number()?, given.code()?);
    Ok(match engine.judge_number_code(&caller, number.borrowed(), code).await? {
        Judgement::Right => Status::Accept,
        Judgement::Wrong => Status::Reject,
        Judgement::Expired => Status::Expired,
    })
}

/// Who calls. It is asked first: whoever has no key learns nothing about the rest.
async fn caller(engine: &Engine, given: &Parameters, client: Client) -> Result<ChannelCaller, Error> {
    engine.channel_with_key(given.key(), client.address).await
}
