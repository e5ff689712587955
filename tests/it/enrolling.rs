//! Joining a server: from the QR code on a screen to a device that the relying party sees.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::scan::Scanned;
use countersign_protocol::wire::Platform;
use countersign_tests::device::random_token;
use countersign_tests::phone::Phone;
use serde_json::json;

use crate::server;

#[tokio::test]
async fn the_qr_code_is_scanned_and_both_screens_show_the_same_code() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "user_abc123", "email": "someone@example.org", "display_name": "Zaid عمر"});
    let issued = cms.post("/api/v1/users/enroll", &body).await.expect(201);
    let png = STANDARD.decode(issued["qr_png"].as_str().unwrap()).unwrap();

    let phone = Phone::new();
    let scanned = phone.core.scan_file(&png).unwrap();
    let [Scanned::Enrollment(link)] = scanned.as_slice() else { panic!("{scanned:?}") };
    assert_eq!(link.to_string(), issued["enrollment_url"]);
    let offer = phone.core.look_at(&link.to_string()).await.unwrap();
    assert_eq!((offer.tenant.as_str(), offer.user_ref.as_str()), ("Case Management", "user_abc123"));
    assert_eq!(offer.user_name.as_deref(), Some("Zaid عمر"));
    assert_eq!(offer.email_masked.as_deref(), Some("s…e@example.org"));

    let token = random_token();
    let enrolled = phone.core.enroll(&offer, "Sam's phone", Platform::Android, Some(&token)).await.unwrap();
    let devices = cms.devices("user_abc123").await;
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0]["confirmation_code"], enrolled.confirmation_code);
    assert_eq!(devices[0]["device_name"], "Sam's phone");
    assert_eq!((&devices[0]["platform"], &devices[0]["device_token"]), (&json!("android"), &json!(token)));
}
