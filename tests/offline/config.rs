//! `mosquitto.conf`, read as the broker reads it.

use mosquitto_fixtures::deployment::{Config, Deployment, Listener, Protocol, Setting};
use rstest::rstest;

use crate::project::{CONFIG, Project, REPOSITORY};

/// `1883 mqtt, 8883 mqtt tls`
fn listed(config: &Config) -> String {
    let one = |listener: &Listener| {
        let protocol = match listener.protocol {
            Protocol::HttpApi => "http_api",
            Protocol::Mqtt => "mqtt",
            Protocol::WebSocket => "websockets",
            other => panic!("{other:?}"),
        };
        format!("{} {protocol}{}", listener.port, if listener.tls.is_some() { " tls" } else { "" })
    };
    config.listeners.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn read(text: &str) -> Config {
    Project::with_config(text).open().unwrap().config().clone()
}

#[test]
fn own_configuration_has_three_listeners() {
    let deployment = Deployment::open(REPOSITORY).unwrap();
    let config = deployment.config();
    assert_eq!(listed(config), "1883 mqtt, 8883 mqtt tls, 9001 websockets");
    let files = config.listeners[1].tls.as_ref().unwrap();
    assert_eq!(files.certificate, "/mosquitto/certs/server.crt");
    assert_eq!(files.key, "/mosquitto/certs/server.key");
    assert_eq!(config.listeners[1].value("require_certificate"), Some("false"));
    let global = |name: &str| config.global(name).unwrap().value.as_str();
    assert_eq!(global("allow_anonymous"), "false");
    assert_eq!(global("password_file"), "/mosquitto/certs/passwd");
    assert_eq!(global("acl_file"), "/mosquitto/config/acl");
}

#[rstest]
#[case::empty("", "")]
#[case::global_options_alone("allow_anonymous false\npersistence true", "")]
#[case::plain("listener 1883", "1883 mqtt")]
#[case::with_an_address("listener 1883 127.0.0.1", "1883 mqtt")]
#[case::unix_socket("listener 0 /run/mosquitto.sock", "0 mqtt")]
#[case::websocket("listener 9001\nprotocol websockets", "9001 websockets")]
#[case::dashboard("listener 9883\nprotocol http_api", "9883 http_api")]
#[case::tls("listener 8883\ncertfile a\nkeyfile b", "8883 mqtt tls")]
#[case::secure_websocket("listener 9001\nkeyfile b\ncertfile a\nprotocol websockets", "9001 websockets tls")]
#[case::order_of_the_file("listener 9001\nprotocol websockets\nlistener 1883", "9001 websockets, 1883 mqtt")]
#[case::last_line_wins("listener 1883\nprotocol websockets\nprotocol mqtt", "1883 mqtt")]
#[case::comments("# listener 1\nlistener 1883\n#protocol websockets", "1883 mqtt")]
#[case::empty_lines("\n\nlistener 1883\n\n\nprotocol websockets\n\n", "1883 websockets")]
#[case::blanks("listener   9001  \n  protocol    websockets ", "9001 websockets")]
#[case::crlf("listener 9001\r\nprotocol websockets\r\n", "9001 websockets")]
#[case::words_behind_a_value("listener 9001 # ws\nprotocol websockets # ws", "9001 websockets")]
#[case::global_option_below_a_listener("listener 1883\nlog_dest stdout", "1883 mqtt")]
#[case::websocket_options_of_no_listener(
    "websockets_log_level 255\nwebsockets_headers_size 4096\nlistener 1883",
    "1883 mqtt"
)]
fn text_is_read_as_listeners(#[case] text: &str, #[case] listeners: &str) {
    assert_eq!(listed(&read(text)), listeners);
}

#[test]
fn comments_and_empty_lines_are_no_settings() {
    let config = read("# allow_anonymous true\n#user root\n  # indented\n\n \t\nlistener 1883\n#");
    assert_eq!(config.settings().collect::<Vec<_>>(), Vec::<&Setting>::new());
}

/// How configurations looked before `listener` was the only way.
#[rstest]
#[case::port("port 1884", "1884 mqtt")]
#[case::port_with_tls("port 8883\ncertfile a\nkeyfile b", "8883 mqtt tls")]
#[case::tls_above_port("certfile a\nkeyfile b\nport 8883", "8883 mqtt tls")]
#[case::tls_alone("certfile a\nkeyfile b", "1883 mqtt tls")]
#[case::port_beside_a_listener(
    "port 8883\ncertfile a\nkeyfile b\nlistener 9001\nprotocol websockets",
    "8883 mqtt tls, 9001 websockets"
)]
#[case::port_below_a_listener("listener 9001\nport 1884", "1884 mqtt, 9001 mqtt")]
#[case::address("bind_address 127.0.0.1", "1883 mqtt")]
#[case::address_and_port("bind_address 127.0.0.1\nport 1884", "1884 mqtt")]
#[case::address_beside_a_listener("listener 8883\nbind_address 127.0.0.1", "1883 mqtt, 8883 mqtt")]
fn old_style_is_no_error(#[case] text: &str, #[case] listeners: &str) {
    assert_eq!(listed(&read(text)), listeners);
}

