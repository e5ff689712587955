//! The test server on a loopback socket, and any other conversation a test wants to have there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use super::FakeServer;
use crate::exchange::Reply;

/// A server that listens until the test process ends.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) server: Arc<FakeServer>,
}

/// Starts a [`FakeServer`] on a free port.
pub(crate) fn listen() -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = Arc::new(FakeServer::new(&base));
    let shared = Arc::clone(&server);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let server = Arc::clone(&shared);
            std::thread::spawn(move || serve(&server, &stream));
        }
    });
    Listening { server }
}

/// One request after the other on one connection.
fn serve(server: &FakeServer, stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    while let Some((line, headers, body)) = read_request(&mut reader) {
        let mut words = line.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let authorization = headers.iter().find(|(n, _)| n == "authorization").map(|(_, v)| v.as_str());
        if server.is_away() {
            return;
        }
        let reply = server.handle(method, target, authorization, &body);
        server.hold(&reply);
        if server.loses_reply() {
            return;
        }
        let is_stream = target.starts_with("/api/v1/device/events") && reply.status == 200;
        let written = if is_stream { write_events(stream, &reply) } else { write_reply(stream, &reply) };
        if written.is_err() || is_stream {
            return;
        }
    }
}

pub(super) type RawRequest = (String, Vec<(String, String)>, Vec<u8>);

pub(super) fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<RawRequest> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n == "content-length").map_or(0, |(_, v)| v.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((line, headers, body))
}

fn write_reply(mut stream: &TcpStream, reply: &Reply) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {} X\r\ncontent-length: {}\r\n", reply.status, reply.body.len())?;
    for (name, value) in &reply.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(&reply.body)
}

/// The inbox once, as an event; then goodbye and the end of the connection.
fn write_events(mut stream: &TcpStream, reply: &Reply) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")?;
    stream.write_all(b": hello\n\nevent: challenges\ndata: ")?;
    stream.write_all(&reply.body)?;
    stream.write_all(b"\n\nevent: bye\ndata: {}\n\n")
}
