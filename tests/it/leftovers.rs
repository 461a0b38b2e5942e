//! Nothing of ours stays, and nothing else is touched.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use mosquitto_fixtures::broker::{Broker, Claim, sweep};
use mosquitto_fixtures::deployment::Compose;
use rstest::rstest;

use crate::deployment_copy::{DeploymentCopy, is_root};
use crate::docker::{docker, labels};

fn exists(kind: &str, id: &str) -> bool {
    Command::new("docker").args([kind, "inspect", id]).output().unwrap().status.success()
}

/// The labels of an owner that is gone.
fn labels_of_the_dead() -> Vec<String> {
    labels(&Claim::new().unwrap())
}

/// Puts a folder where somebody who is gone left one behind: named as ours are, and not locked. From then on any sweep
/// may remove it.
fn left_behind(folder: tempfile::TempDir) -> PathBuf {
    let place = Claim::new().unwrap().path().to_owned();
    fs::rename(folder.keep(), &place).unwrap();
    place
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
fn a_broker_dropped_outside_its_runtime_is_removed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let broker = runtime.block_on(Broker::builder().plain().start()).unwrap();
    let container = broker.container_id().to_owned();
    drop(runtime);
    drop(broker);
    assert!(!exists("container", &container));
}

#[tokio::test]
async fn a_start_that_fails_leaves_nothing() {
    let label = format!("label=mosquitto-fixtures.owner-pid={}", std::process::id());
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
    wait_until(|| left.existing() == [false; 3]);
}

#[tokio::test]
async fn a_sweep_removes_folders_of_dead_owners_alone() {
    let broker = Broker::builder().plain().start().await.unwrap();
    let (living, dead) = (folder(&broker), left_behind(tempfile::tempdir().unwrap()));
    sweep(false).await.unwrap();
    wait_until(|| !dead.exists());
    assert!(living.exists());
}

#[tokio::test]
async fn a_sweep_touches_nothing_that_is_not_ours_and_nothing_of_the_living() {
    let claim = Claim::new().unwrap();
    let (foreign, living) = (Things::new(&[]), Things::new(&labels(&claim)));
    sweep(true).await.unwrap();
    assert_eq!((foreign.existing(), living.existing()), ([true; 3], [true; 3]));
}

#[tokio::test]
async fn a_sweep_leaves_to_other_users_what_is_theirs() {
    let theirs = |label: String| match label.split_once(".owner-user=") {
        Some((name, user)) => format!("{name}.owner-user={}", user.parse::<u32>().unwrap() + 1),
        None => label,
    };
    let things = Things::new(&labels_of_the_dead().into_iter().map(theirs).collect::<Vec<_>>());
    let folder = tempfile::tempdir().unwrap();
    if is_root() {
        chown(&folder, Some(65534), Some(65534)).unwrap();
    }
    let folder = left_behind(folder);
    sweep(true).await.unwrap();
    let left = folder.exists();
    let _ = fs::remove_dir(&folder);
    assert_eq!(things.existing(), [true; 3]);
    // For who cannot give a folder away, it is no other user's.
    assert!(left || !is_root());
}

#[tokio::test]
async fn a_stack_that_compose_cannot_end_is_left_to_the_reaper() {
    let copy = DeploymentCopy::with_compose();
    let composed = Compose::find().unwrap().open(copy.root(), &["docker-compose.yml"]).unwrap();
    let broker = Broker::composed(&composed).throwaway_certificates().start().await.unwrap();
    let container = broker.container_id().to_owned();
    let label = "{{index .Config.Labels \"mosquitto-fixtures.folder\"}}";
    let folder = PathBuf::from(docker(&["inspect", "--format", label, &container]));
    fs::write(folder.join("compose.json"), "no Compose file").unwrap();
    drop(broker);
    wait_until(|| !exists("container", &container) && !folder.exists());
}

/// Asks again until it is so; nextest ends a test that waits for ever.
fn wait_until(fulfilled: impl Fn() -> bool) {
    while !fulfilled() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
