//! Running rules: after events, in the order in which they were recorded, and when a day has come.

use super::act::{Came, perform};
use super::calendar::{Missed, Rhythm};
use super::outcome::{Noted, RUN, note, refuse, stop};
use super::recorded::{Recorded, seen};
use super::rules::{concerns, waits_for_events};
use super::{Automation, LAST_MADE, ON, RUN_OF_CHANGE, RUN_OF_MARK, cursor, neglect};
use crate::db::{Conn, Db, Tx};
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time, Via};
use crate::people::accounts;
use crate::people::members::Person;
use crate::people::policies;
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Change, load};

statements! {
    AT_WORK = "SELECT DISTINCT a.workspace_id FROM automation a JOIN workspace w ON w.id = a.workspace_id WHERE a.state = 'on' AND a.gone_at IS NULL AND w.archived_at IS NULL ORDER BY a.workspace_id";
    pub(super) SEQ = "SELECT seq FROM workspace WHERE id = $1";
    /// Nothing of what was imported: an index holds the rest.
    LATER = "SELECT seq, change_id, via, verb, effect, object_kind, object_id, product_id, changes, staged_by FROM activity WHERE workspace_id = $1 AND seq > $2 AND seq <= $3 AND staged_by IS NULL ORDER BY seq LIMIT 2000";
    RAN = "SELECT 1 FROM automation_run WHERE workspace_id = $1 AND automation_id = $2 AND event_seq = $3 LIMIT 1";
    DUE = "SELECT w.id, w.due FROM work_item_now w WHERE w.workspace_id = $1 AND w.product_id = $2 AND w.due < $3 AND w.category <> 'accepted' AND w.category <> 'dropped' AND NOT EXISTS (SELECT 1 FROM automation_run r WHERE r.workspace_id = $1 AND r.automation_id = $4 AND r.item_id = w.id AND r.mark = w.due) ORDER BY w.due, w.id LIMIT 100";
    AGEING = "SELECT w.id, CAST(w.started_at AS TEXT) FROM work_item_now w WHERE w.workspace_id = $1 AND w.product_id = $2 AND w.started_at < $3 AND w.category IN ('started', 'in-review') AND w.level <> 'epic' AND NOT EXISTS (SELECT 1 FROM automation_run r WHERE r.workspace_id = $1 AND r.automation_id = $4 AND r.item_id = w.id AND r.mark = CAST(w.started_at AS TEXT)) ORDER BY w.started_at, w.id LIMIT 500";
    STALE = "SELECT w.id, CAST(w.valid_from AS TEXT) FROM work_item_now w WHERE w.workspace_id = $1 AND w.product_id = $2 AND w.valid_from < $3 AND w.category IN ('backlog', 'unstarted') AND w.level <> 'epic' AND NOT EXISTS (SELECT 1 FROM automation_run r WHERE r.workspace_id = $1 AND r.automation_id = $4 AND r.item_id = w.id AND r.mark = CAST(w.valid_from AS TEXT)) ORDER BY w.valid_from, w.id LIMIT 100";
}

/// More rules in a row than anybody meant.
const LONGEST: usize = 10;
/// How much of the activity is looked through at once, as [`LATER`] says.
const STRETCH: usize = 2_000;
/// Rounds of one look, so that rules that feed each other leave room for others.
const ROUNDS: usize = 40;

/// Runs the rules that wait for events, up to the newest event of each workspace.
pub async fn by_events(db: &Db, now: Time) -> Result<()> {
    let all: Vec<i64> = db.read(|conn| conn.query(&AT_WORK, &[], |r| r.get(0))).await?;
    for ws in all {
        for _ in 0..ROUNDS {
            if !round(db, ws, now).await? {
                break;
            }
        }
    }
    Ok(())
}

