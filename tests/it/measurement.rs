//! Cells of the permission matrix on the real broker: the containers, and what came of it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;

use mosquitto_fixtures::broker::Claim;
use mosquitto_fixtures::broker::start::{Placement, Start};
use mosquitto_fixtures::deployment::Ownership;

use crate::cell_files::CellFiles;
use crate::docker::{docker, image, labels, output};

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

/// Measures cells.
pub(crate) struct Measurement<'a> {
    cells: &'a [Start],
    files: CellFiles<'a>,
}

impl<'a> Measurement<'a> {
    pub(crate) fn new(cells: &'a [Start]) -> Self {
        Self { cells, files: CellFiles::new(cells) }
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
            Measured { log, code, after: Ownership::of(&self.files.subject(index)).unwrap() }
        };
        (0..self.cells.len()).map(measured).collect()
    }

    fn one_after_another(&self, group: &[usize]) -> Vec<(usize, (Vec<String>, i64))> {
        let configs: Vec<String> = group.iter().map(|index| self.files.config_in_container(*index)).collect();
        let command =
            [vec!["sh", "-c", ONE_AFTER_ANOTHER, "sh"], configs.iter().map(String::as_str).collect()];
        let container = self.container(group, &command.concat());
        // It ends as the last broker does.
        let output = output(&["start", "--attach", &container.0]);
        let output = String::from_utf8_lossy(&output.stdout).into_owned();
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
        let config = self.files.config_in_container(index);
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
        Measured {
            log,
            code: code.parse().unwrap(),
            after: Ownership::of(&self.files.subject(index)).unwrap(),
        }
    }

    /// Made, and not yet started.
    fn container(&self, group: &[usize], command: &[&str]) -> Container {
        let first = &self.cells[group[0]];
        let claim = Claim::new().unwrap();
        let mut options = vec!["create".to_owned(), "--network=none".to_owned()];
        options.extend(labels(&claim));
        options.extend(first.user.iter().map(|user| format!("--user={user}")));
        options.push(self.files.good_volume());
        options.extend(group.iter().filter_map(|index| self.files.volume(*index)));
        options.push(image(first.line));
        let options: Vec<&str> = options.iter().map(String::as_str).chain(command.iter().copied()).collect();
        let container = Container(docker(&options), claim);
        if group.iter().any(|index| self.cells[*index].mount == Placement::Copy) {
            let copies = self.files.copies(first).join(".");
            docker(&["cp", &copies.to_string_lossy(), &format!("{}:/mosquitto/", container.0)]);
        }
        container
    }
}

/// Removed with the test, also when it fails.
struct Container(String, #[expect(dead_code, reason = "held as long as the container")] Claim);

impl Drop for Container {
    fn drop(&mut self) {
        output(&["rm", "--force", "--volumes", &self.0]);
    }
}

/// Whether the broker has said so.
pub(crate) fn runs(log: &[String]) -> bool {
    log.iter().any(|line| line.contains("mosquitto version ") && line.ends_with(" running"))
}
