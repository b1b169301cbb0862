//! Things that open: dialogs, menus, the bar for what is selected.

use maud::{Markup, html};

/// A dialog, shut until a [`dialog_link`] with its id is followed.
pub fn dialog(id: &str, title: &str, body: Markup) -> Markup {
    html! {
        dialog.sheet id=(id) aria-labelledby={ (id) "-title" } {
            header.sheet-head {
                h2 id={ (id) "-title" } { (title) }
                form method="dialog" { button.btn.small aria-label="Close" { "✕" } }
            }
            (body)
        }
    }
}

/// A button that opens the dialog `id`; without scripts it leads to `href`, a page that does the same.
pub fn dialog_link(id: &str, href: &str, label: &str, hotkey: Option<&str>) -> Markup {
    html! {
        a.btn href=(href) data-dialog=(id) data-action="dialogs#open" data-hotkey=[hotkey] {
            (label) @if let Some(key) = hotkey { " " (super::kbd(key)) }
        }
    }
}

/// A button that unfolds `body`; works without scripts. The hot key opens it.
pub fn menu(label: &str, hotkey: Option<&str>, body: Markup) -> Markup {
    menu_at(None, label, hotkey, body)
}

/// The same with an id, so that links lead to its button.
pub fn menu_at(id: Option<&str>, label: &str, hotkey: Option<&str>, body: Markup) -> Markup {
    html! {
        details.menu data-controller="menu" {
            summary.btn id=[id] data-hotkey=[hotkey] {
                (label) @if let Some(key) = hotkey { " " (super::kbd(key)) }
            }
            div.sheet { (body) }
        }
    }
}

/// The bar for selected rows. Rows' check boxes belong to its form (`form="bulk"`) wherever they are,
/// so it works without scripts; with them it shows only while something is selected.
pub fn bulk_bar(action: &str, body: Markup) -> Markup {
    html! {
        form.bulk id="bulk" method="post" action=(action) data-controller="bulk" {
            span data-bulk-target="count" { "Selected" }
            (body)
            button.plain type="reset" { "Clear" }
        }
    }
}
