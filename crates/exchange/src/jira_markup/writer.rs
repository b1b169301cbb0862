use super::inline;

/// What the last line was, to know what may follow it directly.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    #[default]
    Blank,
    Paragraph,
    Item,
    Table,
}

/// Collects Markdown lines within quotations.
#[derive(Default)]
pub struct Writer {
    out: String,
    last: Line,
    quote: bool,
    panel: bool,
}

impl Writer {
    /// Writes a line; another kind of line before it is set apart by an empty one.
    pub fn line(&mut self, kind: Line, text: &str) {
        if self.last != kind {
            self.blank();
        }
        self.raw(text);
        self.last = kind;
    }

    /// A line that belongs to the one above, after a hard break.
    pub fn continued(&mut self, kind: Line, text: &str) {
        if self.last == kind && self.out.ends_with('\n') {
            self.out.pop();
            self.out.push_str("  \n");
        }
        self.line(kind, text);
    }

    /// A block by itself.
    pub fn alone(&mut self, text: &str) {
        self.blank();
        self.raw(text);
        self.last = Line::Paragraph;
        self.blank();
    }

    /// Ends whatever is open.
    pub fn blank(&mut self) {
        if self.last != Line::Blank {
            let mark = self.prefix().trim_end();
            self.out.push_str(mark);
            self.out.push('\n');
            self.last = Line::Blank;
        }
    }

    /// The title of a panel or of code.
    pub fn title(&mut self, title: &str) {
        if !title.is_empty() {
            let text = format!("**{}**", inline::plain(title));
            self.alone(&text);
        }
    }

    /// A fenced block; the fence is longer than any in the text.
    pub fn code(&mut self, language: &str, body: &str) {
        let (mut longest, mut run) = (2, 0);
        for c in body.chars() {
            run = if c == '`' { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        let fence = "`".repeat(longest + 1);
        let body = body.strip_prefix('\n').unwrap_or(body);
        let body = body.strip_suffix('\n').unwrap_or(body);
        self.blank();
        self.raw(&format!("{fence}{language}"));
        body.split('\n').for_each(|line| self.raw(line));
        self.raw(&fence);
        self.last = Line::Paragraph;
        self.blank();
    }

    /// Opens or closes a quotation.
    pub fn toggle_quote(&mut self) {
        self.leave();
        self.quote = !self.quote;
    }

    /// Opens or closes a panel.
    pub fn toggle_panel(&mut self) {
        self.leave();
        self.panel = !self.panel;
    }

    /// The Markdown so far, without empty lines at its ends.
    pub fn finish(mut self) -> String {
        self.trim();
        self.out.trim_matches('\n').trim_end().to_owned()
    }

    /// Between two depths of quotation stands a line without any mark.
    fn leave(&mut self) {
        self.trim();
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.last = Line::Blank;
    }

    /// Takes empty lines off the end, marked as quoted or not.
    fn trim(&mut self) {
        while let Some(shorter) =
            ["\n\n", "\n>\n", "\n> >\n"].iter().find_map(|end| self.out.strip_suffix(end))
        {
            let length = shorter.len() + 1;
            self.out.truncate(length);
        }
    }

    fn prefix(&self) -> &'static str {
        match u8::from(self.quote) + u8::from(self.panel) {
            0 => "",
            1 => "> ",
            _ => "> > ",
        }
    }

    fn raw(&mut self, text: &str) {
        let prefix = self.prefix();
        self.out.push_str(if text.is_empty() { prefix.trim_end() } else { prefix });
        self.out.push_str(text);
        self.out.push('\n');
    }
}
