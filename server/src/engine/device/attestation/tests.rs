//! Attacks on the proof of where keys are (property 10): each is refused, and for its own reason.

use countersign_protocol::attestation::{Attestation, Chain, android_challenge, apple_challenge};
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::id::{EnrollmentToken, TenantId};
use countersign_protocol::jwk::PublicKey;
use proptest::prelude::*;
use rcgen::{KeyPair, PublicKeyData as _};

use super::forge::{AppStatement, Maker, Statement};
use super::trust::{AndroidTrust, AppleTrust};
use super::{About, AttestationError, Level, Trust};

const SERVER: &str = "https://mfa.example.org";
/// 1 June 2027.
const NOW: i64 = 1_811_808_000;

struct Scene {
    maker: Maker,
    trust: Trust,
    token: EnrollmentToken,
    possession: KeyPair,
    verification: KeyPair,
}

fn scene() -> Scene {
    let maker = Maker::new();
    let android = AndroidTrust {
        roots: vec![Maker::new().root(), maker.root()],
        packages: Vec::new(),
        signatures: Vec::new(),
        revoked: [vec![0xff]].into(),
    };
    let apps =
        vec![ring::digest::digest(&ring::digest::SHA256, b"A1B2C3D4E5.org.example.app").as_ref().to_vec()];
    let apple = AppleTrust { roots: vec![maker.root()], apps, development: false };
    Scene {
        trust: Trust { android: Some(android), apple: Some(apple) },
        maker,
        token: token(1),
        possession: KeyPair::generate().unwrap(),
        verification: KeyPair::generate().unwrap(),
    }
}

fn token(n: u8) -> EnrollmentToken {
    EnrollmentToken::new(TenantId(uuid::Uuid::from_u128(7)), &[n; 16])
}

impl Scene {
    fn keys(&self) -> DeviceKeys {
        let point = |key: &KeyPair| PublicKey::from_point(key.der_bytes()).unwrap();
        DeviceKeys { possession: point(&self.possession), verification: point(&self.verification) }
    }

    fn judge(&self, sent: &Attestation) -> Result<Level, AttestationError> {
        let about = About { server: SERVER, token: &self.token, keys: &self.keys() };
        self.trust.judge(sent, about, NOW)
    }

    fn statements(&self) -> [Statement; 2] {
        let challenge = android_challenge(SERVER, &self.token);
        [Statement::of_device(&challenge), Statement::of_person(&challenge)]
    }

    /// A phone of which something is said that is not as it should be: of both keys.
    fn phone(&self, change: impl Fn(&mut Statement)) -> Attestation {
        let mut statements = self.statements();
        statements.iter_mut().for_each(change);
        let [of_device, of_person] = &statements;
        self.maker.phone([self.possession.der_bytes(), self.verification.der_bytes()], [of_device, of_person])
    }

    fn chains(&self) -> [Vec<Vec<u8>>; 2] {
        let [of_device, of_person] = self.statements();
        [
            self.maker.chain(self.possession.der_bytes(), &of_device),
            self.maker.chain(self.verification.der_bytes(), &of_person),
        ]
    }

    /// The good phone's chains, changed.
    fn sent(&self, change: impl FnOnce(&mut [Vec<Vec<u8>>; 2])) -> Attestation {
        let mut chains = self.chains();
        change(&mut chains);
        let [possession, verification] = chains.map(|chain| Chain::new(chain).unwrap());
        Attestation::AndroidKey { possession, verification }
    }

    fn app(&self, change: impl FnOnce(&mut AppStatement)) -> Attestation {
        let challenge = apple_challenge(SERVER, &self.token, &self.keys().thumbprints());
        let mut statement = AppStatement::of(challenge);
        change(&mut statement);
        self.maker.app(&statement)
    }

    fn android(&mut self) -> &mut AndroidTrust {
        self.trust.android.as_mut().unwrap()
    }
}

#[test]
fn a_phone_with_keys_in_hardware_is_believed() {
    let scene = scene();
    assert_eq!(scene.judge(&scene.phone(|_| ())), Ok(Level::Hardware));
    assert_eq!(scene.judge(&scene.phone(|said| said.levels = [2, 2])), Ok(Level::Hardware));
    // The root need not be sent, and an older issue of it may be.
    let without_root = scene.sent(|chains| chains.iter_mut().for_each(|chain| drop(chain.pop())));
    assert_eq!(scene.judge(&without_root), Ok(Level::Hardware));
    assert_eq!(scene.judge(&scene.app(|_| ())), Ok(Level::Hardware));
}

