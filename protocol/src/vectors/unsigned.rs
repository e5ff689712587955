//! The vectors of everything that bears no signature: keys, ids, links, transcripts, what is attested, numbers.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Case, bad, good};
use crate::attestation::{android_challenge, apple_challenge};
use crate::enroll::Transcript;
use crate::fixture::{SERVER, World};
use crate::id::{EnrollmentToken, TenantId, to_base32};
use crate::link::{EnrollmentLink, MAX_LEN};
use crate::number::{Choice, Digits};

/// The P-256 example key of RFC 7515 appendix A.3; its thumbprint is known from elsewhere.
const RFC_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const RFC_THUMBPRINT: &str = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

pub(super) fn jwk_thumbprint(world: &World) -> Vec<Case> {
    let jwk = |text: &str| json!({ "jwk": text });
    let print = |thumbprint: &str| json!({ "thumbprint": thumbprint });
    let spaced = RFC_KEY.replace(',', " ,\n  ").replace(':', " : ");
    let mut cases = vec![
        good("the key of RFC 7515 A.3", jwk(RFC_KEY), print(RFC_THUMBPRINT)),
        good("white space does not count", jwk(&spaced), print(RFC_THUMBPRINT)),
    ];
    for (name, signer) in [
        ("server", &world.server),
        ("server_2", &world.server_2),
        ("server_3", &world.server_3),
        ("possession", &world.possession),
        ("verification", &world.verification),
        ("stranger", &world.stranger),
    ] {
        let text = json!(signer.key).to_string();
        cases.push(good(&format!("test key {name}"), jwk(&text), print(signer.key.thumbprint().as_str())));
    }
    for (name, from, to) in [
        ("another curve", "P-256", "P-384"),
        ("another curve's spelling", "P-256", "p-256"),
        ("another key type", r#""EC""#, r#""RSA""#),
        ("a private member", r#""kty""#, r#""d":"AA","kty""#),
        ("a member nobody knows", r#""kty""#, r#""use":"sig","kty""#),
        ("a member twice", r#""kty":"EC""#, r#""kty":"EC","kty":"EC""#),
        ("a coordinate too short", "f83O", ""),
        ("a coordinate too long", "f83O", "AAAAf83O"),
        ("padding", "RVEU", "RVEU="),
        ("unused bits set", "RVEU", "RVEV"),
        ("plain base64", "x_FE", "x/FE"),
        ("a coordinate that is no text", r#""f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU""#, "1"),
        ("a coordinate missing", r#","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#, ""),
    ] {
        assert!(RFC_KEY.contains(from), "{name}");
        cases.push(bad(name, jwk(&RFC_KEY.replace(from, to)), "KeyError"));
    }
    cases
}

pub(super) fn link(world: &World) -> Vec<Case> {
    let of = |server: &str| EnrollmentLink {
        server: server.into(),
        token: world.token.clone(),
        server_key: world.server.key.thumbprint(),
    };
    let (token, key) = (world.token.reveal(), world.server.key.thumbprint());
    let taken = |name: &str, text: String, server: &str| {
        let app = format!(
            "countersign://enroll?u={}&t={token}&k={key}",
            server.replace(':', "%3A").replace('/', "%2F").replace('[', "%5B").replace(']', "%5D")
        );
        let web = format!("{server}/enroll/{token}#v=1&k={key}");
        let out =
            json!({ "server": server, "token": token, "server_key": key, "web_link": web, "app_link": app });
        good(name, json!({ "text": text }), out)
    };
    let (web, app) = (of(SERVER).to_string(), of(SERVER).app_link());
    let mut cases = vec![
        taken("a QR code", web.clone(), SERVER),
        taken("the landing page's button", app.clone(), SERVER),
        taken("pasted with white space", format!(" {web}\n"), SERVER),
        taken("a part of a later version", format!("{web}&more=1"), SERVER),
        taken("the host in capitals", web.replace("mfa.example", "MFA.Example"), SERVER),
        taken("the usual port", web.replace(".org/", ".org:443/"), SERVER),
        taken("an app link without escapes", app.replace("%3A", ":").replace("%2F", "/"), SERVER),
    ];
    for server in [
        "https://example.org:8443/mfa/base",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ] {
        cases.push(taken(&format!("server {server}"), of(server).to_string(), server));
    }
    let changed = |from: &str, to: &str| {
        assert!(web.contains(from), "{from}");
        web.replace(from, to)
    };
    for (name, text, error) in [
        ("an otpauth link", "otpauth://totp/x?secret=AAAA".to_owned(), "NotALink"),
        ("no link at all", "hello".to_owned(), "NotALink"),
        ("another path", "https://example.org/enroll/now".to_owned(), "NotALink"),
        ("another app action", app.replace("//enroll", "//approve"), "NotALink"),
        ("too long", format!("{web}&x={}", "a".repeat(MAX_LEN)), "TooLong"),
        ("a later version", changed("v=1", "v=2"), r#"Version("2")"#),
        (
            "cut before the fragment",
            changed("#", " ").split(' ').next().unwrap().to_owned(),
            r#"Missing("v")"#,
        ),
        ("without key", changed("k=", "j="), r#"Missing("k")"#),
        ("an app link without key", app.replace("k=", "j="), r#"Missing("k")"#),
        ("an app link without server", app.replace("u=", "j="), r#"Missing("u")"#),
        ("an app link without token", app.replace("t=", "j="), r#"Missing("t")"#),
        ("a key cut short", web[..web.len() - 1].to_owned(), r#"Damaged("k")"#),
        ("two keys", format!("{web}&k={}", world.stranger.key.thumbprint()), r#"Damaged("k")"#),
        ("two servers", format!("{app}&u=https%3A%2F%2Fevil.example"), r#"Damaged("u")"#),
        ("a token too long", changed("/enroll/", "/enroll/A"), r#"Damaged("token")"#),
        ("a user name", changed("https://", "https://user@"), r#"Damaged("server")"#),
        ("a query", changed("#", "?x#"), r#"Damaged("server")"#),
        ("plain http", changed("https", "http"), "Insecure"),
        ("plain http to a near machine", of("http://192.168.1.5").to_string(), "Insecure"),
        (
            "plain http to a name that begins like this machine",
            of("http://127.0.0.1.example.org").to_string(),
            "Insecure",
        ),
        ("plain http in an app link", of("http://mfa.example.org").app_link(), "Insecure"),
    ] {
        cases.push(bad(name, json!({ "text": text }), error));
    }
    cases
}

pub(super) fn transcript(world: &World) -> Vec<Case> {
    let key = world.server.key.thumbprint();
    let case = |name: &str, server: &str, device_name: &str| {
        let transcript = Transcript {
            token: &world.token,
            server,
            server_key: &key,
            keys: &world.thumbprints,
            device_name,
            device: world.device,
        };
        let input = json!({
            "token": world.token.reveal(), "server": server, "server_key": key, "keys": world.thumbprints,
            "device_name": device_name, "device": world.device,
        });
        let out = json!({
            "token_hash": world.token.hash(),
            "hash": crate::base64url(&transcript.hash()),
            "confirmation_code": transcript.confirmation_code(),
        });
        good(name, input, out)
    };
    let spoiled = |name: &str, part: &str, value: Value| {
        let mut input = case("", SERVER, "Sam's phone").input;
        input[part] = value;
        bad(name, input, "IdError")
    };
    vec![
        case("a phone", SERVER, "Sam's phone"),
        case("a name in another script", SERVER, "Саша 📱"),
        case("no name", SERVER, ""),
        case("a server with port and path", "https://example.org:8443/mfa", "Sam's phone"),
        spoiled("a token of another length", "token", json!(&world.token.reveal()[1..])),
        spoiled("a device id of another kind", "device", json!(world.device.tenant)),
    ]
}

pub(super) fn attestation(world: &World) -> Vec<Case> {
    let input = |token: &EnrollmentToken, server: &str| json!({"token": token.reveal(), "server": server, "keys": world.thumbprints});
    let case = |name: &str, token: &EnrollmentToken, server: &str| {
        let out = json!({
            "android": crate::base64url(&android_challenge(server, token)),
            "apple": crate::base64url(&apple_challenge(server, token, &world.thumbprints)),
        });
        good(name, input(token, server), out)
    };
    let mut spoiled = input(&world.token, SERVER);
    spoiled["token"] = json!(&world.token.reveal()[1..]);
    vec![
        case("a phone", &world.token, SERVER),
        case("another token", &EnrollmentToken::new(world.device.tenant, &[255; 16]), SERVER),
        case("a server with port and path", &world.token, "https://example.org:8443/mfa"),
        bad("a token of another length", spoiled, "IdError"),
    ]
}

pub(super) fn ids(world: &World) -> Vec<Case> {
    let tenant = world.device.tenant;
    let case = |kind: &str, text: &str| json!({ "type": kind, "text": text });
    let (device, token) = (world.device.to_string(), EnrollmentToken::new(tenant, &[255; 16]));
    let challenge = world.challenge().jti;
    let largest = Uuid::from_u128(u128::MAX);
    let mut cases = vec![
        good("a tenant", case("tenant", &tenant.to_string()), json!({ "uuid": tenant.0.to_string() })),
        good(
            "the largest tenant",
            case("tenant", &TenantId(largest).to_string()),
            json!({ "uuid": "ffffffff-ffff-ffff-ffff-ffffffffffff" }),
        ),
        good(
            "the smallest tenant",
            case("tenant", "ten_00000000000000000000000000"),
            json!({ "uuid": "00000000-0000-0000-0000-000000000000" }),
        ),
        good(
            "a device",
            case("device", &device),
            json!({ "tenant": tenant, "uuid": world.device.local.to_string() }),
        ),
        good(
            "a challenge",
            case("challenge", &challenge.to_string()),
            json!({ "uuid": challenge.0.to_string() }),
        ),
        good(
            "an enrolment token",
            case("enrollment_token", token.reveal()),
            json!({ "tenant": tenant, "hash": token.hash() }),
        ),
    ];
    let base32 = to_base32(tenant.0);
    for (name, kind, text) in [
        ("nothing", "tenant", String::new()),
        ("capitals", "tenant", tenant.to_string().to_uppercase()),
        ("no prefix", "tenant", base32.clone()),
        ("another prefix", "tenant", format!("dev_{base32}")),
        ("too short", "tenant", tenant.to_string()[..29].to_owned()),
        ("too long", "tenant", format!("{tenant}0")),
        ("more than 128 bits", "tenant", format!("ten_8{}", &base32[1..])),
        ("a letter outside the alphabet", "tenant", format!("ten_{}u", &base32[..25])),
        ("a device without its tenant", "device", format!("dev_{base32}")),
        ("a device with a gap", "device", format!("dev_{base32}_{base32}")),
        ("a device in another script", "device", format!("dev_{}é{base32}", &base32[..25])),
        ("a challenge without hyphens", "challenge", challenge.0.simple().to_string()),
        ("a challenge in capitals", "challenge", challenge.to_string().to_uppercase()),
        ("a challenge in braces", "challenge", format!("{{{challenge}}}")),
        ("a token cut short", "enrollment_token", token.reveal()[..42].to_owned()),
        ("a token with padding", "enrollment_token", format!("{}=", token.reveal())),
        ("a token with unused bits set", "enrollment_token", format!("{}9", &token.reveal()[..42])),
    ] {
        cases.push(bad(name, case(kind, &text), "IdError"));
    }
    cases
}

pub(super) fn number(_: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    for digits in [Digits::Two, Digits::Six] {
        let count = digits.count();
        for value in [0, 7, 42, 999_999, u64::MAX] {
            let random = value.to_be_bytes();
            let input = json!({ "digits": count, "random": crate::base64url(&random) });
            cases.push(good(
                &format!("{count} digits of {value}"),
                input,
                json!({ "number": digits.number(random) }),
            ));
        }
    }
    for random in [[0; 8], [1; 8], [255; 8], 42u64.to_be_bytes(), 1_000_007u64.to_be_bytes()] {
        let choice = Choice::new(random);
        cases.push(good(
            &format!("three to pick from, of {}", u64::from_be_bytes(random)),
            json!({ "choose": crate::base64url(&random) }),
            json!({ "options": choice.options, "right": choice.right }),
        ));
    }
    for (digits, typed) in [(2, "42"), (2, "00"), (6, "004242")] {
        let input = json!({ "digits": digits, "typed": typed });
        cases.push(good(&format!("{typed} typed"), input, json!({ "number": typed })));
    }
    for (name, digits, typed, error) in [
        ("nothing typed", 2, "", "NumberForm"),
        ("one digit too few", 2, "4", "NumberForm"),
        ("one digit too many", 2, "042", "NumberForm"),
        ("two digits where six are asked", 6, "42", "NumberForm"),
        ("a sign", 2, "+4", "NumberForm"),
        ("a space", 2, "4 ", "NumberForm"),
        ("a letter", 2, "4a", "NumberForm"),
        ("Arabic-Indic digits", 2, "٤٢", "NumberForm"),
        ("full-width digits, six bytes", 6, "４２", "NumberForm"),
        ("no digits asked", 0, "", "Unprotected"),
        ("one digit asked", 1, "4", "Unprotected"),
        ("three digits asked", 3, "424", "Unprotected"),
        ("255 digits asked", 255, "42", "Unprotected"),
    ] {
        cases.push(bad(name, json!({ "digits": digits, "typed": typed }), error));
    }
    cases
}
