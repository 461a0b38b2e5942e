//! The catalogue as a table.

use std::collections::BTreeSet;

use mosquitto_fixtures::pki::mutation::{MUTATIONS, Mutation, Ruling};
use rstest::rstest;

#[test]
fn ids_are_unique() {
    let ids: BTreeSet<&str> = MUTATIONS.iter().map(|mutation| mutation.id).collect();
    assert_eq!(ids.len(), MUTATIONS.len());
    assert!(ids.len() >= 45, "{}", ids.len());
}

#[test]
fn every_id_is_a_group_and_a_name() {
    let plain = |text: &str| {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.ends_with('-') && text.chars().all(known)
    };
    for mutation in MUTATIONS {
        let (group, name) = mutation.id.split_once('.').unwrap_or_else(|| panic!("{mutation:?}"));
        assert!(plain(group) && plain(name), "{mutation:?}");
    }
}

#[test]
fn groups_stand_together_and_the_control_comes_first() {
    let mut groups: Vec<&str> =
        MUTATIONS.iter().filter_map(|mutation| mutation.id.split('.').next()).collect();
    groups.dedup();
    let expected = ["control", "keys", "validity", "names", "usages", "constraints", "structure", "trust"];
    assert_eq!(groups, expected);
    assert_eq!(MUTATIONS[0].ruling, Ruling::Accept);
}

#[test]
fn every_text_is_one_line_for_a_table() {
    for Mutation { id, summary, drawing, reference, .. } in MUTATIONS {
        for text in [summary, drawing, reference] {
            assert!(!text.is_empty() && !text.contains(['|', '\n']), "{id}: {text}");
        }
        assert!(!summary.ends_with('.') && !reference.ends_with('.'), "{id}");
    }
}

#[test]
fn every_drawing_shows_who_signed_the_server() {
    for Mutation { id, drawing, .. } in MUTATIONS {
        assert!(drawing.contains("end-entity") && drawing.contains(['►', '╳']), "{id}: {drawing}");
    }
}

#[test]
fn every_reference_names_a_clause() {
    for Mutation { id, reference, .. } in MUTATIONS {
        assert!(reference.starts_with("RFC "), "{id}: {reference}");
    }
}

#[test]
fn no_two_rows_have_one_drawing() {
    let mut drawings = BTreeSet::new();
    for Mutation { id, drawing, .. } in MUTATIONS {
        assert!(drawings.insert(drawing), "{id}: {drawing}");
    }
}

#[rstest]
#[case::group("validity.end-entity-expired", true)]
#[case::name_alone("end-entity-expired", false)]
#[case::empty("", false)]
fn row_is_found_by_its_id(#[case] id: &str, #[case] found: bool) {
    assert_eq!(Mutation::find(id).map(|mutation| mutation.id), found.then_some(id));
}

#[test]
fn no_two_chains_share_a_key_or_a_name() {
    let [one, other] = [(); 2].map(|()| MUTATIONS[0].build().unwrap());
    assert_ne!(one.key_pem(), other.key_pem());
    for (certificate, another) in one.served().iter().zip(other.served()) {
        assert_ne!(certificate, another);
    }
    let intermediate = |der| x509_parser::parse_x509_certificate(der).unwrap().1.subject().to_string();
    assert_ne!(intermediate(&one.served()[1]), intermediate(&other.served()[1]));
}

/// A process of its own, which has no PATH: it runs this test again.
#[test]
fn missing_openssl_is_named() {
    let child = "OFFLINE_WITHOUT_OPENSSL";
    if std::env::var_os(child).is_some() {
        assert!(MUTATIONS[0].build().is_ok());
        println!("{}", Mutation::find("keys.rsa-1024").unwrap().build().unwrap_err());
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "mutations::catalogue::missing_openssl_is_named", "--nocapture"])
        .envs([(child, "1"), ("PATH", "")])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let error = "`openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024`: `openssl` does not run";
    assert!(output.status.success() && said.contains(error), "{said}");
}

#[test]
fn debug_does_not_show_a_key() {
    let chain = MUTATIONS[0].build().unwrap();
    let shown = format!("{chain:?} {chain:#?}");
    assert!(shown.contains("BEGIN CERTIFICATE") && !shown.contains("PRIVATE KEY"), "{shown}");
    for line in chain.key_pem().lines().filter(|line| !line.starts_with('-')) {
        assert!(!shown.contains(line), "{shown}");
    }
}
