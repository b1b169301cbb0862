//! The big world: further products with as many work items as wanted, brought in as an import
//! brings them, with a why above most of them. The same seed makes the same world.

mod backlog;
mod words;

use serde_json::Value as Json;
use wherefore_app::db::{Db, Tx};
use wherefore_app::kernel::{Actor, Clock, Error, Result, Time, Via};
use wherefore_app::people::{accounts, members, products::CreateProduct};
use wherefore_app::store::{Action, Call, perform};
use wherefore_app::thread::import::import_alone;
use wherefore_app::thread::links::{AddLink, BulkLink};
use wherefore_app::what::opportunities::{DecideOpportunity, FrameOpportunity};
use wherefore_app::why::evidence::RecordEvidence;
use wherefore_app::why::key_results::{AddCheckIn, AddKeyResult};
use wherefore_app::why::needs::CreateNeed;
use wherefore_app::why::objectives::SetObjective;

use backlog::{GROUP, Source};
use words::{PLACES, PLACES_OF_USE, Place, QUOTES};

const SEED: u64 = 0x5007_4a11;
/// Items in one file; whole groups.
const FILE: usize = 100_000;
/// Of a hundred epics, so many have their why.
const WITH_WHY: usize = 85;
/// Links made by one action.
const LINKS: usize = 100;

/// Adds `items` work items in products of their own to a world that is there.
pub async fn grow(db: &Db, end: Time, items: usize) -> Result<()> {
    let owner = db.read(owner).await?;
    let mut left = items;
    for (n, place) in PLACES.iter().enumerate() {
        let last = n + 1 == PLACES.len();
        let count = if last { left } else { items * place.share / 100 };
        left -= count;
        fill(db, end, &owner, place, count).await?;
    }
    Ok(())
}

async fn fill(
    db: &Db,
    end: Time,
    owner: &Actor,
    place: &'static Place,
    count: usize,
) -> Result<()> {
    let actor = owner.clone();
    let (problems, first) = db.write(move |tx| why(tx, &actor, end, place, count)).await?;
    let seed = place.key.bytes().fold(SEED, |seed, byte| seed.rotate_left(8) ^ u64::from(byte));
    let source = Source { place, seed, count, first, end };
    for from in (0..count).step_by(FILE) {
        let name = format!("{}-{}.csv", place.key.to_lowercase(), from / FILE + 1);
        let file = source.file(from, from + FILE);
        import_alone(db, &Clock::fixed(end), owner, place.key, &name, file).await?;
        let epics: Vec<String> = (from..count.min(from + FILE))
            .step_by(GROUP)
            .filter(|n| n / GROUP * 37 % 100 < WITH_WHY)
            .map(|n| source.key(n))
            .collect();
        let (actor, problems) = (owner.clone(), problems.clone());
        db.write(move |tx| link(tx, &actor, end, &epics, &problems)).await?;
    }
    Ok(())
}

/// Who brings it all in: the workspace's owner.
fn owner(conn: &mut wherefore_app::db::Conn) -> Result<Actor> {
    let missing = || Error::internal("the big world grows from the demo's own");
    let workspace = accounts::first_workspace(conn)?.ok_or_else(missing)?;
    let people = members::all(conn, workspace)?;
    let owner = people.iter().find(|p| p.role == "owner").ok_or_else(missing)?;
    accounts::actor(workspace, owner, false, Via::Command)?.ok_or_else(missing)
}

fn act<A: Action>(tx: &mut Tx, actor: &Actor, now: Time, input: &A) -> Result<Json> {
    Ok(perform(tx, actor, now, input, &Call::default())?.output.json())
}

/// The same for what gets a key.
fn keyed<A: Action>(tx: &mut Tx, actor: &Actor, now: Time, input: &A) -> Result<String> {
    let output = act(tx, actor, now, input)?;
    let key = output["key"].as_str().map(str::to_owned);
    key.ok_or_else(|| Error::internal("an answer without a key"))
}

