//! `esp32` where there is no broker: what it refuses, and what it makes of the reports of workers.

use std::io::Write;
use std::process::{Command, Stdio};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::program::Program;

#[rstest]
#[case::no_devices(&["--devices", "0"], "0 is not in 1..=1000000")]
#[case::devices_in_words(&["--devices", "many"], "invalid value 'many' for '--devices <N>'")]
#[case::rate_of_nothing(&["--rate", "0/s"], "more than 0/s")]
#[case::rate_a_minute(&["--rate", "5/m"], "a number a second is meant: 50/s")]
#[case::time_without_a_unit(&["--duration", "30"], "a number with a unit is meant: 500ms, 30s, 5m, 1h, 7d")]
#[case::time_of_nothing(&["--interval", "0s"], "from 1ms to seven days")]
#[case::negative_time(&["--ramp=-1s"], "a number with a unit is meant")]
#[case::qos_3(&["--qos", "3"], "3 is not in 0..=2")]
#[case::slice_0(&["--slice", "0/4"], "1/4 to 4/4 are meant")]
#[case::slice_after_the_last(&["--slice", "5/4"], "1/4 to 4/4 are meant")]
#[case::weight_0(&["--firmware", "idf-5.5=0"], "a weight is a whole number from 1")]
#[case::firmware_without_a_name(&["--firmware", "=3"], "a name or a file is missing")]
#[case::unknown_boot(&["--boot", "slow"], "[possible values: simultaneous, jittered]")]
#[case::unknown_format(&["--format", "xml"], "[possible values: text, json]")]
#[case::picture_of_another_kind(&["--report", "a.png"], "a name that ends in .svg or .html is meant")]
#[case::another_scheme(&["--broker", "http://localhost"], "mqtts://HOST:PORT or mqtt://HOST:PORT is meant")]
#[case::no_host(&["--broker", "mqtts://:8883"], "a host name or an address is missing")]
#[case::port_0(&["--broker", "mqtt://localhost:0"], "a port is 1 to 65535")]
#[case::password_in_the_url(&["--broker", "mqtt://a:b@localhost"], "options of their own: --username, --password-env")]
#[case::ca_of_no_broker(&["--ca", "ca.crt"], "--broker <URL>")]
#[case::user_without_a_password(&["--broker", "mqtt://localhost", "--username", "a"], "--password-env <VARIABLE>")]
#[case::two_brokers(&["--broker", "mqtt://localhost", "--deployment", "."], "cannot be used with")]
#[case::observer_of_a_slice(
    &["--broker", "mqtt://localhost", "--observer", "a", "--observer-password-env", "B", "--slice", "1/2"],
    "cannot be used with '--slice"
)]
#[case::rate_and_ramp(&["--rate", "5/s", "--ramp", "5s"], "cannot be used with")]
#[case::blank_in_an_id(&["--id-prefix", "a b"], "at most 32 of a-z, A-Z, 0-9, -, _ and . are meant")]
#[case::source_by_name(&["--source", "localhost"], "an IP address is meant")]
#[case::source_with_a_long_prefix(&["--source", "127.0.0.1/33"], "the prefix is longer than the address")]
#[case::devices_beside_a_scenario(&["--scenario", "s.toml", "--devices", "5"], "'--scenario <FILE>' cannot be used with '--devices <N>'")]
#[case::firmware_beside_a_scenario(&["--scenario", "s.toml", "--firmware", "idf-5.1"], "cannot be used with '--firmware")]
#[case::boot_beside_a_scenario(&["--scenario", "s.toml", "--boot", "simultaneous"], "cannot be used with '--boot")]
#[case::ramp_beside_a_scenario(&["--scenario", "s.toml", "--ramp", "5s"], "cannot be used with '--ramp")]
#[case::rate_beside_a_scenario(&["--scenario", "s.toml", "--rate", "5/s"], "cannot be used with '--rate")]
#[case::slice_beside_a_scenario(&["--scenario", "s.toml", "--slice", "1/2"], "cannot be used with '--slice")]
#[case::source_beside_a_scenario(&["--scenario", "s.toml", "--source", "127.0.0.1"], "cannot be used with '--source")]
#[case::report_beside_a_scenario(&["--scenario", "s.toml", "--report", "a.svg"], "cannot be used with '--report")]
#[case::merge_of_nothing(&["merge"], "<FILE>")]
fn bad_option_is_refused_in_one_line(#[case] arguments: &[&str], #[case] cause: &str) {
    let complaint = Program::new(&["esp32"]).arguments(arguments).complaint();
    assert!(complaint.contains(cause), "{complaint}");
    let command = if arguments == ["merge"] { "esp32 merge" } else { "esp32" };
    let help = format!("`mosquitto-fixtures {command} --help` lists what there is");
    assert!(complaint.ends_with(&help), "{complaint}");
}

