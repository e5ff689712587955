//! Phones that prove where their keys are when they enrol, and those that do so falsely (property 10).

use std::path::PathBuf;
use std::sync::Arc;

use countersign_protocol::attestation::android_challenge;
use countersign_protocol::link::EnrollmentLink;
use countersign_tests::attesting::Platform;
use countersign_tests::device::{Keys, complete_enrollment};
use countersign_tests::forge::{Maker, Statement};
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{SERVER, server};

const GOOD: Platform = Platform::Android(|_| ());

/// A server that believes a maker.
struct Scene {
    maker: Arc<Maker>,
    server: ServerProcess,
    cms: RelyingParty,
    _files: TempDir,
}

async fn scene() -> Scene {
    let maker = Arc::new(Maker::new());
    let files = tempfile::tempdir().unwrap();
    let roots: PathBuf = files.path().join("roots.pem");
    std::fs::write(&roots, maker.pem()).unwrap();
    let program = Program::new(SERVER)
        .env("COUNTERSIGN_ATTESTATION_ANDROID_ROOTS", &roots)
        .env("COUNTERSIGN_ATTESTATION_APPLE_ROOTS", &roots)
        .env("COUNTERSIGN_ATTESTATION_APPLE_APPS", "A1B2C3D4E5.org.example.app");
    let server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    Scene { maker, server, cms, _files: files }
}

impl Scene {
    async fn demand(&self, what: &str) {
        let setting = format!("require_attestation={what}");
        self.server.program().json(&["policy", "set", "--tenant", &self.cms.tenant, &setting]).await;
    }

    fn phone(&self, platform: Platform) -> Phone {
        Phone::attesting(Arc::clone(&self.maker), platform)
    }

    async fn refusal(&self, phone: &Phone, link: &str) -> String {
        let offer = phone.core.look_at(link).await.unwrap();
        let platform = countersign_protocol::wire::Platform::Terminal;
        phone.core.enroll(&offer, "Sam's phone", platform, None).await.unwrap_err().to_string()
    }
}

async fn proved(cms: &RelyingParty, user: &str) -> Value {
    let mut devices = cms.devices(user).await;
    assert_eq!(devices.len(), 1, "{devices:?}");
    devices.remove(0)["attestation"].take()
}

#[tokio::test]
async fn property_10_a_phone_that_proves_where_its_keys_are_is_listed_so() {
    let scene = scene().await;
    for (user, platform, format) in
        [("sam", GOOD, "android-key"), ("alex", Platform::Apple, "apple-app-attest")]
    {
        scene.phone(platform).enroll(&scene.cms.link(user).await).await;
        let proved = proved(&scene.cms, user).await;
        assert_eq!((&proved["level"], &proved["format"]), (&json!("hardware"), &json!(format)));
        assert!(proved["judged_at"].is_string(), "{proved}");
    }
    Phone::new().enroll(&scene.cms.link("kim").await).await;
    assert_eq!(proved(&scene.cms, "kim").await, Value::Null);
    let ended = scene.server.program().run(&["audit", "list", "--tenant", &scene.cms.tenant]).await;
    assert!(ended.stdout.contains("attestation hardware"), "{ended:?}");
    assert!(ended.stdout.contains("attestation none"), "{ended:?}");
}

#[tokio::test]
async fn property_10_a_proof_that_nobody_can_check_is_never_shown_as_one() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    for (user, platform) in [("sam", GOOD), ("alex", Platform::Apple)] {
        Phone::attesting(Arc::new(Maker::new()), platform).enroll(&cms.link(user).await).await;
        assert_eq!(proved(&cms, user).await["level"], "unverified");
    }
    server.program().json(&["policy", "set", "--tenant", &cms.tenant, "require_attestation=hardware"]).await;
    let link = cms.link("kim").await;
    let phone = Phone::attesting(Arc::new(Maker::new()), GOOD);
    let offer = phone.core.look_at(&link).await.unwrap();
    let platform = countersign_protocol::wire::Platform::Terminal;
    let refused = phone.core.enroll(&offer, "Kim's phone", platform, None).await.unwrap_err().to_string();
    assert!(refused.contains("cannot check this phone's proof"), "{refused}");
}

