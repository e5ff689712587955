//! Auth0's refusals, row by row as the conformance reference has them.

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Auth0Error, Row};
use crate::api::oauth::refusal::{OauthFactorKind, OauthRequirements};
use crate::engine::Error;
use crate::engine::oauth::{Began, SignInError, Wording};
use crate::store::StoreError;

type Parts = (u16, &'static str, &'static str);

/// The rows that stand still.
const ROWS: [(Row, Parts); 22] = [
    (Row::WrongPassword, (403, "invalid_grant", "Wrong email or password.")),
    (Row::Unauthorized, (401, "access_denied", "Unauthorized")),
    (Row::WrongOtp, (403, "invalid_grant", "Invalid otp_code.")),
    (Row::WrongBindingCode, (403, "invalid_grant", "Invalid binding_code.")),
    (
        Row::Pending,
        (400, "authorization_pending", "Authorization pending: please repeat the request in a few seconds."),
    ),
    (Row::Rejected, (403, "invalid_grant", "MFA Authorization rejected.")),
    (Row::RejectedLive, (400, "access_denied", "MFA Authorization rejected.")),
    (Row::LoginExpired, (401, "expired_token", "mfa_token is expired")),
    (Row::LoginMalformed, (403, "invalid_grant", "Malformed mfa_token")),
    (Row::LoginOfAnother, (400, "invalid_request", "mfa_token not issued to this client")),
    (Row::OobExpired, (401, "expired_token", "oob_code is expired")),
    (Row::OobMalformed, (403, "invalid_grant", "Malformed oob_code")),
    (Row::OobOfAnother, (400, "invalid_request", "The oob_code doesn't match the mfa_token")),
    (
        Row::NotEnrolled,
        (
            401,
            "association_required",
            "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.",
        ),
    ),
    (
        Row::NotEnrolledOlder,
        (
            401,
            "unsupported_challenge_type",
            "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.",
        ),
    ),
    (Row::NoAuthenticator, (400, "invalid_request", "Authenticator not found")),
    (Row::AlreadyEnrolled, (403, "access_denied", "User is already enrolled.")),
    (Row::BadPhone, (400, "invalid_request", "The phone number is invalid.")),
    (
        Row::TooManyCodes,
        (403, "invalid_grant", "Too many failed codes. Wait for some minutes before retrying."),
    ),
    (
        Row::TooManyMessages,
        (400, "invalid_request", "Too many SMS sent by the user. Wait for some minutes before retrying."),
    ),
    (Row::InvalidToken, (401, "invalid_token", "The access token is not valid here; sign in again.")),
    (Row::RefreshInvalid, (403, "invalid_grant", "Unknown or invalid refresh token.")),
];

fn wording(rejected: &'static str, not_enrolled: &'static str) -> Wording {
    let (enroll_word, verify_word) = ("ENROLL".to_owned(), "VERIFY".to_owned());
    Wording { rejected, not_enrolled, requirements: false, enroll_word, verify_word }
}

#[test]
fn each_row_is_as_auth0_writes_it() {
    for (row, parts) in ROWS {
        assert_eq!(Auth0Error::from(row).parts(), parts, "{row:?}");
    }
}

#[test]
fn rows_with_a_name_in_them() {
    let rows: [(Auth0Error, Parts); 5] = [
        (
            Auth0Error::missing("binding_code"),
            (400, "invalid_request", "Missing required parameter: binding_code"),
        ),
        (
            SignInError::GrantNotAllowed("password".to_owned()).into(),
            (403, "unauthorized_client", "Grant type 'password' not allowed for the client."),
        ),
        (
            SignInError::InsufficientScope("read:authenticators").into(),
            (403, "insufficient_scope", "Insufficient scope, expected any of: read:authenticators"),
        ),
        (
            Auth0Error::unsupported_challenge("oob", "otp"),
            (
                401,
                "unsupported_challenge_type",
                "The user does not support the requested challenge type (oob). Supported type: otp.",
            ),
        ),
        (Auth0Error::unsupported_grant("x"), (400, "unsupported_grant_type", "Unsupported grant type: x")),
    ];
    for (error, parts) in rows {
        assert_eq!(error.parts(), parts);
    }
}

#[test]
fn where_the_sources_disagree_the_application_says_which_words() {
    let parts = |error: Auth0Error| (error.parts().0, error.parts().1);
    let (documented, live) = (
        wording("invalid_grant", "association_required"),
        wording("access_denied", "unsupported_challenge_type"),
    );
    assert_eq!(parts(Auth0Error::rejected(&documented)), (403, "invalid_grant"));
    assert_eq!(parts(Auth0Error::rejected(&live)), (400, "access_denied"));
    assert_eq!(parts(Auth0Error::not_enrolled(&documented)), (401, "association_required"));
    assert_eq!(parts(Auth0Error::not_enrolled(&live)), (401, "unsupported_challenge_type"));
}