#[rstest]
#[case::missing_ca(&["--broker", "mqtts://localhost", "--ca", "no.crt"], "no.crt is missing: put the file there, or name another")]
#[case::no_ca(&["--broker", "mqtts://localhost"], "mqtts://localhost:8883: an ESP32 connects to nothing that it cannot verify")]
#[case::key_as_ca(&["--broker", "mqtts://localhost", "--ca", "key"], "key holds no PEM certificate")]
#[case::host_that_nobody_knows(
    &["--broker", "mqtt://no-such-host.invalid", "--duration", "1h"],
    "the host no-such-host.invalid is not found ("
)]
#[case::host_that_nobody_knows_of_a_scenario(
    &["--broker", "mqtt://no-such-host.invalid", "--scenario", "late.toml"],
    "the host no-such-host.invalid is not found ("
)]
#[case::unset_variable(
    &["--broker", "mqtt://localhost", "--username", "{id}", "--password-env", "NO_SUCH_VARIABLE"],
    "the variable NO_SUCH_VARIABLE, which is to have the password, is not set"
)]
#[case::unknown_firmware(&["--broker", "mqtt://localhost", "--firmware", "idf-1.0"], "no firmware \"idf-1.0\"; there are arduino-pubsubclient")]
#[case::unknown_key_of_a_firmware(&["--broker", "mqtt://localhost", "--firmware", "mine.toml"], "mine.toml: TOML parse error at line 1, column 1: unknown field `unheard-of`")]
#[case::folder_of_the_report(&["--broker", "mqtt://localhost", "--report", "none/a.svg"], "none: No such file or directory")]
#[case::end_before_the_last_is_on(
    &["--ramp", "30s", "--duration", "30s"],
    "--duration must be longer than the 30s in which the devices are switched on"
)]
#[case::slice_without_devices(&["--devices", "2", "--slice", "3/3"], "--slice 3/3 of 2 devices has none")]
#[case::no_deployment(&[], ". is no deployment: mosquitto/mosquitto.conf is missing in it")]
#[case::merge_of_a_missing_file(&["merge", "no.json"], "no.json is missing: put the file there, or name another")]
#[case::merge_of_an_empty_file(&["merge", "empty"], "empty is empty: a worker that ended well leaves a report")]
#[case::merge_of_another_file(&["merge", "key"], "key is no report of `mosquitto-fixtures esp32 --format json`")]
#[case::missing_scenario(&["--scenario", "no.toml"], "no.toml is missing: put the file there, or name another")]
#[case::unknown_key_of_a_scenario(&["--scenario", "key.toml"], "key.toml: TOML parse error at line 2, column 1: unknown field `seed`")]
#[case::scenario_without_devices(&["--scenario", "nobody.toml"], "nobody.toml: no devices")]
#[case::scenario_with_too_many_devices(&["--scenario", "crowd.toml"], "1000000064 file descriptors are needed")]
#[case::scenario_for_a_device_that_is_not_there(
    &["--scenario", "absent.toml"],
    "absent.toml: step 0: no device 5, there are 2, from 0"
)]
#[case::unknown_firmware_of_a_scenario(&["--scenario", "firmware.toml"], "no firmware \"idf-1.0\"; there are arduino-pubsubclient")]
#[case::missing_firmware_of_a_scenario(&["--scenario", "folder/beside.toml"], "folder/none.toml is missing: put the file there, or name another")]
#[case::end_before_the_last_step(
    &["--scenario", "late.toml", "--duration", "9s"],
    "late.toml: the last step comes after 10s, and the end after 9s"
)]
#[case::scenario_and_no_deployment(&["--scenario", "late.toml"], ". is no deployment: mosquitto/mosquitto.conf is missing in it")]
fn what_cannot_be_run_is_named(#[case] arguments: &[&str], #[case] cause: &str) {
    let mut program = Program::new(&["esp32"]).arguments(arguments);
    program = program
        .file("empty", "\n")
        .file("key", "-----BEGIN PRIVATE KEY-----\n")
        .file("mine.toml", "unheard-of = true\n")
        .file("key.toml", "devices = 2\nseed = 7\n")
        .file("nobody.toml", "devices = 0\n")
        .file("crowd.toml", "devices = 1000000000\n")
        .file(
            "absent.toml",
            "devices = 2\nsteps = [{ at-ms = 1, action = 'reset', devices = { only = [5] } }]",
        )
        .file("firmware.toml", "devices = 2\nfirmware = [{ name = 'idf-1.0', weight = 1 }]\n")
        .file("folder/beside.toml", "devices = 2\nfirmware = [{ name = 'none.toml', weight = 1 }]\n")
        .file("late.toml", "devices = 2\nsteps = [{ at-ms = 10000, action = 'reset' }]\n");
    let complaint = program.complaint();
    assert!(complaint.starts_with(cause), "{complaint}");
}

