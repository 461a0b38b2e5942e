use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest, Protection};

use crate::error::Error;
use crate::usage;

/// Make a CA, a server certificate with its key, and the password file of a deployment
///
/// The certificate is valid for localhost, mosquitto, 127.0.0.1, ::1 and every --host. Passwords that neither the
/// environment (MQTT_BACKEND_PASSWORD, MQTT_FRONTEND_PASSWORD) nor the .env file beside the folder gives are
/// random, and land in that .env file, which keeps owner and mode (a new one has mode 0600). All files are put in place,
/// or none; a call that was killed is ended by the next. The CA's private key is not kept: every set has a new CA.
///
/// Key and password file are for the broker's user 1883 alone: root gives them to it, an ordinary user keeps them and
/// lets it read them by an access list (acl(5)). Root also gives it the ACL file beside the folder that is root's or the
/// owner's of the deployment, and follows no symbolic link there.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder to put the files in
    #[arg(long, value_name = "DIR", default_value = "certs")]
    out: PathBuf,
    /// One more DNS name or IP address of the broker; can be given several times
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Days until the certificates expire
    #[arg(long, value_name = "N", default_value_t = 365, allow_negative_numbers = true, value_parser = usage::days)]
    days: u32,
    /// Replace the files that are there; other users in the password file are kept
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let Arguments { out, hosts, days, force } = arguments;
    if Certificates::finish(out)? && !force {
        anstream::println!("put in place what an interrupted call had made: --force makes a new set");
        return Ok(ExitCode::SUCCESS);
    }
    let request = CertificatesRequest { hosts: hosts.clone(), days: *days, force: *force };
    let made = Certificates::install(out, &request)?;
    let stdout = &mut anstream::stdout().lock();
    for file in Certificates::FILES {
        writeln!(stdout, "{}", out.join(file).display())?;
    }
    writeln!(stdout, "valid for {} days and {}", days, made.names.join(", "))?;
    writeln!(stdout, "key and password file: {}", made.protection)?;
    for file in &made.acl_files {
        writeln!(stdout, "ACL file {}: {}", file.display(), Protection::Owner)?;
    }
    if !made.variables.is_empty() {
        writeln!(stdout, "random passwords in .env: {}", made.variables.join(", "))?;
    }
    if *force {
        writeln!(stdout, "this is a new CA: give ca.crt to every client, and start the broker again")?;
    }
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}