#[tokio::test]
async fn property_10_a_false_proof_is_refused_and_the_link_is_still_good() {
    let scene = scene().await;
    let link = scene.cms.link("sam").await;
    let attacks: [(Platform, &str); 4] = [
        (Platform::Android(|said| said.levels = [0, 0]), "kept by the phone's software"),
        (Platform::Android(|said| said.origin = Some(2)), "not made in the phone's hardware"),
        (Platform::Android(|said| said.challenge = vec![1; 32]), "another enrolment"),
        (Platform::Android(|said| said.no_auth_required = true), "without the person"),
    ];
    for (platform, sentence) in attacks {
        let refused = scene.refusal(&scene.phone(platform), &link).await;
        assert!(refused.contains(sentence), "{refused}");
    }
    let stranger = Phone::attesting(Arc::new(Maker::new()), GOOD);
    let refused = scene.refusal(&stranger, &link).await;
    assert!(refused.contains("an authority that this server trusts"), "{refused}");
    scene.phone(GOOD).enroll(&link).await;
    assert_eq!(proved(&scene.cms, "sam").await["level"], "hardware");
}

#[tokio::test]
async fn property_10_a_tenant_that_demands_proof_takes_no_other_phone() {
    let scene = scene().await;
    scene.demand("hardware").await;
    let link = scene.cms.link("sam").await;
    let refused = scene.refusal(&Phone::new(), &link).await;
    assert!(refused.contains("takes only phones that prove that their keys are in hardware"), "{refused}");
    let parsed = EnrollmentLink::parse(&link).unwrap();
    let without_keys = json!({"token": parsed.token.reveal(), "device_token": "t", "platform": "terminal"});
    let refused = complete_enrollment(scene.server.address, &without_keys).await;
    assert_eq!((refused.status, &refused.json()["error"]), (403, &json!("attestation_required")));
    scene.phone(GOOD).enroll(&link).await;
    scene.demand("none").await;
    Phone::new().enroll(&scene.cms.link("alex").await).await;
}

#[tokio::test]
async fn property_10_a_proof_that_was_recorded_is_worth_nothing_to_others() {
    let scene = scene().await;
    let (mine, other) = (scene.cms.link("sam").await, scene.cms.link("alex").await);
    let [mine, other] = [mine, other].map(|link| EnrollmentLink::parse(&link).unwrap());
    let (keys, thieves) = (Keys::default(), Keys::default());
    let challenge = android_challenge(&mine.server, &mine.token);
    let public = keys.public();
    let points = [public.possession.point().as_slice(), public.verification.point().as_slice()];
    let statements = [Statement::of_device(&challenge), Statement::of_person(&challenge)];
    let proof = json!(scene.maker.phone(points, [&statements[0], &statements[1]]));
    let enrol = async |keys: &Keys, link: &EnrollmentLink| {
        let mut body = keys.enrollment(&link.server, &link.token);
        body["attestation"] = proof.clone();
        complete_enrollment(scene.server.address, &body).await
    };
    for (who, link) in [(&thieves, &mine), (&keys, &other)] {
        let refused = enrol(who, link).await;
        assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("attestation_invalid")));
    }
    assert_eq!(enrol(&keys, &mine).await.status, 201);
    for (bad, why) in [
        (json!({"format": "android-key"}), "missing field"),
        (json!({"format": "tpm"}), "unknown variant"),
        (json!({"format": "apple-app-attest", "key_id": "AQ", "object": "!"}), "object must be"),
    ] {
        let mut body = thieves.enrollment(&other.server, &other.token);
        body["attestation"] = bad;
        let refused = complete_enrollment(scene.server.address, &body).await;
        assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_request")));
        assert!(refused.json()["message"].as_str().unwrap().contains(why), "{}", refused.text());
    }
}

#[tokio::test]
async fn files_of_roots_are_checked_before_the_server_starts() {
    let files = tempfile::tempdir().unwrap();
    let roots = files.path().join("roots.pem");
    let program = Program::new(SERVER)
        .env("COUNTERSIGN_DATA_DIR", files.path().join("data"))
        .env("COUNTERSIGN_ATTESTATION_ANDROID_ROOTS", &roots);
    let ended = program.run(&["config", "check"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("roots.pem cannot be read"), "{ended:?}");
    std::fs::write(&roots, Maker::new().pem()).unwrap();
    assert_eq!(program.json(&["config", "check"]).await["attestation"]["android_roots"], 1);
    let apple = program.env("COUNTERSIGN_ATTESTATION_APPLE_ROOTS", &roots).run(&["config", "check"]).await;
    assert!(apple.stderr.contains("apple_roots needs apple_apps"), "{apple:?}");
}

#[tokio::test]
async fn one_application_cannot_be_told_to_demand_proof() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let line = [
        "policy",
        "set",
        "--tenant",
        &cms.tenant,
        "--application",
        &cms.client_id,
        "require_attestation=hardware",
    ];
    let ended = server.program().run(&line).await;
    assert!(ended.code != Some(0) && ended.stderr.contains("set it without an application"), "{ended:?}");
}
