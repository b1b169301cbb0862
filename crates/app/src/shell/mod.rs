//! The page frame and the components every page is made of; no noun of the domain.
//!
//! Everything works as plain HTML: links, GET forms, POST forms that answer with a redirect,
//! `<details>`. Scripts only add speed: see the `data-` attributes named beside each component.

pub mod assets;
mod chart;
mod chart_lines;
mod dialog;
mod form;
mod frame;
mod labels;
mod list;
pub mod markdown;
mod nav;
mod parts;
mod path;
mod public;
mod table;
mod time;
pub mod timeline;
mod words;

pub use chart::{Dot, field_map, matrix, matrix_to, share_bar, spark};
pub use chart_lines::{Line, Spot, areas, bars, lines, scatter};
pub use dialog::{bulk_bar, dialog, dialog_link, menu, menu_at};
pub use form::{
    Area, Check, Choice, Field, Select, button, checkbox, danger, field, form, form_error, hidden,
    plain_form, post_button, select, submit, textarea,
};
pub use frame::{Frame, Live, Plain, peek, quick};
pub use list::{Held, Row, Sortable, board_column, card, clipped, list, list_row, sortable};
pub use nav::{Bell, Crumb, Link, NavLink, NavSection, Person, Switcher, Theme};
pub use parts::{
    Facet, Toast, Tone, avatar, copy, diff, empty_state, explain, filters, kbd, meter, notice,
    page_head, pill, section, stat, stats, tabs, toast, toast_with_undo, toned, two_of,
};
pub use path::{PathNode, path_more, path_rail};
pub use public::Public;
pub use table::{Pages, data_table, pages};
pub use time::{ago, day_tag, days_tag, time_tag};
pub use words::{amount, counted};

#[cfg(test)]
mod tests;
