//! Jira's wiki markup, to Markdown. Never panics, never drops text, and takes linear time.

mod atoms;
mod blocks;
mod escape;
mod inline;
mod links;
mod macros;
mod tables;
mod writer;

/// Turns wiki markup into Markdown. Text that only looks like Markdown is escaped.
pub fn to_markdown(wiki: &str) -> String {
    let wiki = wiki.replace("\r\n", "\n").replace('\r', "\n");
    let mut writer = writer::Writer::default();
    for part in macros::split(&wiki) {
        match part {
            macros::Part::Text(text) => blocks::write(text, &mut writer),
            macros::Part::Code { language, title, body } => {
                writer.title(title);
                writer.code(language, body);
            }
            macros::Part::Quote => writer.toggle_quote(),
            macros::Part::Panel(title) => {
                writer.toggle_panel();
                writer.title(title);
            }
        }
    }
    writer.finish()
}

#[cfg(test)]
mod tests;
