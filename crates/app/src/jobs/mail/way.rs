//! How letters leave: SMTP, a folder, or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{Message, SmtpTransport, Transport as _};

use super::render::message;
use crate::kernel::{Error, Result, Time};
use crate::people::mail::{Due, Tried};

/// The longest that one step with the mail server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an operator says about mail.
#[derive(Clone, Default)]
pub struct Settings {
    /// `smtps://user:password@host`, or `smtp://…?tls=required`.
    pub smtp: Option<String>,
    /// Where .eml files go while no server is set.
    pub folder: Option<PathBuf>,
    /// The sender, as `Wherefore <wherefore@example.org>`.
    pub from: Option<String>,
    /// What links in letters begin with.
    pub base: String,
}

enum Way {
    Smtp { transport: Box<SmtpTransport>, shown: String, password: Option<String> },
    Folder(PathBuf),
    None,
}

/// Sends letters.
pub struct Post {
    way: Way,
    from: Mailbox,
    base: String,
}

impl Post {
    /// Understands the settings, or says what is wrong with them; no secret is in the sentence.
    pub fn new(settings: &Settings) -> Result<Self> {
        let base = settings.base.trim_end_matches('/').to_owned();
        let host = base.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let named = host.contains('.') && host.parse::<std::net::IpAddr>().is_err();
        let usual = format!("Wherefore <wherefore@{}>", if named { host } else { "localhost" });
        let from = settings.from.as_deref().unwrap_or(&usual);
        let from = from.parse().map_err(|e| {
            Error::invalid(
                "mail-from",
                format!(
                    "“{from}” is no sender ({e}). Write it like Wherefore <wherefore@example.org>."
                ),
            )
        })?;
        let way = match (&settings.smtp, &settings.folder) {
            (Some(url), _) => smtp(url)?,
            (None, Some(folder)) => Way::Folder(folder.clone()),
            (None, None) => Way::None,
        };
        Ok(Self { way, from, base })
    }

    /// Whether there is any way to send.
    pub fn can_send(&self) -> bool {
        !matches!(self.way, Way::None)
    }

    /// What is said of a link that is also put into a letter.
    pub fn beside(&self, to: &str) -> String {
        match &self.way {
            Way::Smtp { .. } => format!("It is also on its way to {to} by mail."),
            Way::Folder(_) => format!(
                "The letter to {to} is a file in the mail folder, for no mail server is set: send them the link yourself."
            ),
            Way::None => format!(
                "The letter to {to} waits in the outbox, for no mail server is set: send them the link yourself."
            ),
        }
    }

    /// The sender.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    /// What links to this installation begin with.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How letters leave, for admins; without the password.
    pub fn describe(&self) -> String {
        match &self.way {
            Way::Smtp { shown, .. } => format!("By SMTP through {shown}, from {}", self.from),
            Way::Folder(folder) => format!(
                "No mail server is set: letters are written as files to {}. Start with --smtp (or WHEREFORE_SMTP) to send them",
                folder.display()
            ),
            Way::None => "Nothing can be sent: start with --smtp (or WHEREFORE_SMTP) for a mail server, or with --mail-folder for files. Letters wait until then".into(),
        }
    }

    /// Sends one letter; false beside it where further ones would fail the same way.
    pub(super) fn send(&self, letter: &Due, now: Time) -> (Tried, bool) {
        let message = match message(self, letter, now) {
            Ok(message) => message,
            Err(why) => return (Tried::Refused(why), true),
        };
        match &self.way {
            Way::Smtp { transport, password, .. } => match transport.send(&message) {
                Ok(_) => (Tried::Sent, true),
                Err(error) => {
                    let why = without(&said(&error), password.as_deref());
                    if error.is_permanent() {
                        (Tried::Refused(format!("The mail server refused it: {why}")), true)
                    } else if error.is_transient() {
                        (Tried::Failed(format!("The mail server put it off: {why}")), true)
                    } else {
                        (Tried::Failed(format!("The mail server cannot be reached: {why}")), false)
                    }
                }
            },
            Way::Folder(folder) => match write(folder, letter, now, &message) {
                Ok(()) => (Tried::Sent, true),
                Err(e) => {
                    (Tried::Failed(format!("{} cannot be written: {e}", folder.display())), false)
                }
            },
            Way::None => (Tried::Failed("There is no way to send.".into()), false),
        }
    }
}

fn smtp(url: &str) -> Result<Way> {
    let wrong = |what: &str| {
        Error::invalid(
            "smtp",
            format!(
                "The address of the mail server cannot be used: {what}. Write it like smtps://user:password@mail.example.org, with special characters in the password percent-encoded."
            ),
        )
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it has no scheme"))?;
    let (user, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let password = Some(password.to_owned()).filter(|p| !p.is_empty());
    let builder = SmtpTransport::from_url(url)
        .map_err(|e| wrong(&without(&said(&e), password.as_deref())))?;
    let transport = Box::new(builder.timeout(Some(PATIENCE)).build());
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let shown = if user.is_empty() {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}://{user}@{host}")
    };
    Ok(Way::Smtp { transport, shown, password })
}

/// An error with what caused it.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// A server may repeat what it was told.
fn without(text: &str, password: Option<&str>) -> String {
    password.map_or_else(|| text.to_owned(), |p| text.replace(p, "…"))
}

/// Writes a message as a file that appears whole, for the server's own user only.
fn write(folder: &Path, letter: &Due, now: Time, message: &Message) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        builder.mode(0o700);
        options.mode(0o600);
    }
    builder.create(folder)?;
    let name = format!("{}-{}-{}.eml", now.0 / Time::SECOND, letter.kind, letter.id);
    let (new, whole) = (folder.join(format!(".{name}")), folder.join(name));
    let mut file = options.open(&new)?;
    file.write_all(&message.formatted())?;
    file.sync_all()?;
    std::fs::rename(&new, &whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(smtp: &str) -> Result<Post> {
        let settings = Settings {
            smtp: Some(smtp.into()),
            base: "https://w.example.org/".into(),
            ..Settings::default()
        };
        Post::new(&settings)
    }

    #[test]
    fn the_password_is_nowhere_in_what_is_said() {
        let shown = post("smtps://mia:s3cret@mail.example.org").expect("settings").describe();
        assert!(shown.contains("smtps://mia@mail.example.org"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
        for bad in [
            "mail.example.org",
            "ftp://mia:s3cret@mail.example.org",
            "smtp://mia:s3cret@m:99999999",
        ] {
            let said = post(bad).err().expect("refused").to_string();
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn the_sender_follows_the_address_of_the_installation() {
        let usual = post("smtp://localhost").expect("settings");
        assert_eq!(usual.from().email.to_string(), "wherefore@w.example.org");
        let local = Settings { base: "http://127.0.0.1:7411".into(), ..Settings::default() };
        let local = Post::new(&local).expect("settings");
        assert_eq!(local.from().email.to_string(), "wherefore@localhost");
        assert!(!local.can_send());
        let bad = Settings { from: Some("nobody".into()), ..Settings::default() };
        assert!(Post::new(&bad).is_err());
    }
}
