//! What the engine and the temporary folder hold of a process.

use std::path::PathBuf;
use std::process::Command;

pub(crate) fn mosquitto_fixtures() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"))
}

/// The containers, running or not, that carry a label.
pub(crate) fn containers(label: &str) -> Vec<String> {
    let output = Command::new("docker")
        .args(["ps", "--all", "--quiet", "--no-trunc", "--filter", &format!("label={label}")])
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

pub(crate) fn containers_of(pid: u32) -> Vec<String> {
    containers(&format!("mosquitto-fixtures.owner-pid={pid}"))
}

/// The networks and volumes that Compose made for a process.
pub(crate) fn networks_and_volumes_of(pid: u32) -> Vec<String> {
    let list = |kind: &str| {
        let filter = format!("label=mosquitto-fixtures.owner-pid={pid}");
        let output =
            Command::new("docker").args([kind, "ls", "--quiet", "--filter", &filter]).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    [list("network"), list("volume")].concat()
}

/// The temporary folders that carry the number of a process in their name.
pub(crate) fn folders_of(pid: u32) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(std::env::temp_dir()).unwrap();
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("mosquitto-fixtures-") && name.split('-').nth(3) == Some(&pid.to_string())
    };
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(ours).collect()
}

/// Whether the watcher of a dead process still cleans up after it.
pub(crate) fn reaper_works_for(pid: u32) -> bool {
    let owner = format!("-{pid}-");
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let mut command_lines =
        processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    command_lines.any(|line| {
        let line = String::from_utf8_lossy(&line);
        line.contains("mosquitto-fixtures-reaper") && line.contains(&owner)
    })
}

/// Asks again until it is so; the runner ends a test that waits for ever.
pub(crate) fn wait_until(fulfilled: impl Fn() -> bool) {
    while !fulfilled() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
