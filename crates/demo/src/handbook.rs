//! What people attached and what they wrote down: sketches and tables on items, and a small handbook for
//! each product. The pictures are drawn here.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use wherefore_app::db::Db;
use wherefore_app::files::Staged;
use wherefore_app::how::pages::WritePage;
use wherefore_app::kernel::{Actor, Error, Result, Time};
use wherefore_app::store::{Change, Process};
use wherefore_app::thread::attachments::{AttachFile, attach_in, prepare};
use wherefore_app::thread::comments::AddComment;

use crate::story::{ANA, Day, INES, JONAS, KARL, LEA, MEI, Step, TOM, step};

/// Files that wait for the day on which somebody attaches them.
pub(crate) type Kept = Arc<HashMap<&'static str, Arc<Staged>>>;

/// Makes the files and keeps them; the story attaches them in its own time.
pub(crate) async fn keep(db: &Db, actor: &Actor, now: Time) -> Result<Kept> {
    let files = db.files()?;
    let mut all = HashMap::new();
    for (name, bytes) in made()? {
        let staged = Arc::new(files.stage_bytes(name, &bytes).await?);
        prepare(db, actor, None, &staged, now).await?;
        all.insert(name, staged);
    }
    Ok(Arc::new(all))
}

const SKETCH: &str = "Refund of a split ticket.png";
const BOARD: &str = "Whiteboard.png";
const CALLS: &str = "Calls about refunds.csv";
const NOTES: &str = "Notes from the help line.txt";
const FARES: &str = "Fare table.pdf";
const SCHEMA: &str = "Slow report.png";
const TIMES: &str = "Query times.csv";

fn made() -> Result<Vec<(&'static str, Vec<u8>)>> {
    let png = |svg: &str| wherefore_draw::png(svg, 2.0).map_err(Error::internal);
    Ok(vec![
        (SKETCH, png(&phone())?),
        (BOARD, png(&notes_on_a_wall())?),
        (CALLS, calls().into_bytes()),
        (NOTES, HELP_LINE.as_bytes().to_vec()),
        (FARES, wherefore_draw::pdf(&fares()).map_err(Error::internal)?),
        (SCHEMA, png(&bars())?),
        (TIMES, b"report,rows,seconds\nSales by day,1200,0.8\nSales by shop,48000,3.1\nSales by fare,310000,11.4\nRefunds by shop,9000,1.2\nOpen invoices,2100,0.9\n".to_vec()),
    ])
}

fn svg(width: u32, height: u32, inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"Inter\"><rect width=\"{width}\" height=\"{height}\" fill=\"#f6f4ef\"/>{inside}</svg>"
    )
}

/// A screen of the app, as a designer sketches it.
fn phone() -> String {
    let mut inside = String::from(
        "<rect x=\"150\" y=\"20\" width=\"220\" height=\"360\" rx=\"24\" fill=\"#fff\" stroke=\"#33343c\" stroke-width=\"3\"/><text x=\"172\" y=\"70\" font-size=\"17\" font-weight=\"600\">Money back</text>",
    );
    let rows = [("Reading to Bath", "£4.20", true), ("Bath to Bristol", "£2.00", false)];
    for (n, (leg, price, chosen)) in rows.iter().enumerate() {
        let y = 96 + n * 78;
        let (fill, mark) = if *chosen { ("#e4f1ee", "#1f7a70") } else { ("#f3f3f3", "#b9b9b9") };
        let _ = write!(
            inside,
            "<rect x=\"168\" y=\"{y}\" width=\"184\" height=\"62\" rx=\"10\" fill=\"{fill}\"/><circle cx=\"188\" cy=\"{}\" r=\"8\" fill=\"{mark}\"/><text x=\"206\" y=\"{}\" font-size=\"13\">{leg}</text><text x=\"206\" y=\"{}\" font-size=\"13\" fill=\"#555\">{price}</text>",
            y + 31,
            y + 27,
            y + 46
        );
    }
    inside.push_str("<rect x=\"168\" y=\"316\" width=\"184\" height=\"40\" rx=\"20\" fill=\"#33343c\"/><text x=\"218\" y=\"341\" font-size=\"14\" fill=\"#fff\">Refund £4.20</text><text x=\"400\" y=\"130\" font-size=\"13\" fill=\"#8a5a00\">each part by itself</text><text x=\"400\" y=\"340\" font-size=\"13\" fill=\"#8a5a00\">the sum before the press</text><path d=\"M396 126 L360 126 M396 336 L360 336\" stroke=\"#8a5a00\" stroke-width=\"1.5\"/>");
    svg(580, 400, &inside)
}

