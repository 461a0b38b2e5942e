//! Compose files that cannot be judged, and machines that cannot judge them: one line, exit status 2.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use rstest::rstest;

use crate::program::Program;

const BROKER: &str = "services:
  mosquitto:
    image: eclipse-mosquitto:2.0.22
    volumes: [\"./mosquitto/mosquitto.conf:/mosquitto/config/mosquitto.conf:ro\"]
";

/// A deployment with these Compose files, on a machine with Compose but without an engine.
fn verify(base: &str) -> Program {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let config = std::env::var_os("DOCKER_CONFIG").map_or_else(|| home.join(".docker"), PathBuf::from);
    let program = Program::new(&["verify"]).config("listener 1883\n").file("docker-compose.yml", base);
    let path = std::env::var("PATH").unwrap_or_default();
    program.env("DOCKER_CONFIG", &config.to_string_lossy()).env("PATH", &path)
}

#[rstest]
#[case::yaml_with_an_error("services: [", "did not find expected node content")]
#[case::unknown_option("services: {mosquitto: {imaje: x}}", "Additional property imaje is not allowed")]
#[case::undefined_variable(
    "services: {mosquitto: {image: \"${UNHEARD_OF:?is needed}\"}}",
    "required variable UNHEARD_OF is missing a value: is needed"
)]
#[case::volume_that_is_not_declared(
    "services: {mosquitto: {image: x, volumes: [\"data:/data\"]}}",
    "refers to undefined volume data"
)]
fn files_that_compose_refuses_are_named_with_its_reason(#[case] base: &str, #[case] reason: &str) {
    let complaint = verify(base).complaint();
    assert!(complaint.starts_with("Compose refuses docker-compose.yml: "), "{complaint}");
    assert!(complaint.contains(reason), "{complaint}");
}

/// Compose itself never ends, and takes all the memory there is.
#[test]
fn aliases_that_multiply_are_named_in_bounded_time() {
    let lists = (1..9).map(|level| {
        format!(
            "x-{level}: &a{level} [{}]\n",
            ["*a"; 9].map(|alias| format!("{alias}{}", level - 1)).join(", ")
        )
    });
    let text = format!("x-0: &a0 [a, a, a, a, a, a, a, a, a]\n{}{BROKER}", lists.collect::<String>());
    assert_eq!(verify(&text).complaint(), ENDLESS);
}

/// A file that Compose alone knows of.
#[test]
fn pipe_that_compose_waits_for_is_named_in_bounded_time() {
    let mut program = verify(&BROKER.replace("    image", "    env_file: variables\n    image"));
    let pipe = Command::new("mkfifo").arg(program.folder().join("variables")).status();
    assert!(pipe.unwrap().success());
    assert_eq!(program.complaint(), ENDLESS);
}

const ENDLESS: &str = "Compose does not get done with docker-compose.yml (20 s, 2 GiB): look for aliases (*name) that multiply, or a file that never ends";

#[test]
fn override_that_compose_refuses_is_named_with_its_base() {
    let complaint = verify(BROKER).file("docker-compose.prod.yml", "services: [").complaint();
    let expected = "Compose refuses docker-compose.yml, docker-compose.prod.yml: ";
    assert!(complaint.starts_with(expected), "{complaint}");
}

#[test]
fn tag_that_compose_does_not_know_is_refused_or_named() {
    let complaint = verify(BROKER).file("docker-compose.prod.yml", "services: !replace [x]\n").complaint();
    assert!(complaint.contains("docker-compose.prod.yml"), "{complaint}");
}

#[test]
fn files_without_a_broker_are_named() {
    let complaint = verify("services: {web: {image: nginx}}").complaint();
    assert_eq!(complaint, "docker-compose.yml: no service is called mosquitto or runs an image of that name");
}

#[test]
fn two_brokers_are_named() {
    let image = "{image: \"eclipse-mosquitto:2.0.22\"}";
    let complaint = verify(&format!("services: {{inner: {image}, outer: {image}}}")).complaint();
    let expected =
        "docker-compose.yml: inner and outer run Mosquitto: call the one that is meant `mosquitto`";
    assert_eq!(complaint, expected);
}

