//! When somebody leaves: what they were to do goes to somebody else or to nobody, and what is known of
//! them as a person can be erased. What was done stays done, under an identifier without a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Error, Id, Result, Via};
use crate::people::access::may_touch;
use crate::people::contacts::person_key;
use crate::people::mail::forget_letters;
use crate::people::members::{Person, PersonView};
use crate::people::nouns::by_key;
use crate::people::{accounts, members, products, tokens};
use crate::store::{Action, Change, Meta, Scope, Words, load, reindex_one};
use crate::thread::portal::{ideas, replies};
use crate::why::evidence::{Evidence, Verbatim};
use crate::why::interviews::{Interview, highlights};
use crate::{selects, statements};

selects! {
    OPEN_WORK: WorkItem = "work_item", "assignee_id = $2 AND gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped' ORDER BY product_id, rank LIMIT 501";
}

statements! {
    COUNT_OPEN = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item WHERE workspace_id = $1 AND assignee_id = $2 AND gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped' LIMIT 501) AS few";
    FORGET_ADDRESS = "UPDATE account SET email = $2, password_hash = NULL WHERE id = $1";
    FORGET_NAMES = "UPDATE person_version SET name = $3, title = '' WHERE workspace_id = $1 AND id = $2";
    /// Answers that are kept for forms sent twice.
    FORGET_ANSWERS = "DELETE FROM submission WHERE workspace_id = $1 AND output LIKE $2";
    /// What quotes the words or leads back to whoever said them, in all that stood before.
    FORGET_SAID = "UPDATE evidence_version SET title = $3, url = '', answer = CASE WHEN answer = '' THEN '' ELSE $4 END, answered_how = CASE WHEN answered_how = '' THEN '' ELSE $4 END WHERE workspace_id = $1 AND id = $2";
    FORGET_TALK = "UPDATE interview_version SET title = $3, participants = $4, notes = $5 WHERE workspace_id = $1 AND id = $2";
    FORGET_COMPANY = "UPDATE evidence_version SET company = '' WHERE workspace_id = $1 AND id = $2";
    FORGET_LETTERS = "DELETE FROM outbox WHERE workspace_id = $1 AND to_address = $2";
    FORGET_DIGEST = "DELETE FROM digest WHERE workspace_id = $1 AND person_id = $2";
    FORGET_NEWS = "DELETE FROM notification WHERE workspace_id = $1 AND person_id = $2";
    FORGET_LINKS = "DELETE FROM one_time_link WHERE account_id = $1 OR person_id = $2";
    ELSEWHERE = "SELECT COUNT(*) FROM person WHERE account_id = $1 AND workspace_id <> $2";
}

/// Items that one change hands over.
const MOST: usize = 500;

/// How much open work somebody has; more than 500 counts as 501.
pub fn open_work(conn: &mut crate::db::Conn, workspace: i64, person: Id) -> Result<i64> {
    conn.query_one(&COUNT_OPEN, &[workspace.into(), person.into()], |r| r.get(0))
}

/// Keep a person from signing in, and hand over what they were to do.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeactivatePerson {
    pub person: Id,
    /// Who takes over their open work; nobody if left out.
    pub assign_to: Option<Id>,
    /// Their open work keeps their name.
    #[serde(default)]
    pub keep_work: bool,
}

/// What became of it.
#[derive(Serialize, JsonSchema)]
pub struct Deactivated {
    pub person: PersonView,
    /// Items that were handed over.
    pub handed: usize,
    /// Whether there are more: send it again.
    pub more: bool,
}

impl Action for DeactivatePerson {
    type Output = Deactivated;
    const META: Meta = Meta::action(
        "deactivate-person",
        "Keep a person from signing in, and hand over what they were to do",
        "POST",
        "/people/{person}/deactivate",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Deactivated> {
        let before: Person = cx.get(self.person, "person")?;
        may_touch(&cx.actor, &before)?;
        if self.person == cx.actor.person {
            return Err(Error::refused("You cannot deactivate yourself. Ask another admin."));
        }
        let mut after = before.clone();
        after.active = false;
        cx.update(&before, &mut after)?;
        members::keep_an_owner(cx)?;
        let workspace = cx.workspace();
        accounts::end_ways_in(cx.exempt(), workspace, &after)?;
        let mut handed = Handed::default();
        if !self.keep_work {
            handed = self.hand_over(cx)?;
        }
        Ok(Deactivated { person: (&after).into(), handed: handed.count, more: handed.more })
    }
}

#[derive(Default)]
struct Handed {
    count: usize,
    more: bool,
}

impl DeactivatePerson {
    fn hand_over(&self, cx: &mut Change<'_>) -> Result<Handed> {
        let workspace = cx.workspace();
        let heir = self.heir(cx)?;
        // Whoever takes over must see what they take over.
        let sees = match &heir {
            Some(heir) => match accounts::actor(workspace, heir, true, Via::System)? {
                Some(actor) => products::visible(cx.conn(), &actor)?.iter().map(|p| p.id).collect(),
                None => Vec::new(),
            },
            None => Vec::new(),
        };
        let mut items = OPEN_WORK.all(cx.conn(), workspace, &[self.person.into()])?;
        let more = items.len() > MOST;
        items.truncate(MOST);
        for before in &items {
            let mut after = before.clone();
            after.assignee_id =
                heir.as_ref().map(|h| h.id).filter(|_| sees.contains(&before.product_id));
            cx.update(before, &mut after)?;
        }
        Ok(Handed { count: items.len(), more })
    }