#[rstest]
#[case::tls_before_the_first_listener(
    "certfile a\nkeyfile b\nlistener 8883",
    1,
    "stands before the first `listener`"
)]
#[case::limit_before_the_first_listener(
    "\n# so\nmax_connections 9\nlistener 1883",
    3,
    "move it under its listener"
)]
#[case::quality_before_the_first_listener(
    "maximum_qos 1\nlistener 1883",
    1,
    "it opens a second listener on 1883"
)]
#[case::certfile_alone("listener 8883\ncertfile a", 2, "certfile has no keyfile beside it")]
#[case::keyfile_alone("listener 8883\nkeyfile b", 2, "keyfile has no certfile beside it")]
#[case::keyfile_of_the_next_one(
    "listener 1\ncertfile a\nlistener 2\nkeyfile b",
    2,
    "certfile has no keyfile"
)]
#[case::old_style_certfile_alone("port 8883\ncertfile a", 2, "certfile has no keyfile beside it")]
#[case::port_in_words("listener mqtt", 1, "listener takes a port number")]
#[case::no_port("log_dest stdout\nlistener", 2, "listener takes a port number")]
#[case::port_too_large("listener 65536", 1, "listener takes a port number")]
#[case::negative_port("listener -1", 1, "listener takes a port number")]
#[case::socket_without_a_path("listener 0", 1, "listener takes a port number")]
#[case::old_style_port_in_words("port mqtt", 1, "port takes a port number")]
#[case::old_style_port_zero("port 0", 1, "port takes a port number")]
#[case::old_style_port_zero_with_a_path("port 0 /run/socket", 1, "port takes a port number")]
#[case::unknown_protocol("listener 1883\nprotocol mqttsn", 2, "protocol takes mqtt or websockets")]
#[case::protocol_in_capitals("listener 1883\nprotocol MQTT", 2, "protocol takes mqtt or websockets")]
#[case::no_protocol("listener 1883\nprotocol", 2, "protocol takes mqtt or websockets")]
#[case::unknown_boolean("per_listener_settings yes", 1, "per_listener_settings takes true or false")]
#[case::boolean_in_capitals("per_listener_settings TRUE", 1, "per_listener_settings takes true or false")]
#[case::no_boolean("per_listener_settings", 1, "per_listener_settings takes true or false")]
#[case::included_folder_elsewhere("include_dir /etc/mosquitto", 1, "include_dir names a folder outside")]
#[case::no_included_folder(
    "include_dir /mosquitto/config/d",
    1,
    "include_dir names a folder that cannot be read"
)]
fn faulty_line_is_named(#[case] text: &str, #[case] line: usize, #[case] cause: &str) {
    let project = Project::with_config(text);
    let error = project.open().unwrap_err().to_string();
    let cause_of = error.strip_prefix(&format!("{}:{line}: ", project.named(CONFIG)));
    assert!(cause_of.is_some_and(|text| text.contains(cause)), "{error}");
}

#[rstest]
#[case::set("per_listener_settings true\n", true)]
#[case::set_by_number("per_listener_settings 1 # each\n", true)]
#[case::not_set("", false)]
#[case::set_to_false("per_listener_settings false\n", false)]
fn per_listener_settings_give_the_users_to_the_listener(#[case] setting: &str, #[case] own: bool) {
    let users = "allow_anonymous false\npassword_file a\nacl_file b\nplugin_opt_x 1";
    let config = read(&format!("{setting}listener 1883\n{users}\nlistener 8883"));
    for name in ["allow_anonymous", "password_file", "acl_file", "plugin_opt_x"] {
        assert_eq!(config.listeners[0].value(name).is_some(), own, "{name}");
        assert_eq!(config.global(name).is_some(), !own, "{name}");
        assert_eq!(config.listeners[1].value(name), None, "{name}");
    }
}

/// The example of mosquitto.conf(5).
#[test]
fn included_files_are_read_in_mosquittos_order() {
    let project = Project::with_config("include_dir /mosquitto/config/d");
    let files = ["00.conf", "01.conf", "A.conf", "a.conf", "B.conf", "b.conf"];
    for (index, file) in files.iter().enumerate().rev() {
        project.write(&format!("mosquitto/d/{file}"), format!("listener {}", index + 1));
    }
    let config = project.open().unwrap().config().clone();
    assert_eq!(listed(&config), "1 mqtt, 2 mqtt, 3 mqtt, 4 mqtt, 5 mqtt, 6 mqtt");
}

#[test]
fn included_file_stands_in_place_of_its_line() {
    let text = "listener 9001\ninclude_dir /mosquitto/config/d\ncertfile a\nkeyfile b";
    let project = Project::with_config(text);
    project.write("mosquitto/d/1.conf", "protocol websockets\nlistener 8883");
    assert_eq!(listed(project.open().unwrap().config()), "9001 websockets, 8883 mqtt tls");
}

#[test]
fn include_in_an_included_file_is_ignored() {
    let project = Project::with_config("include_dir /mosquitto/config/d");
    project.write("mosquitto/d/1.conf", "listener 1883\ninclude_dir /mosquitto/config/more");
    project.write("mosquitto/more/1.conf", "listener 8883");
    let config = project.open().unwrap().config().clone();
    assert_eq!(listed(&config), "1883 mqtt");
    let settings: Vec<&str> = config.settings().map(|setting| setting.value.as_str()).collect();
    assert_eq!(settings, ["/mosquitto/config/d"]);
}

#[test]
fn included_files_end_in_conf() {
    let project = Project::with_config("listener 1883\ninclude_dir /mosquitto/config/d");
    for file in ["1.conf~", "2.conf.bak", "README", ".conf", "3.CONF"] {
        project.write(&format!("mosquitto/d/{file}"), "listener 8883");
    }
    assert_eq!(listed(project.open().unwrap().config()), "1883 mqtt");
}

#[test]
fn faulty_line_of_an_included_file_is_named() {
    let project = Project::with_config("include_dir /mosquitto/config/d");
    project.write("mosquitto/d/1.conf", "listener 8883\n\ncertfile a");
    let error = project.open().unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}:3: certfile ", project.named("mosquitto/d/1.conf"))), "{error}");
}
