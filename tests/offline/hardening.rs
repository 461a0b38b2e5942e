//! What production takes away from its broker and limits, judged by the contract on overrides that are sound and on
//! overrides that leave one thing out.

use mosquitto_fixtures::contract::{Evidence, Outcome};
use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest};
use rstest::rstest;

use crate::paper::{BASE, PRODUCTION, broken, judge};
use crate::project::Project;

const MEMORY: &str = "    mem_limit: 512m\n";
const PIDS: &str = "    pids_limit: 64\n";
const OPEN_FILES: &str = "    ulimits:\n      nofile: 16384\n";
const LOGGING: &str =
    "    logging:\n      driver: json-file\n      options:\n        max-size: 10m\n        max-file: \"5\"\n";
const USER: &str = "    user: \"1883:1883\"\n";
const DIGEST: &str = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

async fn of_production(old: &str, new: &str) -> Vec<&'static str> {
    broken(&Project::of_repository().replace(PRODUCTION, old, new), "prod", "hardening").await
}

#[rstest]
#[case::no_user(USER, "", "hardening.not-root")]
#[case::user_is_root_by_name("1883:1883", "root", "hardening.not-root")]
#[case::user_is_root_by_number("1883:1883", "0:1883", "hardening.not-root")]
#[case::root_file_system_is_writable("    read_only: true\n", "", "hardening.read-only-root")]
#[case::capabilities_are_kept("    cap_drop: [ALL]\n", "", "hardening.no-capabilities")]
#[case::one_capability_is_dropped("[ALL]", "[NET_RAW]", "hardening.no-capabilities")]
#[case::one_capability_comes_back("[ALL]", "[ALL]\n    cap_add: [CHOWN]", "hardening.no-capabilities")]
#[case::privileges_can_be_gained("no-new-privileges:true", "label:disable", "hardening.no-new-privileges")]
#[case::privileges_are_allowed(
    "no-new-privileges:true",
    "no-new-privileges:false",
    "hardening.no-new-privileges"
)]
#[case::memory_without_limit(MEMORY, "", "hardening.memory-limited")]
#[case::memory_limit_of_nothing("mem_limit: 512m", "mem_limit: 0", "hardening.memory-limited")]
#[case::processes_without_limit(PIDS, "", "hardening.pids-limited")]
#[case::processes_unlimited("pids_limit: 64", "pids_limit: -1", "hardening.pids-limited")]
#[case::open_files_without_limit(OPEN_FILES, "", "hardening.open-files-limited")]
#[case::log_without_limit(LOGGING, "", "hardening.log-limited")]
#[case::log_of_many_files_without_size("        max-size: 10m\n", "", "hardening.log-limited")]
#[tokio::test]
async fn override_without_it_breaks(#[case] old: &str, #[case] new: &str, #[case] clause: &str) {
    assert_eq!(of_production(old, new).await, [clause]);
}

#[rstest]
#[case::as_it_is("", "")]
#[case::another_user("1883:1883", "1000:1000")]
#[case::user_without_group("1883:1883", "1883")]
#[case::user_by_name("1883:1883", "mosquitto")]
#[case::capabilities_in_small_letters("[ALL]", "[all]")]
#[case::other_spelling_of_no_new_privileges("no-new-privileges:true", "no-new-privileges")]
#[case::memory_and_processes_below_deploy(
    "    mem_limit: 512m\n    pids_limit: 64\n",
    "    deploy: {resources: {limits: {memory: 256M, pids: 50}}}\n"
)]
#[case::open_files_soft_and_hard("nofile: 16384", "nofile: {soft: 8192, hard: 16384}")]
#[case::log_driver_that_rotates_by_itself(LOGGING, "    logging: {driver: local}\n")]
#[case::log_in_the_journal(LOGGING, "    logging: {driver: journald}\n")]
#[case::restarts_always(USER, "    user: \"1883:1883\"\n    restart: always\n")]
#[case::restarts_on_failure(USER, "    user: \"1883:1883\"\n    restart: on-failure:5\n")]
#[tokio::test]
async fn override_that_says_it_otherwise_breaks_nothing(#[case] old: &str, #[case] new: &str) {
    assert_eq!(of_production(old, new).await, Vec::<&str>::new());
}

