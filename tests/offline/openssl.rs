//! The OpenSSL command line: a second opinion on keys and certificates.

use std::path::Path;
use std::process::Command;

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
