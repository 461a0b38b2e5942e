//! The library's modules as docs/design.md draws them: who imports whom, and who alone uses a dependency.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::project::REPOSITORY;

/// Dependencies that one module alone knows.
const ALONE: [(&str, &str); 6] = [
    ("rcgen", "pki"),
    ("x509_parser", "pki"),
    ("testcontainers", "broker"),
    ("tokio_rustls", "client"),
    ("tokio_tungstenite", "client"),
    ("toml", "promises"),
];

/// The lines of the picture: a module, and what it may import, the highest first.
fn drawn() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(Path::new(REPOSITORY).join("docs/design.md")).unwrap();
    let picture = text.split("```text layers\n").nth(1).unwrap().split("```").next().unwrap();
    let line = |line: &str| {
        let (module, imports) = line.split_once("─►").unwrap();
        (module.trim().to_owned(), imports.split_whitespace().map(str::to_owned).collect())
    };
    picture.lines().map(line).collect()
}

/// The code of each module, without its tests.
fn modules() -> BTreeMap<String, String> {
    let source = Path::new(REPOSITORY).join("fixtures/src");
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let module = entry.strip_prefix(&source).unwrap().iter().next().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&entry).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            modules
                .entry(module.trim_end_matches(".rs").to_owned())
                .or_default()
                .extend(code.map(|line| format!("{line}\n")));
        }
    }
    modules.remove("lib");
    modules
}

/// What follows `crate::` somewhere in a module's code.
fn imports(module: &str, code: &str) -> BTreeSet<String> {
    let name = |path: &str| {
        path.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>()
    };
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{').and_then(|group| group.split('}').next()) {
            Some(group) => found.extend(group.split(',').map(name)),
            None => found.extend([name(rest)]),
        }
    }
    found.remove(module);
    found.remove("");
    found
}

#[test]
fn modules_import_what_the_picture_says_and_nothing_else() {
    let drawn: BTreeMap<_, _> = drawn().into_iter().collect();
    let found = modules().into_iter().map(|(module, code)| (module.clone(), imports(&module, &code)));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), drawn);
}

#[test]
fn no_module_imports_one_above_it() {
    let mut below: BTreeSet<String> = drawn().into_iter().map(|(module, _)| module).collect();
    for (module, imports) in drawn() {
        below.remove(&module);
        assert!(imports.is_subset(&below), "{module} imports {imports:?}");
    }
}

#[test]
fn dependency_is_known_to_one_module() {
    for (dependency, home) in ALONE {
        for (module, code) in modules() {
            assert_eq!(code.contains(&format!("{dependency}::")), module == home, "{dependency} in {module}");
        }
    }
}
