//! What an operation is told, for the document. All of it may stand in the query or in the body, and what is not named
//! here is ignored.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Who asks, where nothing else is needed.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct AccepttoApplication {
    /// The application's client id, `app_…`.
    #[param(nullable = false)]
    uid: Option<String>,
    /// One of its secrets, `cs_secret_…`.
    #[param(nullable = false)]
    secret: Option<String>,
}

/// Who asks, and about whom.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct AccepttoPerson {
    /// The application's client id, `app_…`.
    #[param(nullable = false)]
    uid: Option<String>,
    /// One of its secrets, `cs_secret_…`.
    #[param(nullable = false)]
    secret: Option<String>,
    /// Your name for the person, or their address.
    #[param(nullable = false)]
    email: Option<String>,
}

/// A sign-in to begin.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct AccepttoSignIn {
    /// The application's client id, `app_…`. Not needed with a token.
    #[param(nullable = false)]
    uid: Option<String>,
    /// One of its secrets, `cs_secret_…`. Not needed with a token.
    #[param(nullable = false)]
    secret: Option<String>,
    /// Your name for the person, or their address. Not needed with a token.
    #[param(nullable = false)]
    email: Option<String>,
    /// What the person reads, at most 500 characters; a sentence with the application's name when not given.
    #[param(nullable = false, max_length = 500)]
    #[schema(max_length = 500)]
    message: Option<String>,
    /// What it is about, at most 40 characters, such as `Login` or `Payment`; `Login` when not given.
    #[param(nullable = false, max_length = 40)]
    #[schema(max_length = 40)]
    r#type: Option<String>,
    /// Seconds that the sign-in may take, brought to 10 to 600; 300 when not given.
    #[param(nullable = false)]
    timeout: Option<i64>,
    /// What is asked at once: 1 a push, 2 a code by short message, 3 a code by call. When not given, the person chooses on
    /// the page, or the application's setting `asks-at-once` says.
    #[param(nullable = false, minimum = 1, maximum = 3)]
    #[schema(minimum = 1, maximum = 3)]
    auth_type: Option<i64>,
    /// The address of the browser that signs in.
    #[param(nullable = false, value_type = Option<crate::api::native::fields::IpAddress>)]
    #[schema(value_type = Option<crate::api::native::fields::IpAddress>)]
    ip_address: Option<String>,
    /// Its address before a proxy. Counts in the place of `ip_address` when both are there.
    #[param(nullable = false, value_type = Option<crate::api::native::fields::IpAddress>)]
    #[schema(value_type = Option<crate::api::native::fields::IpAddress>)]
    remote_ip_address: Option<String>,
    /// 1: as policy says. 2: no rule of the person's approves it. 3: the phone must verify the person.
    #[param(nullable = false, minimum = 1, maximum = 3)]
    #[schema(minimum = 1, maximum = 3)]
    risk_profile: Option<i64>,
}

/// Which sign-in.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct AccepttoChannel {
    /// The application's client id, `app_…`. Not needed with a token.
    #[param(nullable = false)]
    uid: Option<String>,
    /// One of its secrets, `cs_secret_…`. Not needed with a token.
    #[param(nullable = false)]
    secret: Option<String>,
    /// Your name for the person, or their address. Not needed with a token.
    #[param(nullable = false)]
    email: Option<String>,
    /// The channel of the sign-in.
    #[param(nullable = false)]
    channel: Option<String>,
}

/// Which sign-in, and the code that was typed for it.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct AccepttoCode {
    /// The application's client id, `app_…`. Not needed with a token.
    #[param(nullable = false)]
    uid: Option<String>,
    /// One of its secrets, `cs_secret_…`. Not needed with a token.
    #[param(nullable = false)]
    secret: Option<String>,
    /// Your name for the person, or their address. Not needed with a token.
    #[param(nullable = false)]
    email: Option<String>,
    /// The channel of the sign-in.
    #[param(nullable = false)]
    channel: Option<String>,
    /// What the person typed.
    #[param(nullable = false)]
    otp: Option<String>,
}

/// Which sign-in, where the person is to be told.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct AccepttoWebsocket {
    /// The application's client id, `app_…`.
    #[param(nullable = false)]
    uid: Option<String>,
    /// One of its secrets, `cs_secret_…`.
    #[param(nullable = false)]
    secret: Option<String>,
    /// The channel of the sign-in.
    #[param(nullable = false)]
    websocket_channel: Option<String>,
}
