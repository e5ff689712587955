//! The facade as a host uses it, against a test server: vault, codes, enrolment, approval, errors.

mod api;
mod contents;
mod observing;
mod together;
mod unlocking;

use std::sync::Arc;

use countersign_protocol::challenge::NumberMatch;
use tempfile::TempDir;

use super::*;
use crate::host::SystemRng;
use crate::keys::{KeyError, KeyPurpose, KeyStore as _, MemoryKeyStore};
use crate::testing::{NUMBER, SHOWN, listen};

const URI: &str = "otpauth://totp/Example:sam?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example";

/// A host's key store, as Swift or Kotlin would write one.
#[derive(Debug, Clone)]
struct Host(MemoryKeyStore);

impl Host {
    fn new() -> Self {
        Self(MemoryKeyStore::new(Arc::new(SystemRng)).with_der_signatures())
    }
}

fn told(error: KeyError) -> PlatformKeyError {
    match error {
        KeyError::Missing => PlatformKeyError::Missing,
        KeyError::Invalidated => PlatformKeyError::Invalidated,
        KeyError::Cancelled => PlatformKeyError::Cancelled,
        KeyError::AuthenticationRequired => PlatformKeyError::AuthenticationRequired,
        KeyError::Unavailable { reason } => PlatformKeyError::Unavailable { reason },
    }
}

fn purpose(key_use: KeyUse) -> KeyPurpose {
    match key_use {
        KeyUse::Possession => KeyPurpose::Possession,
        KeyUse::Verification => KeyPurpose::Verification,
    }
}

#[async_trait::async_trait]
impl PlatformKeyStore for Host {
    async fn generate(
        &self,
        alias: String,
        key_use: KeyUse,
        challenge: Vec<u8>,
    ) -> Result<NewKey, PlatformKeyError> {
        let key = self.0.generate(alias, purpose(key_use), challenge).await.map_err(told)?;
        Ok(NewKey { point: key.point, certificates: key.certificates })
    }

    async fn attest_app(&self, _challenge: Vec<u8>) -> Result<Option<AppAttestation>, PlatformKeyError> {
        Ok(None)
    }

    async fn sign(
        &self,
        alias: String,
        key_use: KeyUse,
        message: Vec<u8>,
        context: String,
    ) -> Result<Vec<u8>, PlatformKeyError> {
        self.0.sign(alias, purpose(key_use), message, context).await.map_err(told)
    }

    async fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, PlatformKeyError> {
        self.0.wrap(alias, plain).await.map_err(told)
    }

    async fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, PlatformKeyError> {
        self.0.unwrap(alias, wrapped).await.map_err(told)
    }

    async fn delete(&self, alias: String) -> Result<(), PlatformKeyError> {
        self.0.delete(alias).await.map_err(told)
    }
}

fn place(folder: &TempDir) -> String {
    folder.path().join("vault").to_str().unwrap().to_owned()
}

async fn on_a_phone(folder: &TempDir) -> (Host, Arc<CountersignCore>) {
    let host = Host::new();
    let keys = Arc::new(host.clone());
    let options = ConnectionOptions::default();
    let core = CountersignCore::create_with_key_store(place(folder), keys, "vault".into(), options).await;
    (host, core.unwrap())
}

#[tokio::test]
async fn a_vault_with_a_password_is_made_locked_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (path, options) = (place(&folder), ConnectionOptions::default());
    let open = |password: &str| {
        CountersignCore::open_with_password(path.clone(), password.into(), None, options.clone())
    };
    assert_eq!(open("x").await.unwrap_err().code(), "vault_not_found");
    let core =
        CountersignCore::create_with_password(path.clone(), "secret".into(), None, options.clone()).await;
    let core = core.unwrap();
    assert!(!core.add_uri(URI.into()).await.unwrap().already_there);
    assert!(core.add_uri(URI.into()).await.unwrap().already_there);
    core.lock();
    assert!(core.is_locked());
    let error = core.codes(String::new(), None).unwrap_err();
    assert!(matches!(error, CoreError::Unlock { ref code, .. } if code == "vault_locked"), "{error}");

    assert_eq!(ways_to_unlock(path.clone()).unwrap(), [WayToUnlock::Password]);
    assert_eq!(open("wrong").await.unwrap_err().code(), "wrong_password");
    let core = open("secret").await.unwrap();
    let code = core.codes("exam".into(), None).unwrap().rows.remove(0);
    let digits = code.code.clone().unwrap();
    assert_eq!((digits.len(), code.period), (6, Some(30)));
    assert!(!format!("{code:?}").contains(&digits));
    core.remove_entry(code.id).await.unwrap();
    assert!(core.entries().unwrap().is_empty());
}

