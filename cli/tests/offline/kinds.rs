//! Whatever stands where a file belongs: the command ends soon, with one line that names the place and says what is there.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;

use crate::program::ACCOUNT;

use crate::readers::OWNER;

/// What stands in a file's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    Fifo,
    Socket,
    /// A link to one that never ends.
    Device,
    Loop,
    /// 1 GiB of nothing, which takes no room.
    Sparse,
    /// A line of Latin-1 behind what belongs there.
    Latin1,
    /// For an ordinary user.
    Unreadable,
    Missing,
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// Status 2, and one line with the place and this text.
    Says(&'static str),
    /// It is as good as any other, or the broker's to judge: next, the engine is missing.
    On,
    /// Status 0.
    Well,
}

use Comes::{On, Says, Well};
use Kind::{Device, Fifo, Folder, Latin1, Loop, Missing, Socket, Sparse, Unreadable};

/// A place where a file is read.
struct Place {
    file: &'static str,
    /// The command that reads it.
    command: &'static [&'static str],
    /// Where it is another than [`usual`].
    other: &'static [(Kind, Comes)],
}

fn usual(kind: Kind) -> Comes {
    match kind {
        Folder => Says("is a folder, a file belongs there: remove it"),
        Fifo => Says("is a named pipe (FIFO), a file belongs there: put one in its place"),
        Socket => Says("is a socket, a file belongs there: put one in its place"),
        Device => Says("is a device, a file belongs there: put one in its place"),
        Loop => Says("is a link that leads back to itself: put a file in its place"),
        Sparse => Says("put the right file in its place"),
        Latin1 => On,
        Unreadable => Says("permission denied: call this as a user who may read it, or let this one"),
        Missing => Says("is missing"),
    }
}

const VERIFY: &[&str] = &["verify"];
const ESP32: &[&str] = &["esp32", "--broker", "mqtts://localhost", "--ca", "ca.crt"];
/// Only its kind and size are looked at: it is the broker who reads it.
const LOOKED_AT: &[(Kind, Comes)] = &[(Unreadable, On)];
const TEXT: &[(Kind, Comes)] = &[(Latin1, Says("is not UTF-8: save it as UTF-8"))];

const PLACES: &[Place] = &[
    Place { file: "mosquitto/mosquitto.conf", command: VERIFY, other: &[] },
    // An empty folder of more configuration is none the worse, and the broker passes over what is in the place of a file.
    Place { file: "mosquitto/conf.d/more.conf", command: VERIFY, other: &[(Folder, On), (Missing, On)] },
    Place {
        file: ".env",
        command: VERIFY,
        other: &[(Missing, Says("MQTT_BACKEND_PASSWORD is set neither"))],
    },
    Place { file: "certs/server.crt", command: VERIFY, other: LOOKED_AT },
    Place { file: "certs/server.key", command: VERIFY, other: LOOKED_AT },
    Place { file: "certs/ca.crt", command: VERIFY, other: LOOKED_AT },
    Place { file: "certs/crl.pem", command: VERIFY, other: LOOKED_AT },
    Place { file: "certs/passwd", command: VERIFY, other: &[] },
    Place { file: "mosquitto/acl", command: VERIFY, other: LOOKED_AT },
    Place {
        file: "broker-contract.toml",
        command: VERIFY,
        other: &[(Latin1, Says("is not UTF-8")), (Missing, On)],
    },
    Place {
        file: "docker-compose.yml",
        command: &["verify", "--profile", "dev"],
        other: &[
            (Latin1, Says("Compose refuses")),
            (Unreadable, Says("Compose refuses")),
            (Missing, Says("has no docker-compose.yml")),
        ],
    },
    // Without it there is development to judge.
    Place {
        file: "docker-compose.prod.yml",
        command: VERIFY,
        other: &[(Latin1, Says("Compose refuses")), (Unreadable, Says("Compose refuses")), (Missing, On)],
    },
    // Root follows no link here, and everybody else no link to a device.
    Place {
        file: ".env",
        command: &["certs", "--out", "new"],
        other: &[(Device, Says("is a ")), (Loop, Says("is a ")), (Latin1, Well), (Missing, Well)],
    },
    Place {
        file: "certs/passwd",
        command: &["certs", "--force"],
        other: &[
            (Device, Says("is a symbolic link: put the file itself in its place")),
            (Loop, Says("is a symbolic link: put the file itself in its place")),
            (Latin1, Well),
            (Missing, Well),
        ],
    },
    Place {
        file: "certs/passwd",
        command: &["user", "add", "fern"],
        other: &[
            (Device, Says("is a symbolic link: put the file itself in its place")),
            (Loop, Says("is a symbolic link: put the file itself in its place")),
            (Latin1, Well),
        ],
    },
    Place { file: "mine.acl", command: &["up", "--acl", "mine.acl"], other: TEXT },
    Place { file: "ca.crt", command: ESP32, other: TEXT },
    Place {
        file: "mine.toml",
        command: &["esp32", "--broker", "mqtt://localhost", "--firmware", "mine.toml"],
        other: TEXT,
    },
    Place {
        file: "scenario.toml",
        command: &["esp32", "--broker", "mqtt://localhost", "--scenario", "scenario.toml"],
        other: TEXT,
    },
    Place { file: "report.json", command: &["esp32", "merge", "report.json"], other: TEXT },
];

