//! What the README names is there, and what it shows is so.

use std::path::PathBuf;

use crate::program::Program;

fn repository() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).unwrap()
}

/// The commands of the README that start with this word: lines of its `sh` blocks, and code in its tables.
fn commands(word: &str) -> Vec<String> {
    let text = read("README.md");
    let in_blocks =
        text.split("```sh\n").skip(1).flat_map(|block| block.split("```").next().unwrap().lines());
    let in_tables = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let all = in_blocks.chain(in_tables).map(|line| line.split(" #").next().unwrap().trim());
    let found: Vec<String> =
        all.filter(|line| line.split(' ').next() == Some(word)).map(str::to_owned).collect();
    assert!(!found.is_empty(), "{word}");
    found
}

#[test]
fn every_option_is_accepted() {
    for command in commands("mosquitto-fixtures") {
        let words = command.split(' ').skip(1);
        let words: Vec<&str> = words.map(|word| if word == "SHELL" { "bash" } else { word }).collect();
        Program::assert_accepted(&words);
    }
}

#[test]
fn every_target_and_script_is_there() {
    let makefile = read("Makefile");
    for command in commands("make") {
        let target = command.split(' ').nth(1).unwrap();
        assert!(makefile.contains(&format!("\n{target}: ")), "{command}");
    }
    for script in commands("scripts/test_mqtt_tls.sh") {
        assert!(repository().join(&script).is_file(), "{script}");
    }
    let manifest = read("cli/Cargo.toml");
    assert!(commands("cargo").iter().any(|command| command.contains("--path cli")), "{manifest}");
}

#[test]
fn every_link_leads_somewhere() {
    let text = read("README.md");
    let links: Vec<&str> = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert!(!links.is_empty());
    for link in links {
        assert!(repository().join(link).exists(), "{link}");
    }
}

#[test]
fn examples_for_other_suites_have_twelve_lines() {
    let text = read("README.md");
    for language in ["python", "js"] {
        let example = text.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
        let lines = example.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= 12, "{language}: {lines}");
    }
}
