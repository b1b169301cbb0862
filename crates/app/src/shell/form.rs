//! Forms: every field with its label, its help and what was wrong with it.

use maud::{Markup, Render, html};

use super::list::clipped;
use crate::kernel::Error;

/// A form that posts to `action`, its button pressed once only.
pub fn form(action: &str, body: Markup) -> Markup {
    // What is typed for an action is kept in the browser until it is sent.
    let controllers = if action.starts_with("/do/") { "submit-once draft" } else { "submit-once" };
    html! { form.form method="post" action=(action) data-controller=(controllers) { (body) } }
}

/// A form whose answer is a page that is shown once, as a secret is: the browser itself sends it.
pub fn plain_form(action: &str, body: Markup) -> Markup {
    html! {
        form.form method="post" action=(action) data-turbo="false" data-controller="submit-once" {
            (body)
        }
    }
}

/// A button that posts nothing but the fact that it was pressed.
pub fn post_button(action: &str, label: &str, hotkey: Option<&str>) -> Markup {
    html! {
        form.inline method="post" action=(action) data-controller="submit-once" {
            button.btn data-hotkey=[hotkey] {
                (label) @if let Some(key) = hotkey { " " (super::kbd(key)) }
            }
        }
    }
}

/// What was wrong, where no one field is at fault.
pub fn form_error(error: Option<&Error>) -> Markup {
    let text = match error {
        None | Some(Error::Invalid { field: Some(_), .. }) => return html! {},
        Some(Error::Internal(_)) => {
            "Something failed on our side and nothing was changed. Try again.".to_owned()
        }
        Some(error) => error.to_string(),
    };
    super::notice(super::Tone::Bad, html! { (text) })
}

/// A value the person does not see.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The main button of a form.
pub fn submit(label: &str) -> Markup {
    html! { button.btn.go type="submit" { (label) } }
}

/// Another button of a form, which sends `name=value`.
pub fn button(label: &str, name: &str, value: &str) -> Markup {
    html! { button.btn name=(name) value=(value) { (label) } }
}

/// A button of a form that takes something away.
pub fn danger(label: &str, name: &str, value: &str) -> Markup {
    html! { button.btn.danger name=(name) value=(value) { (label) } }
}

/// What all fields share.
#[derive(Clone, Debug, Default)]
struct Common {
    label: String,
    name: String,
    id: String,
    help: String,
    error: Option<String>,
    required: bool,
}

impl Common {
    fn new(label: &str, name: &str) -> Self {
        let id = format!("field-{name}");
        Self { label: label.into(), name: name.into(), id, ..Self::default() }
    }

    fn problem(&mut self, error: Option<&Error>) {
        if let Some(Error::Invalid { field: Some(field), message }) = error
            && *field == self.name
        {
            self.error = Some(message.clone());
        }
    }

    /// The ids of the texts that describe the input.
    fn described(&self) -> Option<String> {
        let help = (!self.help.is_empty()).then(|| format!("{}-help", self.id));
        let error = self.error.is_some().then(|| format!("{}-error", self.id));
        let ids: Vec<String> = help.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    /// The label, the input and what is said of it.
    fn wrap(&self, input: Markup) -> Markup {
        html! {
            div.field {
                label for=(self.id) {
                    (self.label)
                }
                (input)
                (self.texts())
            }
        }
    }

    fn texts(&self) -> Markup {
        html! {
            @if !self.help.is_empty() { p.help id={ (self.id) "-help" } { (self.help) } }
            @if let Some(error) = &self.error { p.error id={ (self.id) "-error" } { (error) } }
        }
    }
}

/// The builder words that every kind of field has.
macro_rules! common {
    ($kind:ident) => {
        impl $kind {
            /// What to write, and in which form.
            pub fn help(mut self, help: impl Into<String>) -> Self {
                self.common.help = help.into();
                self
            }

            /// What was wrong with what was sent.
            pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
                self.common.error = error.map(Into::into);
                self
            }

            /// Takes the message if the error is about this field.
            pub fn problem(mut self, error: Option<&Error>) -> Self {
                self.common.problem(error);
                self
            }

            /// It cannot be left out.
            pub fn required(mut self) -> Self {
                self.common.required = true;
                self
            }

            /// Another id, where a page has two fields of this name.
            pub fn id(mut self, id: impl Into<String>) -> Self {
                self.common.id = id.into();
                self
            }
        }
    };
}
common!(Field);
common!(Area);
common!(Select);
common!(Check);