/// Notes on a wall, after a retro.
fn notes_on_a_wall() -> String {
    let words = [
        "Refunds done",
        "Tests are slow",
        "Ask Grace first",
        "Pair on fares",
        "No Friday releases",
        "Write it down",
    ];
    let fills = ["#fdf0b8", "#d8eee9", "#e6e0f7"];
    let mut inside = String::new();
    for (n, word) in words.iter().enumerate() {
        let (x, y) = (30 + (n % 3) * 180, 30 + (n / 3) * 150);
        let _ = write!(
            inside,
            "<g transform=\"rotate({} {} {})\"><rect x=\"{x}\" y=\"{y}\" width=\"150\" height=\"120\" fill=\"{}\"/><text x=\"{}\" y=\"{}\" font-size=\"16\">{word}</text></g>",
            [-2, 1, 3, -1, 2, -3][n],
            x + 75,
            y + 60,
            fills[n % 3],
            x + 12,
            y + 64
        );
    }
    svg(570, 330, &inside)
}

fn bars() -> String {
    let all =
        [("by day", 20), ("by shop", 78), ("by fare", 285), ("refunds", 30), ("invoices", 22)];
    let mut inside = String::from(
        "<text x=\"24\" y=\"34\" font-size=\"16\" font-weight=\"600\">Seconds until a report is there</text>",
    );
    for (n, (name, wide)) in all.iter().enumerate() {
        let y = 60 + n * 44;
        let fill = if *wide > 100 { "#b3372f" } else { "#1f7a70" };
        let _ = write!(
            inside,
            "<text x=\"24\" y=\"{}\" font-size=\"13\">{name}</text><rect x=\"110\" y=\"{y}\" width=\"{wide}\" height=\"26\" fill=\"{fill}\"/>",
            y + 18
        );
    }
    svg(440, 290, &inside)
}

fn fares() -> String {
    let mut inside = String::from(
        "<text x=\"40\" y=\"60\" font-size=\"20\" font-weight=\"600\">Fares from Reading</text>",
    );
    let rows = [
        ("Bath", "£18.40", "£11.20"),
        ("Bristol", "£21.10", "£13.00"),
        ("Didcot", "£7.30", "£4.90"),
        ("Swindon", "£12.60", "£8.10"),
    ];
    for (n, (to, any, off)) in rows.iter().enumerate() {
        let y = 110 + n * 32;
        let _ = write!(
            inside,
            "<text x=\"40\" y=\"{y}\" font-size=\"14\">{to}</text><text x=\"200\" y=\"{y}\" font-size=\"14\">{any}</text><text x=\"320\" y=\"{y}\" font-size=\"14\">{off} off-peak</text>"
        );
    }
    svg(480, 280, &inside)
}

fn calls() -> String {
    let mut text = String::from("Week;Calls;About refunds;Median wait (min)\n");
    for week in 1..=26 {
        let refunds = 410 - week * 9 + week % 4 * 6;
        let _ = writeln!(text, "{week};{};{refunds};{}", 960 - week * 7, 12 - week / 4);
    }
    text
}

const HELP_LINE: &str = "Monday on the help line, eight to noon

31 calls, 17 about money back.
11 had a split ticket and did not know that each half counts by itself.
4 had been refused and could not say why.
2 only wanted to know whether the money is on its way.

What callers say first: “I already tried the app.”
";

fn attach(d: &mut Day<'_>, kept: &Kept, on: &str, name: &str) -> Result<String> {
    let staged = kept.get(name).ok_or_else(|| Error::internal(format!("no file {name}")))?;
    let view = Change::record(d.tx, d.actor.clone(), &AttachFile::META, d.now, |cx| {
        attach_in(cx, on, staged)
    })?;
    Ok(view.markdown)
}

