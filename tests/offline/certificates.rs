//! `Certificates::install`: what it puts where, and that it does all of it or nothing.

use std::fs;
use std::os::unix::fs::symlink;

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest, Error, Made};
use mosquitto_fixtures::pki::{PasswordFile, Pem};
use rstest::rstest;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::openssl::openssl;
use crate::project::Project;

/// What `install` is asked for without any wish.
pub(crate) fn request() -> CertificatesRequest {
    CertificatesRequest { hosts: Vec::new(), days: 365, force: false }
}

/// Into `certs/`, with the variables of `.env` alone.
pub(crate) fn install(project: &Project, request: &CertificatesRequest) -> Result<Made, Error> {
    for variable in ["MQTT_BACKEND_USER", "MQTT_BACKEND_PASSWORD", "MQTT_FRONTEND_PASSWORD"] {
        assert_eq!(std::env::var_os(variable), None, "{variable} goes before .env: unset it");
    }
    Certificates::install(&project.at("certs"), request)
}

fn replace() -> CertificatesRequest {
    CertificatesRequest { force: true, ..request() }
}

fn four() -> [String; 4] {
    Certificates::FILES.map(|file| format!("certs/{file}"))
}

/// Refused, and no byte of the project is another one.
#[track_caller]
fn assert_untouched(project: &Project, request: &CertificatesRequest, cause: &str) {
    let before = project.tree();
    let error = install(project, request).unwrap_err().to_string();
    assert!(error.contains(cause), "{error}");
    assert_eq!(project.tree(), before);
}

#[test]
fn install_writes_four_files() {
    let project = Project::empty();
    let made = install(&project, &request()).unwrap();
    assert_eq!(made.files, four().map(|file| project.at(&file)));
    let found: Vec<_> = project.tree().into_iter().map(|(path, _)| path).collect();
    let [anchor, server, key, passwd] = four().map(|file| project.at(&file));
    assert_eq!(found, [project.at(".env"), project.at("certs"), anchor, passwd, server, key]);
}

#[test]
fn installed_files_belong_together() {
    let project = Project::empty();
    install(&project, &request()).unwrap();
    let verify = ["verify", "-CAfile", "ca.crt", "-verify_hostname", "mosquitto", "server.crt"];
    assert_eq!(openssl(&project.at("certs"), &verify).unwrap(), "server.crt: OK\n");
    let certificate = Pem::read(&project.at("certs/server.crt")).unwrap().certificates().unwrap().remove(0);
    let key = Pem::read(&project.at("certs/server.key")).unwrap();
    assert_eq!(key.key_matches(&certificate).unwrap(), Some(true));
}

#[rstest]
fn install_refuses_to_overwrite(#[values(0, 1, 2, 3)] index: usize) {
    let project = Project::empty();
    let file = &four()[index];
    project.write(file, "precious");
    assert_untouched(&project, &request(), &format!("{} is there already: --force", project.named(file)));
}

#[test]
fn install_refuses_to_overwrite_its_own_files() {
    let project = Project::empty();
    install(&project, &request()).unwrap();
    assert_untouched(&project, &request(), "ca.crt is there already");
}

#[test]
fn link_to_nowhere_counts_as_a_file() {
    let project = Project::empty();
    project.make_folder("certs");
    symlink("nowhere", project.at("certs/server.key")).unwrap();
    assert_untouched(&project, &request(), "server.key is there already");
    install(&project, &replace()).unwrap();
    assert!(project.read("certs/server.key").contains("PRIVATE KEY"));
}

#[test]
fn force_replaces_every_file() {
    let project = Project::empty();
    install(&project, &request()).unwrap();
    let before = project.tree();
    let made = install(&project, &replace()).unwrap();
    let after = project.tree();
    assert_eq!(made.variables, Vec::<&str>::new());
    for ((path, old), (same, new)) in before.iter().zip(&after) {
        assert_eq!(path, same);
        // `.env` stays, and the folder has no bytes.
        let stays = path.is_dir() || *path == project.at(".env");
        assert_eq!(old == new, stays, "{}", path.display());
    }
    assert_eq!(before.len(), after.len());
}

#[test]
fn force_replaces_what_is_no_certificate() {
    let project = Project::empty();
    project.write("certs/server.key", "rubbish");
    project.write("certs/README.md", "kept");
    install(&project, &replace()).unwrap();
    assert_eq!(project.read("certs/README.md"), "kept");
    assert!(project.read("certs/server.key").contains("PRIVATE KEY"));
}

