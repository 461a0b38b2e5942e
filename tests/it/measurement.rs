//! Cells of the permission matrix on the real broker: their files on the host, the containers, what came of it.

use std::collections::HashMap;
use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use mosquitto_fixtures::broker::{Line, owner_labels};
use mosquitto_fixtures::deployment::{Mount, Ownership, Role, Start};
use mosquitto_fixtures::pki::{Authority, Password, PasswordFile};
use tempfile::TempDir;

use crate::deployment_copy::repository;

/// A container's command: one broker after another, each with its log and its exit status. A broker that says that it
/// runs is ended. Only one that saves its data is told to, and not before it has answered: 2.0 forgets a signal that
/// arrives between that line and its main loop. One that cannot log says nothing, so it is asked.
const ONE_AFTER_ANOTHER: &str = r#"
ask() { until mosquitto_pub -t asked -n -q 1 2>/dev/null; do kill -0 "$pid" || return; done; }
for config; do
    echo "== $config"
    { sh -c 'echo $$; exec /usr/sbin/mosquitto -c "$0"' "$config" 2>&1; echo "exit $?"; } | {
        read -r pid
        while read -r line; do
            echo "$line"
            case $line in
            *'mosquitto version '*' running')
                if grep -q '^persistence ' "$config"; then ask && kill "$pid"; else kill -9 "$pid"; fi ;;
            *'Unable to open log file'*) ask && echo 'mosquitto version unknown running' && kill -9 "$pid" ;;
            esac
        done
    }
done
"#;

/// What came of one start.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) log: Vec<String>,
    pub(crate) code: i64,
    /// Whose the file is on the host after it.
    pub(crate) after: Ownership,
}

/// The files of some cells on this host, removed with it.
pub(crate) struct Measurement<'a> {
    root: TempDir,
    cells: &'a [Start],
}

impl<'a> Measurement<'a> {
    pub(crate) fn new(cells: &'a [Start]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let server = Authority::new().unwrap();
        let key = server.issue(&["localhost"]).unwrap();
        let mut passwords = PasswordFile::default();
        passwords.set("backend", &Password::random()).unwrap();
        let good = root.path().join("good");
        fs::create_dir(&good).unwrap();
        for (name, text) in [
            (file_name(Role::TrustAnchor), server.certificate_pem()),
            (file_name(Role::Certificate), key.certificate_pem()),
            (file_name(Role::Key), key.key_pem()),
            (file_name(Role::PasswordFile), passwords.to_string()),
            (file_name(Role::AclFile), "topic readwrite #\n".to_owned()),
        ] {
            fs::write(good.join(name), text).unwrap();
        }
        let measurement = Self { root, cells };
        for (index, cell) in cells.iter().enumerate() {
            measurement.write(index, cell);
        }
        open_to_all(&good);
        measurement
    }

    /// The subject of a cell, and a configuration that names it.
    fn write(&self, index: usize, cell: &Start) {
        let (folder, file) = (self.folder(index), self.subject(index));
        fs::create_dir_all(&folder).unwrap();
        let good = self.root.path().join("good");
        let inside = in_container(index, cell);
        let config = config(cell, &inside);
        if cell.role == Role::Config {
            fs::write(&file, config).unwrap();
        } else {
            fs::write(good.join(format!("{index}.conf")), config).unwrap();
        }
        if cell.link {
            symlink(file.file_name().unwrap(), folder.join("link")).unwrap();
        }
        if ![Role::DataFolder, Role::LogFolder, Role::Config].contains(&cell.role) {
            fs::copy(good.join(file_name(cell.role)), &file).unwrap();
        }
        give(&file, &cell.ownership);
        if file != folder {
            give(&folder, &cell.folder);
        }
    }