#[test]
fn property_10_what_nobody_can_check_proves_nothing() {
    let mut scene = scene();
    let (phone, app) = (scene.phone(|_| ()), scene.app(|_| ()));
    scene.trust = Trust::default();
    assert_eq!(scene.judge(&phone), Ok(Level::Unverified));
    assert_eq!(scene.judge(&app), Ok(Level::Unverified));
}

#[test]
fn property_10_a_proof_of_another_enrolment_is_refused() {
    let mut scene = scene();
    let (phone, app) = (scene.phone(|_| ()), scene.app(|_| ()));
    scene.token = token(2);
    assert_eq!(scene.judge(&phone), Err(AttestationError::OtherEnrolment));
    assert_eq!(scene.judge(&app), Err(AttestationError::OtherEnrolment));
}

#[test]
fn property_10_a_proof_of_other_keys_is_refused() {
    let mut scene = scene();
    let (phone, app) = (scene.phone(|_| ()), scene.app(|_| ()));
    let swapped = scene.sent(|chains| chains.swap(0, 1));
    assert_eq!(scene.judge(&swapped), Err(AttestationError::OtherKey));
    let twice = scene.sent(|[possession, verification]| verification.clone_from(possession));
    assert_eq!(scene.judge(&twice), Err(AttestationError::OtherKey));
    scene.verification = KeyPair::generate().unwrap();
    assert_eq!(scene.judge(&phone), Err(AttestationError::OtherKey));
    assert_eq!(scene.judge(&app), Err(AttestationError::OtherEnrolment));
}

#[test]
fn property_10_keys_that_are_not_as_they_should_be_are_refused() {
    let scene = scene();
    let refused = |change: fn(&mut Statement)| scene.judge(&scene.phone(change)).unwrap_err();
    assert_eq!(refused(|said| said.levels = [0, 0]), AttestationError::Software);
    assert_eq!(refused(|said| said.levels = [0, 1]), AttestationError::Software);
    assert_eq!(refused(|said| said.levels = [1, 0]), AttestationError::Software);
    assert_eq!(refused(|said| said.origin = Some(2)), AttestationError::Imported);
    assert_eq!(refused(|said| said.origin = None), AttestationError::Imported);
    assert_eq!(refused(|said| said.purposes = vec![2, 7]), AttestationError::OtherPurpose);
    assert_eq!(refused(|said| said.purposes = vec![3]), AttestationError::OtherPurpose);
    assert_eq!(refused(|said| said.no_auth_required = true), AttestationError::WithoutPerson);
    assert_eq!(refused(|said| said.user_auth_type = None), AttestationError::WithoutPerson);
    assert_eq!(refused(|said| said.user_auth_type = Some(0)), AttestationError::WithoutPerson);
    assert_eq!(refused(|said| said.auth_timeout = Some(60)), AttestationError::WithoutPerson);
    assert_eq!(refused(|said| said.challenge.clear()), AttestationError::OtherEnrolment);
}

#[test]
fn property_10_only_the_operators_roots_are_believed() {
    let mut scene = scene();
    let (phone, app) = (scene.phone(|_| ()), scene.app(|_| ()));
    let root = scene.maker.root();
    // The same names, other keys.
    scene.maker = Maker::new();
    assert_eq!(scene.judge(&scene.phone(|_| ())), Err(AttestationError::Untrusted));
    assert_eq!(scene.judge(&scene.app(|_| ())), Err(AttestationError::Untrusted));
    let foreign = scene.chains();
    let with_root = scene.sent(|chains| chains.iter_mut().for_each(|chain| chain[2].clone_from(&root)));
    assert_eq!(scene.judge(&with_root), Err(AttestationError::Untrusted));
    // The key's certificate alone, by itself or with the root that did not issue it.
    for chain in [vec![foreign[0][0].clone()], vec![foreign[0][0].clone(), root]] {
        let short = scene.sent(|chains| chains[0] = chain);
        assert_eq!(scene.judge(&short), Err(AttestationError::Untrusted));
    }
    assert_eq!((scene.judge(&phone), scene.judge(&app)), (Ok(Level::Hardware), Ok(Level::Hardware)));
}

#[test]
fn property_10_an_attested_key_cannot_go_on_to_attest_others() {
    let scene = scene();
    // The phone's own key signs a certificate that says of a key in software what the hardware says of itself.
    let [of_device, _] = scene.statements();
    let held = KeyPair::generate().unwrap();
    let upper = scene.maker.chain(held.der_bytes(), &of_device);
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "A key");
    let below = rcgen::Issuer::new(params.clone(), held);
    params.custom_extensions = vec![rcgen::CustomExtension::from_oid_content(
        countersign_protocol::attestation::android::EXTENSION_ARCS,
        of_device.der(),
    )];
    let forged = params.signed_by(&scene.possession, &below).unwrap().der().to_vec();
    let going_on = scene.sent(|chains| chains[0] = [vec![forged], upper].concat());
    assert_eq!(scene.judge(&going_on), Err(AttestationError::Untrusted));
}

