//! The OpenSSL command line: a second opinion on keys, certificates and handshakes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use mosquitto_fixtures::client::{Endpoint, Transport};
use mosquitto_fixtures::pki::Authority;

use crate::project::Project;

/// Runs `openssl` in a folder: what it said, as an error when it failed.
pub(crate) fn openssl(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the openssl command line is installed");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// `openssl s_server` on a port of its own, with every cipher that it has.
pub(crate) struct Server {
    process: Child,
    port: u16,
    _files: Project,
}

impl Server {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let files = Project::empty();
        let server = Authority::new().unwrap().issue(&["localhost"]).unwrap();
        files.write("server.crt", server.certificate_pem());
        files.write("server.key", server.key_pem());
        let mut process = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-cipher", "ALL:@SECLEVEL=0"])
            .args(["-cert", "server.crt", "-key", "server.key"])
            .args(arguments)
            .current_dir(files.root())
            // The end of its input is the end of it.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let accepting = lines.find_map(|line| Some(line.unwrap().strip_prefix("ACCEPT ")?.to_owned()));
        let port = accepting.unwrap().rsplit(':').next().unwrap().parse().unwrap();
        // It must not write into a pipe that nobody holds any more.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, port, _files: files }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(Transport::Tls, "127.0.0.1", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