/// The product and its why: the keys of its problems, and the number that the next key will have.
fn why(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    place: &Place,
    count: usize,
) -> Result<(Vec<String>, usize)> {
    let product = CreateProduct {
        key: place.key.into(),
        name: place.name.into(),
        about: place.about.into(),
        private: false,
    };
    act(tx, actor, now, &product)?;
    let objective = SetObjective {
        product: place.key.into(),
        title: format!("{} that people trust", place.name),
        period: "This year".into(),
        ..SetObjective::default()
    };
    let objective = keyed(tx, actor, now, &objective)?;
    let result = AddKeyResult {
        objective,
        title: "Calls to the control room in a week".into(),
        unit: "calls".into(),
        baseline: 1_900.0,
        target: 900.0,
        metric: None,
    };
    let result = keyed(tx, actor, now, &result)?;
    let check_in = AddCheckIn {
        key: result.clone(),
        value: 1_340.0,
        confidence: Some(60),
        note: "Counted over the last four weeks.".into(),
        ..AddCheckIn::default()
    };
    act(tx, actor, now, &check_in)?;
    let problems = (count / 1_500).clamp(3, 120);
    let all = (0..problems).map(|n| problem(tx, actor, now, place, n, &result));
    let all: Vec<String> = all.collect::<Result<_>>()?;
    let last = all.last().and_then(|key| key.rsplit('-').next()?.parse::<usize>().ok());
    Ok((all, last.ok_or_else(|| Error::internal("a key without a number"))? + 1))
}

/// One problem with a user's and a business need above it, each resting on evidence.
fn problem(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    place: &Place,
    n: usize,
    result: &str,
) -> Result<String> {
    let thing = place.things[n % place.things.len()];
    let when = PLACES_OF_USE[n / place.things.len() % PLACES_OF_USE.len()];
    let person = place.people[n % place.people.len()];
    let needs = [
        ("user", format!("Rely on {thing} {when}"), QUOTES[n % QUOTES.len()].to_owned()),
        (
            "business",
            format!("Spend less on {thing} {when}"),
            format!("{} hours a week go into {thing} by hand.", 11 + n * 7 % 60),
        ),
    ];
    let mut above = Vec::new();
    for (kind, title, words) in needs {
        let user = kind == "user";
        let need = CreateNeed {
            product: place.key.into(),
            title,
            kind: Some(kind.into()),
            segment: if user { person.into() } else { String::new() },
            sponsor: if user { String::new() } else { "Priya Nair".into() },
            measure: "Hours a week lost to it".into(),
            baseline: Some(40.0),
            current: Some(31.0),
            ..CreateNeed::default()
        };
        let need = keyed(tx, actor, now, &need)?;
        let evidence = RecordEvidence {
            product: place.key.into(),
            verbatim: words,
            kind: Some(if user { "interview" } else { "analytics" }.into()),
            source: if user { format!("A {person}") } else { "Time sheets".into() },
            ..RecordEvidence::default()
        };
        let evidence = keyed(tx, actor, now, &evidence)?;
        tie(tx, actor, now, &need, &evidence)?;
        tie(tx, actor, now, &need, result)?;
        above.push(need);
    }
    let opportunity = FrameOpportunity {
        product: place.key.into(),
        title: format!("A {person} cannot rely on {thing} {when}"),
        body: String::new(),
    };
    let key = keyed(tx, actor, now, &opportunity)?;
    above.iter().try_for_each(|need| tie(tx, actor, now, &key, need))?;
    let verdict = DecideOpportunity {
        key: key.clone(),
        state: "worth-solving".into(),
        because: "It comes up in every second conversation, and the hours can be counted.".into(),
    };
    act(tx, actor, now, &verdict)?;
    Ok(key)
}

fn tie(tx: &mut Tx, actor: &Actor, now: Time, from: &str, to: &str) -> Result<()> {
    let link = AddLink { from: from.into(), to: to.into(), kind: None };
    act(tx, actor, now, &link).map(drop)
}

/// Gives each of these epics a problem that it solves.
fn link(tx: &mut Tx, actor: &Actor, now: Time, epics: &[String], to: &[String]) -> Result<()> {
    for (items, to) in
        epics.chunks(epics.len().div_ceil(to.len()).clamp(1, LINKS)).zip(to.iter().cycle())
    {
        let (items, to) = (items.to_vec(), Some(to.clone()));
        let all = BulkLink { items, to, until: None };
        act(tx, actor, now, &all)?;
    }
    Ok(())
}
