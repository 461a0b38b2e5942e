//! The model of `mosquitto.conf` and the broker: does it start, where is the error, which sockets does it open, what is
//! spoken there, who is let in.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::{Attempt, Endpoint, ReturnCode, Transport, Verdict};
use mosquitto_fixtures::deployment::{Address, Admission, Certificates, Config, Listener, Protocol, Stage};
use mosquitto_fixtures::pki::PasswordFile;
use proptest::test_runner::TestCaseError;
use tokio::runtime::Runtime;

use crate::cases;
use crate::config_text::{Written, written};
use crate::native::{Native, Outcome, Run, listening};
use crate::network::isolated;

#[test]
fn v2_0_does_what_the_model_says() {
    isolated("config::v2_0_does_what_the_model_says", || agree(Line::V2_0));
}

#[test]
fn v2_1_does_what_the_model_says() {
    isolated("config::v2_1_does_what_the_model_says", || agree(Line::V2_1));
}

fn agree(line: Line) {
    let stage = ConfigStage::of(line);
    cases::check(written(), |case| {
        stage.write(&case);
        stage.compare().map_err(TestCaseError::fail)
    });
    println!("{line}: {}", stage.told.take());
}

/// A folder with all that a configuration can name, and a broker to start with it.
pub(crate) struct ConfigStage {
    line: Line,
    native: Native,
    folder: tempfile::TempDir,
    runtime: Runtime,
    told: std::cell::Cell<Told>,
}

/// What became of the cases.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    started: u32,
    refused: u32,
    unknown: u32,
    listeners: u32,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { started, refused, unknown, listeners } = self;
        write!(
            f,
            "{started} started with {listeners} listeners, {refused} refused, {unknown} of which the model knows too little"
        )
    }
}

impl ConfigStage {
    pub(crate) fn of(line: Line) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut passwords = PasswordFile::default();
        passwords.set("fern", &"secret".into()).unwrap();
        Certificates::new(&[], 30, passwords).unwrap().write(folder.path()).unwrap();
        for file in ["acl", "psk"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { line, native: Native::of(line), folder, runtime, told: std::cell::Cell::default() }
    }

    fn main(&self) -> PathBuf {
        self.folder.path().join("mosquitto.conf")
    }

    fn write(&self, case: &Written) {
        let dir = self.folder.path().to_str().unwrap();
        let included: Vec<_> = case.included.iter().map(|(name, text)| (*name, text.bytes(dir))).collect();
        self.write_bytes(&case.main.bytes(dir), &included);
    }

    /// `{dir}` in a text is the folder.
    pub(crate) fn write_text(&self, main: &str, included: &[(&str, &str)]) {
        let dir = self.folder.path().to_str().unwrap();
        let bytes = |text: &str| text.replace("{dir}", dir).into_bytes();
        let included: Vec<_> = included.iter().map(|(name, text)| (*name, bytes(text))).collect();
        self.write_bytes(&bytes(main), &included);
    }

    /// Root stays root: whoever runs this can read the certificates.
    fn write_bytes(&self, main: &[u8], included: &[(&str, Vec<u8>)]) {
        let d = self.folder.path().join("d");
        let _ = fs::remove_dir_all(&d);
        fs::create_dir(&d).unwrap();
        for (name, text) in included {
            fs::write(d.join(name), text).unwrap();
        }
        for socket in ["s1", "s2"] {
            let _ = fs::remove_file(self.folder.path().join(socket));
        }
        fs::write(self.main(), [b"user root\n", main].concat()).unwrap();
    }

    /// Starts the broker, and says where it differs from the model.
    pub(crate) fn compare(&self) -> Result<(), String> {
        let model = Config::read(&self.main(), self.line, |path| Some(PathBuf::from(path))).unwrap();
        let mut told = self.told.get();
        if is_uncertain(&model) || has_revocations(&model) || is_left_to_the_machine(&model) {
            told.unknown += 1;
            self.told.set(told);
            return Ok(());
        }
        let mut run = self.native.start(&self.main());
        let outcome = run.outcome();
        let compared = match (outcome, &model.fault) {
            (Outcome::Runs, None) => {
                told.started += 1;
                told.listeners += u32::try_from(model.listeners.len()).unwrap();
                sockets(&model).and_then(|()| self.listeners(&model))
            }
            (Outcome::Exits(code), Some(fault)) if code == fault.exit_code() => {
                told.refused += 1;
                let place = (fault.stage == Stage::Reading).then(|| fault.at.to_string());
                named(&mut run, place.as_deref())
            }
            _ => Err(format!("the broker {outcome:?}")),
        };
        self.told.set(told);
        compared.map_err(|difference| {
            let model = format!("{:#?}\n{:#?}", model.fault, model.listeners);
            format!("line {}: {difference}\nmodel: {model}\nlog:\n{}", self.line, run.log().join("\n"))
        })
    }

    fn listeners(&self, model: &Config) -> Result<(), String> {
        model.listeners.iter().try_for_each(|listener| {
            let spoken = match &listener.address {
                // Where it is no path, it begins at the folder in which the broker runs.
                Address::Socket(path) => UnixStream::connect(self.folder.path().join(path))
                    .map(drop)
                    .map_err(|error| error.to_string()),
                _ => self.runtime.block_on(spoken_to(listener, model, self.line)),
            };
            spoken.map_err(|difference| {
                format!("{} at {} ({}): {difference}", listener.port, listener.address, listener.at)
            })
        })
    }
}