#[test]
fn what_signing_in_can_meet_has_its_row() {
    let rows = [
        (SignInError::WrongPassword, Row::WrongPassword),
        (SignInError::NoClient, Row::Unauthorized),
        (SignInError::Rule(Error::Unauthorized), Row::Unauthorized),
        (SignInError::LoginMalformed, Row::LoginMalformed),
        (SignInError::LoginExpired, Row::LoginExpired),
        (SignInError::LoginUsed, Row::LoginExpired),
        (SignInError::LoginOfAnother, Row::LoginOfAnother),
        (SignInError::OobMalformed, Row::OobMalformed),
        (SignInError::OobExpired, Row::OobExpired),
        (SignInError::OobOfAnother, Row::OobOfAnother),
        (SignInError::AlreadyEnrolled, Row::AlreadyEnrolled),
        (SignInError::RefreshInvalid, Row::RefreshInvalid),
        (SignInError::BearerInvalid, Row::InvalidToken),
        (SignInError::BearerExpired, Row::InvalidToken),
        (SignInError::Rule(Error::Locked("totp")), Row::TooManyCodes),
        (SignInError::Rule(Error::SentJustNow { retry_after: 9 }), Row::TooManyMessages),
        (SignInError::Rule(Error::NoSuchFactor), Row::NoAuthenticator),
        (SignInError::Rule(Error::NotAnswered), Row::Pending),
    ];
    for (error, row) in rows {
        let text = format!("{error:?}");
        assert_eq!(Auth0Error::from(error).parts(), Auth0Error::from(row).parts(), "{text}");
    }
    for (error, status) in [
        (SignInError::AudienceUnknown("https://x.example/".to_owned()), 403),
        (SignInError::NoIssuer, 403),
        (SignInError::Rule(Error::Invalid("no".to_owned())), 400),
        (SignInError::Rule(Error::RefusedByRule), 403),
        (SignInError::Rule(Error::Closing), 503),
        (SignInError::Rule(Error::Store(StoreError::InDoubt)), 503),
        (SignInError::Rule(Error::Damaged("row")), 500),
    ] {
        let text = format!("{error:?}");
        assert_eq!(Auth0Error::from(error).parts().0, status, "{text}");
    }
}

#[test]
fn who_is_too_fast_is_told_how_long_to_wait() {
    let wait = |error: Auth0Error| {
        let response = error.into_response();
        let wait =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        (response.status().as_u16(), wait)
    };
    assert_eq!(wait(SignInError::TooManyPasswords { retry_after: 7 }.into()), (429, Some(7)));
    assert_eq!(wait(SignInError::TooManyLogins { retry_after: 8 }.into()), (429, Some(8)));
    assert_eq!(wait(SignInError::Busy { retry_after: 1 }.into()), (503, Some(1)));
    assert_eq!(wait(Error::TooManyAttempts { retry_after: 3 }.into()), (429, Some(3)));
    assert_eq!(wait(Row::WrongPassword.into()), (403, None));

    let error = Auth0Error::slow_down(1_800_000_000, 5);
    let text = "You are polling faster than the specified interval of 5 seconds.";
    assert_eq!(error.parts(), (429, "slow_down", text));
    let response = error.into_response();
    let told = ["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
        .map(|name| response.headers()[name].to_str().unwrap().to_owned());
    assert_eq!(told, ["5", "1", "0", "1800000005"]);
}

async fn body(error: Auth0Error) -> Value {
    let bytes = axum::body::to_bytes(error.into_response().into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn the_token_of_a_login_is_in_the_body_and_not_in_debug() {
    let began = || Began { token: Zeroizing::new("mfa_secret".to_owned()), expires_in: 600 };
    let plain = Auth0Error::mfa_required(began(), None);
    assert!(!format!("{plain:?}").contains("mfa_secret"));
    let text = "Multifactor authentication required";
    let expected =
        serde_json::json!({"error": "mfa_required", "error_description": text, "mfa_token": "mfa_secret"});
    assert_eq!((plain.parts().0, body(plain).await), (403, expected));
    let kinds = |word| Some(vec![OauthFactorKind { r#type: word }]);
    let next = OauthRequirements { challenge: kinds("otp"), enroll: None };
    let told = body(Auth0Error::mfa_required(began(), Some(next))).await;
    assert_eq!(told["mfa_requirements"], serde_json::json!({"challenge": [{"type": "otp"}]}));
}
