//! The README, walked from top to bottom in an empty clone.

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use mosquitto_fixtures::broker::Claim;
use tempfile::TempDir;

use crate::engine::mosquitto_fixtures;

/// Every command that the README shows in a block or in its table of the deployment, in its order, and what it must say. The
/// rest of the suite runs the others.
const WALK: [(&str, Option<&str>); 12] = [
    ("make verify", Some(" 0 broken, ")),
    ("make check", None),
    ("cargo install --locked --path cli", None),
    (
        "cargo add --dev mosquitto-fixtures --path ../mosquitto-fixtures/fixtures",
        Some("Adding mosquitto-fixtures"),
    ),
    ("mosquitto-fixtures up -- python3 -m pytest test_device.py", Some("1 passed")),
    ("mosquitto-fixtures up -- node --test device.test.js", Some("pass 1")),
    ("make certs", Some("valid for 365 days")),
    ("make up", Some("1883/tcp -> ")),
    ("scripts/test_mqtt_tls.sh", Some("All MQTT tests passed!")),
    ("make down", Some(" is gone")),
    ("make prod", Some("8883/tcp -> ")),
    ("mosquitto-fixtures esp32 --devices 1000 --report fleet.html", Some("every device connected")),
];

/// What an ordinary user walks, too, when root runs this. The others need programs out of root's home.
const WITHOUT_CARGO_AND_PYTEST: [&str; 9] = [
    "make verify",
    "mosquitto-fixtures up -- node --test device.test.js",
    "make certs",
    "make up",
    "scripts/test_mqtt_tls.sh",
    "make down",
    "make prod",
    "make down",
    "mosquitto-fixtures esp32 --devices 1000 --report fleet.html",
];

/// Without a name, a home in the system or user ids to map: as the directory of a company may give him.
const ORDINARY: u32 = 12_345;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn repository() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).unwrap()
}

/// The lines of its `sh` blocks, and the commands of the deployment's table.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_block = false;
    let mut section = "";
    for line in text.lines() {
        section = line.strip_prefix("## ").unwrap_or(section);
        if line.starts_with("```") {
            in_block = line == "```sh";
        } else if in_block {
            commands.push(line.split(" #").next().unwrap().trim().to_owned());
        } else if section == "The deployment" && line.starts_with("| `") {
            commands.push(line.split('`').nth(1).unwrap().to_owned());
        }
    }
    commands
}

fn example<'a>(text: &'a str, language: &str) -> &'a str {
    text.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap()
}

/// What a person has who has cloned this repository, with the command and the examples beside it. Its stack ends with it.
struct Clone {
    parent: TempDir,
    /// Whose it is, when it is not whoever runs this.
    owner: Option<u32>,
    _claim: Claim,
}

impl Clone {
    fn new(text: &str) -> Self {
        let clone = Self { parent: tempfile::tempdir().unwrap(), owner: None, _claim: Claim::new().unwrap() };
        for file in [
            "Makefile",
            "broker-contract.toml",
            "docker-compose.yml",
            "docker-compose.prod.yml",
            "mosquitto",
            "scripts",
        ] {
            copy(&repository().join(file), &clone.path(file));
        }
        fs::create_dir(clone.path("certs")).unwrap();
        // What nobody ends any more is swept.
        let labels: Vec<String> =
            clone._claim.labels().iter().map(|(key, value)| format!("{key}: \"{value}\"")).collect();
        let labels = format!("labels: {{{}}}", labels.join(", "));
        let compose = fs::read_to_string(clone.path("docker-compose.yml")).unwrap();
        let compose = compose.replace("    restart:", &format!("    {labels}\n    restart:"));
        let compose = compose
            .replace("  data:\n", &format!("  data: {{{labels}}}\nnetworks: {{default: {{{labels}}}}}\n"));
        fs::write(clone.path("docker-compose.yml"), compose).unwrap();
        fs::write(clone.path("test_device.py"), example(text, "python")).unwrap();
        fs::write(clone.path("device.test.js"), example(text, "js")).unwrap();
        // A project beside it, for which `cargo add` is.
        fs::create_dir_all(clone.parent.path().join("service/src")).unwrap();
        fs::write(clone.parent.path().join("service/src/lib.rs"), "").unwrap();
        let manifest =
            "[package]\nname = \"service\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(clone.parent.path().join("service/Cargo.toml"), manifest).unwrap();
        for part in ["Cargo.toml", "Cargo.lock", "fixtures", "esp32", "cli", "tests", "benches"] {
            symlink(repository().join(part).canonicalize().unwrap(), clone.path(part)).unwrap();
        }
        fs::create_dir(clone.path("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_mosquitto-fixtures"), clone.path("bin/mosquitto-fixtures")).unwrap();
        clone
    }

