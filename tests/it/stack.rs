//! The deployment as real Compose starts it, beside whatever else runs here.

use std::fs;
use std::process::{Command, Output};

use mosquitto_fixtures::broker::{Line, owner_labels};
use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest};

use crate::deployment_copy::{DeploymentCopy, repository};
use crate::docker::image;

/// A Compose project with free host ports and a name of its own; gone with the value.
pub(crate) struct Stack {
    copy: DeploymentCopy,
    project: String,
    files: Vec<&'static str>,
}

impl Stack {
    /// Brings `docker-compose.yml` up with certificates of its own, and waits until it is healthy.
    pub(crate) fn up() -> Self {
        let stack = Self::new();
        let output = stack.bring_up("0");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        stack
    }

    /// Everything is there, and nothing runs.
    pub(crate) fn new() -> Self {
        Self::of(&["docker-compose.yml"])
    }

    /// The same for production, whose health is checked every second, and on an image of this line.
    pub(crate) fn production(line: Line) -> Self {
        let mut stack = Self::of(&["docker-compose.yml", "docker-compose.prod.yml"]);
        let hurry = format!(
            "services: {{mosquitto: {{image: {}, healthcheck: {{interval: 1s, retries: 1}}}}}}\n",
            image(line)
        );
        fs::write(stack.copy.path("hurry.yml"), hurry).unwrap();
        stack.files.push("hurry.yml");
        stack
    }

    fn of(files: &[&'static str]) -> Self {
        let copy = DeploymentCopy::with_compose();
        let request = CertificatesRequest { hosts: Vec::new(), days: 60, force: false };
        Certificates::install(&copy.path("certs"), &request).unwrap();
        fs::write(copy.path("labels.yml"), labels()).unwrap();
        let files = [files, &["labels.yml"]].concat();
        let project =
            copy.root().file_name().unwrap().to_string_lossy().to_lowercase().replace('.', "fixtures");
        Self { copy, project, files }
    }

    /// `scripts/up`, with 1883 on this host port.
    pub(crate) fn bring_up(&self, port: &str) -> Output {
        self.run("up", &[], port)
    }

    pub(crate) fn copy(&self) -> &DeploymentCopy {
        &self.copy
    }

    pub(crate) fn container(&self) -> String {
        format!("{}-mosquitto", self.project)
    }

    /// The host port that a port of the broker is published on.
    pub(crate) fn port(&self, container_port: u16) -> String {
        let output = self.compose(&["port", "mosquitto", &container_port.to_string()]);
        let address = String::from_utf8(output.stdout).unwrap();
        address.trim().rsplit_once(':').unwrap().1.to_owned()
    }

    pub(crate) fn compose(&self, arguments: &[&str]) -> Output {
        self.run("compose", arguments, "0")
    }

    fn run(&self, script: &str, arguments: &[&str], port: &str) -> Output {
        Command::new(repository().join("scripts").join(script))
            .args(self.files.iter().flat_map(|file| ["--file", *file]))
            .args(["--project-name", &self.project])
            .args(arguments)
            .current_dir(self.copy.root())
            .envs([("MQTT_PORT", port), ("MQTT_TLS_PORT", "0"), ("MQTT_WS_PORT", "0")])
            .env("MOSQUITTO_CONTAINER", self.container())
            .env_remove("MQTT_BACKEND_PASSWORD")
            .output()
            .unwrap()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.compose(&["down", "--volumes", "--timeout", "0"]);
    }
}

/// An override that says whose all of it is.
fn labels() -> String {
    let labels: Vec<String> =
        owner_labels().iter().map(|(key, value)| format!("{key}: \"{value}\"")).collect();
    let labels = labels.join(", ");
    format!(
        "services: {{mosquitto: {{labels: {{{labels}}}}}}}\n\
         networks: {{default: {{labels: {{{labels}}}}}}}\n\
         volumes: {{data: {{labels: {{{labels}}}}}}}\n"
    )
}
