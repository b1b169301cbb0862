use std::time::{Duration, Instant};

use super::*;

fn page(text: &str) -> String {
    let links = |key: &str| key.starts_with("PAY-").then(|| format!("/items/{key}"));
    render(text, &links).into_string()
}

/// Renders within a time that only a blow-up exceeds, even unoptimised on a busy machine.
fn page_soon(text: &str) -> String {
    let start = Instant::now();
    let out = page(text);
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    out
}

/// How many elements lie in each other at the deepest place.
fn nesting(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            depth -= 1;
        } else if !["br", "hr", "img", "input"].iter().any(|void| tag.starts_with(void)) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

#[test]
fn common_markup_becomes_html() {
    let out = page(
        "# Pay\n\n- [x] done\n- [ ] open\n\n~~no~~ **yes** https://example.org\n\n|a|b|\n|-|:-:|\n|1|2|",
    );
    for expected in [
        r#"<h2 dir="auto">Pay</h2>"#,
        r#"class="contains-task-list""#,
        r#"type="checkbox""#,
        "disabled",
        "<del>no</del>",
        "<strong>yes</strong>",
        r#"<a href="https://example.org" rel="noopener nofollow">"#,
        r#"<td align="center" dir="auto">2</td>"#,
    ] {
        assert!(out.contains(expected), "{expected} is missing in {out}");
    }
}

#[test]
fn scripts_and_handlers_never_pass() {
    for text in [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "[x](https://a.example \"\\\" onmouseover=alert(1) \\\"\")",
        "```\"><script>alert(1)</script>\ncode\n```",
        "<style>@import 'https://a.example'</style>",
        "@<script>alert(1)</script>",
        "<input type=\"password\">",
    ] {
        let out = page(text);
        for forbidden in ["<script", "<svg", "<iframe", "<style", "<img", "<input"] {
            assert!(!out.contains(forbidden), "{text} gave {out}");
        }
        assert!(!out.contains("onmouseover=\""), "{text} gave {out}");
    }
}

