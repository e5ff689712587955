//! The words of a request that every operation here knows: which kind of factor, and the code.

use countersign_protocol::number::Digits;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use super::ReltioError;
use crate::api::parameters::Parameters;
use crate::engine::policy::Factor;

/// Reltio's word for an authenticator app.
pub(super) const AUTHENTICATOR: &str = "AUTHENTICATOR";
/// And for codes by mail.
pub(super) const EMAIL: &str = "EMAIL";

/// Its word for a kind; the one for apps where it has none.
pub(super) fn word(kind: Factor) -> &'static str {
    if kind == Factor::Email { EMAIL } else { AUTHENTICATOR }
}

/// The kind that `mfatype` names.
fn kind(word: &str) -> Result<Factor, ReltioError> {
    match word {
        AUTHENTICATOR => Ok(Factor::Totp),
        EMAIL => Ok(Factor::Email),
        _ => Err(ReltioError::mfatype("mfatype must be AUTHENTICATOR or EMAIL")),
    }
}

/// That `mfatype` names this kind and no other.
fn must_be(wanted: Factor, found: Option<&str>) -> Result<(), ReltioError> {
    match found.map(kind).transpose()? {
        Some(kind) if kind == wanted => Ok(()),
        _ => Err(ReltioError::mfatype(format!("mfatype must be there, and be {} here", word(wanted)))),
    }
}

/// `?mfatype=`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OfKind {
    /// What is to be set up: `AUTHENTICATOR` for an authenticator app, `EMAIL` for codes by mail.
    #[param(required, nullable = false, pattern = "^(AUTHENTICATOR|EMAIL)$")]
    mfatype: Option<String>,
}

impl OfKind {
    /// That it names this kind.
    pub(super) fn must_be(&self, wanted: Factor) -> Result<(), ReltioError> {
        must_be(wanted, self.mfatype.as_deref())
    }
}

/// The first code of something that was set up. As JSON, or as a form.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct ReltioCode {
    /// What it is for.
    #[schema(pattern = "^(AUTHENTICATOR|EMAIL)$", examples("AUTHENTICATOR"))]
    mfatype: String,
    /// The six digits: of the app, or out of the mail.
    #[schema(pattern = r"^\s*([0-9]\s*){6}$", examples("331425"))]
    totp: String,
}

/// The code of a body whose `mfatype` must be this.
pub(super) fn code_for(wanted: Factor, body: &Parameters) -> Result<Zeroizing<String>, ReltioError> {
    must_be(wanted, body.text("mfatype")?)?;
    code(body)?.ok_or_else(|| ReltioError::invalid("totp must be there: the six digits"))
}

/// The kind that a body names; none when it names none.
pub(super) fn kind_named(body: &Parameters) -> Result<Option<Factor>, ReltioError> {
    body.text("mfatype")?.map(kind).transpose()
}

/// `totp`, or `otp`. What cannot be a code is not looked at any further.
pub(super) fn code(body: &Parameters) -> Result<Option<Zeroizing<String>>, ReltioError> {
    let Some(typed) = body.text("totp")?.or(body.text("otp")?) else { return Ok(None) };
    let code: Zeroizing<String> = Zeroizing::new(typed.split_whitespace().collect());
    if Digits::Six.fits(&code) {
        Ok(Some(code))
    } else {
        Err(ReltioError::code("totp must be six digits, as the app or the mail shows them"))
    }
}

/// `recovery_code`, or `recoveryCode`.
pub(super) fn recovery_code(body: &Parameters) -> Result<Option<&str>, ReltioError> {
    Ok(body.text("recovery_code")?.or(body.text("recoveryCode")?))
}

/// `stateToken`, or `state_token`.
pub(super) fn state_token(body: &Parameters) -> Result<Option<&str>, ReltioError> {
    Ok(body.text("stateToken")?.or(body.text("state_token")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<String, (u16, &'static str)> {
        let parameters = Parameters::parse(body.as_bytes()).unwrap();
        let code = code_for(Factor::Totp, &parameters);
        code.map(|code| code.to_string()).map_err(|error| (error.parts().0, error.parts().1))
    }

    #[test]
    fn the_payload_of_the_documentation_is_read() {
        let payload = "{\n    \"mfatype\": \"AUTHENTICATOR\",\n    \"totp\": \"331425\"\n}";
        assert_eq!(read(payload).as_deref(), Ok("331425"));
        assert_eq!(read("mfatype=AUTHENTICATOR&otp=331+425").as_deref(), Ok("331425"));
    }

    #[test]
    fn what_is_missing_or_wrong_has_its_own_word() {
        for (body, word) in [
            (r#"{"totp":"331425"}"#, "invalid_mfatype"),
            (r#"{"mfatype":"EMAIL","totp":"331425"}"#, "invalid_mfatype"),
            (r#"{"mfatype":"authenticator","totp":"331425"}"#, "invalid_mfatype"),
            (r#"{"mfatype":"SMS","totp":"331425"}"#, "invalid_mfatype"),
            (r#"{"mfatype":"AUTHENTICATOR"}"#, "invalid_request"),
            (r#"{"mfatype":"AUTHENTICATOR","totp":331425}"#, "invalid_request"),
            (r#"{"mfatype":"AUTHENTICATOR","totp":"33142"}"#, "invalid_totp"),
            (r#"{"mfatype":"AUTHENTICATOR","totp":"٣٣١٤٢٥"}"#, "invalid_totp"),
        ] {
            assert_eq!(read(body), Err((400, word)), "{body}");
        }
    }
}
