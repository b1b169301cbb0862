//! Where the server is and how the way there is kept from others' eyes, in libpq's words:
//! `sslmode` `disable`, `prefer` (encrypts where the server can; the default), `require`
//! (encrypts or fails), and `verify-full`, which also checks the server's certificate and name,
//! against `sslrootcert=FILE` or else what the system trusts.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PATIENCE;
use crate::kernel::{Error, Result};

/// What is needed to connect.
#[derive(Clone)]
pub(in crate::db) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

/// What a connection is driven by.
pub(super) type Driver = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=…`.
    pub fn parse(url: &str) -> Result<Self> {
        let (url, checked) = take_checks(url)?;
        let mut config: Config = url.parse().map_err(|error| {
            Error::Unavailable(format!(
                "The address of the database cannot be read ({error}). Write it like \
                 postgres://user:password@host:5432/wherefore."
            ))
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("wherefore");
        }
        // A server that vanished without a word is noticed within a minute or so.
        config.keepalives_idle(Duration::from_secs(30));
        config.keepalives_interval(Duration::from_secs(10));
        config.keepalives_retries(3);
        Ok(Self { config, tls: MakeRustlsConnect::new(client(checked)?) })
    }

    /// A new connection; it lives as long as its driver is polled.
    pub async fn connect(&self) -> Result<(Client, Driver), tokio_postgres::Error> {
        self.config.connect(self.tls.clone()).await
    }
}

/// Against which certificates the server's is checked.
enum Check {
    Nothing,
    System,
    File(String),
}

/// Takes out of an address what the driver does not know: checking of certificates.
fn take_checks(url: &str) -> Result<(String, Check)> {
    let Some((base, query)) = url.split_once('?') else {
        return Ok((url.to_owned(), Check::Nothing));
    };
    let (mut kept, mut full, mut file) = (Vec::new(), false, None);
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", "verify-full")) => {
                full = true;
                kept.push("sslmode=require");
            }
            Some(("sslmode", "verify-ca")) => {
                return Err(Error::Unavailable(
                    "sslmode=verify-ca leaves the server's name unchecked. Use \
                     sslmode=verify-full."
                        .into(),
                ));
            }
            Some(("sslrootcert", name)) => file = Some(decoded(name)),
            _ => kept.push(pair),
        }
    }
    let check = match (full, file) {
        (true, None) => Check::System,
        (true, Some(name)) if name == "system" => Check::System,
        (true, Some(name)) => Check::File(name),
        (false, None) => Check::Nothing,
        (false, Some(_)) => {
            return Err(Error::Unavailable(
                "sslrootcert names certificates to trust, but nothing is checked without \
                 sslmode=verify-full. Add it, or take sslrootcert out of the address."
                    .into(),
            ));
        }
    };
    Ok((format!("{base}?{}", kept.join("&")), check))
}

fn decoded(value: &str) -> String {
    let pair = serde_urlencoded::from_str::<Vec<(String, String)>>(&format!("v={value}"));
    pair.ok().and_then(|pairs| pairs.into_iter().next()).map_or_else(String::new, |(_, v)| v)
}

fn client(check: Check) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?;
    let roots = match check {
        Check::Nothing => {
            let anyone = Arc::new(Anyone(algorithms));
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(anyone)
                .with_no_client_auth());
        }
        Check::System => system_roots()?,
        Check::File(name) => roots_in(&name)?,
    };
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn system_roots() -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::Unavailable(
            "sslmode=verify-full needs certificates to trust, and this system has none. Install \
             the package ca-certificates, or name a file by sslrootcert=FILE."
                .into(),
        ));
    }
    Ok(roots)
}

fn roots_in(name: &str) -> Result<RootCertStore> {
    let unfit = |cause: String| {
        Error::Unavailable(format!(
            "The certificates in “{name}” (sslrootcert) cannot be used: {cause}. It must be a \
             file of PEM certificates."
        ))
    };
    let mut roots = RootCertStore::empty();
    let read = CertificateDer::pem_file_iter(name).map_err(|cause| unfit(cause.to_string()))?;
    for certificate in read {
        let certificate = certificate.map_err(|cause| unfit(cause.to_string()))?;
        roots.add(certificate).map_err(|cause| unfit(cause.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unfit("it holds none".into()));
    }
    Ok(roots)
}

/// Takes any certificate, as libpq does below `verify-full`: against listeners, not impostors.
#[derive(Debug)]
struct Anyone(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Address::parse(url).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_libpq_knows_is_understood() {
        for mode in ["disable", "prefer", "require"] {
            assert!(Address::parse(&format!("postgres://u@h/d?sslmode={mode}")).is_ok());
        }
        let (url, check) =
            take_checks("postgres://u@h/d?sslmode=verify-full&sslrootcert=%2Fa%20b.pem&x=1")
                .expect("an address");
        assert_eq!(url, "postgres://u@h/d?sslmode=require&x=1");
        assert!(matches!(check, Check::File(name) if name == "/a b.pem"));
    }

    #[test]
    fn what_would_check_less_than_it_says_is_refused() {
        assert!(refused("postgres://u@h/d?sslmode=verify-ca").contains("verify-full"));
        assert!(refused("postgres://u@h/d?sslrootcert=a.pem").contains("sslmode=verify-full"));
        let missing = refused("postgres://u@h/d?sslmode=verify-full&sslrootcert=/no/such.pem");
        assert!(missing.contains("/no/such.pem"), "{missing}");
        assert!(refused("postgres://u@h/d?sslmode=nonsense").contains("cannot be read"));
    }
}
