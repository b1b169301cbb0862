//! The story's frame: who, what they want, what for.

use std::ops::Range;

use crate::tokens::Token;
use crate::words;

/// Token ranges of the three parts; a part that is missing is empty.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub persona: Range<usize>,
    /// The wish itself: `want`, `would like`, `need`; a modal verb counts as one.
    pub wish: Range<usize>,
    /// Whether the wish is a modal verb, which a bare verb follows.
    pub modal: bool,
    /// Everything between the wish and the benefit.
    pub means: Range<usize>,
    /// Where the words that introduce the benefit begin.
    pub benefit_mark: Option<usize>,
    pub benefit: Range<usize>,
}

pub(crate) fn frame(tokens: &[Token]) -> Frame {
    let mut frame = Frame::default();
    let opening = opening(tokens);
    let mut from = 0;
    if let Some(at) = opening {
        frame.persona = persona(tokens, at);
        from = frame.persona.end.max(at);
    }
    if let Some((wish, modal)) = wish(tokens, from, opening.is_some()) {
        from = wish.end;
        frame.wish = wish;
        frame.modal = modal;
    } else if tokens.get(from).is_some_and(|token| token.is(",")) {
        from += 1;
    }
    let mark = benefit_mark(tokens, from);
    frame.benefit_mark = mark.as_ref().map(|mark| mark.start);
    let end = mark.as_ref().map_or(tokens.len(), |mark| mark.start);
    frame.means = from..sentence_end(tokens, from, end);
    if let Some(mark) = mark {
        frame.benefit = mark.end..sentence_end(tokens, mark.end, tokens.len());
    }
    frame
}

/// The place after the `As` that opens a story; identifiers may stand before it.
fn opening(tokens: &[Token]) -> Option<usize> {
    let at = tokens.iter().take(8).position(|token| token.is("as"))?;
    let next = tokens.get(at + 1)?;
    let before = &tokens[..at];
    (next.word && !before.iter().any(|token| words::verb(&token.lower) || token.is(",")))
        .then_some(at + 1)
}

fn persona(tokens: &[Token], at: usize) -> Range<usize> {
    let mut start = at;
    while tokens.get(start).is_some_and(|token| {
        words::determiner(&token.lower) || (token.span.end - token.span.start == 1 && token.word)
    }) && !tokens[start].any(&["i", "x", "y"])
    {
        start += 1;
    }
    let ends = |token: &Token| {
        (!token.word && !token.any(&["/", "&", "-", "'", "\"", "(s)"]))
            || token.any(&["who", "that", "which", "whose"])
    };
    let wishes = |at: usize| {
        tokens[at].any(&["i", "we", "i'd", "i'm", "he", "she", "they"])
            || (tokens[at].any(&["want", "wants", "would"]) && at > start)
    };
    let end =
        (start..tokens.len()).find(|&at| ends(&tokens[at]) || wishes(at)).unwrap_or(tokens.len());
    start..end
}

/// The words of the wish, and whether they are a modal verb.
fn wish(tokens: &[Token], from: usize, opened: bool) -> Option<(Range<usize>, bool)> {
    for at in from..tokens.len() {
        let token = &tokens[at];
        if mark_at(tokens, at, at).is_some() {
            return None;
        }
        let subject = at == from
            || tokens[from..at]
                .iter()
                .rev()
                .find(|token| !words::adverb(&token.lower))
                .is_some_and(|token| {
                    token.is(",") || (token.any(&["i", "we", "he", "she", "they"]))
                });
        let asked = token.any(&["i'd", "we'd"])
            && tokens.get(at + 1).is_some_and(|token| token.any(&["like", "love", "prefer"]));
        if asked {
            return Some((at..at + 2, false));
        }
        if !subject {
            continue;
        }
        if let Some(want) = negated(tokens, at) {
            return Some((want, false));
        }
        if token.is("would")
            && tokens.get(at + 1).is_some_and(|token| token.any(&["like", "love", "prefer"]))
        {
            return Some((at..at + 2, false));
        }
        if token.any(&["want", "wants", "need", "needs", "wish", "expect", "require", "prefer"]) {
            return Some((at..at + 1, false));
        }
        if words::modal(&token.lower) && (opened || at > from) {
            return Some((at..at + 1, true));
        }
        if token.is("i'm") && tokens.get(at + 1).is_some_and(|token| token.is("able")) {
            return Some((at..at + 2, false));
        }
        if token.is("am") && tokens.get(at + 1).is_some_and(|token| token.is("able")) {
            return Some((at..at + 2, false));
        }
    }
    None
}

/// `don't want`, `do not want`: the wish itself.
fn negated(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token: &Token| token.is(word));
    let want = match tokens[at].lower.as_str() {
        "don't" | "doesn't" => at + 1,
        "do" | "does" if is(at + 1, "not") => at + 2,
        _ => return None,
    };
    (is(want, "want") || is(want, "need")).then_some(want..want + 1)
}

/// The words that introduce the benefit: `so that`, `so`, `in order to`.
fn benefit_mark(tokens: &[Token], from: usize) -> Option<Range<usize>> {
    (from..tokens.len()).find_map(|at| mark_at(tokens, from, at))
}

fn mark_at(tokens: &[Token], from: usize, at: usize) -> Option<Range<usize>> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token: &Token| token.is(word));
    let end = match tokens[at].lower.as_str() {
        "so" if is(at + 1, "that") => at + 2,
        "because" if at > from && tokens[at - 1].is(",") => at + 1,
        "so" if opens_clause(tokens, at) => at + 1,
        "in" if is(at + 1, "order") && (is(at + 2, "to") || is(at + 2, "that")) => at + 3,
        _ => return None,
    };
    // `so that that` is a common slip.
    let end = end + usize::from(is(end, "that") || is(end, ","));
    Some(at..end)
}

/// Whether a bare `so` leads into a reason: after a comma or a full stop, or before a subject.
fn opens_clause(tokens: &[Token], at: usize) -> bool {
    let after_mark = at > 0 && tokens[at - 1].any(&[",", ".", ";"]) && tokens.get(at + 1).is_some();
    let subject = tokens
        .get(at + 1)
        .is_some_and(|next| words::pronoun(&next.lower) || words::determiner(&next.lower));
    let manner = tokens.get(at + 1).is_some_and(|next| next.any(&["far", "on", "called"]));
    (after_mark || subject) && !manner
}

fn sentence_end(tokens: &[Token], from: usize, limit: usize) -> usize {
    (from..limit).find(|&at| tokens[at].any(&[".", "!", "?", ";"])).unwrap_or(limit.max(from))
}