#[tokio::test]
async fn a_scanned_account_is_added_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let (_, core) = on_a_phone(&folder).await;
    let scanner = core.scanner();
    assert!(scanner.text(URI.into()) && !scanner.text(URI.into()));
    let item = scanner.page().items.remove(0);
    assert_eq!((item.issuer.as_deref(), item.account.as_deref()), (Some("Example"), Some("sam")));
    assert_eq!(item.kind, ScannedKind::Account);
    assert!(!format!("{scanner:?}").contains("GEZDGNBVGY3TQOJQ"));
    assert!(!scanner.add(item.id).await.unwrap().already_there);
    assert!(scanner.page().items.is_empty(), "it was decided about");
    assert_eq!(core.entries().unwrap().len(), 1);
    assert!(scanner.text("hello".into()));
    let other = scanner.page().items.remove(0);
    assert_eq!(other.kind, ScannedKind::Other);
    assert_eq!(scanner.add(other.id).await.unwrap_err().code(), "unknown_scanned");
    assert_eq!(scanner.look_at(u64::MAX).await.unwrap_err().code(), "unknown_scanned");
    scanner.settle(other.id);
    assert!(!scanner.frame(vec![255; 64 * 64], 64, 64, 64, 5).unwrap());
    assert_eq!(scanner.page().hint, Some(ScanHint::TooBright));
    assert_eq!(scanner.frame(vec![], 64, 64, 64, 5).unwrap_err().code(), "picture_unusable");
    assert_eq!(core.add_uri("otpauth://hotp/x".into()).await.unwrap_err().code(), "invalid_setup_link");
}

#[tokio::test]
async fn a_phone_enrols_approves_and_leaves() {
    let (folder, listening) = (tempfile::tempdir().unwrap(), listen());
    let (host, core) = on_a_phone(&folder).await;
    let (link, scanner) = (listening.server.link().to_string(), core.scanner());
    assert!(scanner.text(link.clone()));
    let item = scanner.page().items.remove(0);
    assert_eq!((item.kind, item.issuer), (ScannedKind::Enrollment, Some(listening.server.base.clone())));
    let offer = scanner.look_at(item.id).await.unwrap();
    assert_eq!(offer.details().tenant, "Example Ltd");
    let enrolled =
        core.enroll(offer, "Phone".into(), DevicePlatform::Ios, Some("ab".repeat(32))).await.unwrap();
    assert_eq!(enrolled.confirmation_code.len(), 6);
    let refused = core.look_at(link).await.unwrap_err();
    assert!(matches!(refused, CoreError::Server { ref code, .. } if code == "invalid_token"), "{refused}");

    let device = core.authenticator.accounts().unwrap()[0].device;
    let watch = core.watch();
    let request = listening.server.ask(device, Some(2), true).to_string();
    let pending = watch.next().await.unwrap().pending.remove(0);
    assert_eq!((pending.id.as_str(), pending.digits, pending.verify), (request.as_str(), Some(2), true));

    let error = core.approve(request.clone(), Some("4".into())).await.unwrap_err();
    assert!(matches!(error, CoreError::Input { ref code, .. } if code == "number_form"), "{error}");
    host.0.refuse(Some(KeyError::Cancelled));
    let error = core.approve(request.clone(), Some(NUMBER.into())).await.unwrap_err();
    assert!(matches!(error, CoreError::Cancelled { .. }), "{error}");
    host.0.refuse(None);
    let outcome = core.approve(request.clone(), Some(NUMBER.into())).await.unwrap();
    assert_eq!(outcome, AnswerOutcome::Done { outcome: ChallengeOutcome::Approved });
    assert_eq!(core.deny(request).await.unwrap_err().code(), "unknown_challenge");
    assert_eq!(core.deny("nonsense".into()).await.unwrap_err().code(), "unknown_challenge");

    let account = enrolled.account.id;
    core.rename(account.clone(), "Other name".into()).await.unwrap();
    assert_eq!(core.accounts().unwrap()[0].device_name, "Other name");
    assert!(core.set_push_token("cd".repeat(32)).await.unwrap().is_empty());
    let history = core.history(account.clone()).await.unwrap().remove(0);
    assert_eq!((history.outcome, history.receipt.is_some()), (ChallengeOutcome::Approved, true));
    let page = core.answers(None, 10).unwrap();
    assert_eq!((page.answers.len(), page.next), (1, None));
    assert_eq!((page.answers[0].decision.as_str(), page.answers[0].receipt.is_some()), ("approve", true));
    assert_eq!(core.answers(Some("x".into()), 10).unwrap_err().code(), "unknown_page");
    let successor = core.transfer(account.clone()).await.unwrap();
    assert!(successor.link.starts_with(&listening.server.base));
    let shown = crate::scan::decode_file(&successor.picture.unwrap()).unwrap();
    assert_eq!(shown.iter().map(|text| text.as_str()).collect::<Vec<_>>(), [successor.link]);
    core.remove_account(account, false).await.unwrap();
    assert!(core.inbox(0).await.unwrap().pending.is_empty());
}

