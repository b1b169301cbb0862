//! What people and agents rely on stays as it is: the commands with their options, and the tools.
//! A wanted change is kept with `cargo xtask bless`, and seen in review.

use std::fmt::Write;
use std::path::Path;

use clap::{Command, CommandFactory};

use crate::Cli;

/// One command and those below it as a part of `docs/cli-reference.md`.
fn describe(command: &Command, name: &str, text: &mut String) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = write!(text, "\n## {name}\n\n{}\n", full_stop(&about));
    let options: Vec<_> =
        command.get_arguments().filter(|a| !a.is_hide_set() && a.get_id() != "help").collect();
    if !options.is_empty() {
        text.push_str("\n| option | |\n|---|---|\n");
    }
    for option in options {
        let values: Vec<String> = match option.get_value_names() {
            Some(names) if option.get_action().takes_values() => names
                .iter()
                .map(|n| if option.is_positional() { n.to_string() } else { format!(" {n}") })
                .collect(),
            _ => Vec::new(),
        };
        let flag = option.get_long().map(|long| format!("--{long}")).unwrap_or_default();
        let help = option.get_help().map(ToString::to_string).unwrap_or_default();
        let usual: Vec<String> =
            option.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
        let usual = if usual.is_empty() || !option.get_action().takes_values() {
            String::new()
        } else {
            format!(" `{}` if left out.", usual.join(", "))
        };
        let env = option.get_env().map(|e| format!(" Also from `{}`.", e.to_string_lossy()));
        let needed = if option.is_required_set() { "Needed. " } else { "" };
        let _ = writeln!(
            text,
            "| `{flag}{}` | {needed}{}{usual}{} |",
            values.join(""),
            full_stop(&help.replace('|', "\\|")),
            env.unwrap_or_default()
        );
    }
    for below in command.get_subcommands().filter(|c| c.get_name() != "help") {
        describe(below, &format!("{name} {}", below.get_name()), text);
    }
}

fn full_stop(text: &str) -> String {
    if text.is_empty() || text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

#[test]
fn pinned_command_line_reference() {
    let mut text = "# Command line reference\n\nMade from the program by a test; do not edit. \
        Standard output carries results, standard error the rest; the exit code is 0 only where all \
        was done.\n"
        .to_owned();
    let mut cli = Cli::command();
    cli.build();
    for command in cli.get_subcommands().filter(|c| c.get_name() != "help") {
        describe(command, &format!("wherefore {}", command.get_name()), &mut text);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli-reference.md");
    if std::env::var_os("WHEREFORE_BLESS").is_some() {
        std::fs::write(&file, &text).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "docs/cli-reference.md is not what the program says: cargo xtask bless");
}

#[test]
fn pinned_tools_for_agents() {
    insta::assert_json_snapshot!("tools", wherefore_app::surfaces::mcp::tools());
}
