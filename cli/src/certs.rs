use std::path::PathBuf;
use std::process::ExitCode;

use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest, Protection};

use crate::error::Error;

/// Make a CA, a server certificate with its key, and the password file of a deployment
///
/// The certificate is valid for localhost, mosquitto, 127.0.0.1, ::1 and every --host. Passwords that neither the
/// environment (MQTT_BACKEND_PASSWORD, MQTT_FRONTEND_PASSWORD) nor the .env file beside the folder gives are
/// random, and land in that .env file (mode 0600). All files are put in place, or none. The CA's private key is
/// not kept: every set has a new CA.
///
/// Key and password file are for the broker's user 1883 alone: root gives them to it, an ordinary user keeps them and
/// lets it read them by an access list (acl(5)). Root also gives it the ACL file beside the folder that is root's.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder to put the files in
    #[arg(long, value_name = "DIR", default_value = "certs")]
    out: PathBuf,
    /// One more DNS name or IP address of the broker; can be given several times
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Days until the certificates expire
    #[arg(long, value_name = "N", default_value_t = 365)]
    days: u32,
    /// Replace the files that are there; other users in the password file are kept
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let Arguments { out, hosts, days, force } = arguments;
    let request = CertificatesRequest { hosts: hosts.clone(), days: *days, force: *force };
    let made = Certificates::install(out, &request)?;
    for file in Certificates::FILES {
        anstream::println!("{}", out.join(file).display());
    }
    anstream::println!("valid for {} days and {}", days, made.names.join(", "));
    anstream::println!("key and password file: {}", made.protection);
    for file in &made.acl_files {
        anstream::println!("ACL file {}: {}", file.display(), Protection::Owner);
    }
    if !made.variables.is_empty() {
        anstream::println!("random passwords in .env: {}", made.variables.join(", "));
    }
    if *force {
        anstream::println!("this is a new CA: give ca.crt to every client, and start the broker again");
    }
    Ok(ExitCode::SUCCESS)
}