    /// The same of an ordinary user's, with Compose and the command in his home.
    fn of_ordinary_user(text: &str) -> Self {
        let mut clone = Self::new(text);
        clone.owner = Some(ORDINARY);
        let compose = clone.path("home/.docker/cli-plugins/docker-compose");
        copy(&repository().join("target/compose/cli-plugins/docker-compose"), &compose);
        let command = clone.path("bin/mosquitto-fixtures");
        fs::remove_file(&command).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_mosquitto-fixtures"), &command).unwrap();
        // `make setup` asks whether it is there.
        symlink("/bin/true", clone.path("bin/cargo")).unwrap();
        give(clone.parent.path(), ORDINARY);
        clone
    }

    fn path(&self, name: &str) -> PathBuf {
        self.parent.path().join("mosquitto-fixtures").join(name)
    }

    /// Runs a command of the README, and gives its exit status and what it says.
    fn run(&self, line: &str) -> (Option<i32>, String) {
        let line = line.replace("--devices 1000", "--devices 10 --ramp 1s --interval 1s --duration 4s");
        let python = repository().join("target/python/bin").canonicalize().unwrap();
        let path = std::env::var("PATH").unwrap();
        let folder = if line.starts_with("cargo add") { "../service" } else { "." };
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(self.path(folder));
        let mut path = format!("{}:{}:{path}", self.path("bin").display(), python.display());
        if let Some(owner) = self.owner {
            // What root has set is root's, too.
            command.env_clear().env("HOME", self.path("home")).uid(owner).gid(engine_group());
            path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display());
        }
        let output = command
            .env("PATH", path)
            .env("NODE_PATH", format!("{}:/usr/share/nodejs", std::env::var("NODE_PATH").unwrap_or_default()))
            .env("MAKEFLAGS", "CLI=mosquitto-fixtures")
            .envs([("MQTT_PORT", "0"), ("MQTT_TLS_PORT", "0"), ("MQTT_WS_PORT", "0")])
            .env_remove("MQTT_BACKEND_PASSWORD")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        self.run("make down");
        self.run("scripts/compose down --volumes");
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// Who may use the engine.
fn engine_group() -> u32 {
    fs::metadata("/var/run/docker.sock").unwrap().gid()
}

/// Gives all of a folder to a user.
fn give(path: &Path, user: u32) {
    lchown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path(), user));
    }
}

fn walk(clone: &Clone, commands: impl IntoIterator<Item = &'static str>) {
    for command in commands {
        let (_, expected) = WALK.into_iter().find(|(walked, _)| *walked == command).unwrap();
        let Some(expected) = expected else { continue };
        let (status, said) = clone.run(command);
        assert_eq!(status, Some(0), "{command}: {said}");
        assert!(said.contains(expected), "{command}: {said}");
    }
    assert!(fs::read_to_string(clone.path("fleet.html")).unwrap().contains("<svg"));
}

#[test]
fn every_command_does_what_it_says() {
    let text = readme();
    assert_eq!(commands(&text), WALK.map(|(command, _)| command.to_owned()));
    walk(&Clone::new(&text), WALK.map(|(command, _)| command));
}

#[test]
fn every_command_does_what_it_says_to_an_ordinary_user() {
    if is_root() {
        walk(&Clone::of_ordinary_user(&readme()), WITHOUT_CARGO_AND_PYTEST);
    }
}

/// The picture is what `verify` says of a production whose override has no `!override`.
#[test]
fn the_broken_report_is_as_it_is_pictured() {
    let clone = Clone::new(&readme());
    let file = clone.path("docker-compose.prod.yml");
    let naive = fs::read_to_string(&file).unwrap().replace("ports: !override", "ports:");
    fs::write(&file, naive).unwrap();
    let output = mosquitto_fixtures()
        .args(["verify", "--quiet", "--clause", "exposure.prod-only-tls", "--deployment"])
        .arg(clone.path("."))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    let broken = said.split("broken\n").nth(1).unwrap().trim();
    let picture = fs::read_to_string(repository().join("docs/broken.svg")).unwrap();
    let pictured = plain(&picture);
    for line in broken.lines().take_while(|line| !line.is_empty()) {
        assert!(pictured.contains(line.trim()), "{line:?} is not in docs/broken.svg");
    }
}

/// The text of a picture, without its tags.
fn plain(picture: &str) -> String {
    picture.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}