#[test]
fn property_10_a_key_that_may_issue_and_is_attested_itself_vouches_for_nothing() {
    let mut scene = scene();
    let [statement, _] = scene.statements();
    let extension = || {
        let oid = countersign_protocol::attestation::android::EXTENSION_ARCS;
        rcgen::CustomExtension::from_oid_content(oid, statement.der())
    };
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.custom_extensions = vec![extension()];
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "A phone that its maker let issue");
    let mut plain = params.clone();
    plain.custom_extensions.clear();
    let root = rcgen::CertifiedIssuer::self_signed(plain, KeyPair::generate().unwrap()).unwrap();
    let phone =
        rcgen::CertifiedIssuer::signed_by(params.clone(), KeyPair::generate().unwrap(), &root).unwrap();
    params.is_ca = rcgen::IsCa::NoCa;
    let forged = params.signed_by(&scene.possession, &phone).unwrap().der().to_vec();
    let sent = scene.sent(|chains| chains[0] = vec![forged, phone.der().to_vec()]);
    scene.android().roots.push(root.der().to_vec());
    assert_eq!(scene.judge(&sent), Err(AttestationError::GoesOn));
}

#[test]
fn property_10_what_was_taken_back_is_refused() {
    let mut scene = scene();
    let phone = scene.phone(|_| ());
    scene.android().revoked.insert(vec![1]);
    assert_eq!(scene.judge(&phone), Err(AttestationError::Revoked));
}

#[test]
fn property_10_only_the_operators_apps_are_believed() {
    let mut scene = scene();
    scene.android().packages = vec![b"org.example.app".to_vec()];
    scene.android().signatures = vec![vec![7; 32]];
    let refused = |scene: &Scene, change: fn(&mut Statement)| scene.judge(&scene.phone(change)).unwrap_err();
    assert_eq!(scene.judge(&scene.phone(|_| ())), Ok(Level::Hardware));
    assert_eq!(refused(&scene, |said| said.package = "org.example.app2"), AttestationError::OtherApp);
    assert_eq!(refused(&scene, |said| said.signature = [8; 32]), AttestationError::OtherApp);
    assert_eq!(refused(&scene, |said| said.locked = false), AttestationError::OtherSystem);
    let refused = |change: fn(&mut AppStatement)| scene.judge(&scene.app(change)).unwrap_err();
    assert_eq!(refused(|said| said.app = "A1B2C3D4E5.org.example.other"), AttestationError::OtherApp);
    assert_eq!(refused(|said| said.environment = *b"appattestdevelop"), AttestationError::OtherApp);
}

#[test]
fn property_10_an_app_attest_object_that_is_not_as_it_should_be_is_refused() {
    let mut scene = scene();
    let refused = |scene: &Scene, change: fn(&mut AppStatement)| scene.judge(&scene.app(change)).unwrap_err();
    assert_eq!(refused(&scene, |said| said.challenge = [1; 32]), AttestationError::OtherEnrolment);
    assert_eq!(refused(&scene, |said| said.counter = 5), AttestationError::Used);
    assert_eq!(refused(&scene, |said| said.other_id = true), AttestationError::OtherKey);
    assert_eq!(refused(&scene, |said| said.until = 2027), AttestationError::NotNow);
    let develop = scene.app(|said| said.environment = *b"appattestdevelop");
    scene.trust.apple.as_mut().unwrap().development = true;
    assert_eq!(scene.judge(&develop), Ok(Level::Hardware));
}

#[test]
fn certificates_that_end_before_they_should_are_refused_wherever_they_are_cut() {
    let scene = scene();
    let whole = scene.chains()[1][0].clone();
    for end in (1..whole.len()).step_by(7) {
        let cut = scene.sent(|chains| chains[1][0] = whole[..end].to_vec());
        assert_eq!(scene.judge(&cut), Err(AttestationError::Unreadable), "cut at {end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn property_10_no_byte_of_a_chain_can_be_changed(
        which in 0_usize..2,
        certificate in 0_usize..2,
        at: prop::sample::Index,
        other in 1_u8..,
    ) {
        let scene = scene();
        let changed = scene.sent(|chains| {
            let der = &mut chains[which][certificate];
            let at = at.index(der.len());
            der[at] ^= other;
        });
        prop_assert!(scene.judge(&changed).is_err());
    }
}
