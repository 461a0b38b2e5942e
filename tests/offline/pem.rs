//! PEM files that somebody else made, and what an error says of a bad one.

use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::{Authority, Error, Pem};
use rstest::{fixture, rstest};

use crate::openssl::openssl;
use crate::project::Project;

/// A folder with `server.crt`, `server.key` and `ca.crt` of a throwaway authority.
#[fixture]
fn made(authority: Authority) -> Project {
    let project = Project::empty();
    let server = authority.issue(&["localhost"]).unwrap();
    project.write("ca.crt", authority.certificate_pem());
    project.write("server.crt", server.certificate_pem());
    project.write("server.key", server.key_pem());
    project
}

fn certificates(project: &Project, file: &str) -> Result<usize, Error> {
    Ok(Pem::read(&project.at(file))?.certificates()?.len())
}

fn key(project: &Project, file: &str) -> Result<(), Error> {
    Pem::read(&project.at(file))?.key().map(drop)
}

/// The error must name the file and the cause.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(read: Result<T, Error>, project: &Project, file: &str, cause: &str) {
    let error = read.unwrap_err().to_string();
    let after = error.strip_prefix(&project.named(file)).unwrap_or_else(|| panic!("{error}"));
    assert!(after.contains(cause), "{error}");
}

#[test]
fn missing_file_is_named() {
    let project = Project::empty();
    assert_refused(certificates(&project, "ca.crt"), &project, "ca.crt", " is missing");
}

#[test]
fn folder_is_named() {
    let project = Project::empty();
    project.make_folder("ca.crt");
    assert_refused(
        certificates(&project, "ca.crt"),
        &project,
        "ca.crt",
        " is a folder, a file belongs there: remove it",
    );
}

/// A device says that it is empty, and may never end.
#[test]
fn device_is_not_read() {
    let error = Pem::read("/dev/null".as_ref()).unwrap_err().to_string();
    assert_eq!(error, "/dev/null is a device, a file belongs there: put one in its place");
}

#[rstest]
#[case::at_the_limit(1024 * 1024, "there is no certificate in it")]
#[case::above_it(1024 * 1024 + 1, "larger than 1 MiB")]
#[case::twice(2 * 1024 * 1024, "larger than 1 MiB")]
#[case::empty(0, "the file is empty")]
fn size_is_bounded(#[case] size: usize, #[case] cause: &str) {
    let project = Project::empty();
    project.write("ca.crt", vec![b' '; size]);
    assert_refused(certificates(&project, "ca.crt"), &project, "ca.crt", cause);
}

#[rstest]
#[case::rubbish("\0\u{1}rubbish", "there is no certificate in it")]
#[case::no_end("-----BEGIN CERTIFICATE-----\nMIIB\n", "not PEM")]
#[case::no_base64("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "not PEM")]
#[case::half_a_line("-----BEGIN CERTIFICATE\n", "not PEM")]
#[case::no_x509("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", "is not X.509")]
#[case::nothing_in_it("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "is not X.509")]
fn faulty_certificate_file_is_refused(#[case] text: &str, #[case] cause: &str) {
    let project = Project::empty();
    project.write("ca.crt", text);
    assert_refused(certificates(&project, "ca.crt"), &project, "ca.crt", cause);
}

#[rstest]
#[case::certificate("ca.crt", "DER, not PEM: convert it with `openssl x509 -inform der`")]
#[case::key("server.key", "DER, not PEM: convert it with `openssl pkey -inform der`")]
fn der_is_recognised(#[case] file: &str, #[case] cause: &str, made: Project) {
    let command = if file == "ca.crt" { "x509" } else { "pkey" };
    openssl(made.root(), &[command, "-in", file, "-outform", "der", "-out", "der"]).unwrap();
    let read = if file == "ca.crt" { certificates(&made, "der").map(drop) } else { key(&made, "der") };
    assert_refused(read, &made, "der", cause);
}

#[rstest]
fn file_of_another_kind_is_refused(made: Project) {
    assert_refused(certificates(&made, "server.key"), &made, "server.key", "there is no certificate in it");
    assert_refused(key(&made, "server.crt"), &made, "server.crt", "there is no private key in it");
}

#[rstest]
#[case::block_without_end("-----BEGIN CERTIFICATE-----\nMIIB", "not PEM")]
#[case::block_that_is_no_certificate(
    "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n",
    "is not X.509"
)]
fn rubbish_behind_a_certificate_is_refused(#[case] rubbish: &str, #[case] cause: &str, made: Project) {
    made.write("ca.crt", made.read("ca.crt") + rubbish);
    assert_refused(certificates(&made, "ca.crt"), &made, "ca.crt", cause);
}

