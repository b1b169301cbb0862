//! A letter as a message: plain text, and the same as simple HTML.

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::way::Post;
use crate::kernel::Time;
use crate::people::mail::{Due, line};

/// The message, or why there can be none.
pub(super) fn message(post: &Post, letter: &Due, now: Time) -> Result<Message, String> {
    let address: Address =
        letter.to.parse().map_err(|e| format!("{} is no address ({e}).", letter.to))?;
    let name = Some(line(&letter.name, 100)).filter(|n| !n.is_empty());
    let date =
        SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now.0).unwrap_or_default());
    let text = letter.text.replace("{base}", post.base());
    let mut message = Message::builder()
        .from(post.from().clone())
        .to(Mailbox::new(name, address))
        .subject(line(&letter.subject, 200))
        .date(date)
        // The same for each try, so that a mailbox can tell a repeated letter from a new one.
        .message_id(Some(format!("<{}@{}>", letter.id, post.from().email.domain())))
        .raw_header(header("Auto-Submitted", "auto-generated".into())?);
    if !letter.unsubscribe.is_empty() {
        let link = format!("<{}{}>", post.base(), letter.unsubscribe);
        message = message
            .raw_header(header("List-Unsubscribe", link)?)
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into())?);
    }
    let html = as_html(&letter.subject, &text).into_string();
    message
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(|e| format!("The message cannot be built ({e})."))
}

fn header(name: &str, value: String) -> Result<HeaderValue, String> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|e| e.to_string())?;
    Ok(HeaderValue::new(name, value))
}

/// The text as simple HTML: paragraphs, lists, addresses as links. Nothing in it is loaded from
/// anywhere, so opening a letter tells nobody.
fn as_html(title: &str, text: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (title) } }
            body style="font: 16px/1.5 system-ui, sans-serif; max-width: 36em; margin: 1.5em auto; padding: 0 1em" {
                @for part in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
                    (paragraph(part))
                }
            }
        }
    }
}

fn paragraph(part: &str) -> Markup {
    let (head, items): (Vec<&str>, Vec<&str>) = part.lines().partition(|l| !l.starts_with("- "));
    html! {
        @if !head.is_empty() {
            p {
                @for (at, line) in head.iter().enumerate() {
                    @if at > 0 { br; }
                    @if items.is_empty() { (linked(line)) } @else { b { (linked(line)) } }
                }
            }
        }
        @if !items.is_empty() {
            ul { @for item in items { li { (linked(item.trim_start_matches("- "))) } } }
        }
    }
}

/// A line whose addresses of the web are links.
fn linked(line: &str) -> Markup {
    let words = line.split(' ').map(|word| {
        if word.starts_with("https://") || word.starts_with("http://") {
            html! { a href=(word) { (word) } }.into_string()
        } else {
            html! { (word) }.into_string()
        }
    });
    PreEscaped(words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::mail::Settings;
    use crate::kernel::Id;

    fn letter() -> Due {
        Due {
            id: Id::new(),
            kind: "reply".into(),
            to: "mia@example.org".into(),
            name: "Mia\r\nBcc: all@example.org".into(),
            subject: "Your idea\r\nBcc: all@example.org <b>".into(),
            text: "It shipped: <script>alert(1)</script>\n\nNew\n- one\n- two {base}/x".into(),
            unsubscribe: "/unsubscribe/abc".into(),
            tried: 0,
        }
    }

    fn written(letter: &Due) -> String {
        let settings = Settings { base: "https://w.example".into(), ..Settings::default() };
        let post = Post::new(&settings).expect("settings");
        let message = message(&post, letter, Time(1_700_000_000_000_000)).expect("a message");
        String::from_utf8(message.formatted()).expect("ASCII")
    }

    #[test]
    fn no_header_can_be_slipped_in() {
        let text = written(&letter());
        let head = text.split("\r\n\r\n").next().expect("headers");
        assert!(!head.lines().any(|l| l.to_lowercase().starts_with("bcc")), "{head}");
        assert!(head.contains("To: ") && head.contains("Message-ID: <"), "{head}");
        assert!(head.contains("List-Unsubscribe: <https://w.example/unsubscribe/abc>"), "{head}");
    }

    #[test]
    fn the_html_shows_words_as_words_and_addresses_as_links() {
        let html =
            as_html("T", "a <script>\n\nNew\n- one\n- https://w.example/x two").into_string();
        assert!(html.contains("a &lt;script&gt;") && !html.contains("<script>"), "{html}");
        assert!(html.contains("<b>New</b>") && html.contains("<li>one</li>"), "{html}");
        assert!(html.contains(r#"<a href="https://w.example/x">https://w.example/x</a> two"#));
    }
}
