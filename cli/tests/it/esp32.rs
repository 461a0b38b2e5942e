use std::process::{Command, Output};

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::pki::{Authority, Password};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::engine::{containers_of, mosquitto_fixtures, wait_until};

fn esp32() -> Command {
    let mut command = mosquitto_fixtures();
    command.arg("esp32");
    command
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// A broker that is somebody else's to the command, and the command's options for it.
async fn foreign() -> (Broker, Vec<String>) {
    let password = Password::random();
    let broker = Broker::builder().tls().user("backend", password.clone()).start().await.unwrap();
    let url = broker.endpoint(Transport::Tls).unwrap().url();
    let ca = broker.ca_file().unwrap().display().to_string();
    let options = ["--broker", &url, "--ca", &ca, "--username", "backend", "--password-env", "PASSWORD"];
    (broker, options.map(str::to_owned).to_vec())
}

fn password(broker: &Broker) -> &str {
    broker.users()[0].1.reveal()
}

#[test]
fn two_hundred_devices_connect_to_this_deployment_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let html = folder.path().join("fleet.html");
    let child = esp32()
        .args([
            "--devices",
            "200",
            "--ramp",
            "2s",
            "--duration",
            "6s",
            "--interval",
            "1s",
            "--format",
            "json",
        ])
        .args(["--firmware", "idf-5.5=3", "--firmware", "idf-6.x", "--deployment"])
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/.."), "--report"])
        .arg(&html)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(0), "{}", report["broken"]);
    assert!(output.stderr.is_empty(), "the live view is for a terminal");
    assert_eq!(report["devices"]["connected_at_end"], 200);
    assert_eq!(report["devices"]["by_firmware"], serde_json::json!({"idf-5.5": 150, "idf-6.x": 50}));
    assert!(report["messages"]["observed"].as_u64() > Some(200), "{}", report["messages"]);
    assert_eq!(report["messages"]["lost"], 0);
    let steps: Vec<&str> =
        report["phases"].as_array().unwrap().iter().map(|phase| phase["name"].as_str().unwrap()).collect();
    assert_eq!(steps, ["tcp", "tls", "connack", "puback", "delivery"]);
    assert!(std::fs::read_to_string(html).unwrap().contains("<td>200</td>"));
    assert_eq!(containers_of(pid), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_broker_takes_the_devices_too() {
    let (broker, options) = foreign().await;
    let output = esp32()
        .args(options)
        .args(["--devices", "10", "--boot", "simultaneous", "--duration", "3s", "--interval", "1s"])
        .args(["--observer", "backend", "--observer-password-env", "PASSWORD"])
        .env("PASSWORD", password(&broker))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("every device connected, nothing was lost"), "{text}");
    // The backend may read $SYS.
    let version = format!(", {}", broker.version());
    assert!(text.lines().next().is_some_and(|line| line.ends_with(&version)), "{text}");
    assert!(!text.contains(password(&broker)), "{text}");
}