    fn heir(&self, cx: &mut Change<'_>) -> Result<Option<Person>> {
        let Some(id) = self.assign_to else { return Ok(None) };
        let workspace = cx.workspace();
        let heir = load::<Person>(cx.conn(), workspace, id)?;
        let heir = heir.filter(|p| p.active && p.gone_at.is_none() && p.id != self.person);
        let none = || Error::invalid("assign_to", "Choose somebody who is active here.");
        heir.map(Some).ok_or_else(none)
    }
}

/// Erase what is known of a person: name, title, address, password, letters. What they did stays,
/// under an identifier.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnonymisePerson {
    pub person: Id,
}

/// What stands in the place of a name that was erased.
const FORMER: &str = "Former member";

impl Action for AnonymisePerson {
    type Output = PersonView;
    const META: Meta = Meta::action(
        "anonymise-person",
        "Erase what is known of a person; what they did stays",
        "POST",
        "/people/{person}/anonymise",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<PersonView> {
        let before: Person = cx.get(self.person, "person")?;
        may_touch(&cx.actor, &before)?;
        if before.active {
            return Err(Error::refused("Deactivate this person first, then erase them."));
        }
        let workspace = cx.workspace();
        let mut after = before.clone();
        FORMER.clone_into(&mut after.name);
        after.title.clear();
        cx.update(&before, &mut after)?;
        let who: [crate::db::Value; 2] = [workspace.into(), self.person.into()];
        let tx = cx.exempt();
        tx.execute(&FORGET_NAMES, &[who[0].clone(), who[1].clone(), FORMER.into()])?;
        tx.execute(&FORGET_DIGEST, &who)?;
        tx.execute(&FORGET_NEWS, &who)?;
        if let Some(account) = before.account_id {
            let address = accounts::email_of(tx, account)?;
            tx.execute(&FORGET_LETTERS, &[workspace.into(), address.into()])?;
            tx.execute(&FORGET_LINKS, &[account.into(), self.person.into()])?;
            let elsewhere: i64 =
                tx.query_one(&ELSEWHERE, &[account.into(), workspace.into()], |r| r.get(0))?;
            // In another workspace they go on signing in by the same address.
            if elsewhere == 0 {
                let nobody = format!("erased-{account}@invalid");
                tx.execute(&FORGET_ADDRESS, &[account.into(), nobody.into()])?;
                accounts::end_sessions(tx, account)?;
                tokens::end_of_account(tx, account)?;
            }
        }
        Ok((&after).into())
    }
}

/// Erase somebody's own words from a piece of evidence, and what quotes them or leads to them: its
/// title, its link, what they were told; that there was one, and what rests on it, stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseVerbatim {
    pub key: String,
    /// The company goes too, where its name is a person's.
    #[serde(default)]
    pub company: bool,
}

/// What was erased.
#[derive(Serialize, JsonSchema)]
pub struct Erased {
    pub key: String,
}

impl Action for EraseVerbatim {
    type Output = Erased;
    const META: Meta = Meta::action(
        "erase-verbatim",
        "Erase somebody's own words from a piece of evidence; what rests on it stays",
        "POST",
        "/evidence/{key}/erase",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<Erased> {
        let actor = cx.actor.clone();
        let (evidence, _) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Admin)?;
        if self.company {
            let mut after = evidence.clone();
            after.company.clear();
            cx.update(&evidence, &mut after)?;
            let values = [actor.workspace.into(), evidence.id.into()];
            cx.exempt().execute(&FORGET_COMPANY, &values)?;
            cx.forget(evidence.id, &["company"])?;
        }
        let (evidence, _) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Admin)?;
        erase_words(cx, &evidence, "")?;
        Ok(Erased { key: evidence.key })
    }
}

