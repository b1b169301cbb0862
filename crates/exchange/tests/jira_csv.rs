//! Small exports that show each oddity of the real ones.

use proptest::prelude::*;
use wherefore_exchange::{
    Backlog, Category, Item, Level, Link, Mapping, PersonRef, ReadError, jira_csv::read,
};

const REPEATED: &[u8] = include_bytes!("fixtures/jira_repeated_columns.csv");
const POLISH: &[u8] = include_bytes!("fixtures/jira_polish_1250.csv");

fn item<'a>(backlog: &'a Backlog, key: &str) -> &'a Item {
    backlog.items.iter().find(|item| item.key == key).unwrap()
}

fn custom<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.custom.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
}

fn warned(backlog: &Backlog, row: Option<usize>, words: &str) -> bool {
    backlog.warnings.iter().any(|w| w.row == row && w.message.contains(words))
}

#[test]
fn repeated_columns_are_gathered() {
    let backlog = read(REPEATED).unwrap();
    let story = item(&backlog, "SHOP-2");
    assert_eq!(story.labels, ["shop", "guest"]);
    assert_eq!(story.sprints, ["Sprint 1", "Sprint 2"]);
    assert_eq!(story.points, Some(5.0));
    assert_eq!((story.level, story.category), (Level::Story, Category::InReview));
    assert_eq!(story.description, "## Why\n\n**Guests** leave at `/login`.\n\n- one\n  - two");
    assert_eq!(story.assignee, Some(PersonRef { name: "Bo".into(), id: Some("u-2".into()) }));
    assert_eq!(story.comments.len(), 2);
    assert_eq!(story.comments[0].body, "Looks **good**; ship it");
    assert_eq!(story.attachments[0].name, "basket; draft.png");
    assert_eq!(story.attachments[0].url, "https://files.example.com/10/basket.png");
    assert_eq!(
        story.links,
        [
            Link { kind: "blocks".into(), outward: false, target: "SHOP-4".into() },
            Link { kind: "relates".into(), outward: true, target: "SHOP-9".into() },
        ]
    );
    assert!(warned(&backlog, Some(3), "SHOP-9, which is not in this file"));
    let epic = item(&backlog, "SHOP-1");
    assert_eq!(custom(epic, "Watchers"), Some("Ann\nBo, the second\nCy"));
    assert_eq!(custom(epic, "Rank"), Some("0|i1:"));
    assert_eq!(epic.due.as_deref(), Some("2025-11-30"));
    let watchers = backlog.columns.iter().find(|c| c.name == "Watchers").unwrap();
    assert_eq!((watchers.count, &watchers.maps_to), (3, &Mapping::Custom("Watchers".into())));
}

#[test]
fn parents_are_found_by_key_id_and_epic_name() {
    let backlog = read(REPEATED).unwrap();
    assert_eq!(item(&backlog, "SHOP-2").parent.as_deref(), Some("SHOP-1"));
    assert_eq!(custom(item(&backlog, "SHOP-2"), "Epic Link"), None);
    assert_eq!(item(&backlog, "SHOP-3").parent.as_deref(), Some("SHOP-2"));
}

#[test]
fn what_cannot_be_read_is_kept_and_said() {
    let backlog = read(REPEATED).unwrap();
    let odd = item(&backlog, "SHOP-3");
    assert_eq!(odd.title, "=cmd|' /C calc'!A0");
    assert_eq!((odd.level, odd.category), (Level::SubTask, Category::Dropped));
    assert_eq!((odd.assignee.as_ref(), odd.created, odd.points), (None, None, None));
    assert_eq!(custom(odd, "Created"), Some("soon"));
    assert_eq!(custom(odd, "Story Points"), Some("many"));
    assert!(warned(&backlog, Some(4), "“soon”"));
    assert!(warned(&backlog, None, "“Parked”"));
    assert_eq!(backlog.items.len(), 4);
    assert!(warned(&backlog, Some(6), "Left out: Status: Closed"));
    assert!(warned(&backlog, Some(7), "the same as row 5"));
}

#[test]
fn a_polish_export_in_an_old_encoding() {
    let backlog = read(POLISH).unwrap();
    insta::assert_yaml_snapshot!(backlog);
}

#[test]
fn circles_are_opened_and_sub_tasks_adopted() {
    let text = "Summary,Issue key,Issue Type,Parent key,Sub-tasks\n\
                a,A-1,Task,A-3,\nb,A-2,Task,A-1,\nc,A-3,Task,A-2,\nd,A-4,Task,A-4,\n\
                e,A-5,Story,,\"A-6, A-7\"\nf,A-6,Sub-task,,\n";
    let backlog = read(text.as_bytes()).unwrap();
    let parents: Vec<Option<&str>> = backlog.items.iter().map(|i| i.parent.as_deref()).collect();
    assert_eq!(parents, [Some("A-3"), None, Some("A-2"), None, None, Some("A-5")]);
    assert!(warned(&backlog, Some(3), "contain each other"));
    assert_eq!(custom(item(&backlog, "A-5"), "Sub-tasks"), Some("A-7"));
}

#[test]
fn long_rows_and_american_dates() {
    let text = "Summary;Issue key;Created\nx;A-1;3/4/25 1:05 PM;over\ny;A-2;3/25/25 1:05 PM\n";
    let backlog = read(text.as_bytes()).unwrap();
    assert_eq!(backlog.items[0].created, Some(1_741_093_500_000_000));
    assert_eq!(custom(&backlog.items[0], "Column 4"), Some("over"));
    assert!(warned(&backlog, Some(2), "longer than the header"));
}

#[test]
fn files_that_are_refused() {
    assert_eq!(read(b""), Err(ReadError::Empty));
    assert_eq!(read(b"\xef\xbb\xbf\r\n"), Err(ReadError::Empty));
    assert!(matches!(read(b"Name,Age\nA,1"), Err(ReadError::MissingColumn { .. })));
    let open = read(b"Summary,Issue key\nx,A-1\n\"y,A-2\nz,A-3");
    assert_eq!(open, Err(ReadError::OpenQuote { row: 3 }));
    let only_header = read(b"Summary,Issue key").unwrap();
    assert!(only_header.items.is_empty() && warned(&only_header, None, "no issues"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn every_cell_ends_somewhere(
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9=]{0,6}", 0..14), 0..12),
    ) {
        let mut text = String::from(
            "Summary,Issue key,Status,Labels,Labels,Created,Sprint,Parent,Story Points,\
             Outward issue link (Blocks),Comment,Sub-tasks\n",
        );
        for row in &rows {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let backlog = read(text.as_bytes()).unwrap();
        let all = serde_json::to_string(&backlog).unwrap();
        for cell in rows.iter().flatten().filter(|cell| !cell.is_empty()) {
            let number = cell.parse::<f64>().is_ok();
            // Markdown escapes a line of equals signs.
            prop_assert!(number || all.contains(cell.trim_matches('=')), "{cell} in {all}");
        }
    }
}