#[cfg(feature = "mbedtls")]
#[tokio::test(flavor = "multi_thread")]
async fn devices_with_the_stack_of_the_chip_connect_beside_others() {
    let (broker, mut options) = foreign().await;
    // Mbed TLS 2.28 compares no address with the certificate.
    options[1] = options[1].replace("127.0.0.1", "localhost");
    let folder = tempfile::tempdir().unwrap();
    let chip = folder.path().join("chip.toml");
    std::fs::write(&chip, "name = 'chip'\nbase = 'idf-5.5'\n[tls]\nstack = 'mbedtls'\n").unwrap();
    let output = esp32()
        .args(options)
        .args(["--devices", "4", "--boot", "simultaneous", "--duration", "3s", "--interval", "1s"])
        .arg("--firmware")
        .arg(&chip)
        .args(["--firmware", "idf-5.5", "--format", "json"])
        .env("PASSWORD", password(&broker))
        .output()
        .unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!(report["devices"]["connected_at_end"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_authority_is_the_reason_why_no_device_connects() {
    let (broker, mut options) = foreign().await;
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.crt");
    std::fs::write(&other, Authority::new().unwrap().certificate_pem()).unwrap();
    options[3] = other.display().to_string();
    let output = esp32()
        .args(options)
        .args(["--devices", "3", "--boot", "simultaneous", "--duration", "2s"])
        .args(["--firmware", "idf-5.1", "--format", "json"])
        .env("PASSWORD", password(&broker))
        .output()
        .unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!(report["devices"]["connected"], 0);
    let broken = report["broken"][0].as_str().unwrap();
    assert!(broken.starts_with("3 of 3 devices never connected"), "{broken}");
    // MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, MBEDTLS_X509_BADCERT_NOT_TRUSTED.
    assert!(broken.contains("0x801A") && broken.contains("0x2700") && broken.contains("0x8"), "{broken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_named_with_its_return_code() {
    let (_broker, options) = foreign().await;
    let output = esp32()
        .args(options)
        .args(["--devices", "2", "--boot", "simultaneous", "--duration", "2s"])
        .env("PASSWORD", "wrong")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("BROKEN  2 of 2 devices never connected, most often: CONNACK 5"), "{text}");
}

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/fleet/scenario.toml");
const DEPLOYMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn a_scenario_is_played_and_every_device_is_back_at_its_end() {
    let output = esp32()
        .args(["--scenario", SCENARIO, "--deployment", DEPLOYMENT, "--seed", "7", "--duration", "24s"])
        .args(["--format", "json"])
        .output()
        .unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert!(output.stderr.is_empty());
    let devices = json!({
        "total": 6, "by_firmware": {"greenhouse.toml": 4, "idf-5.5": 2}, "running": 6, "lost": 0, "torn": 1,
    });
    assert_eq!(report["devices"], devices, "{report:#}");
    // Six, three of them again, and one after the torn write.
    assert_eq!(report["boots"], json!({"power-on": 10, "brownout": 3}), "{report:#}");
    // Each boot, and once more after the link was down.
    assert_eq!(report["connects"], 14, "{report:#}");
    assert!(report["acknowledged"].as_u64() >= Some(14 + 5), "{report:#}");
    assert_eq!((report["seed"].as_u64(), report["broken"].as_array().unwrap().len()), (Some(7), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_that_leaves_devices_behind_says_which_with_its_seed_and_their_events() {
    let (broker, options) = foreign().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("down.toml");
    let text = "devices = 2\nsteps = [{ at-ms = 1, devices = { only = [1] }, action = { link = 'down' } }]";
    std::fs::write(&file, text).unwrap();
    let output = esp32()
        .args(options)
        .args(["--duration", "5s", "--seed", "1234", "--scenario"])
        .arg(&file)
        .env("PASSWORD", password(&broker))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("BROKEN  seed 1234: 1 of 2 devices have power and no connection\n"), "{text}");
    assert!(text.contains("\ndevice 1 of seed 1234\n") && !text.contains("\ndevice 0 of"), "{text}");
    assert!(text.contains("<- Link(Down)") && text.contains("Disconnected"), "{text}");
    assert!(!text.contains(password(&broker)), "{text}");
}

/// Whenever it comes: while the broker starts, while devices boot or after.
#[test]
fn ctrl_c_ends_a_scenario_with_what_there_is() {
    let child = esp32()
        .args(["--scenario", SCENARIO, "--deployment", DEPLOYMENT, "--duration", "100s", "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    wait_until(|| !containers_of(pid).is_empty());
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let report = report(&output);
    assert!(report["seconds"].as_f64() < Some(90.0), "{report:#}");
    assert_eq!((output.status.code(), &report["broken"]), (Some(2), &json!([])), "{report:#}");
    let unknown = report["not_judged"][0].as_str().unwrap();
    assert!(unknown.starts_with("the scenario was stopped after "), "{unknown}");
    assert_eq!(report["devices"]["total"], 6);
    assert_eq!(containers_of(pid), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_with_a_slice_each_are_one_fleet() {
    let (broker, options) = foreign().await;
    let folder = tempfile::tempdir().unwrap();
    let files = ["1/2", "2/2"].map(|slice| {
        let output = esp32()
            .args(&options)
            .args(["--devices", "5", "--slice", slice, "--boot", "simultaneous", "--duration", "2s"])
            .args(["--format", "json"])
            .env("PASSWORD", password(&broker))
            .output()
            .unwrap();
        let file = folder.path().join(slice.replace('/', "-"));
        std::fs::write(&file, &output.stdout).unwrap();
        file
    });
    let merged = esp32().arg("merge").args(files).args(["--format", "json"]).output().unwrap();
    let report = report(&merged);
    assert_eq!((merged.status.code(), report["devices"]["connected"].as_u64()), (Some(0), Some(5)));
}
