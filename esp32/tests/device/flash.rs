use esp32_sim::client::Config;
use esp32_sim::device::{CutWrite, Entry, Flash, KeyPair};

/// A certificate with its key, PEM.
fn identity() -> (String, String) {
    let made = rcgen::generate_simple_self_signed([String::from("sensor")]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn entries((certificate, key): (String, String)) -> [Entry; 2] {
    [Entry::Certificate(certificate), Entry::Key(key)]
}

fn provisioned() -> Flash {
    let mut flash = Flash::default();
    flash.write(entries(identity())).unwrap();
    assert_eq!(flash.key_pair(), KeyPair::Matching);
    flash
}

#[test]
fn a_cut_between_certificate_and_key_leaves_a_torn_set() {
    for (cut, written, pair) in [
        (0, Err(CutWrite { written: 0 }), KeyPair::Matching),
        (1, Err(CutWrite { written: 1 }), KeyPair::Mismatched),
        (2, Ok(()), KeyPair::Matching),
    ] {
        let mut flash = provisioned();
        flash.cut_after(cut);
        assert_eq!(flash.write(entries(identity())), written, "cut after {cut}");
        flash.boot();
        assert_eq!(flash.key_pair(), pair, "cut after {cut}");
    }
}

#[test]
fn a_torn_set_is_what_the_client_is_configured_with() {
    let mut flash = provisioned();
    let mut before = Config::default();
    flash.configure(&mut before);
    flash.cut_after(1);
    let (certificate, key) = identity();
    flash.write(entries((certificate.clone(), key))).unwrap_err();

    let mut after = Config::default();
    flash.configure(&mut after);
    let (before, after) = (before.credentials.authentication, after.credentials.authentication);
    assert_eq!(after.certificate, Some(certificate));
    assert_eq!(after.key, before.key);
}

#[test]
fn nothing_is_written_without_power_and_a_boot_brings_it_back() {
    let mut flash = Flash::default();
    flash.cut_after(0);
    let version = || [Entry::FirmwareVersion("1.1".into())];
    flash.write(version()).unwrap_err();
    flash.write(version()).unwrap_err();
    assert_eq!(flash.firmware_version(), None);
    flash.boot();
    flash.write(version()).unwrap();
    assert_eq!((flash.firmware_version(), flash.boots()), (Some("1.1"), 1));
}

#[test]
fn a_pair_is_judged_by_what_is_there() {
    let (certificate, key) = identity();
    let junk = || "no PEM".to_owned();
    for (entries, pair) in [
        (vec![], KeyPair::Absent),
        (vec![Entry::Certificate(certificate.clone())], KeyPair::Half),
        (vec![Entry::Key(key.clone())], KeyPair::Half),
        (vec![Entry::Certificate(junk()), Entry::Key(key)], KeyPair::Unreadable),
        (vec![Entry::Certificate(certificate), Entry::Key(junk())], KeyPair::Unreadable),
    ] {
        let mut flash = Flash::default();
        flash.write(entries.clone()).unwrap();
        assert_eq!(flash.key_pair(), pair, "{entries:?}");
    }
}

#[test]
fn no_secret_is_in_the_debug_text() {
    let flash = provisioned();
    let (_, key) = identity();
    assert!(!format!("{flash:?} {:?}", Entry::Key(key)).contains("PRIVATE"));
}
