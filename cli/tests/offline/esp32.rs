//! `esp32` where there is no broker: what it refuses, and what it makes of the reports of workers.

use rstest::rstest;
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
    assert!(complaint.ends_with("`mosquitto-fixtures esp32 --help` lists what there is"), "{complaint}");
}

#[rstest]
#[case::missing_ca(&["--broker", "mqtts://localhost", "--ca", "no.crt"], "no.crt is missing: put the file there, or name another")]
#[case::no_ca(&["--broker", "mqtts://localhost"], "mqtts://localhost:8883: an ESP32 connects to nothing that it cannot verify")]
#[case::key_as_ca(&["--broker", "mqtts://localhost", "--ca", "key"], "key holds no PEM certificate")]
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

/// A worker's report; it started `started_at`.
fn worker(started_at: u64, broken: &[&str]) -> String {
    let took = json!({"count": 2, "p50_ms": 1.0, "p90_ms": 3.0, "p99_ms": 3.0, "max_ms": 3.0, "buckets_us": [[1000, 1], [3000, 1]]});
    let mut phase = took.clone();
    phase["name"] = "tcp".into();
    let second = |at: u64| json!({"at": at, "connected": 2, "connects": 2, "acknowledged": took});
    json!({
        "broker": {"address": "mqtts://broker.example:8883"},
        "started_at": started_at,
        "seconds": 2.0,
        "seed": 1,
        "devices": {
            "total": 2, "connected": 2, "connected_at_end": 2, "reconnects": 1, "by_firmware": {"idf-5.5": 2},
        },
        "messages": {"published": 5, "acknowledged": 4, "lost": 1, "duplicated": 0},
        "failures": {"a": 1},
        "phases": [phase],
        "timeline": [second(0), second(1)],
        "broken": broken,
    })
    .to_string()
}

fn merge(arguments: &[&str], one: &str, other: &str) -> Program {
    Program::new(&["esp32", "merge", "a.json", "b.json"])
        .arguments(arguments)
        .file("a.json", one)
        .file("b.json", other)
}

#[test]
fn reports_of_workers_add_up_on_the_clock_of_the_earliest() {
    let outcome = merge(&["--format", "json"], &worker(101, &[]), &worker(100, &[])).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["started_at"], 100);
    assert_eq!(report["devices"]["total"], 4);
    assert_eq!(report["devices"]["by_firmware"]["idf-5.5"], 4);
    assert_eq!(report["messages"]["published"], 10);
    assert_eq!(report["failures"]["a"], 2);
    assert_eq!(report["phases"][0]["count"], 4);
    let seconds = report["timeline"].as_array().unwrap();
    let connected =
        seconds.iter().map(|second| (second["at"].as_u64().unwrap(), second["connected"].as_u64().unwrap()));
    assert_eq!(connected.collect::<Vec<_>>(), [(0, 2), (1, 4), (2, 2)]);
}

#[test]
fn a_merged_report_can_be_merged() {
    let first = merge(&["--format", "json"], &worker(100, &[]), &worker(100, &[])).run();
    let second = merge(&["--format", "json"], &first.stdout, &worker(100, &[])).run();
    let report: Value = serde_json::from_str(&second.stdout).unwrap();
    assert_eq!((second.status, report["devices"]["total"].as_u64()), (Some(0), Some(6)));
    let buckets: Vec<(u64, u64)> = serde_json::from_value(report["phases"][0]["buckets_us"].clone()).unwrap();
    assert_eq!(buckets.iter().map(|(_, count)| count).sum::<u64>(), 6);
    // Rounded to two digits once, and no further from then on.
    let first: Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(report["phases"][0]["max_ms"], first["phases"][0]["max_ms"]);
}

#[test]
fn a_log_of_all_workers_is_merged_too() {
    let log = format!("{}\n{}\n", worker(100, &[]), worker(100, &[]));
    let outcome = merge(&["--format", "json"], &log, &worker(100, &[])).run();
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((outcome.status, report["devices"]["total"].as_u64()), (Some(0), Some(6)));
}

#[test]
fn what_one_worker_found_broken_is_broken() {
    let outcome = merge(&[], &worker(100, &[]), &worker(100, &["1 message was lost"])).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(1), ""));
    assert!(outcome.stdout.contains("BROKEN  1 message was lost"), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains('\u{1b}'), "{}", outcome.stdout);
}

#[rstest]
#[case::svg("curves.svg", "<svg ")]
#[case::html("curves.html", "<!DOCTYPE html>")]
fn curves_need_no_other_file(#[case] name: &str, #[case] start: &str) {
    let mut program = merge(&["--report", name], &worker(100, &[]), &worker(100, &["<b> & co"]));
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
