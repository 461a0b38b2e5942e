//! Configurations that a model of `mosquitto.conf` gets wrong, each on the broker of both lines.

use mosquitto_fixtures::broker::Line;

use crate::config::ConfigStage;
use crate::network::isolated;

/// Main file, and included ones.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    // Every included file starts at the default listener, and the main file goes on with its own.
    (
        "listener 8883\ninclude_dir {dir}/d\n",
        &[("tls.conf", "certfile {dir}/server.crt\nkeyfile {dir}/server.key\n")],
    ),
    ("listener 9001\ninclude_dir {dir}/d\nprotocol websockets\n", &[("a.conf", "allow_anonymous true\n")]),
    ("include_dir {dir}/d\n", &[("1.conf", "listener 8883\n"), ("2.conf", "max_connections 3\n")]),
    (
        "per_listener_settings true\nlistener 1883\ninclude_dir {dir}/d\n",
        &[("a.conf", "allow_anonymous true\n")],
    ),
    ("include_dir {dir}/d\n", &[("a.conf", "listener 1884\ninclude_dir {dir}\n")]),
    (
        "include_dir {dir}/d\nallow_anonymous true\nlistener 1883\n",
        &[("a.conf", "per_listener_settings true\n")],
    ),
    ("include_dir {dir}/d\n", &[("b.conf", "listener 1884\n"), ("B.conf", "foo\n"), ("a.conf", "bar\n")]),
    // Local-only mode.
    ("", &[]),
    ("certfile {dir}/server.crt\nkeyfile {dir}/server.key\n", &[]),
    ("protocol websockets\nallow_anonymous false\n", &[]),
    ("password_file {dir}/passwd\nmax_connections 3\n", &[]),
    ("certfile {dir}/server.crt\n", &[]),
    // Addresses.
    ("listener 1883 127.0.0.1\nlistener 1883 ::1\nlistener 1884\nsocket_domain ipv6\n", &[]),
    ("listener 1883\nbind_interface lo\nlistener 1884 127.0.0.1\nbind_interface lo\n", &[]),
    ("listener 0 {dir}/s1\nlistener 1883 127.0.0.2\n", &[]),
    ("listener 9001\nprotocol websockets\nbind_interface lo\nsocket_domain ipv6\n", &[]),
    ("listener 1883\nlistener 1883 127.0.0.1\n", &[]),
    ("bind_address 127.0.0.2\nport 1884\nlistener 1883\n", &[]),
    // Above the first listener.
    ("protocol mqtt\nlistener 8883\n", &[]),
    ("max_connections -1\nlistener 8883\n", &[]),
    ("tls_version tlsv1.2\nlistener 8883\n", &[]),
    ("http_dir {dir}\nlistener 8883\n", &[]),
    ("max_connections 9\nlistener 8883\n", &[]),
    ("certfile {dir}/server.crt\nkeyfile {dir}/server.key\nlistener 8883\n", &[]),
    // Numbers.
    ("listener 040001\n", &[]),
    ("listener 4294969179\n", &[]),
    // Who is let in.
    ("per_listener_settings true\nport 1883\n", &[]),
    ("per_listener_settings true\nlistener 1883\nallow_anonymous true\nper_listener_settings false\n", &[]),
    ("allow_anonymous true\nlistener 1883\nlistener_allow_anonymous false\n", &[]),
    ("allow_anonymous true\npassword_file {dir}/passwd\nlistener 1883\n", &[]),
    // Bytes.
    ("listener 1883\n  # so\n", &[]),
    ("listener\t1883\n", &[]),
    ("listener 1883\r\nallow_anonymous true\r\n\r\n", &[]),
    ("listener 1883\nmax_connections 9\0\nlistener 1884\n", &[]),
];

#[test]
fn line_by_line_both_brokers_do_what_the_model_says() {
    isolated("config_lines::line_by_line_both_brokers_do_what_the_model_says", || {
        for line in Line::ALL {
            let stage = ConfigStage::of(line);
            for (main, included) in CASES {
                stage.write_text(main, included);
                stage.compare().unwrap_or_else(|difference| panic!("{main:?} {included:?}\n{difference}"));
            }
        }
    });
}