/// The report of one worker of three, of a run that started at `started_at`.
fn worker(slice: u32, started_at: u64, broken: &[&str]) -> Value {
    let took = json!({"count": 2, "p50_ms": 1.0, "p90_ms": 3.0, "p99_ms": 3.0, "max_ms": 3.0, "buckets_us": [[1000, 1], [3000, 1]]});
    let mut phase = took.clone();
    phase["name"] = "tcp".into();
    let second = |at: u64| json!({"at": at, "connected": 2, "connects": 2, "acknowledged": took});
    json!({
        "broker": {"address": "mqtts://broker.example:8883"},
        "started_at": started_at,
        "seconds": 2.0,
        "seed": 1,
        "fleet": {"devices": 6, "workers": 3, "slices": [slice]},
        "devices": {
            "total": 2, "off": 0, "connected": 2, "connected_at_end": 2, "reconnects": 1,
            "by_firmware": {"idf-5.5": 2},
        },
        "messages": {"published": 5, "acknowledged": 4},
        "failures": {"a": 1},
        "phases": [phase],
        "timeline": [second(0), second(1)],
        "not_judged": [],
        "broken": broken,
    })
}

/// With each report in a file of its own.
fn merge(arguments: &[&str], reports: &[Value]) -> Program {
    let mut program = Program::new(&["esp32", "merge"]).arguments(arguments);
    for (number, report) in reports.iter().enumerate() {
        let file = format!("{number}.json");
        program = program.file(&file, &report.to_string()).arguments(&[&file]);
    }
    program
}

fn merged(reports: &[Value]) -> (Option<i32>, Value) {
    let outcome = merge(&["--format", "json"], reports).run();
    assert_eq!(outcome.stderr, "");
    (outcome.status, serde_json::from_str(&outcome.stdout).unwrap())
}

#[test]
fn reports_of_workers_add_up_on_the_clock_of_the_earliest() {
    let (status, report) = merged(&[worker(1, 101, &[]), worker(2, 100, &[]), worker(3, 101, &[])]);
    assert_eq!((status, &report["started_at"]), (Some(0), &json!(100)));
    assert_eq!(report["fleet"], json!({"devices": 6, "workers": 3, "slices": [1, 2, 3]}));
    assert_eq!(report["devices"]["total"], 6);
    assert_eq!(report["devices"]["by_firmware"]["idf-5.5"], 6);
    assert_eq!(report["messages"]["published"], 15);
    assert_eq!(report["failures"]["a"], 3);
    assert_eq!(report["phases"][0]["count"], 6);
    let seconds = report["timeline"].as_array().unwrap();
    let connected =
        seconds.iter().map(|second| (second["at"].as_u64().unwrap(), second["connected"].as_u64().unwrap()));
    assert_eq!(connected.collect::<Vec<_>>(), [(0, 2), (1, 6), (2, 4)]);
}

#[test]
fn a_merged_report_can_be_merged_and_is_judged_once_it_is_whole() {
    let (status, first) = merged(&[worker(3, 100, &[]), worker(1, 100, &[])]);
    assert_eq!((status, &first["not_judged"]), (Some(2), &json!(["no report of slice 2/3"])));
    let (status, second) = merged(&[first.clone(), worker(2, 100, &[])]);
    assert_eq!((status, &second["devices"]["total"]), (Some(0), &json!(6)));
    assert_eq!((&second["not_judged"], &second["broken"]), (&json!([]), &json!([])));
    let buckets: Vec<(u64, u64)> = serde_json::from_value(second["phases"][0]["buckets_us"].clone()).unwrap();
    assert_eq!(buckets.iter().map(|(_, count)| count).sum::<u64>(), 6);
    // Rounded to two digits once, and no further from then on.
    assert_eq!(second["phases"][0]["max_ms"], first["phases"][0]["max_ms"]);
}

#[test]
fn a_log_of_all_workers_is_merged_too() {
    let log = format!("{}\n{}\n", worker(1, 100, &[]), worker(2, 100, &[]));
    let mut program = merge(&["--format", "json", "log"], &[worker(3, 100, &[])]).file("log", &log);
    let outcome = program.run();
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((outcome.status, report["devices"]["total"].as_u64()), (Some(0), Some(6)));
}

#[test]
fn reports_come_through_a_pipe_too() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"))
        .args(["esp32", "merge", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let log: String = (1..=3).map(|slice| format!("{}\n", worker(slice, 100, &[]))).collect();
    child.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), report["devices"]["total"].as_u64()), (Some(0), Some(6)));
}