/// The next events of a workspace; whether there were any.
async fn round(db: &Db, ws: i64, now: Time) -> Result<bool> {
    let found = db
        .read(move |conn| {
            // Before the rules, so that none which is set on just now misses what follows.
            let newest: i64 = conn.query_one(&SEQ, &[ws.into()], |r| r.get(0))?;
            let mut rules = ON.all(conn, ws, &[])?;
            rules.retain(|r| waits_for_events(&r.happens));
            let Some(first) = rules.iter().filter_map(|r| r.on_seq).min() else {
                return Ok(None);
            };
            let cursor = cursor::read(conn, ws)?;
            let from = cursor.unwrap_or(first).max(first);
            if from >= newest {
                return Ok(None);
            }
            let events =
                conn.query(&LATER, &[ws.into(), from.into(), newest.into()], Recorded::read)?;
            let full = events.len() == STRETCH;
            let last = events.last().filter(|_| full).map_or(newest, |event| event.seq);
            let mut hits = Vec::new();
            for event in events {
                for rule in &rules {
                    let late = rule.on_seq.is_some_and(|seq| event.seq <= seq);
                    if !late
                        && event.fits(conn, ws, rule)?
                        && let Some(item) = event.item(conn, ws, rule)?
                    {
                        hits.push(Hit {
                            rule: rule.id,
                            item: Some(item.id),
                            cause: Some((event.seq, event.change)),
                            mark: None,
                        });
                    }
                }
            }
            Ok(Some((hits, last)))
        })
        .await?;
    let Some((hits, last)) = found else { return Ok(false) };
    for hit in hits {
        one(db, ws, hit, now).await?;
    }
    db.write(move |tx| cursor::set(tx, ws, last)).await?;
    Ok(true)
}

/// Runs the rules for which a day has come.
pub async fn by_time(db: &Db, now: Time) -> Result<()> {
    let all: Vec<i64> = db.read(|conn| conn.query(&AT_WORK, &[], |r| r.get(0))).await?;
    for ws in all {
        let hits = db
            .read(move |conn| {
                let mut hits = Vec::new();
                for rule in ON.all(conn, ws, &[])?.iter().filter(|r| !waits_for_events(&r.happens))
                {
                    hits.extend(due(conn, ws, rule, now)?);
                }
                Ok(hits)
            })
            .await?;
        for hit in hits {
            one(db, ws, hit, now).await?;
        }
    }
    Ok(())
}

/// A rule that is set off.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub rule: Id,
    pub item: Option<Id>,
    /// The event and its change.
    pub cause: Option<(i64, Id)>,
    pub mark: Option<String>,
}

/// Items, or days, for which a rule has not run yet.
fn due(conn: &mut Conn, ws: i64, rule: &Automation, now: Time) -> Result<Vec<Hit>> {
    let hit =
        |item: Option<Id>, mark: String| Hit { rule: rule.id, item, cause: None, mark: Some(mark) };
    if rule.happens == "schedule" {
        let mut all = Vec::new();
        for day in days_to_do(rule, now.day())? {
            let mark = day.to_string();
            if RUN_OF_MARK.first(conn, ws, &[rule.id.into(), mark.clone().into()])?.is_none() {
                all.push(hit(None, mark));
            }
        }
        return Ok(all);
    }
    Ok(waiting(conn, ws, rule, now)?
        .into_iter()
        .map(|(item, mark)| hit(Some(item.id), mark))
        .collect())
}

/// The days up to today for which something that comes again is made, the earliest first: the last of
/// them, each one, or today alone, as the rule says of missed days.
fn days_to_do(rule: &Automation, today: Day) -> Result<Vec<Day>> {
    let since = rule.on_since.map_or(today, Time::day);
    let rhythm = Rhythm::of(&rule.args)?;
    let most = match Missed::of(&rule.args)? {
        Missed::Each => 31,
        Missed::Once | Missed::Never => 1,
    };
    let mut days: Vec<Day> = rhythm.past(since, today).take(most).collect();
    if Missed::of(&rule.args)? == Missed::Never {
        days.retain(|day| *day == today);
    }
    days.reverse();
    Ok(days)
}