pub(crate) fn tell(steps: &mut Vec<Step>, kept: &Kept) {
    let files = kept.clone();
    step(steps, 104, LEA, move |d| {
        let key = d.key("story-1-0")?;
        let picture = attach(d, &files, &key, SKETCH)?;
        let body = format!(
            "Each part of the journey by itself, and the sum before the press:\n\n{picture}"
        );
        d.act("", &AddComment { key, body })
    });
    for (day, who, on, name) in [
        (110, ANA, "problem-1", NOTES),
        (118, MEI, "problem-1", CALLS),
        (40, MEI, "epic-0", FARES),
        (190, JONAS, "portal-gate-files", SCHEMA),
        (191, JONAS, "portal-gate-files", TIMES),
        (260, TOM, "team-wall", BOARD),
    ] {
        let files = kept.clone();
        step(steps, day, who, move |d| {
            let on = match on {
                "portal-gate-files" => format!("gate/{}", d.key("portal-gate")?),
                "team-wall" => "RIDE".to_owned(),
                name => d.key(name)?,
            };
            attach(d, &files, &on, name).map(drop)
        });
    }
    handbook(steps);
}

/// A page of a handbook: its name for others, the page above it, title and text; `{name}` stands for the
/// key of something.
type Written = (&'static str, &'static str, &'static str, &'static str);

const TICKETS: [Written; 5] = [
    (
        "doc-tickets",
        "",
        "Handbook",
        "What you need in your first weeks with Tickets, and what we agreed and would else forget.\n\nWhat we are here for stands in the vision; the story to start with is {story-1-0}: it shows how a why becomes work.",
    ),
    (
        "doc-support",
        "doc-tickets",
        "How we answer support",
        "1. Whoever is on the rota reads the inbox at **nine** and at **three**.\n2. A person who is stuck hears from us the same day, even if only that we look into it.\n3. What they said becomes evidence, in *their* words.\n\n| It is about | Ask | Until |\n|---|---|---|\n| money back | Mei | the same day |\n| a wrong fare | Ana | two days |\n| anything else | the rota | two days |\n\nMost calls are about {problem-1}.",
    ),
    (
        "doc-refunds",
        "doc-support",
        "Refund rules in plain words",
        "- Each half of a split ticket counts by itself.\n- A cancelled train is paid whole, without asking.\n- Below £1 nothing is paid out; it is kept as credit.\n\nThe rules are built in {epic-1}. Whoever changes one changes this page.",
    ),
    (
        "doc-release",
        "doc-tickets",
        "How we release",
        "- [x] Feature flags off by default\n- [x] Two people have tried it on a slow phone\n- [ ] Support has read the notes *before* the release\n\nNever on a Friday.",
    ),
    (
        "doc-words",
        "doc-tickets",
        "Words we use",
        "**Split ticket**: one journey on two tickets, because that is cheaper.\n\n**Off-peak**: begins at 9:30, except where it does not; see the feed.\n\n**Traveller**: who sits in the train. **Buyer**: who paid. Often not the same person.",
    ),
];

const PORTAL: [Written; 3] = [
    (
        "doc-portal",
        "",
        "Read me first",
        "Three shops depend on the portal every morning at six. Before you change a report, read the next page.",
    ),
    (
        "doc-reports",
        "doc-portal",
        "How the reports come by their numbers",
        "The night job copies sales at **2:10**. What is sold after that shows up a day later.\n\n```\nsales -> staging -> report_day\n```\n\nA report by fare reads everything and is slow; that is known.",
    ),
    (
        "doc-keys",
        "doc-portal",
        "Who has which key",
        "| System | Ask |\n|---|---|\n| Partner database | Jonas |\n| Night job | Pavel |\n| Billing | Karl |",
    ),
];

fn handbook(steps: &mut Vec<Step>) {
    for (n, page) in TICKETS.iter().enumerate() {
        step(steps, 130 + n as i64 * 6, [MEI, ANA, MEI, TOM, ANA][n], move |d| {
            write(d, "RIDE", page)
        });
    }
    for (n, page) in PORTAL.iter().enumerate() {
        step(steps, 210 + n as i64 * 4, [INES, JONAS, KARL][n], move |d| write(d, "PART", page));
    }
}

fn write(d: &mut Day<'_>, product: &str, (name, parent, title, text): &Written) -> Result<()> {
    let mut body = (*text).to_owned();
    for named in ["story-1-0", "problem-1", "epic-1"] {
        if body.contains(&format!("{{{named}}}")) {
            body = body.replace(&format!("{{{named}}}"), &d.key(named)?);
        }
    }
    let parent = if parent.is_empty() { None } else { Some(d.key(parent)?) };
    let page = WritePage { product: product.to_owned(), title: (*title).to_owned(), body, parent };
    d.act(name, &page)
}
