//! Files in a bucket of an S3-compatible storage, addressed by path, each request signed (AWS
//! Signature Version 4).

pub mod sign;

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::Response;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, SendBody};

use self::sign::{NOTHING, Signing, authorization, date_of, encoded};
use super::{Staged, Store};
use crate::kernel::{Clock, Error, Result};

/// How often a request is tried, and how long after a failure.
const TRIES: u32 = 3;
/// The most bytes of something small.
const SMALL: u64 = 4 * 1024 * 1024;
const PAUSE: Duration = Duration::from_millis(300);

/// Where the bucket is and who we are there.
#[derive(Clone)]
pub struct S3Settings {
    /// As `https://s3.eu-central-1.amazonaws.com` or `http://minio:9000`.
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    /// What names in the bucket begin with.
    pub prefix: String,
    pub access_key: String,
    pub secret_key: String,
}

/// A bucket.
pub struct S3 {
    settings: S3Settings,
    /// The endpoint without its scheme, as the signature names it.
    host: String,
    agent: Agent,
    clock: Clock,
}

impl S3 {
    pub fn new(settings: S3Settings, clock: Clock) -> Result<Self> {
        let mut settings = settings;
        settings.endpoint = settings.endpoint.trim().trim_end_matches('/').to_owned();
        settings.prefix = settings.prefix.trim_matches('/').to_owned();
        let host = settings.endpoint.split_once("://").filter(|(scheme, host)| {
            matches!(*scheme, "http" | "https")
                && !host.is_empty()
                && !host.contains(['/', '@', '?'])
        });
        let Some((_, host)) = host else {
            return Err(Error::refused(format!(
                "“{}” is no endpoint. Give it like https://s3.eu-central-1.amazonaws.com, without the bucket.",
                settings.endpoint
            )));
        };
        if settings.bucket.is_empty() || settings.bucket.contains('/') {
            return Err(Error::refused("Give the name of the bucket, without slashes."));
        }
        let host = host.to_owned();
        Ok(Self { settings, host, agent: agent(), clock })
    }

    fn path(&self, name: &str) -> String {
        let S3Settings { bucket, prefix, .. } = &self.settings;
        let whole = if prefix.is_empty() {
            format!("/{bucket}/{name}")
        } else {
            format!("/{bucket}/{prefix}/{name}")
        };
        encoded(&whole)
    }

    /// Sends one request, again where the storage stumbled.
    fn send(&self, request: &Request<'_>) -> Result<Response<Body>> {
        let mut tried = 0;
        loop {
            tried += 1;
            let answer = self.send_once(request)?;
            match answer {
                Ok(answer) if answer.status().as_u16() < 500 => return Ok(answer),
                Ok(answer) if tried >= TRIES => return Ok(answer),
                Err(error) if tried >= TRIES => return Err(self.away(&error.to_string())),
                _ => std::thread::sleep(PAUSE * tried),
            }
        }
    }