/// The items that a rule by the clock would concern itself with now, each with what it stands for.
pub(super) fn waiting(
    conn: &mut Conn,
    ws: i64,
    rule: &Automation,
    now: Time,
) -> Result<Vec<(WorkItem, String)>> {
    if rule.happens == "untouched" {
        let mut all = neglect::waiting(conn, ws, rule, now)?;
        let mut fitting = Vec::new();
        for (item, mark) in all.drain(..) {
            if concerns(rule, &seen(conn, ws, &item)?) {
                fitting.push((item, mark));
            }
        }
        return Ok(fitting);
    }
    let given = rule.args.get("days").and_then(|d| d.parse::<i64>().ok());
    let own = [ws.into(), rule.product_id.into()];
    let [ws_value, product] = own;
    let (sql, before) = match rule.happens.as_str() {
        "due-passed" => (&DUE, now.day().plus_days(-given.unwrap_or(0)).into()),
        "ageing" => (&AGEING, now.plus_days(-given.unwrap_or(1)).into()),
        _ => (&STALE, now.plus_days(-given.unwrap_or(60)).into()),
    };
    let rows: Vec<(Id, String)> =
        conn.query(sql, &[ws_value, product, before, rule.id.into()], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
    let mut all = Vec::new();
    for (id, mark) in rows {
        let Some(item) = load::<WorkItem>(conn, ws, id)? else { continue };
        if rule.happens == "ageing" && given.is_none() {
            // Without a number of days, the expectation of its team holds.
            let policy = policies::workflow(conn, ws, item.product_id, item.team_id)?;
            let age = item.started_at.map_or(0, |at| (now.0 - at.0) / Time::DAY + 1);
            if policy.sle_days.is_none_or(|most| age <= most) {
                continue;
            }
        }
        if concerns(rule, &seen(conn, ws, &item)?) {
            all.push((item, mark));
        }
        if all.len() == 100 {
            break;
        }
    }
    Ok(all)
}

/// Runs one rule once. What is refused is noted with the reason; the rule stays on.
async fn one(db: &Db, ws: i64, hit: Hit, now: Time) -> Result<()> {
    let first = hit.clone();
    match db.write(move |tx| attempt(tx, ws, &first, now)).await {
        Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => Err(error),
        Err(error) => {
            let why = error.to_string();
            db.write(move |tx| refuse(tx, ws, &hit, &why, now)).await
        }
        Ok(()) => Ok(()),
    }
}

/// The rules that led to a change, the first one first.
pub(super) fn chain(tx: &mut Tx, ws: i64, hit: &Hit) -> Result<Vec<String>> {
    let Some((_, change)) = hit.cause else { return Ok(Vec::new()) };
    let Some(run) = RUN_OF_CHANGE.first(tx, ws, &[change.into()])? else { return Ok(Vec::new()) };
    let mut chain = run.chain.to_vec();
    chain.push(run.automation_id.to_string());
    Ok(chain)
}

fn attempt(tx: &mut Tx, ws: i64, hit: &Hit, now: Time) -> Result<()> {
    let Some(rule) = load::<Automation>(tx, ws, hit.rule)? else { return Ok(()) };
    if rule.state != "on" || rule.gone_at.is_some() {
        return Ok(());
    }
    if let Some((seq, _)) = hit.cause {
        let values = [ws.into(), rule.id.into(), seq.into()];
        if tx.query_opt(&RAN, &values, |r| r.get::<i64>(0))?.is_some() {
            return Ok(());
        }
    }
    // Two nodes may have seen the same day come.
    if let (None, Some(mark)) = (hit.item, &hit.mark)
        && !cursor::claim(tx, ws, rule.id, mark)?
    {
        return Ok(());
    }
    let item = match hit.item {
        Some(id) => match load::<WorkItem>(tx, ws, id)?.filter(|i| i.gone_at.is_none()) {
            Some(item) if concerns(&rule, &seen(tx, ws, &item)?) => Some(item),
            _ => return Ok(()),
        },
        None => None,
    };
    let Some((actor, product)) = author(tx, ws, &rule)? else {
        let why = "Whoever wrote it may not change this product any more, or has left. Let somebody else write it anew.";
        let told = why.to_owned();
        let noted = Noted {
            hit,
            item: hit.item,
            outcome: "refused",
            told,
            change: None,
            chain: Vec::new(),
        };
        return stop(tx, ws, &rule, noted, now);
    };
    let chain = chain(tx, ws, hit)?;
    if chain.contains(&rule.id.to_string()) || chain.len() >= LONGEST {
        let names = names(tx, ws, &chain)?;
        let told = format!(
            "It set itself off again, by way of {names}, so it was stopped. Say more exactly when it should happen."
        );
        let noted = Noted { hit, item: hit.item, outcome: "loop", told, change: None, chain };
        return stop(tx, ws, &rule, noted, now);
    }
    if let Some(open) = still_open(tx, ws, &rule)? {
        let told = format!("{} of last time is still open, so none was made.", open.key);
        let item = Some(open.id);
        let noted = Noted { hit, item, outcome: "skipped", told, change: None, chain };
        return note(tx, &actor, &rule, noted, now);
    }
    let reason = Some(format!("By the rule “{}”", rule.name));
    let (came, change) = Change::record(tx, actor.clone(), &RUN, now, |cx| {
        cx.reason.clone_from(&reason);
        let came = perform(cx, &rule, &product, item.as_ref(), hit.mark.as_deref())?;
        Ok((came, cx.id))
    })?;
    let Came { told, made } = came;
    let told = if told.is_empty() { "Nothing had to change.".to_owned() } else { sentence(&told) };
    let id = item.map(|i| i.id).or(made);
    note(
        tx,
        &actor,
        &rule,
        Noted { hit, item: id, outcome: "done", told, change: Some(change), chain },
        now,
    )
}

/// What a rule made last, where it is to wait for that and it is open.
fn still_open(conn: &mut Conn, ws: i64, rule: &Automation) -> Result<Option<WorkItem>> {
    let waits = rule.happens == "schedule" && rule.args.get("open").is_some_and(|o| o == "wait");
    if !waits {
        return Ok(None);
    }
    let last = LAST_MADE.first(conn, ws, &[rule.id.into()])?.and_then(|run| run.item_id);
    let Some(id) = last else { return Ok(None) };
    let item = load::<WorkItem>(conn, ws, id)?;
    Ok(item
        .filter(|i| i.gone_at.is_none() && !matches!(i.category.as_str(), "accepted" | "dropped")))
}

fn sentence(told: &[String]) -> String {
    let text = told.join(", ");
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

fn names(tx: &mut Tx, ws: i64, chain: &[String]) -> Result<String> {
    let mut all = Vec::new();
    for id in chain.iter().filter_map(|id| id.parse().ok()) {
        all.extend(load::<Automation>(tx, ws, id)?.map(|r| format!("“{}”", r.name)));
    }
    Ok(all.join(", then "))
}

/// Whoever wrote a rule, as far as they still may change its product.
fn author(tx: &mut Tx, ws: i64, rule: &Automation) -> Result<Option<(Actor, Product)>> {
    let Some(id) = rule.author_id else { return Ok(None) };
    let Some(person) = load::<Person>(tx, ws, id)? else { return Ok(None) };
    let Some(actor) = accounts::actor(ws, &person, false, Via::Rule)? else { return Ok(None) };
    match products::product_by_id(tx, &actor, rule.product_id, Access::Write) {
        Ok(product) => Ok(Some((actor, product))),
        Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the activity holds now, from which a rule that is switched on looks.
pub(super) fn seq_now(cx: &mut Change<'_>) -> Result<i64> {
    let ws = cx.workspace();
    cx.conn().query_one(&SEQ, &[ws.into()], |r| r.get(0))
}
