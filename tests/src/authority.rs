//! A certificate authority of a test's own, and clients that believe it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::http::{Connection, Reply, Request};
use crate::server_process::Program;

/// An authority.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A name of its own: OpenSSL takes a certificate whose issuer is called as it is for self-signed.
        params.distinguished_name.push(DnType::CommonName, "Authority of a test");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its certificate.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Writes `cert.pem` and `key.pem` for 127.0.0.1, good until the beginning of the year.
    pub fn issue(&self, dir: &Path, until_year: i32) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        std::fs::write(dir.join("cert.pem"), certificate.pem() + &self.pem()).unwrap();
        std::fs::write(dir.join("key.pem"), key.serialize_pem()).unwrap();
        certificate.der().clone()
    }

    /// TLS for a server at 127.0.0.1.
    #[must_use]
    pub fn server(&self) -> Arc<ServerConfig> {
        Arc::new(self.config(&[]))
    }

    /// TLS for a server at 127.0.0.1 and `localhost`, in this process, that speaks these protocols.
    #[must_use]
    pub fn acceptor(&self, protocols: &[&str]) -> TlsAcceptor {
        TlsAcceptor::from(Arc::new(self.config(protocols)))
    }

    fn config(&self, protocols: &[&str]) -> ServerConfig {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    /// The program with the two files as its certificate.
    #[must_use]
    pub fn serve_from(&self, dir: &Path, program: Program) -> Program {
        let cert = program.env("COUNTERSIGN_TLS_CERT", dir.join("cert.pem"));
        cert.env("COUNTERSIGN_TLS_KEY", dir.join("key.pem"))
    }

    /// A TLS client that believes this authority alone, and speaks the protocols named.
    #[must_use]
    pub fn client(&self, protocols: &[&str]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    /// Connects and shakes hands.
    ///
    /// # Errors
    /// Whatever kept the handshake from ending well.
    pub async fn connect(&self, address: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::new(self.client(&["http/1.1"])));
        connector.connect(ServerName::IpAddress(address.ip().into()), stream).await
    }

    /// Sends one request on a connection of its own.
    pub async fn send(&self, address: SocketAddr, request: &Request) -> Reply {
        let mut connection = Connection::over(self.connect(address).await.unwrap());
        connection.write(&request.bytes(address, false)).await;
        connection.reply().await.unwrap()
    }
}

/// The certificate that a server has shown.
#[must_use]
pub fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}
