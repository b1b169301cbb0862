//! The way to PostgreSQL under encryption: the tests' own server behind a door that speaks TLS.

use std::io::Write;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use wherefore_app::db::{Db, Target};
use wherefore_testkit::fresh_postgres;

/// What a client says who wants TLS: a length of 8 and a number in place of a version.
const REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A door for `localhost`, and the file that holds its certificate.
struct Door {
    port: u16,
    trust: tempfile::NamedTempFile,
}

/// Opens a door that takes nobody who does not ask for TLS, and leads to `server`.
async fn door(server: String) -> Door {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
    let mut trust = tempfile::NamedTempFile::new().expect("a file");
    trust.write_all(cert.pem().as_bytes()).expect("it is written");
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|safe| safe.with_no_client_auth().with_single_cert(vec![cert.into()], key))
        .expect("the certificate fits its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(lead(client, acceptor.clone(), server.clone()));
        }
    });
    Door { port, trust }
}

async fn lead(mut client: TcpStream, acceptor: TlsAcceptor, server: String) -> std::io::Result<()> {
    let mut asked = [0; 8];
    client.read_exact(&mut asked).await?;
    if asked != REQUEST {
        return Ok(());
    }
    client.write_all(b"S").await?;
    let mut inside = acceptor.accept(client).await?;
    copy_bidirectional(&mut inside, &mut TcpStream::connect(server).await?).await?;
    Ok(())
}

async fn opened(url: String) -> Result<(), String> {
    let db = Db::open(&Target::Postgres(url)).await.map_err(|error| error.to_string())?;
    let one = db.read(|conn| conn.query_one("SELECT 1 + 1", &[], |row| row.get::<i64>(0))).await;
    assert!(one.is_ok(), "{one:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_reached_under_tls_and_its_certificate_is_checked_where_asked() {
    let database = fresh_postgres().await;
    let (_, place) = database.url().split_once('@').expect("an address with a user");
    let (server, name) = place.split_once('/').expect("an address with a name");
    let door = door(server.to_owned()).await;
    let trust = door.trust.path().display();
    let at = |host: &str, more: &str| {
        format!("postgres://postgres@{host}:{}/{name}?sslmode={more}", door.port)
    };

    assert_eq!(opened(at("localhost", "require")).await, Ok(()));
    assert_eq!(opened(at("localhost", "prefer")).await, Ok(()));
    assert_eq!(opened(at("localhost", &format!("verify-full&sslrootcert={trust}"))).await, Ok(()));

    let plain = opened(at("localhost", "disable")).await;
    assert!(plain.is_err(), "the door lets nobody in without TLS");
    let other = opened(at("127.0.0.1", &format!("verify-full&sslrootcert={trust}"))).await;
    assert!(other.is_err_and(|said| said.contains("certificate")), "another name than it says");
    let unknown = opened(at("localhost", "verify-full")).await;
    assert!(unknown.is_err_and(|said| said.contains("certificate")), "nobody vouches for it");

    let bare = opened(format!("{}?sslmode=require", database.url())).await;
    assert!(bare.is_err_and(|said| said.contains("TLS")), "a server that does not speak TLS");
}
