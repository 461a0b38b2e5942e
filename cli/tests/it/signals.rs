//! Nothing stays of a process that is ended, whenever that is.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::engine::{
    containers_of, folders_of, mosquitto_fixtures, networks_and_volumes_of, reaper_works_for, wait_until,
};

/// A broker that runs in the foreground.
fn up() -> Child {
    mosquitto_fixtures().arg("up").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[rstest]
#[case::ctrl_c(Signal::INT)]
#[case::sigterm(Signal::TERM)]
fn a_foreground_broker_is_gone_when_the_command_returns(#[case] signal: Signal) {
    let mut child = up();
    let pid = child.id();
    BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    assert_eq!((containers_of(pid).len(), folders_of(pid).len()), (1, 1));
    send(&child, signal);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!((containers_of(pid).len(), folders_of(pid).len()), (0, 0));
}

#[test]
fn sigkill_leaves_nothing_of_a_running_broker() {
    let mut child = up();
    let pid = child.id();
    BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    send(&child, Signal::KILL);
    child.wait().unwrap();
    wait_until(|| containers_of(pid).is_empty() && folders_of(pid).is_empty());
}

#[rstest]
#[case::sigkill_before_there_is_a_container(Signal::KILL, |pid| !folders_of(pid).is_empty())]
#[case::sigkill_when_the_container_appears(Signal::KILL, |pid| !containers_of(pid).is_empty())]
#[case::ctrl_c_before_there_is_a_container(Signal::INT, |pid| !folders_of(pid).is_empty())]
#[case::sigterm_when_the_container_appears(Signal::TERM, |pid| !containers_of(pid).is_empty())]
fn nothing_is_left_of_a_start_that_is_cut_short(#[case] signal: Signal, #[case] reached: fn(u32) -> bool) {
    let mut child = up();
    let pid = child.id();
    wait_until(|| reached(pid));
    send(&child, signal);
    child.wait().unwrap();
    // The engine may have been told to create a container just before: the reaper looks again for that one.
    wait_until(|| !reaper_works_for(pid));
    assert_eq!((containers_of(pid).len(), folders_of(pid).len()), (0, 0));
}

#[rstest]
#[case::ctrl_c_when_there_is_a_network(Signal::INT, |pid| !networks_and_volumes_of(pid).is_empty())]
#[case::ctrl_c_when_there_is_a_container(Signal::INT, |pid| !containers_of(pid).is_empty())]
#[case::sigkill_when_there_is_a_network(Signal::KILL, |pid| !networks_and_volumes_of(pid).is_empty())]
#[case::sigkill_when_there_is_a_container(Signal::KILL, |pid| !containers_of(pid).is_empty())]
fn nothing_is_left_of_a_verification_that_is_cut_short(
    #[case] signal: Signal,
    #[case] reached: fn(u32) -> bool,
) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--profile", "prod", "--deployment", root]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let pid = child.id();
    wait_until(|| reached(pid));
    send(&child, signal);
    assert!(!child.wait().unwrap().success());
    wait_until(|| !reaper_works_for(pid));
    let left = [containers_of(pid), networks_and_volumes_of(pid)].concat();
    assert!(left.is_empty() && folders_of(pid).is_empty(), "{left:?}");
}

#[test]
fn labels_of_a_stack_name_its_folder_whatever_that_is_called() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let outer = tempfile::tempdir().unwrap();
    let temporary = outer.path().join("a ${NAME} of $$");
    std::fs::create_dir(&temporary).unwrap();
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--profile", "prod", "--deployment", root]).env("TMPDIR", &temporary);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let pid = child.id();
    wait_until(|| !containers_of(pid).is_empty());
    let mut inspect = std::process::Command::new("docker");
    inspect.args(["inspect", "--format", "{{index .Config.Labels \"mosquitto-fixtures.folder\"}}"]);
    let output = inspect.arg(&containers_of(pid)[0]).output().unwrap();
    send(&child, Signal::INT);
    child.wait().unwrap();
    let folder = String::from_utf8(output.stdout).unwrap();
    assert_eq!(std::path::Path::new(folder.trim()).parent(), Some(temporary.as_path()));
    wait_until(|| std::fs::read_dir(&temporary).unwrap().count() == 0);
}