/// A field of one line.
#[derive(Clone, Debug, Default)]
pub struct Field {
    common: Common,
    value: String,
    kind: String,
    placeholder: String,
    autocomplete: Option<String>,
    autofocus: bool,
    list: Vec<String>,
    picks: String,
}

/// A field of one line, of kind `text` until told otherwise.
pub fn field(label: &str, name: &str) -> Field {
    Field { common: Common::new(label, name), kind: "text".into(), ..Field::default() }
}

impl Field {
    /// What stands in it.
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// `email`, `password`, `number`, `date`, `url`, `search`, `file`.
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = kind.into();
        self
    }

    /// An example in the empty field.
    pub fn placeholder(mut self, example: impl Into<String>) -> Self {
        self.placeholder = example.into();
        self
    }

    /// What browsers and password managers may fill in, as `username`.
    pub fn autocomplete(mut self, word: &str) -> Self {
        self.autocomplete = Some(word.into());
        self
    }

    /// The caret starts here.
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// Values that are offered while typing.
    pub fn offer(mut self, values: Vec<String>) -> Self {
        self.list = values;
        self
    }

    /// It takes the key of an item of these kinds, with blanks between; scripts offer items below it
    /// by the words of their titles.
    pub fn picks(mut self, kinds: &str) -> Self {
        self.picks = kinds.into();
        self
    }
}

impl Render for Field {
    fn render(&self) -> Markup {
        let common = &self.common;
        let picks = (!self.picks.is_empty()).then_some(&self.picks);
        let list = (!self.list.is_empty()).then(|| format!("{}-list", common.id));
        common.wrap(html! {
            input type=(self.kind) id=(common.id) name=(common.name) value=(self.value)
                required[common.required] autofocus[self.autofocus] list=[list.as_deref()]
                data-controller=[picks.map(|_| "key-picker")] data-key-picker-kinds-value=[picks]
                placeholder=[(!self.placeholder.is_empty()).then_some(&self.placeholder)]
                autocomplete=[self.autocomplete.as_deref()] aria-describedby=[common.described()]
                aria-invalid=[common.invalid()] step=[(self.kind == "number").then_some("any")];
            @if let Some(list) = &list {
                datalist id=(list) { @for value in &self.list { option value=(value) {} } }
            }
        })
    }
}

/// A field of many lines.
#[derive(Clone, Debug, Default)]
pub struct Area {
    common: Common,
    value: String,
    placeholder: String,
    rows: u8,
    draft: Option<String>,
    voice: bool,
    markdown: bool,
}

/// A field of many lines.
pub fn textarea(label: &str, name: &str) -> Area {
    Area { common: Common::new(label, name), rows: 4, ..Area::default() }
}

impl Area {
    /// What stands in it.
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// An example in the empty field.
    pub fn placeholder(mut self, example: impl Into<String>) -> Self {
        self.placeholder = example.into();
        self
    }

    /// How many lines it shows at first.
    pub fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// Names the draft that the browser keeps of its form; otherwise the action and what it is about do.
    pub fn draft(mut self, key: impl Into<String>) -> Self {
        self.draft = Some(key.into());
        self
    }

    /// Takes Markdown: with buttons for its signs, and a preview.
    pub fn markdown(mut self) -> Self {
        self.markdown = true;
        self
    }

    /// For people's words: written in the serif.
    pub fn voice(mut self) -> Self {
        self.voice = true;
        self
    }
}