    /// One container for each image and user, all at once.
    pub(crate) fn together(&self) -> Vec<Measured> {
        let mut groups: Vec<(&Start, Vec<usize>)> = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            match groups.iter_mut().find(|(other, _)| other.line == cell.line && other.user == cell.user) {
                Some((_, group)) => group.push(index),
                None => groups.push((cell, vec![index])),
            }
        }
        let mut outputs: HashMap<usize, (Vec<String>, i64)> = HashMap::new();
        thread::scope(|scope| {
            let run = |(_, group): &(_, Vec<usize>)| {
                let group = group.clone();
                scope.spawn(move || self.one_after_another(&group))
            };
            let running: Vec<_> = groups.iter().map(run).collect();
            running.into_iter().for_each(|thread| outputs.extend(thread.join().unwrap()));
        });
        let measured = |index| {
            let (log, code) = outputs.remove(&index).unwrap_or_else(|| panic!("no output of cell {index}"));
            Measured { log, code, after: Ownership::of(&self.subject(index)).unwrap() }
        };
        (0..self.cells.len()).map(measured).collect()
    }

    fn one_after_another(&self, group: &[usize]) -> Vec<(usize, (Vec<String>, i64))> {
        let configs: Vec<String> = group.iter().map(|index| self.config_in_container(*index)).collect();
        let command =
            [vec!["sh", "-c", ONE_AFTER_ANOTHER, "sh"], configs.iter().map(String::as_str).collect()];
        let container = self.container(group, &command.concat());
        let output = docker(&["start", "--attach", &container.0]);
        let parts: Vec<&str> = output.split("== ").skip(1).collect();
        assert_eq!(parts.len(), group.len(), "{output}");
        let part = |(index, text): (&usize, &str)| {
            let lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
            let code = lines.last().and_then(|line| line.strip_prefix("exit ")?.parse().ok());
            (*index, (lines, code.unwrap_or_else(|| panic!("{text}"))))
        };
        group.iter().zip(parts).map(part).collect()
    }

    /// Each as its container's own process.
    pub(crate) fn alone(&self) -> Vec<Measured> {
        thread::scope(|scope| {
            let running: Vec<_> =
                (0..self.cells.len()).map(|index| scope.spawn(move || self.one(index))).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    fn one(&self, index: usize) -> Measured {
        let config = self.config_in_container(index);
        let container = self.container(&[index], &["/usr/sbin/mosquitto", "-c", &config]);
        let mut start = Command::new("docker");
        start.args(["start", "--attach", &container.0]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut start = start.spawn().unwrap();
        let mut log = Vec::new();
        for line in BufReader::new(start.stderr.take().unwrap()).lines() {
            log.push(line.unwrap());
            if runs(&log[log.len() - 1..]) {
                docker(&["kill", &container.0]);
            }
        }
        start.wait().unwrap();
        let code = docker(&["inspect", "--format", "{{.State.ExitCode}}", &container.0]);
        Measured { log, code: code.parse().unwrap(), after: Ownership::of(&self.subject(index)).unwrap() }
    }

    /// Made, and not yet started.
    fn container(&self, group: &[usize], command: &[&str]) -> Container {
        let first = &self.cells[group[0]];
        let mut options = vec!["create".to_owned(), "--network=none".to_owned()];
        options.extend(owner_labels().into_iter().map(|(key, value)| format!("--label={key}={value}")));
        options.extend(first.user.iter().map(|user| format!("--user={user}")));
        options.push(format!("--volume={}:/good:ro", self.root.path().join("good").display()));
        options.extend(group.iter().filter_map(|index| self.volume(*index)));
        options.push(image(first.line));
        let options: Vec<&str> = options.iter().map(String::as_str).chain(command.iter().copied()).collect();
        let container = Container(docker(&options));
        if group.iter().any(|index| self.cells[*index].mount == Mount::Copy) {
            let copies = self.copies(first).join(".");
            docker(&["cp", &copies.to_string_lossy(), &format!("{}:/mosquitto/", container.0)]);
        }
        container
    }

    fn volume(&self, index: usize) -> Option<String> {
        let cell = &self.cells[index];
        let inside = folder_in_container(index, cell);
        let file = self.subject(index);
        let name = file.file_name().unwrap().to_string_lossy();
        let folder = self.folder(index);
        match cell.mount {
            Mount::File => Some(format!("--volume={}:{inside}/{name}:ro", file.display())),
            Mount::Folder => Some(format!("--volume={}:{inside}:ro", folder.display())),
            Mount::WritableFile => Some(format!("--volume={}:{inside}/{name}", file.display())),
            Mount::WritableFolder => Some(format!("--volume={}:{inside}", folder.display())),
            Mount::Copy => None,
        }
    }

    fn folder(&self, index: usize) -> PathBuf {
        let cell = &self.cells[index];
        let above = if cell.mount == Mount::Copy { self.copies(cell) } else { self.root.path().to_owned() };
        above.join(index.to_string())
    }

    /// What is copied into the container of one image and user, at once.
    fn copies(&self, cell: &Start) -> PathBuf {
        self.root.path().join(format!("{:?} {}", cell.line, cell.user.as_deref().unwrap_or_default()))
    }

    fn subject(&self, index: usize) -> PathBuf {
        match self.cells[index].role {
            Role::DataFolder | Role::LogFolder => self.folder(index),
            role => self.folder(index).join(file_name(role)),
        }
    }

    fn config_in_container(&self, index: usize) -> String {
        match &self.cells[index] {
            cell if cell.role == Role::Config => in_container(index, cell),
            _ => format!("/good/{index}.conf"),
        }
    }
}

/// Removed with the test, also when it fails.
struct Container(String);

impl Drop for Container {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "--force", "--volumes", &self.0]).output();
    }
}

