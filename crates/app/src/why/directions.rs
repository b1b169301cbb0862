//! Themes and segments: where the strategy puts its weight, and for whom.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::nouns::{one_of, put, put_text};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, stood};
use crate::{new_row, record, selects, view};

record! {
    /// A strategic theme.
    pub struct Theme in "theme", versioned: true {
        pub product_id: Id,
        pub name: String,
        pub about: String,
        /// `active` or `dropped`.
        pub state: String,
    }
}

record! {
    /// A group of users or customers with something in common.
    pub struct Segment in "segment", versioned: true {
        pub product_id: Id,
        pub name: String,
        pub about: String,
        /// In words: `40,000 commuters`.
        pub size: String,
    }
}

impl Indexed for Theme {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for Segment {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    THEMES: Theme = "theme", "product_id = $2 AND gone_at IS NULL ORDER BY name LIMIT 200";
    THEME: Theme = "theme", "product_id = $2 AND name = $3 AND gone_at IS NULL";
    THEMES_EVER: Theme = "theme", "product_id = $2 AND created_at < $3 ORDER BY name, id LIMIT 400";
    SEGMENTS_EVER: Segment = "segment", "product_id = $2 AND created_at < $3 ORDER BY name, id LIMIT 400";
    SEGMENTS: Segment = "segment", "product_id = $2 AND gone_at IS NULL ORDER BY name LIMIT 200";
    SEGMENT: Segment = "segment", "product_id = $2 AND name = $3 AND gone_at IS NULL";
}

view! {
    /// A theme as programs and pages see it.
    pub struct ThemeView of Theme {
        pub name: String,
        pub about: String,
        pub state: String,
    }
}

view! {
    /// A segment as programs and pages see it.
    pub struct SegmentView of Segment {
        pub name: String,
        pub about: String,
        pub size: String,
    }
}

/// The themes of a product, by name.
pub fn themes(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Theme>> {
    THEMES.all(conn, ws, &[product.into()])
}

/// The segments of a product, by name.
pub fn segments(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Segment>> {
    SEGMENTS.all(conn, ws, &[product.into()])
}

/// The themes and segments of a product as they stood just before `at`.
pub fn directions_then(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    at: Time,
) -> Result<(Vec<Theme>, Vec<Segment>)> {
    let values = [product.into(), at.into()];
    let (themes, segments) =
        (THEMES_EVER.all(conn, ws, &values)?, SEGMENTS_EVER.all(conn, ws, &values)?);
    Ok((stood(conn, ws, &themes, at)?, stood(conn, ws, &segments, at)?))
}

/// The theme of that name.
pub fn theme(conn: &mut Conn, ws: i64, product: Id, name: &str) -> Result<Theme> {
    THEME
        .first(conn, ws, &[product.into(), name.trim().to_owned().into()])?
        .ok_or_else(|| Error::invalid("theme", format!("There is no theme “{name}” here.")))
}

/// Set a strategic theme, or change the one of that name.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetTheme {
    pub product: String,
    pub name: String,
    pub about: Option<String>,
    /// `active` (if left out) or `dropped`.
    pub state: Option<String>,
}

impl Action for SetTheme {
    type Output = ThemeView;
    const META: Meta = Meta::action(
        "set-theme",
        "Set a strategic theme, or change the one of that name",
        "POST",
        "/themes",
    )
    .exercises(&[2]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ThemeView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let name = check_title("name", &self.name)?;
        let states = ["active", "dropped"];
        let values = [product.id.into(), name.clone().into()];
        if let Some(before) = THEME.first(cx.conn(), actor.workspace, &values)? {
            let mut after = before.clone();
            put_text(&mut after.about, "about", self.about.as_ref())?;
            after.state = one_of("state", self.state.as_deref(), &before.state, &states)?;
            cx.update(&before, &mut after)?;
            return Ok((&after).into());
        }
        let theme = new_row!(
            cx,
            Theme {
                product_id: product.id,
                name: name,
                about: check_text("about", self.about.as_deref().unwrap_or_default())?,
                state: one_of("state", self.state.as_deref(), "active", &states)?,
            }
        );
        cx.insert(&theme)?;
        Ok((&theme).into())
    }
}

/// Set a segment, or change the one of that name.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetSegment {
    pub product: String,
    pub name: String,
    pub about: Option<String>,
    pub size: Option<String>,
}

impl Action for SetSegment {
    type Output = SegmentView;
    const META: Meta = Meta::action(
        "set-segment",
        "Set a segment, or change the one of that name",
        "POST",
        "/segments",
    )
    .exercises(&[10]);

    fn run(&self, cx: &mut Change<'_>) -> Result<SegmentView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let name = check_title("name", &self.name)?;
        let values = [product.id.into(), name.clone().into()];
        if let Some(before) = SEGMENT.first(cx.conn(), actor.workspace, &values)? {
            let mut after = before.clone();
            put_text(&mut after.about, "about", self.about.as_ref())?;
            put(&mut after.size, self.size.as_ref());
            cx.update(&before, &mut after)?;
            return Ok((&after).into());
        }
        let segment = new_row!(
            cx,
            Segment {
                product_id: product.id,
                name: name,
                about: check_text("about", self.about.as_deref().unwrap_or_default())?,
                size: self.size.as_deref().unwrap_or_default().trim().to_owned(),
            }
        );
        cx.insert(&segment)?;
        Ok((&segment).into())
    }
}

/// List a product's themes.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListThemes {
    pub product: String,
}

impl Query for ListThemes {
    type Output = Vec<ThemeView>;
    const META: Meta = Meta::query("list-themes", "List a product's themes", "/themes");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ThemeView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        Ok(themes(cx.conn, cx.actor.workspace, product.id)?.iter().map(Into::into).collect())
    }
}

/// List a product's segments.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListSegments {
    pub product: String,
}

impl Query for ListSegments {
    type Output = Vec<SegmentView>;
    const META: Meta = Meta::query("list-segments", "List a product's segments", "/segments");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<SegmentView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = SEGMENTS.all(cx.conn, cx.actor.workspace, &[product.id.into()])?;
        Ok(all.iter().map(Into::into).collect())
    }
}
