//! Each chain, field by field, beside the one that it differs from.

use std::collections::{BTreeMap, BTreeSet};

use mosquitto_fixtures::pki::mutation::{MUTATIONS, Mutation};

use super::rows::ROWS;
use super::shape::{Fields, Shape, shape};

/// What the sound chain is: every field of every certificate.
const SOUND: &[(&str, &[(&str, &str)])] = &[
    (
        "chain",
        &[
            ("anchors", "root"),
            ("clock", "right"),
            ("key", "PRIVATE KEY, end-entity"),
            ("name", "localhost"),
            ("sent", "end-entity, intermediate"),
        ],
    ),
    (
        "end-entity",
        &[
            ("algorithm inside", "ecdsa-with-SHA256"),
            ("algorithm outside", "ecdsa-with-SHA256"),
            ("authorityKeyIdentifier", "intermediate"),
            ("begin", "UTCTime -30 d"),
            ("end", "UTCTime +365 d"),
            ("extendedKeyUsage", "server"),
            ("issuer", "UTF8String intermediate"),
            ("key", "id-ecPublicKey on prime256v1"),
            ("keyUsage", "critical: Digital Signature"),
            ("serial number", "sound"),
            ("signed by", "intermediate"),
            ("subject", "UTF8String localhost"),
            ("subjectAltName", "DNSName(localhost), DNSName(*.plant.localhost), IPAddress(7f:00:00:01)"),
            ("subjectKeyIdentifier", "20 bytes"),
            ("version", "V3"),
        ],
    ),
    (
        "intermediate",
        &[
            ("algorithm inside", "ecdsa-with-SHA256"),
            ("algorithm outside", "ecdsa-with-SHA256"),
            ("authorityKeyIdentifier", "root"),
            ("basicConstraints", "critical: CA true"),
            ("begin", "UTCTime -30 d"),
            ("end", "UTCTime +365 d"),
            ("issuer", "UTF8String root"),
            ("key", "id-ecPublicKey on prime256v1"),
            ("keyUsage", "critical: Key Cert Sign, CRL Sign"),
            ("serial number", "sound"),
            ("signed by", "root"),
            ("subject", "UTF8String intermediate"),
            ("subjectKeyIdentifier", "20 bytes"),
            ("version", "V3"),
        ],
    ),
    (
        "root",
        &[
            ("algorithm inside", "ecdsa-with-SHA256"),
            ("algorithm outside", "ecdsa-with-SHA256"),
            ("basicConstraints", "critical: CA true"),
            ("begin", "UTCTime -30 d"),
            ("end", "UTCTime +365 d"),
            ("issuer", "UTF8String root"),
            ("key", "id-ecPublicKey on prime256v1"),
            ("keyUsage", "critical: Key Cert Sign, CRL Sign"),
            ("serial number", "sound"),
            ("signed by", "itself"),
            ("subject", "UTF8String root"),
            ("subjectKeyIdentifier", "20 bytes"),
            ("version", "V3"),
        ],
    ),
];

/// Every field that says something else than in the base, and what it says. A certificate that the base does not
/// have is held against its root when it signed itself, and against its intermediate otherwise.
fn changes(base: &Shape, changed: &Shape) -> Vec<String> {
    let mut changes = Vec::new();
    for (name, fields) in changed {
        let like = if fields.get("signed by").is_some_and(|signer| signer == "itself") {
            "root"
        } else {
            "intermediate"
        };
        let base = base.get(name).unwrap_or_else(|| &base[like]);
        let every: BTreeSet<&String> = base.keys().chain(fields.keys()).collect();
        let says =
            |fields: &Fields, field: &String| fields.get(field).map_or("nothing", String::as_str).to_owned();
        for field in every.into_iter().filter(|field| says(base, field) != says(fields, field)) {
            changes.push(format!("{name}: {field}: {}", says(fields, field)));
        }
    }
    changes
}

fn build(id: &str) -> Shape {
    shape(&Mutation::find(id).unwrap().build().unwrap())
}

#[test]
fn control_is_a_sound_chain() {
    let own = |text: &&str| (*text).to_owned();
    let fields =
        |fields: &[(&str, &str)]| fields.iter().map(|(field, value)| (own(field), own(value))).collect();
    let sound: Shape = SOUND.iter().map(|(name, said)| (own(name), fields(said))).collect();
    assert_eq!(build("control.sound"), sound);
}

#[test]
fn every_mutation_changes_what_it_says_and_nothing_else() {
    let mut bases: BTreeMap<&str, Shape> = BTreeMap::new();
    for row in ROWS {
        let base = bases.entry(row.base).or_insert_with(|| build(row.base));
        assert_eq!(changes(base, &build(row.id)), row.changes, "{}", row.id);
    }
}

#[test]
fn every_mutation_but_the_control_changes_something() {
    for row in ROWS {
        assert_eq!(row.changes.is_empty(), row.id == "control.sound", "{}", row.id);
    }
}

#[test]
fn every_row_of_the_catalogue_has_its_expectations() {
    let catalogue: Vec<&str> = MUTATIONS.iter().map(|mutation| mutation.id).collect();
    let expected: Vec<&str> = ROWS.iter().map(|row| row.id).collect();
    assert_eq!(expected, catalogue);
}
