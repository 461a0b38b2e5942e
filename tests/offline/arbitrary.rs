//! Whatever a file holds, its reader gives a value or an error.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mosquitto_fixtures::deployment::{Config, Environment, Line};
use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::{Authority, Certificate, PasswordFile, PasswordHash, Pem};
use rstest::rstest;

use crate::project::Project;

/// Inputs for each reader. They are the same at every run.
const ROUNDS: u64 = 500;

/// Marsaglia's xorshift64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Noise, or a sound input with a few bytes changed, cut out, doubled, or put in another place.
    fn input(&mut self, sound: &[u8]) -> Vec<u8> {
        if self.below(4) == 0 {
            return (0..self.below(200)).map(|_| self.below(256) as u8).collect();
        }
        let mut bytes = sound.to_vec();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(40)).min(bytes.len());
            let piece: Vec<u8> = match self.below(5) {
                0 => Vec::new(),
                1 => bytes[at..end].repeat(2),
                2 => bytes[at..end].iter().map(|byte| byte ^ (1 << self.below(8))).collect(),
                3 => b"\0\xFF\n\r\t :$=#'\"-+"[self.below(14)..].to_vec(),
                _ => sound[self.below(sound.len())..].iter().take(20).copied().collect(),
            };
            bytes.splice(at..end, piece);
        }
        bytes
    }
}

/// Gives many inputs to a reader; the one at which it panics is named.
fn survive(sound: &[u8], read: impl Fn(&[u8])) {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for round in 0..ROUNDS {
        let input = chance.input(sound);
        let outcome = catch_unwind(AssertUnwindSafe(|| read(&input)));
        assert!(outcome.is_ok(), "round {round}: panic at b\"{}\"", input.escape_ascii());
    }
}

#[rstest]
fn pem_reader_never_panics(authority: Authority) {
    let project = Project::empty();
    let server = authority.issue(&["localhost"]).unwrap();
    let sound = [server.certificate_pem(), authority.certificate_pem(), server.key_pem()].concat();
    let file = project.at("pem");
    survive(sound.as_bytes(), |input| {
        fs::write(&file, input).unwrap();
        let Ok(pem) = Pem::read(&file) else { return };
        let _ = pem.certificates();
        let _ = pem.key();
        let _ = pem.key_matches(&server.certificate_der());
        let _ = pem.key_matches(&input.to_vec().into());
    });
}

/// One bit of a certificate at a time, for what is read as X.509 at all is then looked into.
#[rstest]
fn certificate_reader_never_panics(authority: Authority) {
    let sound = authority.certificate_der();
    let mut read = 0;
    for bit in 0..sound.len() * 8 {
        let mut bytes = sound.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(certificate) = Certificate::new(bytes.into()) else { continue };
        let _ = (certificate.names(), certificate.issuer(), certificate.public_key());
        let _ =
            (certificate.is_for_servers(), certificate.is_signed_weakly(), certificate.covers("localhost"));
        let _ = (
            certificate.seconds_left(0),
            certificate.begins_after(0),
            certificate.names_as_issuer(&certificate),
        );
        read += 1;
    }
    assert!(read > 100, "{read}");
}

#[test]
fn hash_reader_never_panics() {
    let sound = PasswordHash::new(&"secret".into()).to_string();
    survive(sound.as_bytes(), |input| {
        for line in Line::ALL {
            if let Ok(hash) = PasswordHash::parse(input, line) {
                assert_eq!(PasswordHash::parse(hash.to_string().as_bytes(), line), Ok(hash));
            }
        }
    });
}

#[test]
fn password_file_reader_never_panics() {
    let mut sound = PasswordFile::parse("# devices\nplant-7:$6$salt$hash\n");
    sound.set("backend", &"secret".into()).unwrap();
    survive(&sound.to_bytes(), |input| {
        let mut file = PasswordFile::parse(input);
        let _ = file.users(Line::V2_1);
        assert_eq!(file.to_bytes(), input);
        file.set("backend", &"another".into()).unwrap();
        // 2.0 reads nothing behind a line with a NUL.
        let added = file.users(Line::V2_0).unwrap().hash("backend").is_some();
        assert!(added || input.contains(&0));
    });
}

#[test]
fn config_reader_never_panics() {
    let project = Project::empty();
    let sound = "per_listener_settings true\ninclude_dir /d\n# a comment\nport 1884\nlistener 8883 127.0.0.1\n\
        protocol websockets\ncertfile a\nkeyfile b\nallow_anonymous true\nlistener 0 /run/socket\nplugin_opt_a b\n";
    let file = project.at("mosquitto.conf");
    project.make_folder("included");
    let included = project.at("included");
    survive(sound.as_bytes(), |input| {
        fs::write(&file, input).unwrap();
        fs::write(included.join("1.conf"), input).unwrap();
        let on_host = |path: &str| (path == "/d").then(|| included.clone());
        for line in Line::ALL {
            // Whatever it is, it is a configuration: what is wrong with it is for the broker to say.
            let _ = Config::read(&file, line, on_host).unwrap().settings().count();
        }
    });
}

#[test]
fn environment_reader_never_panics() {
    let project = Project::empty();
    let sound = "# ours\nA=secret\nexport B=\"two words\" # why\nC='x'\nD=\n";
    survive(sound.as_bytes(), |input| {
        project.write(".env", input);
        let Ok(environment) = Environment::read(project.root()) else { return };
        for name in ["OFFLINE_A", "A", ""] {
            let _ = environment.value(name);
        }
    });
}
