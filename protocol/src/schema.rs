//! How ids and keys look in the server's OpenAPI document. The bodies in `wire` and `problem` describe themselves;
//! these types have a text form of their own, which only code knows.

use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::attestation::{AppObject, Chain, KeyId};
use crate::id::{ChallengeId, DeviceId};
use crate::jwk::PublicKey;
use crate::offline::OfflineKey;

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

impl PartialSchema for ChallengeId {
    fn schema() -> RefOr<Schema> {
        let uuid = SchemaFormat::Custom("uuid".to_owned());
        let what = "A UUID in lower case with hyphens; it sorts by the time it was made at.";
        text().format(Some(uuid)).description(Some(what)).into()
    }
}
impl ToSchema for ChallengeId {}

impl PartialSchema for DeviceId {
    fn schema() -> RefOr<Schema> {
        let what = "Names the tenant and the device within it.";
        text().pattern(Some("^dev_[0-9a-hjkmnp-tv-z]{52}$")).description(Some(what)).into()
    }
}
impl ToSchema for DeviceId {}

impl PartialSchema for OfflineKey {
    fn schema() -> RefOr<Schema> {
        // 32 bytes: of the last of 43 characters, two bits are not used and must be zero.
        text().pattern(Some("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")).into()
    }
}
impl ToSchema for OfflineKey {}

impl PartialSchema for PublicKey {
    fn schema() -> RefOr<Schema> {
        let only = |word: &str| text().enum_values(Some([word]));
        // 32 bytes: of the last of 43 characters, two bits are not used and must be zero.
        let coordinate = || text().pattern(Some("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"));
        ObjectBuilder::new()
            .description(Some("A P-256 public key as a JWK (RFC 7517)."))
            .property("kty", only("EC"))
            .property("crv", only("P-256"))
            .property("x", coordinate())
            .property("y", coordinate())
            .required("kty")
            .required("crv")
            .required("x")
            .required("y")
            .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)))
            .into()
    }
}
impl ToSchema for PublicKey {}

/// Bytes in base64url. Of the last character, the bits that are not used must be zero.
fn bytes(most: usize) -> ObjectBuilder {
    let pattern = "^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$";
    text().pattern(Some(pattern)).min_length(Some(2)).max_length(Some((most * 4).div_ceil(3)))
}

impl PartialSchema for Chain {
    fn schema() -> RefOr<Schema> {
        utoipa::openapi::schema::ArrayBuilder::new()
            .items(bytes(crate::attestation::CERTIFICATE_BYTES))
            .min_items(Some(1))
            .max_items(Some(crate::attestation::CERTIFICATES))
            .description(Some("Certificates in DER, that of the key itself first."))
            .into()
    }
}
impl ToSchema for Chain {}

impl PartialSchema for KeyId {
    fn schema() -> RefOr<Schema> {
        bytes(crate::attestation::KEY_ID_BYTES).into()
    }
}
impl ToSchema for KeyId {}

impl PartialSchema for AppObject {
    fn schema() -> RefOr<Schema> {
        bytes(crate::attestation::OBJECT_BYTES).into()
    }
}
impl ToSchema for AppObject {}
