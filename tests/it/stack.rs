//! The deployment as real Compose starts it, beside whatever else runs here.

use std::fs;
use std::process::{Command, Output};

use mosquitto_fixtures::broker::{Claim, Line};
use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest};

use crate::deployment_copy::{DeploymentCopy, repository};
use crate::docker::{docker, image};

/// A clone with certificates, whose stack has free host ports; gone with the value.
pub(crate) struct Stack {
    copy: DeploymentCopy,
    files: Vec<&'static str>,
    /// Let go of after all else.
    _claim: Claim,
}

impl Stack {
    /// Brings development up, and waits until it is healthy.
    pub(crate) fn up() -> Self {
        let stack = Self::new();
        let output = stack.bring_up("0");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        stack
    }

    /// Everything is there, and nothing runs.
    pub(crate) fn new() -> Self {
        Self::of(&["docker-compose.yml"], "interval: 1s")
    }

    /// The same for production, on an image of this line, where one failed check of its health is enough.
    pub(crate) fn production(line: Line) -> Self {
        let mut stack =
            Self::of(&["docker-compose.yml", "docker-compose.prod.yml"], "interval: 1s, retries: 1");
        let image = format!("services: {{mosquitto: {{image: {}}}}}\n", image(line));
        fs::write(stack.copy.path("image.yml"), image).unwrap();
        stack.files.push("image.yml");
        stack
    }

    fn of(files: &[&'static str], health: &str) -> Self {
        let copy = DeploymentCopy::with_compose();
        for file in ["scripts/compose", "scripts/up", "scripts/down", "mosquitto/image/name"] {
            fs::create_dir_all(copy.path(file).parent().unwrap()).unwrap();
            fs::copy(repository().join(file), copy.path(file)).unwrap();
        }
        let request = CertificatesRequest { hosts: Vec::new(), days: 60, force: false };
        Certificates::install(&copy.path("certs"), &request).unwrap();
        let claim = Claim::new().unwrap();
        fs::write(copy.path("ours.yml"), ours(&claim, health)).unwrap();
        Self { copy, files: [files, &["ours.yml"]].concat(), _claim: claim }
    }

    /// `scripts/up`, with 1883 on this host port.
    pub(crate) fn bring_up(&self, port: &str) -> Output {
        self.run("up", &self.files, &[], port)
    }

    /// `scripts/up` for production.
    pub(crate) fn bring_production_up(&self) -> Output {
        self.run("up", &["docker-compose.yml", "docker-compose.prod.yml", "ours.yml"], &[], "0")
    }

    /// `scripts/down`.
    pub(crate) fn take_down(&self) -> Output {
        self.run("down", &[], &[], "0")
    }

    pub(crate) fn compose(&self, arguments: &[&str]) -> Output {
        self.run("compose", &self.files, arguments, "0")
    }

    pub(crate) fn copy(&self) -> &DeploymentCopy {
        &self.copy
    }

    /// The containers that run here.
    pub(crate) fn running(&self) -> Vec<String> {
        self.listed(&[])
    }

    /// Those that do not, too.
    pub(crate) fn containers(&self) -> Vec<String> {
        self.listed(&["--all"])
    }

    fn listed(&self, options: &[&str]) -> Vec<String> {
        let root = self.copy.root().canonicalize().unwrap();
        let filter = format!("label=com.docker.compose.project.working_dir={}", root.display());
        let arguments = [&["ps", "--quiet", "--no-trunc", "--filter", &filter], options].concat();
        docker(&arguments).lines().map(str::to_owned).collect()
    }

    /// The host port that a port of the broker is published on.
    pub(crate) fn port(&self, container_port: u16) -> String {
        let output = self.compose(&["port", "mosquitto", &container_port.to_string()]);
        let address = String::from_utf8(output.stdout).unwrap();
        address.trim().rsplit_once(':').unwrap().1.to_owned()
    }

    fn run(&self, script: &str, files: &[&str], arguments: &[&str], port: &str) -> Output {
        Command::new(self.copy.path("scripts").join(script))
            .args(files.iter().flat_map(|file| ["--file", *file]))
            .args(arguments)
            .envs([("MQTT_PORT", port), ("MQTT_TLS_PORT", "0"), ("MQTT_WS_PORT", "0")])
            .env_remove("COMPOSE_PROJECT_NAME")
            .env_remove("MOSQUITTO_CONTAINER")
            .env_remove("MQTT_BACKEND_PASSWORD")
            .output()
            .unwrap()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.take_down();
        self.compose(&["down", "--volumes", "--timeout", "0"]);
    }
}

/// An override that says whose all of it is, and makes health known sooner.
fn ours(claim: &Claim, health: &str) -> String {
    let labels: Vec<String> =
        claim.labels().iter().map(|(key, value)| format!("{key}: \"{value}\"")).collect();
    let labels = labels.join(", ");
    format!(
        "services: {{mosquitto: {{labels: {{{labels}}}, healthcheck: {{{health}}}}}}}\n\
         networks: {{default: {{labels: {{{labels}}}}}}}\n\
         volumes: {{data: {{labels: {{{labels}}}}}}}\n"
    )
}
