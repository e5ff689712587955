//! A seed as the caller wants to see it: a picture to scan, as PNG unless `Accept` asks for something else, or the link
//! itself.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::ReltioError;
use super::code::AUTHENTICATOR;
use crate::engine::TotpSeed;
use crate::portal::qr;

/// A seed, for whoever asks for `application/json`.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ReltioSeed {
    /// Always `AUTHENTICATOR`.
    #[schema(pattern = "^AUTHENTICATOR$")]
    mfatype: &'static str,
    /// The seed in base32, for typing.
    secret: String,
    /// The link that authenticator apps read.
    otpauth_uri: String,
    /// A QR code of the link, a PNG in base64.
    #[schema(content_encoding = "base64", content_media_type = "image/png")]
    qr_png: String,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `image/png`.
    Png,
    /// `image/svg+xml`.
    Svg,
    /// `application/json`.
    Json,
}

impl Form {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Png, "image/png"), (Self::Svg, "image/svg+xml"), (Self::Json, "application/json")];

    /// What `Accept` likes best. Of several that it likes alike, and where it says nothing of ours, the PNG: programs
    /// that send `*/*` along expect the picture that the documentation shows.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::Png);
        for (form, media) in Self::ALL {
            let quality = quality(headers, media);
            if quality > best.0 {
                best = (quality, form);
            }
        }
        best.1
    }
}

/// How much `Accept` likes a form, in thousandths; what names it best counts (RFC 9110 §12.5.1).
fn quality(headers: &HeaderMap, media: &str) -> u32 {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let group = media.split_once('/').map(|(group, _)| format!("{group}/*")).unwrap_or_default();
    let mut best = (0, 0);
    for range in lines.flat_map(|line| line.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().unwrap_or_default().to_ascii_lowercase();
        let precision = match named.as_str() {
            "*/*" => 1,
            name if name == group => 2,
            name if name == media => 3,
            _ => continue,
        };
        let q = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let quality = q.map_or(1000, thousandths);
        if precision >= best.0 {
            best = (precision, quality);
        }
    }
    best.1
}

/// `0.25` is 250; what is no number is 0.
fn thousandths(q: &str) -> u32 {
    let (whole, rest) = q.split_once('.').unwrap_or((q, ""));
    if rest.len() > 3 || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// The seed in that form.
pub(super) fn picture(form: Form, seed: &TotpSeed) -> Result<Response, ReltioError> {
    let too_long = || {
        let text = "the link is too long for a QR code; the operator gives the tenant a shorter name";
        ReltioError::new(StatusCode::CONFLICT, "name_too_long", text)
    };
    let png = || qr::png(&seed.link).ok_or_else(too_long);
    let of = |media, body: Vec<u8>| ([(header::CONTENT_TYPE, media)], body).into_response();
    let mut response = match form {
        Form::Png => of("image/png", png()?),
        Form::Svg => of("image/svg+xml", qr::svg(&seed.link).ok_or_else(too_long)?.into_bytes()),
        Form::Json => {
            let (secret, otpauth_uri) = (seed.secret.to_string(), seed.link.to_string());
            let qr_png = STANDARD.encode(png()?);
            axum::Json(ReltioSeed { mfatype: AUTHENTICATOR, secret, otpauth_uri, qr_png }).into_response()
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(lines: &[&'static str]) -> Form {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT, HeaderValue::from_static(line));
        }
        Form::wanted(&headers)
    }

    #[test]
    fn the_picture_that_is_liked_best_and_a_png_when_in_doubt() {
        for (lines, form) in [
            (&[][..], Form::Png),
            (&["*/*"], Form::Png),
            (&["text/html, image/avif, image/svg+xml, image/*, */*;q=0.8"], Form::Png),
            (&["application/json, text/plain, */*"], Form::Png),
            (&["image/svg+xml"], Form::Svg),
            (&["IMAGE/SVG+XML;Q=0.3"], Form::Svg),
            (&["application/json"], Form::Json),
            (&["application/json; charset=utf-8"], Form::Json),
            (&["image/png;q=0.5, image/svg+xml;q=0.9, application/json;q=0.2"], Form::Svg),
            (&["image/*;q=0.2, */*;q=0.9"], Form::Json),
            (&["image/*, image/png;q=0"], Form::Svg),
            (&["image/png;q=0.1", "application/json;q=0.11"], Form::Json),
            (&["image/svg+xml;q=2, image/png;q=0.001"], Form::Png),
            (&["text/html"], Form::Png),
            (&["*/*;q=0"], Form::Png),
            (&[";;;,q=,/,image/svg+xml;q=x"], Form::Png),
        ] {
            assert_eq!(wanted(lines), form, "{lines:?}");
        }
    }
}
