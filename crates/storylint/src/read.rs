//! Reads a story into persona, action, entity and benefit.

use std::ops::Range;

use serde::Serialize;

use crate::frame::{Frame, frame};
use crate::phrase::{self, Object};
use crate::span::{Piece, Span};
use crate::tokens::{Token, tokens};
use crate::words;

/// A user story and its parts. Every span points into `text`.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// The story as it was given.
    pub text: String,
    /// Who wants it, without article.
    pub persona: Option<Piece>,
    /// What they want to do: the primary actions, more than one where the story joins several.
    pub actions: Vec<Piece>,
    /// What they want to do it to: the primary entities, without article or possessive.
    pub entities: Vec<Piece>,
    /// What it is good for, without the words that introduce it.
    pub benefit: Option<Piece>,
}

/// A story with the tokens and the frame that the checks work on.
pub(crate) struct Parsed {
    pub tokens: Vec<Token>,
    pub frame: Frame,
    pub story: Story,
}

/// Reads one story; any text will do, parts that it lacks are empty.
pub fn read(text: &str) -> Story {
    parse(text).story
}

pub(crate) fn parse(text: &str) -> Parsed {
    let tokens = tokens(text);
    let frame = frame(&tokens);
    let piece = |words: &Range<usize>| span(&tokens, words).map(|span| Piece::new(text, span));
    let (actions, entities) = wanted(text, &tokens, &frame);
    let story = Story {
        text: text.to_owned(),
        persona: piece(&frame.persona),
        actions,
        entities,
        benefit: piece(&frame.benefit),
    };
    Parsed { tokens, frame, story }
}

/// The bytes that a range of tokens covers.
pub(crate) fn span(tokens: &[Token], words: &Range<usize>) -> Option<Span> {
    let covered = tokens.get(words.clone())?;
    Some(Span { start: covered.first()?.span.start, end: covered.last()?.span.end })
}

/// The primary actions and entities.
fn wanted(text: &str, tokens: &[Token], frame: &Frame) -> (Vec<Piece>, Vec<Piece>) {
    let mut found =
        Wanted { text, tokens, end: frame.means.end, actions: vec![], entities: vec![] };
    let at = frame.means.start;
    if at < frame.means.end {
        if frame.wish.is_empty() || frame.modal || verb_follows(tokens, at, frame.means.end) {
            found.verbs(at);
        } else {
            found.action(&frame.wish);
            found.objects(at, false);
        }
    }
    (found.actions, found.entities)
}

/// Whether a wish goes on with a verb: `want to see`, `want see`, but not `want a list`.
fn verb_follows(tokens: &[Token], at: usize, end: usize) -> bool {
    let mut at = at;
    while at < end && words::adverb(&tokens[at].lower) {
        at += 1;
    }
    let Some(token) = tokens.get(at).filter(|_| at < end) else { return false };
    if token.is("to") {
        return true;
    }
    let next = tokens.get(at + 1).filter(|_| at + 1 < end).map_or("", |next| next.lower.as_str());
    let adjective = words::adjective(&token.lower) && !words::determiner(next);
    words::verb(&token.lower)
        && !adjective
        && !token.capital
        && (words::determiner(next)
            || words::quantifier(next)
            || token.is("be")
            || next == "to"
            || !words::noun_like(&token.lower))
}

struct Wanted<'a> {
    text: &'a str,
    tokens: &'a [Token],
    end: usize,
    actions: Vec<Piece>,
    entities: Vec<Piece>,
}

