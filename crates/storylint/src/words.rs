//! Which kind of word a word can be: closed classes in full, open classes by list and by ending.

use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

macro_rules! list {
    ($name:ident, $file:literal) => {
        static $name: Words =
            LazyLock::new(|| include_str!(concat!("words/", $file)).split_whitespace().collect());
    };
}

list!(VERBS, "verbs.txt");
list!(NOUN_LIKE, "nounlike.txt");
list!(ADJECTIVES, "adjectives.txt");
list!(POSTMODIFIERS, "postmodifiers.txt");
list!(ING_POSTMODIFIERS, "ing_postmodifiers.txt");
list!(PARTICIPLES, "participles.txt");

macro_rules! class {
    ($(#[$doc:meta])* $name:ident: $($word:literal)+) => {
        $(#[$doc])*
        pub(crate) fn $name(word: &str) -> bool {
            matches!(word, $($word)|+)
        }
    };
}

class! { article: "a" "an" "the" "this" "that" "these" "those" "such" }
class! { possessive: "my" "our" "his" "her" "its" "their" "your" "it's" }
class! {
    /// Words that say how many.
    quantifier: "all" "any" "each" "every" "some" "several" "both" "no" "multiple" "many" "most"
        "few" "more" "another" "other" "various" "up" "one"
}
class! {
    preposition: "of" "in" "on" "at" "by" "for" "with" "without" "from" "to" "into" "onto" "about"
        "between" "across" "via" "through" "throughout" "during" "before" "after" "since" "until"
        "till" "under" "over" "within" "against" "among" "along" "as" "per" "like" "than" "outside"
        "inside" "upon" "towards" "toward" "around" "above" "below" "behind" "beyond" "despite"
        "regardless" "including" "using" "regarding" "concerning" "depending" "based" "while"
        "whilst" "because" "although" "where" "when" "whenever" "wherever" "once" "unless"
        "rather" "instead" "due" "so" "except" "near" "off" "versus" "vs." "vs" "then" "which"
}
class! { conjunction: "and" "or" "and/or" "&" "nor" "plus" }
class! {
    pronoun: "i" "we" "you" "he" "she" "it" "they" "me" "us" "him" "them" "i'm" "we're" "you're"
        "they're" "i'd" "i've" "we've" "i'll" "it's" "what's" "there" "met"
}
class! { reflexive: "myself" "ourselves" "yourself" "themselves" "itself" "himself" "herself" }
class! {
    /// Finite forms that open a clause's predicate.
    auxiliary: "is" "are" "was" "were" "am" "be" "been" "being" "has" "have" "had" "do" "does"
        "did" "will" "would" "can" "could" "shall" "should" "may" "might" "must" "cannot" "can't"
        "don't" "doesn't" "isn't" "aren't" "won't" "not" "didn't" "couldn't" "wasn't"
}
class! { modal: "can" "could" "must" "should" "shall" "may" "will" "might" "would" }
class! { wh: "who" "whom" "whose" "what" "which" "when" "where" "why" "how" "whether" "if" }
class! {
    /// Verbs that a question can follow.
    asks: "know" "understand" "see" "learn" "find" "out" "determine" "view" "check" "identify"
        "decide" "analyze" "explore" "investigate"
}
class! { particle: "up" "out" "back" "down" "off" "away" "together" "forwards" "backwards" "ahead" }
class! {
    plain_adverb: "also" "always" "never" "only" "just" "often" "once" "again" "soon" "either"
        "still" "even" "ever" "instead" "online" "offline" "too" "very" "well" "quickly" "then"
        "not" "sometimes" "immediately" "now"
}
class! {
    /// End in -ly without being adverbs.
    ly_adjective: "daily" "weekly" "monthly" "yearly" "hourly" "friendly" "early" "likely" "only"
        "family" "assembly" "reply" "supply" "apply" "anomaly" "multiply" "comply" "rely" "fly"
        "july" "italy" "quarterly" "nightly" "read-only" "user-friendly" "timely" "costly" "ally" "monopoly" "bully"
        "imply" "elderly" "holy" "ugly" "lonely" "lovely" "poly" "homily" "tally" "rally"
}
class! {
    /// Nouns that only measure the noun after their `of`.
    measure: "kind" "kinds" "type" "types" "sort" "number" "lot" "lots" "variety" "range" "amount"
        "couple" "one" "some" "any" "each" "most" "part" "quality" "set"
}

pub(crate) fn verb(word: &str) -> bool {
    VERBS.contains(word)
}

/// Verbs that are as often nouns.
pub(crate) fn noun_like(word: &str) -> bool {
    NOUN_LIKE.contains(word)
}

pub(crate) fn adverb(word: &str) -> bool {
    plain_adverb(word) || (word.len() > 4 && word.ends_with("ly") && !ly_adjective(word))
}

pub(crate) fn adjective(word: &str) -> bool {
    const ENDINGS: [&str; 9] =
        ["able", "ible", "ful", "less", "ous", "ive", "ical", "friendly", "ized"];
    ADJECTIVES.contains(word)
        || (word.len() > 6
            && ENDINGS.iter().any(|ending| word.ends_with(ending))
            && !matches!(word, "variable" | "initiative" | "perspective" | "objective" | "archive"))
}

/// Adjectives that follow their noun: `details available to all`.
pub(crate) fn postmodifier(word: &str) -> bool {
    POSTMODIFIERS.contains(word)
}

pub(crate) fn ing_postmodifier(word: &str) -> bool {
    ING_POSTMODIFIERS.contains(word)
}

pub(crate) fn ing(word: &str) -> bool {
    word.len() > 4 && word.ends_with("ing") && !matches!(word, "thing" | "string" | "something")
}

pub(crate) fn participle(word: &str) -> bool {
    PARTICIPLES.contains(word)
        || (word.len() > 3
            && word.ends_with("ed")
            && !matches!(word, "need" | "feed" | "speed" | "seed" | "embed" | "shed"))
}

/// Opens a noun phrase without belonging to it.
pub(crate) fn determiner(word: &str) -> bool {
    article(word) || possessive(word)
}

/// The base form of a verb's third person or gerund, where the list has it.
pub(crate) fn verb_stem(word: &str) -> Option<&'static str> {
    let of = |stem: &str| VERBS.get(stem).copied();
    let drop = |ending: &str| word.strip_suffix(ending);
    of(word)
        .or_else(|| drop("ies").and_then(|head| of(&format!("{head}y"))))
        .or_else(|| drop("es").and_then(of))
        .or_else(|| drop("s").and_then(of))
        .or_else(|| {
            let head = drop("ing").or_else(|| drop("ed"))?;
            let shorter = head.char_indices().next_back().map_or("", |(at, _)| &head[..at]);
            of(head).or_else(|| of(&format!("{head}e"))).or_else(|| of(shorter))
        })
}
