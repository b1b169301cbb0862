//! Times for people, with the exact instant for programs.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::kernel::{Day, Time};

/// An instant as "3 Mar 2026, 09:30" in UTC; scripts add the reader's own time as a hint.
pub fn time_tag(time: Time) -> Markup {
    let zoned = time.timestamp().to_zoned_datetime(TimeZone::UTC);
    html! { time datetime=(time) { (zoned.strftime("%-d %b %Y, %H:%M")) } }
}

/// A day as "3 Mar 2026".
pub fn day_tag(day: Day) -> Markup {
    html! { time datetime=(day) { (day.words()) } }
}

/// From when to when, as far as either is known.
pub fn days_tag(from: Option<Day>, to: Option<Day>) -> Markup {
    html! {
        @match (from, to) {
            (Some(from), Some(to)) => span { (day_tag(from)) " to " (day_tag(to)) },
            (Some(from), None) => span { "from " (day_tag(from)) },
            (None, Some(to)) => span { "until " (day_tag(to)) },
            (None, None) => span.soft { "no dates yet" },
        }
    }
}

/// How long ago, as "2 h ago"; from a month on, the day itself.
pub fn ago(time: Time, now: Time) -> Markup {
    let seconds = (now.0 - time.0) / Time::SECOND;
    let text = match seconds {
        i64::MIN..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "yesterday".to_owned(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        _ => return day_within(time),
    };
    html! { time datetime=(time) { (text) } }
}

fn day_within(time: Time) -> Markup {
    html! { time datetime=(time) { (time.day().words()) } }
}
