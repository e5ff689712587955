//! `receipt verify` over the protocol's own vectors: what is good is told, what is not is refused, and the receipt's own
//! word on its server counts for nothing.

use serde_json::Value;

use super::machine::Machine;

/// The vector by this name: the receipt's text and the thumbprint that its reader trusts.
fn vector(name: &str) -> (String, String) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/vectors/receipt.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let case = file["cases"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap();
    (case["in"]["receipt"].to_string(), case["in"]["trusted"].as_str().unwrap().to_owned())
}

/// A machine without a vault, with a receipt in a file.
fn machine(receipt: &str) -> (Machine, String) {
    let machine = Machine::new();
    let file = machine.folder.path().join("receipt.json");
    std::fs::write(&file, receipt).unwrap();
    (machine, file.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn property_10_a_receipt_is_verified_without_a_vault_when_the_key_is_given() {
    let (receipt, key) = vector("an approval, verified");
    let (machine, file) = machine(&receipt);
    let told = machine.run(&["receipt", "verify", &file, "--key", &key], None).await.ok();
    assert!(told.starts_with("Verified: every signature holds, by a server key that you named.\n"), "{told}");
    assert!(told.contains("outcome  approved\n") && told.contains("of sam@example.org"), "{told}");
    assert!(told.contains("who approved after biometrics, passcode or password"), "{told}");
    let json =
        machine.run(&["receipt", "verify", &file, "--key", &key, "--json"], None).await.json().remove(0);
    assert_eq!((&json["verified"], &json["outcome"]), (&true.into(), &"approved".into()));
    assert_eq!((&json["decision"], &json["proof"]), (&"approve".into(), &"verification".into()));
    assert_eq!((&json["rule"], &json["server_key"]), (&Value::Null, &key.clone().into()));
    assert!(!machine.vault.exists(), "looking makes nothing");
}

#[tokio::test]
async fn property_10_a_wrong_number_and_a_rule_are_said() {
    let (receipt, key) = vector("an approval with a wrong number");
    let (denied, file) = machine(&receipt);
    let told = denied.run(&["receipt", "verify", &file, "--key", &key], None).await.ok();
    assert!(told.contains("outcome  denied\n") && told.contains("but with a wrong number"), "{told}");
    let (receipt, key) = vector("an approval by a rule");
    let (ruled, file) = machine(&receipt);
    let told = ruled.run(&["receipt", "verify", &file, "--key", &key], None).await.ok();
    assert!(
        told.contains("by the person's rule of ") && told.contains("for 192.0.2.0/24, good until"),
        "{told}"
    );
    assert!(told.contains("nobody was asked"), "{told}");
}

#[tokio::test]
async fn property_10_a_receipt_that_does_not_hold_is_an_error() {
    let (good, key) = vector("an approval, verified");
    let other = vector("another trusted server").1;
    for (receipt, key, exit, code) in [
        (good.clone(), other, 1, "receipt_untrusted"),
        (good.clone(), "nonsense".to_owned(), 2, "key_form"),
        (vector("a denial that approves").0, key.clone(), 1, "receipt_invalid"),
        (vector("the same rule signed again").0, key.clone(), 1, "receipt_invalid"),
        (vector("a later version").0, key.clone(), 8, "receipt_version"),
        (good[1..].to_owned(), key.clone(), 8, "not_a_receipt"),
    ] {
        let (machine, file) = machine(&receipt);
        let done = machine.run(&["receipt", "verify", &file, "--key", &key], None).await;
        assert_eq!((done.failure(), done.out.as_str()), ((exit, code), ""));
    }
}

#[tokio::test]
async fn property_10_without_a_key_the_vaults_accounts_are_believed_and_nobody_else() {
    let (receipt, _) = vector("an approval, verified");
    let (machine, file) = machine(&receipt);
    let no_vault = machine.run(&["receipt", "verify", &file], Some(&[])).await;
    assert_eq!(no_vault.failure(), (2, "key_needed"));
    let enrolled_nowhere = Machine::with_entry().await;
    let done = enrolled_nowhere.run(&["receipt", "verify", &file], Some(&["pw"])).await;
    assert_eq!(done.failure(), (1, "receipt_untrusted"));
    let none = enrolled_nowhere.run(&["receipt", "save", "0190", "-"], Some(&["pw"])).await;
    assert_eq!(none.failure(), (6, "unknown_receipt"));
    let missing =
        machine.run(&["receipt", "verify", "/nowhere/receipt", "--key", &"A".repeat(43)], None).await;
    assert_eq!(missing.failure(), (1, "input"));
}
