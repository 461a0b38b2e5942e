//! The harness itself: a broker that runs is seen, and so is one that does not.

use std::fs;

use mosquitto_fixtures::broker::Line;

use crate::native::{Native, Outcome, listening};
use crate::network::isolated;

#[test]
fn a_network_of_its_own_has_nothing_in_it_but_the_broker() {
    isolated("smoke::a_network_of_its_own_has_nothing_in_it_but_the_broker", || {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("mosquitto.conf");
        for line in Line::ALL {
            fs::write(&config, "user root\nlistener 1883 127.0.0.1\n").unwrap();
            assert!(listening().is_empty());
            let mut run = Native::of(line).start(&config);
            assert_eq!(run.outcome(), Outcome::Runs, "{:?}", run.log());
            assert_eq!(listening(), ["127.0.0.1:1883".parse().unwrap()].into());
        }
    });
}

#[test]
fn a_broker_that_does_not_start_gives_its_exit_code() {
    isolated("smoke::a_broker_that_does_not_start_gives_its_exit_code", || {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("mosquitto.conf");
        fs::write(&config, "user root\nfoo bar\n").unwrap();
        for line in Line::ALL {
            let mut run = Native::of(line).start(&config);
            assert_eq!(run.outcome(), Outcome::Exits(3));
            let log = run.log();
            assert!(log.iter().any(|line| line.contains("Unknown configuration variable")), "{log:?}");
        }
    });
}
