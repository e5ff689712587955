//! The forms of fields that several bodies and paths share, as the OpenAPI document tells them. The rules themselves
//! stand in the engine; a test in `tests/it/routes` sends what is inside and outside of these bounds.

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// A type that stands for a form of text.
macro_rules! text {
    ($name:ident, $what:literal, $($build:tt)*) => {
        #[doc = $what]
        #[derive(Debug)]
        pub(in crate::api) struct $name;
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).description(Some($what));
                text $($build)* .into()
            }
        }
        impl ToSchema for $name {}
    };
}

text!(UserRef, "Your name for the person: 1 to 255 characters, no space at either end, no control characters.",
    .min_length(Some(1)).max_length(Some(255)).pattern(Some(
        r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$"))
    .examples(["alice"]));
text!(Email, "An e-mail address.", .max_length(Some(254)).pattern(Some(
    r"^[^@\s\u0000-\u001f\u007f-\u009f]+@[^\s\u0000-\u001f\u007f-\u009f]*\.[^\s\u0000-\u001f\u007f-\u009f]*$"))
    .examples(["alice@example.org"]));
text!(DisplayName, "A name for people to read: 1 to 100 characters, not blank, no control characters.",
    .min_length(Some(1)).max_length(Some(100)).pattern(Some(
        r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"))
    .examples(["Alice"]));
text!(DeviceToken, "Where pushes go. Of an iOS device: at least 64 hex digits.",
    .min_length(Some(1)).max_length(Some(2048)).pattern(Some("^[!-~]+$")).examples(["fcm:dGVzdA"]));
text!(Token, "The secret part of an enrolment link.", .examples(["AaH_p5vRcU2m0b4Yp7y6Zw"]));
text!(Time, "RFC 3339 in UTC, whole seconds.", .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
    .examples(["2026-03-13T10:45:12Z"]));
text!(FactorId, "A factor's id; a device's own is one too.", .pattern(Some("^(fac|dev)_[0-9a-z]+$"))
    .examples(["fac_01jq7v3v7me2m8g5w7mmv9kc2y"]));
text!(DeliveryId, "A delivery: a UUID, the same in each attempt.", .format(Some(SchemaFormat::Custom("uuid".to_owned())))
    .examples(["0190f3c2-1111-7222-8333-444444444444"]));

/// An address of either kind.
#[derive(Debug)]
pub(in crate::api) struct IpAddress;

impl PartialSchema for IpAddress {
    fn schema() -> RefOr<Schema> {
        let text = |format: &str| {
            let format = SchemaFormat::Custom(format.to_owned());
            ObjectBuilder::new().schema_type(Type::String).format(Some(format))
        };
        let what = "An IPv4 or IPv6 address.";
        let either = AnyOfBuilder::new().item(text("ipv4")).item(text("ipv6"));
        either.description(Some(what)).examples(["192.0.2.7"]).into()
    }
}
impl ToSchema for IpAddress {}
