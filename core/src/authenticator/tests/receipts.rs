//! Receipts that are kept here, checked against keys that came from elsewhere.

use countersign_protocol::answer::{Decision, Proof};
use countersign_protocol::receipt::ReceiptError;
use countersign_protocol::wire::Outcome;

use super::*;
use crate::testing::{NUMBER, Signer, listen};

#[tokio::test]
async fn property_10_a_receipt_is_checked_against_pinned_keys_and_never_its_own() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.approve(id, Some(NUMBER)).await.unwrap();
    let receipt = serde_json::to_string(&phone.authenticator.answers().unwrap()[0].receipt).unwrap();

    let pinned = phone.authenticator.pinned_keys().unwrap();
    let view = ReceiptView::of(&receipt, &pinned).unwrap();
    assert_eq!((view.id, view.outcome, view.device), (id, Outcome::Approved, device));
    assert_eq!(
        (view.decision, view.proof, view.rule),
        (Some(Decision::Approve), Some(Proof::Possession), None)
    );
    assert_eq!((view.application.as_str(), view.application_id.as_deref()), ("Payroll", Some("app_payroll")));
    assert_eq!(view.server_key, pinned[0]);
    for keys in [vec![], vec![Signer::new().public().thumbprint()]] {
        assert_eq!(ReceiptView::of(&receipt, &keys), Err(ReceiptError::ServerKey));
    }

    // The server has a new key since; what the old one signed is still evidence.
    listening.server.rotate_key();
    listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    let later = phone.authenticator.pinned_keys().unwrap();
    assert_eq!((later.len(), &later[0]), (2, &pinned[0]));
    assert!(ReceiptView::of(&receipt, &later).is_ok());
}