/// Bytes behind the certificate in its own block: OpenSSL reads over them, rustls does not.
#[rstest]
fn rubbish_in_the_block_of_a_certificate_is_refused(made: Project) {
    openssl(made.root(), &["x509", "-in", "ca.crt", "-outform", "der", "-out", "der"]).unwrap();
    let der = [std::fs::read(made.at("der")).unwrap(), b"rubbish".to_vec()].concat();
    made.write("der", der);
    let base64 = openssl(made.root(), &["base64", "-in", "der"]).unwrap();
    made.write("ca.crt", format!("-----BEGIN CERTIFICATE-----\n{base64}-----END CERTIFICATE-----\n"));
    assert_refused(certificates(&made, "ca.crt"), &made, "ca.crt", "is not X.509");
}

/// `openssl x509 -text` writes the certificate in words above the block, an editor may leave a note below it.
#[rstest]
fn text_around_a_certificate_is_read_over(made: Project) {
    made.write("ca.crt", format!("Certificate:\n  Data:\n{}\nthe end\n", made.read("ca.crt")));
    assert_eq!(certificates(&made, "ca.crt").unwrap(), 1);
}

#[rstest]
fn file_with_crlf_is_read(made: Project) {
    for file in ["ca.crt", "server.key"] {
        made.write(file, made.read(file).replace('\n', "\r\n"));
    }
    assert_eq!(certificates(&made, "ca.crt").unwrap(), 1);
    key(&made, "server.key").unwrap();
}

#[rstest]
fn bundle_is_read_in_its_order(made: Project) {
    made.write("bundle", made.read("server.crt") + &made.read("ca.crt"));
    let read = |file: &str| Pem::read(&made.at(file)).unwrap().certificates().unwrap();
    assert_eq!(read("bundle"), [read("server.crt"), read("ca.crt")].concat());
}

/// The second one is read by nobody, and may be the one that belongs to the certificate.
#[rstest]
fn two_keys_are_refused(made: Project) {
    let other = Authority::new().unwrap().issue(&["localhost"]).unwrap();
    made.write("server.key", made.read("server.key") + &other.key_pem());
    assert_refused(key(&made, "server.key"), &made, "server.key", "more than one private key");
}

#[rstest]
#[case::block_without_end("-----BEGIN PRIVATE KEY-----\nMIIB", "not PEM")]
#[case::block_without_base64("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n", "not PEM")]
#[case::half_a_line("-----BEGIN PRIVATE KEY\n", "not PEM")]
fn rubbish_behind_a_key_is_refused(#[case] rubbish: &str, #[case] cause: &str, made: Project) {
    made.write("server.key", made.read("server.key") + rubbish);
    assert_refused(key(&made, "server.key"), &made, "server.key", cause);
}

/// One file for both, as many brokers have it: certificates around the key are no second key.
#[rstest]
fn key_among_certificates_is_read(made: Project) {
    made.write("all.pem", made.read("server.crt") + &made.read("server.key") + &made.read("ca.crt"));
    key(&made, "all.pem").unwrap();
    assert_eq!(certificates(&made, "all.pem").unwrap(), 2);
}

#[rstest]
#[case::pkcs8(&["pkcs8", "-topk8"])]
#[case::sec1(&["ec", "-aes128"])]
fn encrypted_key_is_refused(#[case] command: &[&str], made: Project) {
    let files = ["-in", "server.key", "-out", "encrypted.key", "-passout", "pass:secret"];
    openssl(made.root(), &[command, &files].concat()).unwrap();
    assert_refused(key(&made, "encrypted.key"), &made, "encrypted.key", "the private key is encrypted");
}

#[rstest]
#[case::pkcs8(&["pkey"])]
#[case::sec1(&["ec"])]
#[case::with_parameters(&["ec", "-param_enc", "named_curve"])]
fn key_in_any_form_matches_its_certificate(#[case] command: &[&str], made: Project) {
    openssl(made.root(), &[command, &["-in", "server.key", "-out", "again.key"]].concat()).unwrap();
    let of = |file: &str| Pem::read(&made.at(file)).unwrap().certificates().unwrap().remove(0);
    let key = Pem::read(&made.at("again.key")).unwrap();
    assert_eq!(key.key_matches(&of("server.crt")).unwrap(), Some(true));
    assert_eq!(key.key_matches(&of("ca.crt")).unwrap(), Some(false));
}

#[rstest]
fn rsa_key_matches_its_certificate(made: Project) {
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=rsa", "-days", "1"];
    openssl(made.root(), &[&request[..], &["-keyout", "rsa.key", "-out", "rsa.crt"]].concat()).unwrap();
    let of = |file: &str| Pem::read(&made.at(file)).unwrap().certificates().unwrap().remove(0);
    let key = Pem::read(&made.at("rsa.key")).unwrap();
    assert_eq!(key.key_matches(&of("rsa.crt")).unwrap(), Some(true));
    assert_eq!(key.key_matches(&of("server.crt")).unwrap(), Some(false));
}