fn with(mut report: Value, path: &str, value: u64) -> Value {
    *report.pointer_mut(path).unwrap() = value.into();
    report
}

#[rstest]
#[case::the_same_worker_twice(worker(1, 100, &[]), "slice 1/3 comes twice: give each worker's report once")]
#[case::another_fleet(
    with(worker(2, 100, &[]), "/fleet/devices", 7),
    "one is of 6 devices of 3 workers, another of 7 of 3"
)]
#[case::more_workers(
    with(worker(2, 100, &[]), "/fleet/workers", 4),
    "one is of 6 devices of 3 workers, another of 6 of 4"
)]
#[case::another_seed(with(worker(2, 100, &[]), "/seed", 2), "one has the seed 1, another 2")]
fn reports_of_no_one_fleet_are_refused(#[case] other: Value, #[case] cause: &str) {
    let complaint = merge(&[], &[worker(1, 100, &[]), other]).complaint();
    assert_eq!(
        complaint.strip_prefix("the reports do not belong together: ").map(|it| it.starts_with(cause)),
        Some(true),
        "{complaint}"
    );
}

#[test]
fn of_what_nobody_observed_nothing_is_said() {
    let (_, report) = merged(&[worker(1, 100, &[])]);
    assert_eq!(report["messages"], json!({"published": 5, "acknowledged": 4}));
    let mut observed = worker(1, 100, &[]);
    observed["messages"] =
        json!({"published": 5, "acknowledged": 4, "observed": 3, "lost": 1, "duplicated": 0});
    assert_eq!(merged(&[observed.clone()]).1["messages"], observed["messages"]);
    let (_, half) = merged(&[observed, worker(2, 100, &[])]);
    assert_eq!(half["messages"], json!({"published": 10, "acknowledged": 8}));
}

#[test]
fn what_one_worker_found_broken_is_broken() {
    let reports = [worker(1, 100, &[]), worker(2, 100, &["1 message was lost"])];
    let outcome = merge(&[], &reports).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(1), ""));
    assert!(
        outcome.stdout.ends_with("not judged  no report of slice 3/3\nBROKEN  1 message was lost\n"),
        "{}",
        outcome.stdout
    );
    assert!(!outcome.stdout.contains('\u{1b}'), "{}", outcome.stdout);
}

#[test]
fn help_lists_the_keys_that_a_report_has() {
    let mut report = worker(1, 100, &[]);
    report["sys"] =
        json!({"at": 1.0, "connected": 1, "published": 1, "devices_connected": 1, "devices_published": 1});
    let outcome = merge(&["--format", "json"], &[report]).run();
    // In the order in which they are written.
    let mut keys: Vec<(usize, String)> =
        serde_json::from_str::<serde_json::Map<String, Value>>(&outcome.stdout)
            .unwrap()
            .keys()
            .map(|key| (outcome.stdout.find(&format!("\"{key}\":")).unwrap(), key.clone()))
            .collect();
    keys.sort_unstable();
    let keys: Vec<String> = keys.into_iter().map(|(_, key)| key).collect();
    for command in [&["esp32", "--help"][..], &["esp32", "merge", "--help"]] {
        let help = Program::new(command).run().stdout;
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = format!("One object: {}", keys.join(", "));
        assert!(words.contains(&expected), "{expected}\n{words}");
    }
}

/// A broker that takes connections and says nothing, and devices that are switched on over ten minutes.
#[test]
fn ctrl_c_while_devices_are_switched_on_blames_nobody() {
    let broker = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://{}", broker.local_addr().unwrap());
    let child = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"))
        .args(["esp32", "--broker", &url, "--devices", "50", "--rate", "0.1/s", "--duration", "1h"])
        .args(["--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _first = broker.accept().unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &report["broken"]), (Some(2), &json!([])), "{report:#}");
    assert_eq!(report["devices"]["off"], 49, "{report:#}");
    let unknown = "50 of 50 devices: the run was stopped before they were switched on and connected";
    assert_eq!(report["not_judged"], json!([unknown]));
}

#[rstest]
#[case::svg("curves.svg", "<svg ")]
#[case::html("curves.html", "<!DOCTYPE html>")]
fn curves_need_no_other_file(#[case] name: &str, #[case] start: &str) {
    let mut program = merge(&["--report", name], &[worker(1, 100, &[]), worker(2, 100, &["<b> & co"])]);
    assert_eq!(program.run().status, Some(1));
    let written = std::fs::read_to_string(program.folder().join(name)).unwrap();
    assert!(written.starts_with(start), "{written}");
    assert!(written.contains("devices connected") && written.contains("p99"), "{written}");
    let namespace = written.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !namespace.contains("http:") && !namespace.contains("src=") && !namespace.contains("href="),
        "{written}"
    );
    assert!(!written.contains("<b> & co"), "{written}");
}
