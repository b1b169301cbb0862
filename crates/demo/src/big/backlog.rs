//! The work items of the big world, each made from its number alone, so that a seed gives the same
//! world every time and no more of it than one file's worth is in memory.

use wherefore_app::kernel::Time;
use wherefore_exchange::{Backlog, Category, Comment, Item, Level, More, PersonRef};

use super::words::{
    CHORES, DETAILS, FAULTS, LABELS, PLACES_OF_USE, Place, REASONS, REMARKS, VERBS,
};

/// Of so many items in a row, the first is an epic and the others belong to it.
pub const GROUP: usize = 50;
/// How far back the oldest item was written down.
const DAYS: i64 = 1_100;
/// Work in hand and work that waits do not grow with what was done long ago.
const MOST_ACTIVE: usize = 3_000;
const MOST_WAITING: usize = 20_000;
const SPRINTS: usize = 60;

const STAFF: [&str; 5] = ["Tom Okoro", "Lea Brandt", "Jonas Ek", "Ana Ruiz", "Ines Duarte"];

/// Chances that follow from a number (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % sides.max(1) as u64).unwrap_or_default()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// The backlog of one product.
pub struct Source {
    pub place: &'static Place,
    pub seed: u64,
    /// How many items the product gets.
    pub count: usize,
    /// The number in the first item's key.
    pub first: usize,
    /// The day on which the history ends.
    pub end: Time,
}

impl Source {
    /// The items from `from` on, as a file would bring them.
    pub fn file(&self, from: usize, to: usize) -> Backlog {
        Backlog {
            source: "demo".into(),
            columns: Vec::new(),
            items: (from..to.min(self.count)).map(|n| self.item(n)).collect(),
            nouns: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The key of item `n`.
    pub fn key(&self, n: usize) -> String {
        format!("{}-{}", self.place.key, self.first + n)
    }

    fn item(&self, n: usize) -> Item {
        let mut dice = Dice(self.seed ^ (n as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let level = match (n % GROUP, dice.roll(20)) {
            (0, _) => Level::Epic,
            (_, 0..3) => Level::Bug,
            (_, 3..6) => Level::Task,
            _ => Level::Story,
        };
        let (status, category) = self.state(n, &mut dice);
        let created = self.created(n);
        let done = matches!(category, Category::Accepted | Category::Dropped);
        let worked = done || matches!(category, Category::Started | Category::InReview);
        let resolved = done.then(|| {
            (created + Time::DAY * (2 + dice.roll(60) as i64)).min(self.end.0 - Time::DAY)
        });
        let assignee = worked.then(|| dice.pick(&STAFF)).map(named);
        let labels = [dice.pick(&LABELS), dice.pick(&LABELS)];
        let labels = labels[..dice.roll(3).min(1 + usize::from(labels[0] != labels[1]))].iter();
        let (points, priority) = (dice.roll(6), dice.roll(10));
        Item {
            key: self.key(n),
            source_id: None,
            row: n + 2,
            level,
            type_name: format!("{level:?}"),
            title: self.title(level, &mut dice),
            description: self.text(level, &mut dice),
            status: status.into(),
            category,
            resolution: None,
            priority: [(0, "High"), (1, "High"), (2, "Low")]
                .into_iter()
                .find_map(|(at, word)| (at == priority).then(|| word.to_owned())),
            labels: labels.map(|l| (*l).to_owned()).collect(),
            reporter: Some(named(dice.pick(&STAFF))),
            assignee,
            points: (level == Level::Story).then(|| [1.0, 2.0, 3.0, 3.0, 5.0, 8.0][points]),
            created: Some(created),
            updated: Some(resolved.unwrap_or(created)),
            resolved,
            due: None,
            parent: (!n.is_multiple_of(GROUP)).then(|| self.key(n - n % GROUP)),
            sprints: worked
                .then(|| format!("{} {}", self.place.name, n * SPRINTS / self.count + 1))
                .into_iter()
                .collect(),
            links: Vec::new(),
            comments: self.comments(resolved.unwrap_or(created), &mut dice),
            attachments: Vec::new(),
            custom: Vec::new(),
            more: More::default(),
        }
    }

    /// What is old is done, what is in hand comes after it, what waits stands last.
    fn state(&self, n: usize, dice: &mut Dice) -> (&'static str, Category) {
        let waiting = (self.count * 28 / 100).min(MOST_WAITING);
        let active = (self.count * 24 / 100).min(MOST_ACTIVE);
        if n >= self.count - waiting {
            return ("Backlog", Category::Backlog);
        }
        if n >= self.count - waiting - active {
            return match dice.roll(10) {
                0..3 => ("Ready", Category::Unstarted),
                3..6 => ("In progress", Category::Started),
                6..8 => ("In review", Category::InReview),
                _ => ("Done", Category::Accepted),
            };
        }
        match dice.roll(9) {
            0 => ("Dropped", Category::Dropped),
            _ => ("Done", Category::Accepted),
        }
    }

    fn created(&self, n: usize) -> i64 {
        let (n, count) = (n as i64, self.count.max(1) as i64);
        self.end.0 - DAYS * Time::DAY + (DAYS - 3) * Time::DAY / count * n
    }

    fn title(&self, level: Level, dice: &mut Dice) -> String {
        let (thing, place) = (dice.pick(self.place.things), dice.pick(&PLACES_OF_USE));
        match level {
            Level::Epic => capital(&format!("{thing} {place}")),
            Level::Bug => capital(&format!("{thing} {} {place}", dice.pick(&FAULTS))),
            Level::Task | Level::SubTask => format!("{} {thing} {place}", dice.pick(&CHORES)),
            Level::Story => format!(
                "As a {}, I want to {} {thing} {place}, {}",
                dice.pick(self.place.people),
                dice.pick(&VERBS),
                dice.pick(&REASONS)
            ),
        }
    }

    fn text(&self, level: Level, dice: &mut Dice) -> String {
        let (first, second) = (dice.roll(DETAILS.len()), dice.roll(DETAILS.len()));
        match level {
            Level::Epic => format!("{}\n\n{}", DETAILS[first], DETAILS[second]),
            Level::Bug => format!("Seen by a {}. {}", dice.pick(self.place.people), DETAILS[first]),
            _ if first == second => String::new(),
            _ => DETAILS[first].to_owned(),
        }
    }

    fn comments(&self, at: i64, dice: &mut Dice) -> Vec<Comment> {
        let talked = dice.roll(20) == 0;
        let (author, body) = (dice.pick(&STAFF), dice.pick(&REMARKS));
        talked
            .then(|| Comment { at: Some(at), author: Some(author.into()), body: body.into() })
            .into_iter()
            .collect()
    }
}

fn named(name: &str) -> PersonRef {
    PersonRef { name: name.into(), id: None }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