#[tokio::test]
async fn a_phone_shows_a_code_and_makes_a_rule() {
    let (folder, listening) = (tempfile::tempdir().unwrap(), listen());
    let (_, core) = on_a_phone(&folder).await;
    let offer = core.look_at(listening.server.link().to_string()).await.unwrap();
    let account = core.enroll(offer, "Phone".into(), DevicePlatform::Ios, None).await.unwrap().account.id;
    let device = core.authenticator.accounts().unwrap()[0].device;
    let asked = listening.server.ask_with(device, |c| {
        (c.number, c.rules_allowed) = (NumberMatch::Show { digits: 6 }, true);
    });
    let pending = core.inbox(0).await.unwrap().pending.remove(0);
    assert_eq!((pending.shows, pending.options, pending.rules_allowed), (Some(6), None, true));
    let rule = core.rule_offer(pending.id.clone()).await.unwrap();
    assert_eq!((rule.application().as_str(), rule.network().as_str()), ("Payroll", "192.0.2.7/32"));
    let shown = core.approve(pending.id.clone(), None).await.unwrap();
    assert_eq!(shown, AnswerOutcome::Code { code: SHOWN.into() });
    assert!(!format!("{shown:?}").contains(SHOWN));
    listening.server.type_code(asked, SHOWN);
    let done = core.after_code(pending.id).await.unwrap();
    assert_eq!(done, AnswerOutcome::Done { outcome: ChallengeOutcome::Approved });

    let made = core.make_rule(rule, 30).await.unwrap();
    let listed = core.rules(account.clone()).await.unwrap();
    assert_eq!((listed.rules, listed.foreign), (vec![made.clone()], 0));
    core.end_rule(account.clone(), made.id).await.unwrap();
    assert!(core.rules(account).await.unwrap().rules.is_empty());
}

#[tokio::test]
async fn p10_a_lost_platform_key_leads_to_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let (host, core) = on_a_phone(&folder).await;
    core.set_password("secret".into()).await.unwrap();
    core.lock();
    host.0.invalidate("vault");
    let (keys, options) = (Arc::new(host), ConnectionOptions::default());
    let open = CountersignCore::open_with_key_store(place(&folder), keys.clone(), options.clone());
    let error = open.await.unwrap_err();
    assert!(matches!(error, CoreError::Unlock { ref code, .. } if code == "vault_key_lost"), "{error}");
    let password = "secret".to_owned();
    let core = CountersignCore::open_with_password(place(&folder), password, Some(keys.clone()), options);
    let core = core.await.unwrap();
    core.set_key_store(keys, "vault-2".into()).await.unwrap();
    assert!(ways_to_unlock(place(&folder)).unwrap().contains(&WayToUnlock::KeyStore));
}

#[tokio::test]
async fn a_bad_certificate_file_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = ConnectionOptions { ca_pem: Some(b"nonsense".to_vec()) };
    let core = CountersignCore::create_with_password(place(&folder), "secret".into(), None, options).await;
    assert_eq!(core.unwrap_err().code(), "certificate_authority");
    assert_eq!(ways_to_unlock(place(&folder)).unwrap_err().code(), "vault_not_found", "nothing was made");
}