#[test]
fn configuration_that_is_not_mounted_is_named() {
    let complaint = verify("services: {mosquitto: {image: x}}").complaint();
    let expected = "docker-compose.yml: nothing of this machine is mounted at /mosquitto/config/mosquitto.conf, where the broker's configuration belongs";
    assert_eq!(complaint, expected);
}

#[test]
fn configuration_that_is_missing_is_named() {
    let complaint = verify(&BROKER.replace("mosquitto.conf:/", "production.conf:/")).complaint();
    assert!(complaint.ends_with("/mosquitto/production.conf is missing, to be mounted at /mosquitto/config/mosquitto.conf (docker-compose.yml)"), "{complaint}");
}

/// Docker would make a folder of it.
#[test]
fn mount_whose_source_is_missing_is_named_and_not_made() {
    let mut program = verify(&BROKER.replace(":ro\"]", ":ro\", \"./missing:/mosquitto/extra:ro\"]"));
    let complaint = program.complaint();
    assert!(
        complaint.ends_with("/missing is missing, to be mounted at /mosquitto/extra (docker-compose.yml)"),
        "{complaint}"
    );
    assert!(!program.folder().join("missing").exists());
}

/// `docker-compose.prod.yml` with one text replaced, judged with the Compose of `make setup` and with a newer one.
#[rstest]
#[case::as_it_is("", "", 0)]
#[case::naive_list_is_appended("ports: !override", "ports:", 1)]
#[case::reset_with_values_publishes_nothing("ports: !override", "ports: !reset", 1)]
fn trap_is_one_in_every_compose(
    #[case] old: &str,
    #[case] new: &str,
    #[case] status: i32,
    #[values(false, true)] newer: bool,
) {
    let repository: PathBuf = [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect();
    let read = |name: &str| std::fs::read_to_string(repository.join(name)).unwrap();
    let mut program = verify(&read("docker-compose.yml"))
        .file("mosquitto/mosquitto.prod.conf", &read("mosquitto/mosquitto.prod.conf"))
        .file("docker-compose.prod.yml", &read("docker-compose.prod.yml").replace(old, new))
        .file("broker-contract.toml", &read("broker-contract.toml"))
        .arguments(&["--profile", "prod", "--clause", "exposure.prod-only-tls"]);
    if newer {
        let plugins = repository.canonicalize().unwrap().join("target/compose");
        assert!(plugins.join("cli-plugins/docker-compose").exists(), "`make setup` fetches it");
        program = program.env("DOCKER_CONFIG", &plugins.to_string_lossy());
    }
    let outcome = program.run();
    assert_eq!(outcome.status, Some(status), "{}{}", outcome.stdout, outcome.stderr);
}

#[test]
fn missing_compose_is_said_with_the_way_to_it() {
    let tools = tempfile::tempdir().unwrap();
    let complaint = verify(BROKER).env("PATH", &tools.path().to_string_lossy()).complaint();
    let expected =
        "Docker Compose 2.24.4 or newer is needed (found: none): run `make setup`, or install the plugin";
    assert_eq!(complaint, expected);
}

#[test]
fn compose_that_is_too_old_is_said_with_its_version() {
    let tools = tempfile::tempdir().unwrap();
    let old = tools.path().join("docker-compose");
    std::fs::write(&old, "#!/bin/sh\necho 1.29.2\n").unwrap();
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Without its plugins, which lie elsewhere.
    symlink("/usr/bin/docker", tools.path().join("docker")).unwrap();
    let nowhere = tools.path().to_string_lossy().into_owned();
    let complaint = verify(BROKER).env("PATH", &nowhere).env("DOCKER_CONFIG", &nowhere).complaint();
    // A plugin of the whole machine is found all the same, and then the engine is missing.
    assert!(
        complaint.contains("(found: 1.29.2): run `make setup`") || complaint.contains("engine"),
        "{complaint}"
    );
}
