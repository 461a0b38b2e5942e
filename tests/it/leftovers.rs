//! Nothing of ours stays, and nothing else is touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mosquitto_fixtures::broker::{Broker, owner_labels, sweep};
use rstest::rstest;

use crate::docker::{docker, labels};

fn exists(kind: &str, id: &str) -> bool {
    Command::new("docker").args([kind, "inspect", id]).output().unwrap().status.success()
}

/// The labels of a process that has this one's number but is not it.
fn labels_of_the_dead() -> Vec<String> {
    let start_later = |(key, value): (&str, String)| {
        if key.ends_with("owner-start") {
            format!("--label={key}={}", value.parse::<u64>().unwrap() + 1)
        } else {
            format!("--label={key}={value}")
        }
    };
    owner_labels().into_iter().map(start_later).collect()
}

/// A container, a network and a volume, removed with the test.
struct Things {
    container: String,
    network: String,
    volume: String,
}

impl Things {
    fn new(labels: &[String]) -> Self {
        let image = docker(&[
            "image",
            "ls",
            "--quiet",
            "--filter",
            "reference=*mosquitto*",
            "--filter",
            "reference=*/mosquitto",
        ]);
        let image = image.lines().next().unwrap();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let name = format!(
            "leftover-{}",
            tempfile::tempdir().unwrap().path().file_name().unwrap().to_string_lossy()
        );
        let name = name.replace("-.", "-");
        Self {
            container: docker(&[&["create"], &labels[..], &[image]].concat()),
            network: docker(&[&["network", "create"], &labels[..], &[&name]].concat()),
            volume: docker(&[&["volume", "create"], &labels[..], &[&name]].concat()),
        }
    }

    fn existing(&self) -> [bool; 3] {
        [
            exists("container", &self.container),
            exists("network", &self.network),
            exists("volume", &self.volume),
        ]
    }
}

impl Drop for Things {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "--force", "--volumes", &self.container]).output();
        let _ = Command::new("docker").args(["network", "rm", &self.network]).output();
        let _ = Command::new("docker").args(["volume", "rm", &self.volume]).output();
    }
}

/// The temporary folder of a broker.
fn folder(broker: &Broker) -> PathBuf {
    broker.files().root().to_owned()
}

#[tokio::test]
async fn dropping_a_broker_removes_its_container_and_its_folder() {
    let broker = Broker::builder().plain().start().await.unwrap();
    let (container, folder) = (broker.container_id().to_owned(), folder(&broker));
    assert!(exists("container", &container) && folder.exists());
    drop(broker);
    assert!(!exists("container", &container) && !folder.exists());
}

#[rstest]
#[case::on_one_thread(tokio::runtime::Builder::new_current_thread())]
#[case::on_many_threads(tokio::runtime::Builder::new_multi_thread())]
fn a_panic_removes_container_and_folder(#[case] mut runtime: tokio::runtime::Builder) {
    let runtime = runtime.enable_all().build().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let panicked = runtime.block_on(async {
        let panicking = tokio::spawn(async move {
            let broker = Broker::builder().plain().start().await.unwrap();
            sender.send((broker.container_id().to_owned(), folder(&broker))).unwrap();
            assert!(broker.endpoints().is_empty(), "this is the panic");
        });
        panicking.await
    });
    assert!(panicked.unwrap_err().is_panic());
    let (container, folder) = receiver.recv().unwrap();
    assert!(!exists("container", &container) && !folder.exists());
}

#[test]
fn a_broker_dropped_outside_its_runtime_is_removed_by_its_reaper() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let broker = runtime.block_on(Broker::builder().plain().start()).unwrap();
    let container = broker.container_id().to_owned();
    drop(runtime);
    drop(broker);
    wait_until(|| !exists("container", &container));
}

#[tokio::test]
async fn a_start_that_fails_leaves_nothing() {
    let label = format!("label={}={}", owner_labels()[1].0, std::process::id());
    let failed = Broker::builder().plain().acl("nonsense\n").start().await;
    assert!(failed.is_err());
    assert_eq!(docker(&["ps", "--all", "--quiet", "--filter", &label]), "");
    let own = format!("-{}-", std::process::id());
    let ours = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("mosquitto-fixtures-") && name.contains(&own)
    };
    let folders: Vec<PathBuf> =
        fs::read_dir(std::env::temp_dir()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!folders.iter().any(|path| ours(path)), "{folders:?}");
}

#[tokio::test]
async fn the_next_start_sweeps_what_a_dead_owner_left() {
    let left = Things::new(&labels_of_the_dead());
    drop(Broker::builder().plain().start().await.unwrap());
    assert_eq!(left.existing(), [false; 3]);
}

#[tokio::test]
async fn a_sweep_removes_folders_of_dead_owners_alone() {
    let broker = Broker::builder().plain().start().await.unwrap();
    let living = folder(&broker);
    let name = living.file_name().unwrap().to_str().unwrap();
    let pid = std::process::id().to_string();
    // No process has a number beyond the largest that Linux gives (proc(5), pid_max).
    let dead = living.with_file_name(name.replacen(&format!("-{pid}-"), "-4194305-", 1));
    fs::create_dir(&dead).unwrap();
    sweep(false).await.unwrap();
    assert!(!dead.exists() && living.exists());
}

#[tokio::test]
async fn a_sweep_touches_nothing_that_is_not_ours_and_nothing_of_the_living() {
    let (foreign, living) = (Things::new(&[]), Things::new(&labels()));
    sweep(true).await.unwrap();
    assert_eq!((foreign.existing(), living.existing()), ([true; 3], [true; 3]));
}

/// Asks again until it is so; nextest ends a test that waits for ever.
fn wait_until(fulfilled: impl Fn() -> bool) {
    while !fulfilled() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
