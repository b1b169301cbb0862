//! Mail over the wire: a mail server in this process takes letters, puts them off, refuses them, or
//! knows no encryption.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wherefore_app::jobs::mail::Settings;
use wherefore_testkit::{Persona, World, both_engines};

use crate::mail::send;

/// What a server was told.
#[derive(Default)]
struct Told {
    /// What clients said of themselves, as they sent it.
    names: Vec<String>,
    letters: Vec<String>,
    /// Answers to the next recipients, before one is taken.
    refusals: Vec<&'static str>,
}

/// A mail server that listens until the test ends.
struct Server {
    port: u16,
    told: Arc<Mutex<Told>>,
}

impl Server {
    fn start(refusals: &[&'static str]) -> Self {
        let told = Told { refusals: refusals.to_vec(), ..Told::default() };
        let told = Arc::new(Mutex::new(told));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let kept = told.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                // One that breaks off is over; the client says what it made of it.
                std::thread::spawn(move || drop(talk(stream, &kept)));
            }
        });
        Self { port, told }
    }

    fn settings(&self, user: &str, query: &str) -> Settings {
        Settings {
            smtp: Some(format!("smtp://{user}127.0.0.1:{}{query}", self.port)),
            from: Some("Wherefore <w@example.org>".into()),
            base: "https://w.example.org".into(),
            ..Settings::default()
        }
    }

    fn letters(&self) -> Vec<String> {
        self.told.lock().expect("told").letters.clone()
    }
}

fn talk(stream: TcpStream, told: &Mutex<Told>) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes());
    say("220 mail.test ready")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match word.as_str() {
            "EHLO" => say("250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN")?,
            "AUTH" => {
                told.lock().expect("told").names.push(line);
                say("235 welcome")?;
            }
            "RCPT" => {
                let mut told = told.lock().expect("told");
                let refusal = (!told.refusals.is_empty()).then(|| told.refusals.remove(0));
                say(refusal.unwrap_or("250 fine"))?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut text = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push('\n');
                }
                told.lock().expect("told").letters.push(text);
                say("250 kept")?;
            }
            "QUIT" => return say("221 bye"),
            "STARTTLS" => say("502 not here")?,
            _ => say("250 fine")?,
        }
    }
    Ok(())
}

/// The only letter of the outbox, after one was asked for.
async fn letter(world: &World) -> Value {
    let all = world.get(Persona::Admin, "/mail").await;
    assert_eq!(all["letters"].as_array().map(Vec::len), Some(1), "{all}");
    all["letters"][0].clone()
}