/// What belongs in the places, so that nothing but the one in question is wrong. The Compose files are there when one of them is in question.
fn deployment(folder: &Path, compose: bool) {
    let broker = "services: {mosquitto: {image: eclipse-mosquitto, volumes: [\
                  \"./mosquitto:/mosquitto/config:ro\", \"./certs:/mosquitto/certs:ro\"]}}\n";
    let config = "password_file /mosquitto/certs/passwd\nacl_file /mosquitto/config/acl\n\
                  include_dir /mosquitto/config/conf.d\nlistener 8883\ncertfile /mosquitto/certs/server.crt\n\
                  keyfile /mosquitto/certs/server.key\ncafile /mosquitto/certs/ca.crt\n\
                  crlfile /mosquitto/certs/crl.pem\n";
    let mut files = vec![("mosquitto/mosquitto.conf", config), ("mosquitto/conf.d/more.conf", "# more\n")];
    files.push(("broker-contract.toml", ACCOUNT));
    files.extend([("mosquitto/acl", "topic readwrite #\n"), (".env", "MQTT_BACKEND_PASSWORD=secret\n")]);
    files.extend(["server.crt", "server.key", "ca.crt", "crl.pem", "passwd"].map(|name| (name, "")));
    files.extend(
        compose
            .then_some([("docker-compose.yml", broker), ("docker-compose.prod.yml", "{}\n")])
            .into_iter()
            .flatten(),
    );
    for (name, content) in files {
        let name = if content.is_empty() { format!("certs/{name}") } else { name.to_owned() };
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn put(kind: Kind, path: &Path) {
    let before = fs::read(path).unwrap_or_default();
    let _ = fs::remove_file(path);
    match kind {
        Folder => fs::create_dir(path).unwrap(),
        Fifo => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        Socket => drop(UnixListener::bind(path).unwrap()),
        Device => symlink("/dev/zero", path).unwrap(),
        Loop => symlink(path.file_name().unwrap(), path).unwrap(),
        Sparse => File::create(path).unwrap().set_len(1 << 30).unwrap(),
        Latin1 => fs::write(path, [&before[..], b"# g\xE4rtner\n"].concat()).unwrap(),
        Unreadable => {
            fs::write(path, before).unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap();
        }
        Missing => {}
    }
}

/// The command, ended when it takes a minute; by an ordinary user, when this is root and root could do more.
fn command(place: &Place, kind: Kind, folder: &Path) -> Command {
    let repository: PathBuf = [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect();
    let plugins = repository.canonicalize().unwrap().join("target/compose");
    assert!(plugins.join("cli-plugins/docker-compose").exists(), "`make setup` fetches it");
    let mut command = Command::new("timeout");
    command.args(["--kill-after=1", "60", env!("CARGO_BIN_EXE_mosquitto-fixtures")]).args(place.command);
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", folder).env("DOCKER_CONFIG", plugins).env("DOCKER_HOST", "unix:///nonexistent.sock");
    if kind == Unreadable && rustix::process::geteuid().is_root() {
        let everything = Command::new("chown").args(["-R", &OWNER.to_string()]).arg(folder).status();
        assert!(everything.unwrap().success());
        chown(folder, Some(OWNER), Some(OWNER)).unwrap();
        command.uid(OWNER).gid(OWNER);
    }
    command
}

#[rstest]
fn whatever_stands_in_a_files_place_is_named(
    #[values(Folder, Fifo, Socket, Device, Loop, Sparse, Latin1, Unreadable, Missing)] kind: Kind,
) {
    let mut wrong = Vec::new();
    for place in PLACES {
        let folder = tempfile::tempdir().unwrap();
        deployment(folder.path(), place.file.starts_with("docker-compose"));
        put(kind, &folder.path().join(place.file));
        let output = command(place, kind, folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let other = place.other.iter().find(|(other, _)| *other == kind);
        let comes = other.map_or_else(|| usual(kind), |(_, comes)| *comes);
        let one_line = said.lines().count() == 1 && !said.contains("panicked");
        let as_expected = match comes {
            Says(text) => {
                output.status.code() == Some(2)
                    && one_line
                    && said.contains(place.file)
                    && said.contains(text)
            }
            On => output.status.code() == Some(2) && one_line && said.contains("no Docker engine answers"),
            Well => output.status.success(),
        };
        if !as_expected {
            wrong.push(format!("{} of {:?}: {:?} {said}", place.file, place.command, output.status.code()));
        }
    }
    assert!(wrong.is_empty(), "{kind:?}:\n{}", wrong.concat());
}