#[rstest]
fn folder_in_the_way_leaves_all_as_it_was(
    #[values(0, 1, 2, 3)] index: usize,
    #[values(false, true)] force: bool,
) {
    let project = Project::empty();
    let folder = &four()[index];
    project.make_folder(folder);
    project.write(".env", "OTHER=kept\n");
    let cause = format!("{} is a folder, a file belongs there", project.named(folder));
    assert_untouched(&project, &CertificatesRequest { force, ..request() }, &cause);
}

#[rstest]
#[case::host(CertificatesRequest { hosts: vec!["two words".to_owned()], ..request() }, "two words")]
#[case::no_days(CertificatesRequest { days: 0, ..request() }, "a validity of 0 days")]
#[case::absurd_days(CertificatesRequest { days: u32::MAX, ..request() }, "a validity of 4294967295 days")]
fn bad_wish_leaves_nothing_behind(#[case] wish: CertificatesRequest, #[case] cause: &str) {
    let project = Project::empty();
    assert_untouched(&project, &wish, cause);
    install(&project, &request()).unwrap();
    assert_untouched(&project, &CertificatesRequest { force: true, ..wish }, cause);
}

#[rstest]
#[case::user_name("MQTT_BACKEND_USER=back:end\n", "user name \"back:end\"")]
fn bad_variable_leaves_nothing_behind(#[case] text: &str, #[case] cause: &str) {
    let project = Project::empty();
    project.write(".env", text);
    assert_untouched(&project, &request(), cause);
}

#[test]
fn file_in_place_of_the_folder_is_named() {
    let project = Project::empty();
    project.write("certs", "a file");
    assert_untouched(&project, &replace(), &project.named("certs"));
}

#[test]
fn dot_env_that_is_a_folder_is_named() {
    let project = Project::empty();
    project.make_folder(".env");
    assert_untouched(
        &project,
        &request(),
        &project.named(".env is a folder, a file belongs there: remove it"),
    );
}

#[test]
fn password_file_that_cannot_be_read_is_not_replaced() {
    let project = Project::empty();
    project.make_folder("certs");
    fs::File::create(project.at("certs/passwd")).unwrap().set_len((16 << 20) + 1).unwrap();
    assert_untouched(&project, &replace(), &project.named("certs/passwd is larger than 16 MiB"));
}

#[test]
fn password_file_in_latin_1_is_kept() {
    let project = Project::empty();
    let others = b"# f\xFCr G\xE4rtner\ng\xE4rtner:$6$salt$hash\n";
    project.write("certs/passwd", others);
    install(&project, &replace()).unwrap();
    let content = std::fs::read(project.at("certs/passwd")).unwrap();
    assert!(content.starts_with(others));
    assert_eq!(PasswordFile::parse(content).users(Line::V2_0).unwrap().names(), ["backend", "frontend"]);
}

#[test]
fn other_users_are_kept() {
    let project = Project::empty();
    let others = "# devices\nplant-7:$6$salt$hash\n";
    project.write("certs/passwd", format!("{others}backend:$7$101$old$old\n"));
    install(&project, &replace()).unwrap();
    let text = project.read("certs/passwd");
    assert!(text.starts_with(others), "{text}");
    let users: Vec<&str> = text.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(users, ["# devices", "plant-7", "backend", "frontend"]);
    assert_eq!(PasswordFile::parse(&text).users(Line::V2_0).unwrap().names(), ["backend", "frontend"]);
}

#[test]
fn certificate_names_every_host_once() {
    let project = Project::empty();
    let hosts =
        ["plant.test", "localhost", "plant.test", "Plant.Test", "192.0.2.7", "::1", "0:0:0:0:0:0:0:1"];
    let made =
        install(&project, &CertificatesRequest { hosts: hosts.map(str::to_owned).into(), ..request() });
    let expected = ["localhost", "mosquitto", "127.0.0.1", "::1", "plant.test", "192.0.2.7"];
    assert_eq!(made.unwrap().names, expected);
    let der = Pem::read(&project.at("certs/server.crt")).unwrap().certificates().unwrap().remove(0);
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let names = &certificate.subject_alternative_name().unwrap().unwrap().value.general_names;
    let named = |name: &GeneralName| match name {
        GeneralName::DNSName(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(bytes) => std::net::Ipv4Addr::from(bytes).to_string(),
            Err(_) => std::net::Ipv6Addr::from(<[u8; 16]>::try_from(*bytes).unwrap()).to_string(),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(names.iter().map(named).collect::<Vec<_>>(), expected);
}

#[test]
fn folder_is_made_with_those_above_it() {
    let project = Project::empty();
    Certificates::install(&project.at("a/b/certs"), &request()).unwrap();
    assert!(fs::exists(project.at("a/b/certs/ca.crt")).unwrap());
    assert!(fs::exists(project.at("a/b/.env")).unwrap());
}
