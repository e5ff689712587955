//! What pages load: our stylesheet, our one script, and a tenant's colour as a stylesheet of its own, because a page may
//! hold no style of its own (its content security policy says so).

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::{Path, Query};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::digest::{SHA256, digest};
use serde::Deserialize;

/// For an address that changes with what is there.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// For an address that stays the same.
const ASK_AGAIN: &str = "no-cache";

/// The stylesheet of all pages.
pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/css; charset=utf-8", include_str!("../../templates/countersign.css")));
/// The script of the pages of a sign-in.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("text/javascript; charset=utf-8", include_str!("../../templates/countersign.js"))
});

/// The stylesheet that the console has besides.
pub(super) static CONSOLE_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("text/css; charset=utf-8", include_str!("../../templates/console/console.css"))
});
/// The script of the console.
pub(super) static CONSOLE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("text/javascript; charset=utf-8", include_str!("../../templates/console/console.js"))
});

/// A file that is built in.
#[derive(Debug)]
pub(super) struct Asset {
    kind: &'static str,
    text: &'static str,
    /// The beginning of its hash.
    pub(super) version: String,
}

impl Asset {
    fn new(kind: &'static str, text: &'static str) -> Self {
        let mut version = String::new();
        for byte in digest(&SHA256, text.as_bytes()).as_ref().iter().take(6) {
            _ = write!(version, "{byte:02x}");
        }
        Self { kind, text, version }
    }

    /// Kept for good by browsers that asked for this very version.
    fn reply(&self, asked: &Version) -> Response {
        let kept = if asked.v.as_deref() == Some(&*self.version) { FOR_GOOD } else { ASK_AGAIN };
        (of_kind(self.kind, kept), self.text).into_response()
    }
}

/// Which version of a file is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Version {
    v: Option<String>,
}

/// `GET /assets/countersign.css`.
pub(crate) async fn stylesheet(Query(version): Query<Version>) -> Response {
    STYLE.reply(&version)
}

/// `GET /assets/countersign.js`.
pub(crate) async fn script(Query(version): Query<Version>) -> Response {
    SCRIPT.reply(&version)
}

/// `GET /assets/console.css`.
pub(crate) async fn console_stylesheet(Query(version): Query<Version>) -> Response {
    CONSOLE_STYLE.reply(&version)
}

/// `GET /assets/console.js`.
pub(crate) async fn console_script(Query(version): Query<Version>) -> Response {
    CONSOLE_SCRIPT.reply(&version)
}

/// `GET /assets/color/{file}`: a colour, and black or white, whichever is easier to read on it.
pub(crate) async fn color(Path(file): Path<String>) -> Response {
    let Some(color) = file.strip_suffix(".css").and_then(Rgb::of) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Rgb(red, green, blue) = color;
    let ink = color.ink();
    let text = format!(":root {{ --tenant: #{red:02x}{green:02x}{blue:02x}; --on-tenant: {ink}; }}\n");
    (of_kind("text/css; charset=utf-8", FOR_GOOD), text).into_response()
}

fn of_kind(kind: &'static str, kept: &'static str) -> [(HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)]
}

/// The digits of `#rrggbb`; none when it is something else.
pub(super) fn digits_of(color: &str) -> Option<&str> {
    color.strip_prefix('#').filter(|digits| Rgb::of(digits).is_some())
}

/// Black or white, whichever is easier to read on `#rrggbb`; none when that is no colour.
pub(super) fn ink_on(color: &str) -> Option<&'static str> {
    color.strip_prefix('#').and_then(Rgb::of).map(Rgb::ink)
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb(u8, u8, u8);

impl Rgb {
    fn of(digits: &str) -> Option<Self> {
        let &[a, b, c, d, e, f] = digits.as_bytes() else { return None };
        let digit = |one: u8| char::from(one).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let byte = |high: u8, low: u8| Some(digit(high)? << 4 | digit(low)?);
        Some(Self(byte(a, b)?, byte(c, d)?, byte(e, f)?))
    }

    fn ink(self) -> &'static str {
        if self.is_light() { "#000000" } else { "#ffffff" }
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Whether black stands out on it more than white does. The better one of the two has a contrast of 4.58 at least,
    /// on whatever colour; AA wants 4.5.
    fn is_light(self) -> bool {
        let luminance = self.luminance();
        (luminance + 0.05) * (luminance + 0.05) > 0.05 * 1.05
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_or_white_can_be_read_on_every_color() {
        for shade in 0..=u8::MAX {
            for color in [
                Rgb(shade, shade, shade),
                Rgb(shade, 0, 0),
                Rgb(0, shade, 0),
                Rgb(0, 0, shade),
                Rgb(255, shade, 0),
                Rgb(shade, 255, 40),
                Rgb(90, shade, 255),
            ] {
                let luminance = color.luminance();
                let contrast =
                    if color.is_light() { (luminance + 0.05) / 0.05 } else { 1.05 / (luminance + 0.05) };
                assert!(contrast >= 4.5, "{color:?}: {contrast}");
            }
        }
    }

    #[test]
    fn only_six_digits_are_a_color() {
        assert_eq!(Rgb::of("1F2a44"), Some(Rgb(0x1f, 0x2a, 0x44)));
        assert_eq!(digits_of("#1f2a44"), Some("1f2a44"));
        for text in ["", "#1f2a4", "1f2a44", "#1f2a444", "#1f2a4g", "#+f2a44", "#١٢٣", "#red}a{"] {
            assert_eq!(digits_of(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_those_of_the_text() {
        let one = Asset::new("text/css", "a");
        assert_eq!(one.version.len(), 12);
        assert_ne!(one.version, Asset::new("text/css", "b").version);
    }
}
