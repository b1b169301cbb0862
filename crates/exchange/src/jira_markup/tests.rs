use super::to_markdown as md;
use proptest::prelude::*;

#[test]
fn blocks() {
    let cases = [
        ("h2. Title\ntext", "## Title\n\ntext"),
        ("bq. said", "> said"),
        ("a\n----\nb", "a\n\n---\n\nb"),
        ("one\ntwo", "one  \ntwo"),
        ("* a\n** b\n*# c\nmore\n\nend", "- a\n  - b\n  1. c  \n     more\n\nend"),
        ("# a\n## b\n#* c", "1. a\n   1. b\n   - c"),
        ("- a\n- b", "- a\n- b"),
        ("{quote}q\nr{quote}after", "> q  \n> r\n\nafter"),
        ("{code:java}\nint a = *b*;\n{code}", "```java\nint a = *b*;\n```"),
        ("x {noformat}a ``` b{noformat} y", "x\n\n````\na ``` b\n````\n\ny"),
        ("{code:title=A.java|java}x{code}", "**A.java**\n\n```java\nx\n```"),
        ("{code}open", "{code}open"),
        ("{panel:title=Note}p{panel}", "> **Note**\n>\n> p"),
        (
            "||a||b||\n|1|[x|http://e.org/y]|",
            "| a | b |\n| --- | --- |\n| 1 | [x](http://e.org/y) |",
        ),
        ("|1|2|\n|3|4|5|", "|  |  |  |\n| --- | --- | --- |\n| 1 | 2 |\n| 3 | 4 | 5 |"),
        ("|a\nb|c|", "|  |  |\n| --- | --- |\n| a b | c |"),
        ("{quote}{noformat}x{noformat}{quote}\n\ny", "> ```\n> x\n> ```\n\ny"),
        ("---\n===", "\\---  \n\\==="),
    ];
    for (wiki, expected) in cases {
        assert_eq!(md(wiki), expected, "{wiki}");
    }
}

#[test]
fn inline() {
    let cases = [
        ("*b* _i_ -s- +u+", "**b** _i_ ~~s~~ _u_"),
        ("*b _i_*", "**b _i_**"),
        ("in{*}ner{*} {_}x{_}y", "in**ner** *x*y"),
        ("snake_case 5 * 3 a-b", "snake_case 5 * 3 a-b"),
        ("{{a *b* `c`}} d", "`` a *b* `c` `` d"),
        ("H~2~O x^2^", "H₂O x²"),
        ("{color:red}hot{color} {x}", "hot {x}"),
        ("[a|http://e.org/x_y_z] [http://e.org]", "[a](http://e.org/x_y_z) <http://e.org>"),
        ("see http://e.org/_a_*b*, ok", "see http://e.org/_a_*b\\*, ok"),
        ("[~bob] [~accountid:5f] [^f.txt] [ ] [TODO]", "@bob @5f f.txt \\[ \\] \\[TODO\\]"),
        ("[a|http://e.org|smart-link]", "[a](http://e.org)"),
        ("!p q.png|width=3! wow! yes!", "![p q.png](<p q.png>) wow! yes!"),
        (
            "a\\\\b \\*x\\* \\\\server\\share C:\\dir",
            "a  \nb \\*x\\* \\\\\\\\server\\share C:\\dir",
        ),
        ("<b> & &amp; a<b", "\\<b> & \\&amp; a\\<b"),
        ("*open _cross* over_", "**open \\_cross** over\\_"),
    ];
    for (wiki, expected) in cases {
        assert_eq!(md(wiki), expected, "{wiki}");
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    let start = std::time::Instant::now();
    for unit in [
        "[", "{", "{{", "{code}", "{code:x}", "*a ", "_", "|", "!a", "~1", "^", "** x\n", "|a\n",
        "\\", "[a|", "h1. ", "{quote}", "*_-+", "{*}", "http://", "{^}", "<", "&a",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        md(&text);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn never_panics(text in "(?s).{0,200}") {
        md(&text);
    }

    #[test]
    fn never_panics_on_markup(text in r"([*_+^~!|\[\]{}\\#h1. \n-]|\{code\}|\{quote\}|\{panel:title=x\}|\{\{|http://|é|word){0,80}") {
        md(&text);
    }

    #[test]
    fn words_survive(text in r"([a-zA-Z0-9é]{1,8}[ \n*_+|#.,()-]{1,3}){0,40}") {
        let out = md(&text);
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            // `h1.` and `bq.` at the start of a line are markup, not words.
            let markup = word == "bq" || (word.len() == 2 && word.to_lowercase().starts_with('h'));
            prop_assert!(markup || out.contains(word), "{word} in {out:?}");
        }
    }
}