    fn send_once(
        &self,
        request: &Request<'_>,
    ) -> Result<std::result::Result<Response<Body>, ureq::Error>> {
        let path = self.path(request.name);
        let (date, moment) = date_of(self.clock.now());
        let hash = request.staged.map_or(NOTHING, |staged| &*staged.hash);
        let mut headers = vec![
            ("host", self.host.clone()),
            ("x-amz-content-sha256", hash.to_owned()),
            ("x-amz-date", moment.clone()),
        ];
        headers.extend(request.range.iter().map(|range| ("range", range.clone())));
        headers.sort();
        let signed = authorization(&Signing {
            method: request.method,
            path: &path,
            query: "",
            headers: &headers,
            payload: hash,
            date: &date,
            moment: &moment,
            region: &self.settings.region,
            access_key: &self.settings.access_key,
            secret_key: &self.settings.secret_key,
        });
        let mut built = ureq::http::Request::builder()
            .method(request.method)
            .uri(format!("{}{path}", self.settings.endpoint))
            .header("authorization", signed);
        for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
            built = built.header(*name, value);
        }
        let Some(staged) = request.staged else {
            let request = built.body(()).map_err(Error::internal)?;
            return Ok(self.agent.run(request));
        };
        let mut file = File::open(staged.path()).map_err(Error::internal)?;
        let built = built.header("content-length", staged.size.to_string());
        let request = built.body(SendBody::from_reader(&mut file)).map_err(Error::internal)?;
        Ok(self.agent.run(request))
    }

    fn away(&self, why: &str) -> Error {
        tracing::error!(endpoint = self.settings.endpoint, why, "the file storage did not answer");
        Error::Unavailable(
            "The place where files are kept does not answer now. Nothing was changed; try again in a moment.".into(),
        )
    }

    /// What a refusal says, for the log: its code, never what we sent.
    fn refused(&self, mut answer: Response<Body>) -> Error {
        let status = answer.status();
        let text = answer.body_mut().with_config().limit(4096).read_to_string().unwrap_or_default();
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        self.away(&format!("{status} {}", code.map_or("", |(code, _)| code)))
    }
}

struct Request<'a> {
    method: &'a str,
    name: &'a str,
    range: Option<String>,
    staged: Option<&'a Staged>,
}

/// With the system's certificates. The endpoint is the operator's own choice, so every address will do.
fn agent() -> Agent {
    let found = rustls_native_certs::load_native_certs();
    let roots = found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(0)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .build()
        .into()
}

impl Store for S3 {
    fn place(&self) -> String {
        let S3Settings { endpoint, bucket, prefix, .. } = &self.settings;
        format!("the bucket {bucket} at {endpoint}, under “{prefix}”")
    }

    fn keep(&self, name: &str, staged: &Staged) -> Result<()> {
        let request = Request { method: "PUT", name, range: None, staged: Some(staged) };
        let answer = self.send(&request)?;
        if answer.status().is_success() { Ok(()) } else { Err(self.refused(answer)) }
    }

    fn read(&self, name: &str, start: u64, length: u64) -> Result<Box<dyn Read + Send>> {
        if length == 0 {
            return Ok(Box::new(std::io::empty()));
        }
        let range = Some(format!("bytes={start}-{}", start + length - 1));
        let answer = self.send(&Request { method: "GET", name, range, staged: None })?;
        match answer.status().as_u16() {
            206 => Ok(Box::new(answer.into_body().into_reader().take(length))),
            // A storage that knows no ranges sends all of it.
            200 => {
                let mut body = answer.into_body().into_reader();
                std::io::copy(&mut (&mut body).take(start), &mut std::io::sink())
                    .map_err(Error::internal)?;
                Ok(Box::new(body.take(length)))
            }
            _ => Err(self.refused(answer)),
        }
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let answer = self.send(&Request { method: "GET", name, range: None, staged: None })?;
        match answer.status().as_u16() {
            200 => {
                let mut bytes = Vec::new();
                let mut body = answer.into_body().into_reader().take(SMALL);
                body.read_to_end(&mut bytes).map_err(Error::internal)?;
                Ok(Some(bytes))
            }
            // Who may not list a bucket is told “forbidden” of what is not there.
            403 | 404 => Ok(None),
            _ => Err(self.refused(answer)),
        }
    }

    fn remove(&self, name: &str) -> Result<()> {
        let answer = self.send(&Request { method: "DELETE", name, range: None, staged: None })?;
        let gone = answer.status().is_success() || answer.status().as_u16() == 404;
        if gone { Ok(()) } else { Err(self.refused(answer)) }
    }

    /// Asks for something that is not there: whoever may not even ask is told so.
    fn check(&self) -> Result<()> {
        let request = Request { method: "DELETE", name: "probe", range: None, staged: None };
        let answer = self.send(&request)?;
        let fine = answer.status().is_success() || answer.status().as_u16() == 404;
        if fine { Ok(()) } else { Err(self.refused(answer)) }
    }
}