#[rstest]
#[case::tag_of_a_line("eclipse-mosquitto:2.0.22", "eclipse-mosquitto:2.0", &["hardening.image-pinned"])]
#[case::tag_of_a_major_version("eclipse-mosquitto:2.0.22", "eclipse-mosquitto:2", &["hardening.image-pinned"])]
#[case::tag_that_moves("eclipse-mosquitto:2.0.22", "eclipse-mosquitto:2-openssl", &["hardening.image-pinned"])]
#[case::latest("eclipse-mosquitto:2.0.22", "eclipse-mosquitto", &["hardening.image-pinned"])]
#[case::registry_with_a_port("eclipse-mosquitto:2.0.22", "registry.example:5000/mosquitto", &["hardening.image-pinned"])]
#[case::tag_with_a_base("eclipse-mosquitto:2.0.22", "eclipse-mosquitto:2.1.2-alpine", &[])]
#[case::digest("eclipse-mosquitto:2.0.22", &format!("eclipse-mosquitto{DIGEST}"), &[])]
#[case::not_restarted("    restart: unless-stopped\n", "", &["hardening.restarts"])]
#[case::never_restarted("restart: unless-stopped", "restart: \"no\"", &["hardening.restarts"])]
#[case::anonymous_volume("      - data:/mosquitto/data\n", "      - /mosquitto/data\n", &["hardening.data-kept"])]
#[case::data_in_the_container("      - data:/mosquitto/data\n", "", &["hardening.data-kept"])]
#[case::data_in_memory(
    "      - data:/mosquitto/data\n", "      - {type: tmpfs, target: /mosquitto/data}\n", &["hardening.data-kept"],
)]
#[case::data_in_a_folder_of_the_host("- data:/mosquitto/data", "- ./data:/mosquitto/data", &[])]
#[case::password_in_the_environment(
    "    restart:", "    environment: {MQTT_PASSWORD: swordfish}\n    restart:", &["hardening.no-secret-in-compose"],
)]
#[case::token_in_the_environment(
    "    restart:", "    environment: [\"BRIDGE_TOKEN=swordfish\"]\n    restart:", &["hardening.no-secret-in-compose"],
)]
#[case::file_of_a_password("    restart:", "    environment: {MQTT_PASSWORD_FILE: /run/secrets/x}\n    restart:", &[])]
#[case::time_zone("    restart:", "    environment: {TZ: Europe/Berlin}\n    restart:", &[])]
#[tokio::test]
async fn base_breaks(#[case] old: &str, #[case] new: &str, #[case] expected: &[&str]) {
    // Unless the environment of this run names another image.
    let image = "${MOSQUITTO_IMAGE:-eclipse-mosquitto:2.0.22}";
    let project = Project::of_repository().replace(BASE, image, "eclipse-mosquitto:2.0.22");
    assert_eq!(broken(&project.replace(BASE, old, new), "prod", "hardening").await, expected);
}

#[rstest]
#[case::in_a_variable_of_another_name(
    "    restart:",
    "    environment: {GREETING: \"$MQTT_BACKEND_PASSWORD\"}\n    restart:"
)]
#[case::in_the_command(
    "    restart:",
    "    command: [mosquitto, -c, /mosquitto/config/mosquitto.conf, $MQTT_BACKEND_PASSWORD]\n    restart:"
)]
#[case::in_the_health_check("-t health", "-t health -P $MQTT_BACKEND_PASSWORD")]
#[tokio::test]
async fn password_of_the_deployment_is_found_wherever_it_lies_and_not_repeated(
    #[case] old: &str,
    #[case] new: &str,
) {
    let project = Project::of_repository().replace(BASE, old, new);
    let request = CertificatesRequest { hosts: Vec::new(), days: 60, force: false };
    Certificates::install(&project.at("certs"), &request).unwrap();
    let report = judge(&project, "dev", "hardening").await;
    assert_eq!(report.broken(), ["hardening.no-secret-in-compose"]);
    let environment = project.read(".env");
    let password = environment.lines().find_map(|line| line.strip_prefix("MQTT_BACKEND_PASSWORD=")).unwrap();
    let clause = report.with(Outcome::Broken).next().unwrap();
    let Evidence::Broken { seen, .. } = &clause.evidence else { panic!("{clause:?}") };
    assert!(!seen.contains(password), "{seen}");
}

#[tokio::test]
async fn configuration_without_persistence_keeps_no_data() {
    let config = "mosquitto/mosquitto.prod.conf";
    let project = Project::of_repository().replace(config, "persistence true", "persistence false");
    let report = judge(&project, "prod", "hardening").await;
    let skipped: Vec<&str> = report.with(Outcome::Skipped).map(|clause| clause.id).collect();
    assert_eq!(skipped, ["hardening.data-kept"]);
}