/// What stands in the place of words that were erased.
const ERASED: &str = "(erased)";

/// The same for a title.
const ERASED_TITLE: &str = "Erased words";

/// Forgets what was answered when something with this key was sent: it quotes it.
fn forget_answers(cx: &mut Change<'_>, key: &str) -> Result<()> {
    let workspace = cx.workspace();
    let told = format!("%\"{key}\"%");
    cx.exempt().execute(&FORGET_ANSWERS, &[workspace.into(), told.into()])?;
    Ok(())
}

/// Takes somebody's words out of a piece of evidence, and what quotes them or leads to them: its title,
/// its link and what they were told, with their past, the idea that it came as, the letters and the
/// reply to it. Whoever said them is called `source` from then on. The company stays: it is no person.
pub(super) fn erase_words(cx: &mut Change<'_>, evidence: &Evidence, source: &str) -> Result<()> {
    let workspace = cx.workspace();
    if let Some(before) = load::<Verbatim>(cx.conn(), workspace, evidence.verbatim_id)? {
        let mut after = before.clone();
        ERASED.clone_into(&mut after.text);
        source.clone_into(&mut after.source);
        after.email.clear();
        cx.update(&before, &mut after)?;
        if !before.email.is_empty() {
            let person = person_key(workspace, &before.email);
            forget_letters(cx, &format!("farewell:{}:{person}", evidence.product_id))?;
        }
    }
    // Whoever they go to: their subject quotes the title.
    forget_letters(cx, &format!("reply:{}:", evidence.id))?;
    let mut after = evidence.clone();
    ERASED_TITLE.clone_into(&mut after.title);
    after.url.clear();
    for told in [&mut after.answer, &mut after.answered_how] {
        if !told.is_empty() {
            ERASED.clone_into(told);
        }
    }
    cx.update(evidence, &mut after)?;
    let past = [workspace.into(), evidence.id.into(), ERASED_TITLE.into(), ERASED.into()];
    cx.exempt().execute(&FORGET_SAID, &past)?;
    cx.forget(evidence.id, &["title", "url", "answer", "answered_how"])?;
    forget_answers(cx, &evidence.key)?;
    if let Some(idea) = ideas::of_evidence(cx.conn(), workspace, evidence.id)? {
        let mut after = idea.clone();
        ERASED_TITLE.clone_into(&mut after.title);
        after.reason.clear();
        if idea.state != "private" {
            "hidden".clone_into(&mut after.state);
        }
        cx.update(&idea, &mut after)?;
        cx.forget(idea.id, &["reason"])?;
    }
    replies::forget_text(cx, evidence.id, ERASED)?;
    reindex_one(cx.exempt(), workspace, &after)?;
    Ok(())
}

/// Who took part, once that was erased.
const SOMEBODY: &str = "somebody";

/// Erase who took part in an interview and what was noted, with its title; that it was held, when and
/// by whom, stays, and so does what was made evidence of it unless that goes too.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseInterview {
    pub key: String,
    /// The words that became evidence go as well.
    #[serde(default)]
    pub highlights: bool,
}

impl Action for EraseInterview {
    type Output = Erased;
    const META: Meta = Meta::action(
        "erase-interview",
        "Erase who took part in an interview and what was noted; that it was held stays",
        "POST",
        "/interviews/{key}/erase",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<Erased> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Interview>(cx.conn(), &actor, &self.key, Access::Admin)?;
        let mut after = before.clone();
        ERASED_TITLE.clone_into(&mut after.title);
        after.participants = Words(vec![SOMEBODY.to_owned()]);
        if !after.notes.is_empty() {
            ERASED.clone_into(&mut after.notes);
        }
        cx.update(&before, &mut after)?;
        let nobody = format!("[\"{SOMEBODY}\"]");
        let past = [actor.workspace.into(), after.id.into(), ERASED_TITLE.into(), nobody.into()];
        let past = [past.as_slice(), &[after.notes.clone().into()]].concat();
        cx.exempt().execute(&FORGET_TALK, &past)?;
        cx.forget(after.id, &["title", "participants", "notes"])?;
        forget_answers(cx, &after.key)?;
        reindex_one(cx.exempt(), actor.workspace, &after)?;
        if self.highlights {
            for said in highlights(cx.conn(), actor.workspace, after.id)? {
                erase_words(cx, &said, SOMEBODY)?;
            }
        }
        Ok(Erased { key: after.key })
    }
}