impl Render for Area {
    fn render(&self) -> Markup {
        let common = &self.common;
        let area = html! {
            // The line break after the tag is HTML's own: it keeps a first empty line.
            textarea.voice[self.voice] id=(common.id) name=(common.name) rows=(self.rows)
                required[common.required] aria-describedby=[common.described()]
                aria-invalid=[common.invalid()]
                placeholder=[(!self.placeholder.is_empty()).then_some(&self.placeholder)]
                { "\n" (self.value) }
            @if let Some(key) = &self.draft { (hidden("_draft", key)) }
        };
        common.wrap(if self.markdown { self.with_tools(area) } else { area })
    }
}

impl Area {
    /// The buttons need scripts and are hidden without; the preview is a page of its own then.
    fn with_tools(&self, area: Markup) -> Markup {
        let Common { id, name, .. } = &self.common;
        html! {
            div.md data-controller="preview embed" {
                div.md-tools {
                    markdown-toolbar for=(id) {
                        md-header aria-label="Heading" title="Heading" { "H" }
                        md-bold aria-label="Bold" title="Bold" { b { "B" } }
                        md-italic aria-label="Italic" title="Italic" { i { "I" } }
                        md-quote aria-label="Quote" title="Quote" { "❝" }
                        md-code aria-label="Code" title="Code" { "‹›" }
                        md-link aria-label="Link" title="Link" { "↗" }
                        md-unordered-list aria-label="List" title="List" { "•" }
                        md-ordered-list aria-label="Numbered list" title="Numbered list" { "1." }
                        md-task-list aria-label="Tasks" title="Tasks" { "☑" }
                    }
                    // Enter in a field presses a form's first button, which shall not be the preview.
                    button hidden tabindex="-1" {}
                    button.plain name="_preview" value=(name) formaction="/preview"
                        formtarget="_blank" formnovalidate data-turbo="false"
                        data-action="preview#toggle" data-preview-target="button" { "Preview" }
                }
                (area)
                div.prose.preview data-preview-target="shown" hidden {}
            }
        }
    }
}

/// One choice of a [`Select`].
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    /// A choice that sends `value` and reads `label`.
    pub fn new(value: impl ToString, label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into() }
    }
}

/// A choice among few.
#[derive(Clone, Debug, Default)]
pub struct Select {
    common: Common,
    choices: Vec<Choice>,
    value: String,
    many: Vec<String>,
    multiple: bool,
}

/// A choice among few.
pub fn select(label: &str, name: &str, choices: Vec<Choice>) -> Select {
    Select { common: Common::new(label, name), choices, ..Select::default() }
}

impl Select {
    /// What is chosen.
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// Several can be chosen, and these are.
    pub fn many(mut self, values: Vec<String>) -> Self {
        self.many = values;
        self.multiple = true;
        self
    }

    fn chosen(&self, value: &str) -> bool {
        if self.multiple { self.many.iter().any(|one| one == value) } else { self.value == value }
    }
}

impl Render for Select {
    fn render(&self) -> Markup {
        let common = &self.common;
        common.wrap(html! {
            select id=(common.id) name=(common.name) required[common.required]
                multiple[self.multiple] aria-describedby=[common.described()]
                aria-invalid=[common.invalid()] {
                @for choice in &self.choices {
                    option value=(choice.value) selected[self.chosen(&choice.value)] { (clipped(&choice.label)) }
                }
            }
        })
    }
}

/// Yes or no.
#[derive(Clone, Debug, Default)]
pub struct Check {
    common: Common,
    checked: bool,
    value: String,
}

/// Yes (`name=on`) or no (nothing is sent).
pub fn checkbox(label: &str, name: &str) -> Check {
    Check { common: Common::new(label, name), value: "on".into(), ..Check::default() }
}

impl Check {
    /// Whether it is ticked.
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// What it sends instead of `on`.
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }
}

impl Render for Check {
    fn render(&self) -> Markup {
        let common = &self.common;
        html! {
            div.field.check {
                label for=(common.id) {
                    input type="checkbox" id=(common.id) name=(common.name) value=(self.value)
                        checked[self.checked] required[common.required]
                        aria-describedby=[common.described()];
                    " " (common.label)
                }
                (common.texts())
            }
        }
    }
}
