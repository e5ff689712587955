//! Who may call what: nobody gets in without the credentials that the document names.

use std::collections::BTreeSet;

use countersign_tests::device::Device;
use countersign_tests::http::{self, Request};
use countersign_tests::relying_party::RelyingParty;
use serde_json::json;

use super::document::{Operation, address, document, operations};
use crate::server;

/// What anyone may call: what describes the API, and what carries its proof in the request itself.
const PUBLIC: &[&str] = &[
    "answer",
    "challenge",
    "completeEnrollment",
    "describe",
    "getCall",
    "lookAtEnrollment",
    "mpassSendSms",
    "mpassVerifyOtp",
    "openidConfiguration",
    "postCall",
    "postDelivery",
    "publishedKeys",
    "putToken",
    "reportCall",
    "reportDelivery",
    "reportTwilioDelivery",
    "resendCode",
    "token",
    "transfer",
    "verifyEnrollment",
];

/// The same of Reltio's, which are there twice: a state token stands in the body.
const PUBLIC_OF_RELTIO: [&str; 3] =
    ["associateQRCodeStateToken", "enrollEmailWithStateToken", "verifyEnrollWithStateToken"];

/// Acceptto's, which are there for two methods: id and secret are parameters, or a token is in the header.
const PUBLIC_OF_ACCEPTTO: [&str; 10] = [
    "accepttoAuthenticate",
    "accepttoAuthenticateV8",
    "accepttoAuthenticateWithOptions",
    "accepttoCheck",
    "accepttoCheckV8",
    "accepttoCreateToken",
    "accepttoGetUser",
    "accepttoIsApplicationValid",
    "accepttoIsUserValid",
    "accepttoOtpVerify",
];

fn request(operation: &Operation) -> Request {
    let request = Request::new(&operation.method, &address(&operation.path, |_| "x".to_owned()));
    if operation.described.get("requestBody").is_some() { request.json(&json!({})) } else { request }
}

/// The request with what could be taken for credentials, and is none.
fn intruders(operation: &Operation, cms: &RelyingParty, device: &Device) -> Vec<(&'static str, Request)> {
    let plain = || request(operation);
    let (id, secret) = ("X-Client-ID", "X-Client-Secret");
    let target = address(&operation.path, |_| "x".to_owned());
    let other = if operation.method == "GET" { "POST" } else { "GET" };
    let signed_for_another = device.request(other, &target, b"");
    let proof = signed_for_another.value("Authorization").unwrap().to_owned();
    let mut all = vec![
        ("nobody", plain()),
        ("a wrong secret", plain().header(id, &cms.client_id).header(secret, "cs_secret_wrong")),
        ("no secret", plain().header(id, &cms.client_id)),
        ("no id", plain().header(secret, &cms.client_secret)),
        ("an unknown scheme", plain().header("Authorization", "Bearer x")),
        ("broken basic", plain().header("Authorization", "Basic !")),
        ("a signature for another request", plain().header("Authorization", &proof)),
        ("an empty signature", plain().header("Authorization", "Device ")),
    ];
    if operation.is_signed() {
        all.push(("an application", plain().header(id, &cms.client_id).header(secret, &cms.client_secret)));
    }
    all
}

#[tokio::test]
async fn every_operation_without_its_credentials_is_401_or_listed_here_as_public() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let mut public = BTreeSet::new();
    for operation in operations(&document(server.address).await) {
        if operation.is_public() {
            public.insert(operation.id().to_owned());
            continue;
        }
        for (who, request) in intruders(&operation, &cms, &device) {
            let reply = http::send(server.address, &request).await;
            assert_eq!(reply.status, 401, "{}: {who}: {}", operation.id(), reply.text());
            assert!(reply.header("www-authenticate").is_some(), "{}: {who}", operation.id());
        }
    }
    let mut expected: BTreeSet<_> = PUBLIC.iter().copied().map(str::to_owned).collect();
    expected.extend(PUBLIC_OF_RELTIO.iter().flat_map(|id| [(*id).to_owned(), format!("{id}Short")]));
    expected.extend(PUBLIC_OF_ACCEPTTO.iter().flat_map(|id| [(*id).to_owned(), format!("{id}Post")]));
    assert_eq!(public, expected, "a public operation is made public here too");
}