/// A line whose effect the model does not know. That a broker ends at an option that is not its own, it does know.
fn is_uncertain(model: &Config) -> bool {
    model.unknown.iter().any(|unknown| unknown.reason != "is an option that this model does not know")
}

/// A listener with TLS that reads a revocation list: whether it is one is not the configuration's to say.
fn has_revocations(model: &Config) -> bool {
    model.listeners.iter().any(|listener| listener.tls.is_some() && listener.value("crlfile").is_some())
}

/// An interface beside an address, of the same listener or of another one on the same port: whether they are the same.
fn is_left_to_the_machine(model: &Config) -> bool {
    let mut interfaces = model.listeners.iter().filter(|listener| listener.value("bind_interface").is_some());
    interfaces.any(|one| {
        let alone = model.listeners.iter().filter(|other| other.port == one.port).count() == 1;
        !alone || matches!(one.address, Address::Ip(_))
    })
}

/// What the broker says of the place of an error.
fn named(run: &mut Run, place: Option<&str>) -> Result<(), String> {
    let log = run.log();
    let found: Vec<&String> = log.iter().filter(|line| line.contains("Error found at")).collect();
    let agree = match place {
        // 2.1 has quotes around the place in an included file.
        Some(place) => found.iter().any(|line| {
            let said = line.trim_end_matches(['.', '\'']);
            said.ends_with(&format!(" {place}")) || said.ends_with(&format!("'{place}"))
        }),
        None => found.is_empty(),
    };
    if agree { Ok(()) } else { Err(format!("the error is at {place:?} for the model")) }
}

/// Which sockets are open.
fn sockets(model: &Config) -> Result<(), String> {
    let expected: BTreeSet<SocketAddr> = model.listeners.iter().flat_map(sockets_of).collect();
    let seen = listening();
    if seen == expected { Ok(()) } else { Err(format!("open: {seen:?}, for the model {expected:?}")) }
}

/// The only interface here has two addresses.
fn sockets_of(listener: &Listener) -> Vec<SocketAddr> {
    listener.sockets().unwrap_or_else(|| {
        let v6 = listener.value("socket_domain") != Some("ipv4");
        let v4 = listener.value("socket_domain") != Some("ipv6");
        let addresses = [(v4, IpAddr::from(Ipv4Addr::LOCALHOST)), (v6, IpAddr::from(Ipv6Addr::LOCALHOST))];
        addresses
            .into_iter()
            .filter(|(open, _)| *open)
            .map(|(_, address)| (address, listener.port).into())
            .collect()
    })
}

/// What is spoken at a listener, and who is let in.
async fn spoken_to(listener: &Listener, model: &Config, line: Line) -> Result<(), String> {
    let transport = match (listener.protocol, listener.tls.is_some()) {
        (Protocol::Mqtt, false) => Transport::Tcp,
        (Protocol::Mqtt, true) => Transport::Tls,
        (Protocol::WebSocket, false) => Transport::WebSocket,
        (Protocol::WebSocket, true) => Transport::WebSocketTls,
        (other, _) => return Err(format!("{other:?} is not built into this broker")),
    };
    let socket = sockets_of(listener)[0];
    let host = match socket.ip() {
        address if !address.is_unspecified() => address,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let attempt =
        || Attempt::new(Endpoint::new(transport, host.to_string(), listener.port)).without_verification();
    let verdict = async |attempt: Attempt| attempt.run().await.map_err(|error| error.to_string());
    let is_on = |name: &str| matches!(listener.value(name), Some("true" | "1"));
    if transport.has_tls() && is_on("require_certificate") {
        let verdict = verdict(attempt()).await?;
        return match verdict {
            Verdict::RefusedInTls { .. } => Ok(()),
            _ => Err(format!("without a certificate {verdict}")),
        };
    }
    let asks_for_more = is_on("use_username_as_clientid")
        || (transport.has_tls() && (is_on("use_identity_as_username") || is_on("use_subject_as_username")));
    if asks_for_more || model.global("clientid_prefixes").is_some() {
        let verdict = verdict(attempt()).await?;
        return match verdict {
            Verdict::Accepted | Verdict::RefusedAtConnect { .. } => Ok(()),
            _ => Err(format!("{transport}: {verdict}")),
        };
    }
    let [anonymous, known, wrong] = match listener.admission {
        Admission::Everybody => [true; 3],
        Admission::AnonymousAndUsers => [true, true, false],
        Admission::Users => [false, true, false],
        Admission::Nobody => [false; 3],
        Admission::Plugin => return Err("there is no plugin in these cases".into()),
    };
    let logins = [
        ("nobody", attempt(), anonymous),
        ("a user", attempt().login("fern", "secret"), known),
        ("a wrong password", attempt().login("fern", "wrong"), wrong),
    ];
    // Each answer of libwebsockets takes a tenth of a second.
    let few = if line == Line::V2_0 && transport.is_websocket() { 1 } else { logins.len() };
    for (who, attempt, admitted) in logins.into_iter().take(few) {
        let verdict = verdict(attempt).await?;
        let expected = match admitted {
            true => Verdict::Accepted,
            false => Verdict::RefusedAtConnect { code: ReturnCode::NotAuthorised },
        };
        if verdict != expected {
            return Err(format!("{transport}, {who}: {verdict}, for the model {expected}"));
        }
    }
    Ok(())
}