impl Wanted<'_> {
    fn lower(&self, at: usize) -> &str {
        if at < self.end { &self.tokens[at].lower } else { "" }
    }

    fn action(&mut self, words: &Range<usize>) {
        if let Some(span) = span(self.tokens, words) {
            self.actions.push(Piece::new(self.text, span));
        }
    }

    fn entity(&mut self, words: &Range<usize>) {
        if let Some(span) = span(self.tokens, words) {
            self.entities.push(Piece::new(self.text, span));
        }
    }

    /// Reads a verb, those joined to it, and their objects.
    fn verbs(&mut self, mut at: usize) {
        loop {
            let Some(verb) = phrase::verb(self.tokens, at).filter(|verb| verb.end <= self.end)
            else {
                return;
            };
            self.verb_action(&verb.words);
            let head = self.tokens[verb.head].lower.clone();
            let last = self.lower(verb.end.saturating_sub(1)).to_owned();
            at = verb.end;
            if let Some(next) = self.joined_verb(at, true) {
                at = next;
                continue;
            }
            let sure = matches!(head.as_str(), "ensure" | "guarantee" | "indicate")
                || matches!(last.as_str(), "sure" | "assured");
            match self.objects(at, sure) {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    /// `copy/paste` are two actions.
    fn verb_action(&mut self, words: &Range<usize>) {
        let Some(span) = span(self.tokens, words) else { return };
        let slice = span.of(self.text);
        let parts: Vec<&str> = slice.split('/').collect();
        if parts.len() > 1 && parts.iter().all(|part| words::verb(&part.to_lowercase())) {
            let mut start = span.start;
            for part in parts {
                let end = start + part.len();
                self.actions.push(Piece::new(self.text, Span { start, end }));
                start = end + 1;
            }
        } else {
            self.actions.push(Piece::new(self.text, span));
        }
    }

    /// Reads objects joined by commas and conjunctions; where a further verb follows, its place.
    fn objects(&mut self, at: usize, sure: bool) -> Option<usize> {
        let (object, mut at) = phrase::object(self.tokens, at, self.end, sure)?;
        if let Some(words) = object.words() {
            self.entity(&words);
        }
        if matches!(object, Object::Clause(None)) {
            return None;
        }
        loop {
            if let Some(next) = self.joined_verb(at, false) {
                return Some(next);
            }
            let Some(next) = self.joined(at) else { return self.later_verb(at) };
            if words::preposition(self.lower(next)) {
                return None;
            }
            let words = phrase::noun(self.tokens, next, self.end)?;
            self.entity(&words);
            at = words.end;
        }
    }

    /// A verb joined on after what qualifies the object: `add a file to the page and attach a note`.
    fn later_verb(&self, from: usize) -> Option<usize> {
        for at in from..self.end {
            let word = self.lower(at);
            let infinitive = word == "to" && words::verb(self.lower(at + 1));
            if words::wh(word) || word == "that" || infinitive || words::auxiliary(word) {
                return None;
            }
            let fixed = matches!(self.lower(at - 1), "cut" | "copy" | "drag");
            if word == "and"
                && !fixed
                && let Some(next) = self.joined_verb(at, false)
            {
                return Some(next);
            }
        }
        None
    }

    /// The place after a conjunction, or after a comma of a list that ends in one.
    fn joined(&self, at: usize) -> Option<usize> {
        let word = self.lower(at);
        if words::conjunction(word) || word == "/" {
            return Some(at + 1);
        }
        if word != "," {
            return None;
        }
        if words::conjunction(self.lower(at + 1)) {
            return Some(at + 2);
        }
        let words = phrase::noun(self.tokens, at + 1, self.end)?;
        let after = self.lower(words.end);
        (words::conjunction(after) || after == ",").then_some(at + 1)
    }

    /// The place of a verb joined here: right after a verb (`view and update`), or after an object
    /// (`write a note and attach it`), where more is asked of it.
    fn joined_verb(&self, at: usize, direct: bool) -> Option<usize> {
        let mut at = at;
        if direct && words::preposition(self.lower(at)) && words::conjunction(self.lower(at + 1)) {
            at += 1;
        }
        let mut next = match self.lower(at) {
            "," if words::conjunction(self.lower(at + 1)) => at + 2,
            "," | "/" => at + 1,
            word if words::conjunction(word) => at + 1,
            _ => return None,
        };
        let marked = self.lower(next) == "to";
        next += usize::from(marked);
        let first = next;
        while words::adverb(self.lower(next)) {
            next += 1;
        }
        let word = self.lower(next);
        if !words::verb(word) {
            return None;
        }
        let after = self.lower(next + 1);
        let takes_object = words::determiner(after)
            || words::pronoun(after)
            || words::quantifier(after)
            || words::particle(after);
        let comma = self.lower(at) == ",";
        (marked
            || takes_object
            || (!words::noun_like(word) && !after.is_empty())
            || (direct && (!comma || words::conjunction(after) || after == ",")))
            .then_some(first)
    }
}