both_engines! {
    async fn a_letter_goes_out_signed_in_and_once(app) {
        let world = World::new(app).await;
        let server = Server::start(&[]);
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        send(&world, &server.settings("mia:s3cret@", ""), 3).await;
        assert_eq!(letter(&world).await["state"], "sent");
        let letters = server.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        for said in ["To: Ada <ada@example.org>", "From: Wherefore <w@example.org>", "https://w.example.org/mail", "Auto-Submitted: auto-generated"] {
            assert!(letters[0].contains(said), "{said}: {}", letters[0]);
        }
        // "\0mia\0s3cret" in base 64.
        let names = server.told.lock().expect("told").names.clone();
        assert!(names.iter().any(|line| line.contains("AG1pYQBzM2NyZXQ=")), "{names:?}");
    }

    async fn one_that_is_put_off_is_tried_again_and_arrives_once(app) {
        let world = World::new(app).await;
        let server = Server::start(&["451 4.7.1 Greylisted, come back later", "452 4.2.2 Mailbox full"]);
        let settings = server.settings("", "");
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        send(&world, &settings, 0).await;
        let waiting = letter(&world).await;
        assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("waiting"), &json!(1)));
        let why = waiting["problem"].as_str().expect("a reason");
        assert!(why.contains("put it off") && why.contains("Greylisted"), "{why}");
        send(&world, &settings, 20).await;
        let sent = letter(&world).await;
        assert_eq!((&sent["state"], &sent["attempts"], &sent["problem"]), (&json!("sent"), &json!(3), &json!("")));
        assert_eq!(server.letters().len(), 1);
    }

    async fn one_that_is_refused_is_given_up_with_the_words_of_the_server(app) {
        let world = World::new(app).await;
        let server = Server::start(&["550 5.1.1 No such user here"]);
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        send(&world, &server.settings("", ""), 30).await;
        let gone = letter(&world).await;
        assert_eq!((&gone["state"], &gone["attempts"]), (&json!("given-up"), &json!(1)));
        assert!(gone["problem"].as_str().is_some_and(|why| why.contains("No such user here")), "{gone}");
        assert!(server.letters().is_empty());
    }

    async fn without_encryption_nothing_is_said_where_it_is_required(app) {
        let world = World::new(app).await;
        let server = Server::start(&[]);
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        send(&world, &server.settings("mia:s3cret@", "?tls=required"), 1).await;
        let waiting = letter(&world).await;
        assert_eq!(waiting["state"], "waiting", "{waiting}");
        assert!(!waiting["problem"].to_string().contains("s3cret"), "{waiting}");
        {
            let told = server.told.lock().expect("told");
            assert!(told.names.is_empty() && told.letters.is_empty(), "neither password nor letter");
        }
        // What may fall back does.
        send(&world, &server.settings("", "?tls=opportunistic"), 30).await;
        assert_eq!(server.letters().len(), 1);
    }

    async fn invitations_and_new_passwords_come_by_mail(app) {
        let world = World::new(app).await;
        let server = Server::start(&[]);
        let settings = server.settings("", "");
        let invite = [("role", "guest"), ("email", "New@Example.org")];
        let (status, page) = world.form(Persona::Admin, "/people/invite", &invite).await;
        assert!(status == 200 && page.contains("New@Example.org") && page.contains("/join/"), "{page}");
        let (status, _) = world.form(Persona::Admin, "/people/invite", &[("role", "guest"), ("email", "nobody")]).await;
        assert_eq!(status, 422, "an address that is none");
        send(&world, &settings, 0).await;
        let came = server.letters().pop().expect("a letter");
        assert!(came.contains("To: new@example.org") && came.contains("Ada invites you to"), "{came}");
        let link = came.replace("=\n", "").split("https://w.example.org/join/").nth(1).expect("a link").split_whitespace().next().expect("a link").to_owned();
        let me = [("name", "Newt"), ("email", "new@example.org"), ("password", "long enough for it")];
        assert_eq!(world.form(Persona::Nobody, &format!("/join/{link}"), &me).await.0, 303);
        // At the door, an unknown address is answered like a known one.
        let known = world.form(Persona::Nobody, "/forgot", &[("email", "new@example.org")]).await;
        let unknown = world.form(Persona::Nobody, "/forgot", &[("email", "no@example.org")]).await;
        assert_eq!((known.0, unknown.0), (200, 200));
        assert_eq!(known.1.replace("new@example.org", ""), unknown.1.replace("no@example.org", ""));
        send(&world, &settings, 0).await;
        let letters = server.letters();
        assert_eq!(letters.len(), 2, "nobody else was written to");
        let link = letters[1].replace("=\n", "").split("https://w.example.org/reset/").nth(1).expect("a link").split_whitespace().next().expect("a link").to_owned();
        let (status, _) = world.form(Persona::Nobody, &format!("/reset/{link}"), &[("password", "quite another one")]).await;
        assert_eq!(status, 303);
        let (status, _) = world.form(Persona::Nobody, "/login", &[("email", "new@example.org"), ("password", "quite another one")]).await;
        assert_eq!(status, 303);
        for _ in 0..3 {
            world.form(Persona::Nobody, "/forgot", &[("email", "new@example.org")]).await;
        }
        assert_eq!(world.form(Persona::Nobody, "/forgot", &[("email", "new@example.org")]).await.0, 429);
    }
}
