//! The views that people of the demo keep, for themselves and for each other.

use wherefore_app::how::views::CreateView;
use wherefore_app::kernel::Result;

use crate::story::{ANA, DAYS, Day, INES, KARL, MEI, Step, TOM, step};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, 220, ANA, tickets);
    step(steps, 221, MEI, |d| {
        keep(d, "RIDE", "Due soon", "list", "is:open due<=+21d sort:due", "nobody", &[])
    });
    step(steps, 222, TOM, |d| {
        keep(d, "RIDE", "My work", "list", "assignee:me is:open group:state", "nobody", &[])
    });
    step(steps, 224, INES, portal);
    step(steps, DAYS - 50, ANA, |d| {
        let columns = [
            "key",
            "title",
            "state",
            "field.Customer impact",
            "field.Support tickets",
            "field.Regions",
        ];
        let q = "is:open level:story sort:\"-field.Support tickets\"";
        keep(d, "RIDE", "What users feel", "table", q, "product", &columns)?;
        let q = "is:open level:story group:\"field.Customer impact\"";
        keep(d, "RIDE", "By impact", "list", q, "product", &[])
    });
    step(steps, 226, KARL, |d| keep(d, "PART", "Mine", "board", "assignee:me", "nobody", &[]));
}

fn tickets(d: &mut Day<'_>) -> Result<()> {
    let columns = ["key", "title", "state", "assignee", "points", "priority", "due", "labels"];
    keep(d, "RIDE", "Estimates", "table", "is:open -level:epic sort:-points", "product", &columns)?;
    keep(d, "RIDE", "Who does what", "list", "is:begun group:assignee,state", "product", &[])?;
    keep(d, "RIDE", "Bugs", "list", "level:bug is:open sort:priority", "product", &[])?;
    keep(d, "RIDE", "This sprint", "board", "sprint:current", "product", &[])
}

fn portal(d: &mut Day<'_>) -> Result<()> {
    keep(d, "PART", "No why", "list", "is:begun no:why group:assignee", "product", &[])?;
    keep(d, "PART", "Held up", "board", "is:blocked", "product", &[])?;
    keep(d, "PART", "All open", "table", "is:open sort:priority", "product", &[])
}

fn keep(
    d: &mut Day<'_>,
    product: &str,
    name: &str,
    kind: &str,
    q: &str,
    shared: &str,
    columns: &[&str],
) -> Result<()> {
    let view = CreateView {
        product: product.into(),
        name: name.into(),
        kind: Some(kind.into()),
        q: q.into(),
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        shared: Some(shared.into()),
        team: None,
        pin: true,
    };
    d.act("", &view)
}
