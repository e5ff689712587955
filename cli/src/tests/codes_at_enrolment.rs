//! The conversation about the code that an enrolment link asks for. The server is a script of replies.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use countersign_protocol::id::EnrollmentToken;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::link::EnrollmentLink;
use serde_json::{Value, json};

use super::Machine;

/// A server that gives one reply after another, and the bodies that it was sent.
struct Script {
    link: String,
    bodies: Receiver<String>,
}

/// The example key of RFC 7515, A.3.
fn key() -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
}

fn script(challenge: &str, replies: &[(u16, Value)]) -> Script {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let public: PublicKey = serde_json::from_value(key()).unwrap();
    let token: EnrollmentToken = "A".repeat(43).parse().unwrap();
    let link = EnrollmentLink { server: server.clone(), token, server_key: public.thumbprint() }.to_string();
    let look = json!({"challenge_type": challenge, "tenant": {"name": "Acme"}, "expires_at": "2027-01-15T08:10:00Z",
        "user": {"user_ref": "sam", "email_masked": "s…m@example.org", "display_name": null},
        "server": {"id": server, "key": key(), "time": 1_800_000_000}});
    let replies: Vec<_> = std::iter::once((200, look)).chain(replies.iter().cloned()).collect();
    let (bodies, received) = channel();
    std::thread::spawn(move || {
        for (status, reply) in replies {
            let (stream, _) = listener.accept().unwrap();
            let _nobody_reads = bodies.send(take(&stream));
            answer(stream, status, &reply.to_string());
        }
    });
    Script { link, bodies: received }
}

fn take(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

fn answer(mut stream: TcpStream, status: u16, body: &str) {
    let head = "content-type: application/json\r\nconnection: close\r\nretry-after: 12";
    write!(stream, "HTTP/1.1 {status} x\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
}

fn refusal(status: u16, code: &str) -> (u16, Value) {
    (status, json!({"error": code, "message": "No.", "attempts_left": 3}))
}

#[tokio::test]
async fn a_mailed_code_is_asked_for_until_it_is_right_and_sent_again_on_demand() {
    let replies = [
        refusal(400, "invalid_code"),
        (200, json!({"sent": true, "retry_after": 30})),
        refusal(429, "rate_limited"),
        (200, json!({"verified": true})),
        refusal(410, "token_used"),
    ];
    let server = script("email_otp", &replies);
    let typed = ["y", "12 34 5", "111111", "again", "again", "123 456", "pw", "pw"];
    let done = Machine::new().run(&["enroll", &server.link], Some(&typed)).await;
    assert_eq!(done.failure(), (6, "token_used"), "the last reply, after the code was taken");
    for said in [
        "This link asks for the code that was sent to s…m@example.org.",
        "A code has six digits",
        "The code is not right; 3 tries are left.",
        "A new code was sent",
        "ask for another one in 12 s",
    ] {
        assert!(done.out.contains(said), "{said}: {}", done.out);
    }
    assert_eq!(done.asked.iter().filter(|prompt| prompt.contains("again")).count(), 5, "{:?}", done.asked);
    let bodies: Vec<String> = server.bodies.iter().collect();
    assert!(
        bodies[1].contains(r#""code":"111111""#) && bodies[4].contains(r#""code":"123456""#),
        "{bodies:?}"
    );
}

#[tokio::test]
async fn the_last_wrong_code_and_an_empty_line_end_it() {
    let last = json!({"error": "invalid_code", "message": "No.", "attempts_left": 0});
    let server = script("totp", &[(400, last)]);
    let done = Machine::new().run(&["enroll", &server.link], Some(&["y", "111111"])).await;
    assert_eq!(done.failure(), (1, "wrong_enrollment_code"));
    assert!(done.out.contains("a code from your authenticator app"), "{}", done.out);
    let server = script("totp", &[]);
    let done = Machine::new().run(&["enroll", &server.link], Some(&["y", ""])).await;
    assert_eq!(done.failure(), (1, "declined"));
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_code_is_an_option() {
    let server = script("email_otp", &[]);
    let done = Machine::new().run(&["enroll", &server.link, "--json", "--yes"], Some(&[])).await;
    assert_eq!(done.failure(), (2, "enrollment_code_needed"));
    let server = script("email_otp", &[refusal(400, "invalid_code")]);
    let line = ["enroll", &server.link, "--json", "--yes", "--code", "111111"];
    let done = Machine::new().run(&line, Some(&[])).await;
    assert_eq!(done.failure(), (1, "wrong_enrollment_code"));
    let server = script("email_otp", &[]);
    let line = ["enroll", &server.link, "--json", "--yes", "--code", "1"];
    assert_eq!(Machine::new().run(&line, Some(&[])).await.failure(), (2, "enrollment_code_form"));
}