/// Whether the broker has said so.
pub(crate) fn runs(log: &[String]) -> bool {
    log.iter().any(|line| line.contains("mosquitto version ") && line.ends_with(" running"))
}

fn file_name(role: Role) -> &'static str {
    match role {
        Role::Config => "mosquitto.conf",
        Role::Certificate => "server.crt",
        Role::TrustAnchor => "ca.crt",
        Role::Key => "server.key",
        Role::PasswordFile => "passwd",
        Role::AclFile => "acl",
        Role::DataFolder => "data",
        Role::LogFolder => "log",
    }
}

fn folder_in_container(index: usize, cell: &Start) -> String {
    // The entrypoint of 2.1 takes this folder over, and no other.
    let above = if cell.role == Role::DataFolder { "/mosquitto/data" } else { "/mosquitto" };
    format!("{above}/{index}")
}

/// What the configuration names.
fn in_container(index: usize, cell: &Start) -> String {
    let folder = folder_in_container(index, cell);
    match cell.role {
        Role::DataFolder | Role::LogFolder => folder,
        _ if cell.link => format!("{folder}/link"),
        role => format!("{folder}/{}", file_name(role)),
    }
}

fn config(cell: &Start, path: &str) -> String {
    let tls = |role, option| {
        let name = file_name(role);
        let path = if cell.role == role { path.to_owned() } else { format!("/good/{name}") };
        format!("{option} {path}\n")
    };
    let subject = match cell.role {
        Role::Key | Role::Certificate | Role::TrustAnchor => {
            [tls(Role::TrustAnchor, "cafile"), tls(Role::Certificate, "certfile"), tls(Role::Key, "keyfile")]
                .concat()
        }
        Role::PasswordFile => format!("password_file {path}\n"),
        Role::AclFile => format!("acl_file {path}\n"),
        Role::DataFolder => format!("persistence true\npersistence_location {path}/\n"),
        Role::LogFolder => format!("log_dest file {path}/mosquitto.log\n"),
        Role::Config => String::new(),
    };
    format!("listener 1883\nlog_dest stderr\nallow_anonymous true\n{subject}")
}

fn give(path: &Path, ownership: &Ownership) {
    let here = Ownership::of(path).unwrap();
    if (here.uid, here.gid) != (ownership.uid, ownership.gid) {
        chown(path, Some(ownership.uid), Some(ownership.gid)).unwrap();
    }
    fs::set_permissions(path, Permissions::from_mode(ownership.mode)).unwrap();
    if let Some(list) = &ownership.access_list {
        list.set(File::open(path).unwrap()).unwrap();
    }
}

/// Whatever the umask.
fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o644)).unwrap();
    }
}

fn image(line: Line) -> String {
    let line = match line {
        Line::V2_0 => "2.0",
        Line::V2_1 => "2.1",
    };
    let mut name = Command::new(repository().join("mosquitto/image/name"));
    let output = name.arg(line).env_remove("MOSQUITTO_IMAGE").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs docker and gives what it prints.
fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    // `start --attach` ends as the container does.
    let ended = arguments[0] == "start" || output.status.success();
    assert!(ended, "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