#[test]
fn only_plain_addresses_stay_links() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
    ] {
        for text in [format!("[x]({address})"), format!("[x](<{address}>)"), format!("<{address}>")]
        {
            let out = page(&text).to_lowercase();
            for scheme in ["javascript", "data", "vbscript", "file"] {
                assert!(!out.contains(&format!("href=\"{scheme}:")), "{text} gave {out}");
            }
        }
    }
    assert!(page("[x](/items/1)").contains(r#"href="/items/1""#));
    assert!(page("[x](mailto:a@example.org)").contains(r#"href="mailto:a@example.org""#));
}

#[test]
fn a_picture_from_elsewhere_is_a_link() {
    let elsewhere =
        ["https://a.example/p.png", "//a.example/p.png", "/\\a.example/p.png", "http:p.png"];
    // Asking for a page of ours is no picture either.
    for address in elsewhere.into_iter().chain(["/logout", "p.png", "/files/../logout"]) {
        let out = page(&format!("![seen](<{address}>)"));
        assert!(!out.contains("<img") && out.contains(">seen</a>"), "{address} gave {out}");
    }
    assert!(page("![](https://a.example/p.png)").contains(">https://a.example/p.png</a>"));
    assert!(
        page("![seen](/files/1)").contains(r#"<img src="/files/1" alt="seen" loading="lazy">"#)
    );
    let nested = page("[![seen](https://a.example/p.png)](https://b.example)");
    assert!(!nested.contains("a.example") && nested.contains(">seen</a>"), "{nested}");
}

#[test]
fn keys_link_where_they_lead_somewhere() {
    let link = r#"<a class="key" href="/items/PAY-123" rel="noopener nofollow">PAY-123</a>"#;
    for text in [
        "PAY-123",
        "see PAY-123.",
        "(PAY-123)",
        "**PAY-123**",
        "|PAY-123|b|\n|-|-|",
        "# PAY-123",
        "日本 PAY-123、",
    ] {
        assert!(page(text).contains(link), "{text} gave {}", page(text));
    }
    for text in [
        "XPAY-123",
        "PAY-123x",
        "pay-123",
        "PAY-",
        "ÄPAY-123",
        "UTF-8",
        "PAY-1234567890",
        "a/PAY-123",
    ] {
        assert!(!page(text).contains("<a"), "{text} gave {}", page(text));
    }
}

#[test]
fn keys_and_mentions_in_code_and_links_are_untouched() {
    let out = page(
        "`PAY-1 @ana`\n\n    PAY-2 @ana\n\n```\nPAY-3 @ana\n```\n\n[PAY-4 @ana](https://a.example)",
    );
    assert!(!out.contains("class=\"key\"") && !out.contains("mention"), "{out}");
}

#[test]
fn a_key_cannot_smuggle_an_address() {
    let links = |_: &str| Some("javascript:alert(1)\" onclick=\"x".to_owned());
    let out = render("PAY-1", &links).into_string();
    assert!(!out.contains("href") && !out.contains("onclick"), "{out}");
}

#[test]
fn mentions_are_marked() {
    assert!(page("thanks @ana.").contains(r#"<span class="mention">@ana</span>."#));
    assert!(page("@jürgen-m, look").contains(r#"<span class="mention">@jürgen-m</span>,"#));
    for text in ["ana@example.org", "@", "@@ana", "@ ana", "a@b"] {
        assert!(!page(text).contains("mention"), "{text} gave {}", page(text));
    }
}

#[test]
fn other_scripts_and_emoji_stay_as_written() {
    for text in ["שלום עולם", "مرحبا بالعالم", "👩‍👩‍👧‍👦 🇨🇭 ❤️", "日本語", "zero\u{200b}width"]
    {
        assert_eq!(page(text).trim_end(), format!("<p dir=\"auto\">{text}</p>"));
    }
}

#[test]
fn deep_nesting_is_flattened_in_time() {
    let n = 20_000;
    for text in [
        "*a **a ".repeat(n),
        format!("{}x{}", "*a **b ".repeat(n), "**c* ".repeat(n)),
        format!("{}x{}", "[".repeat(n), "](y)".repeat(n)),
        "![".repeat(n),
        "- ".repeat(n),
        "> ".repeat(n),
        "~~".repeat(n),
        "`".repeat(n),
        "<".repeat(n),
        "&".repeat(n),
        "_".repeat(n),
        "PAY-".repeat(n),
        "@".repeat(n),
        "![a".repeat(n / 2) + &"](https://a.example)".repeat(n / 4),
        format!("{}x{}", "**_".repeat(n), "_**".repeat(n)),
    ] {
        let out = page_soon(&text);
        // A list takes two levels a step; paragraphs and the like come on top.
        let depth = nesting(&out);
        assert!(depth <= MOST_DEPTH * 2 + 10, "{depth} levels for {}", &text[..20]);
    }
    assert!(page(&format!("{}deep", "> ".repeat(500))).contains("deep"));
    assert!(page(&format!("{}deep", "- ".repeat(500))).contains("deep"));
}

#[test]
fn huge_tables_and_texts_are_cut_with_a_notice() {
    let wide = format!("{}|\n{}|\n{}", "|a".repeat(500), "|-".repeat(500), "|b|\n".repeat(20_000));
    let tall = format!("|a|b|\n|-|-|\n{}", "|1|2|\n".repeat(30_000));
    for table in [wide, tall] {
        let out = page_soon(&table);
        assert!(out.matches("<td").count() <= MOST_CELLS + 1_000);
        assert!(out.contains("10,000 cells"));
    }
    let long = page_soon(&"é ".repeat(200_000));
    assert!(long.len() < MOST_BYTES + 1_000 && long.contains("200 KB"));
}

#[test]
fn an_excerpt_is_one_plain_line() {
    assert_eq!(
        plain_excerpt("# Pay\n\n**now** with `code`\nand [more](https://a.example)", 80),
        "Pay now with code and more"
    );
    assert_eq!(plain_excerpt("one two three four", 12), "one two…");
    assert_eq!(plain_excerpt("👩👩👩👩", 3), "👩👩…");
    assert_eq!(plain_excerpt("", 10), "");
    assert!(plain_excerpt(&"word ".repeat(100_000), 100).chars().count() <= 100);
}
