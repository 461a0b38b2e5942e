//! `mosquitto.conf`, read as the broker of each line reads it. That the broker does so is for the differential tests to show.

use std::fs;

use mosquitto_fixtures::broker::Line::{self, V2_0, V2_1};
use mosquitto_fixtures::deployment::{
    Admission, Config, Deployment, Listener, Origin, Protocol, Setting, Stage,
};
use rstest::rstest;

use crate::project::{CONFIG, Project, REPOSITORY};

/// `1883 mqtt, 8883 mqtt tls`; the address only where it is not every one.
fn listed(config: &Config) -> String {
    let one = |listener: &Listener| {
        let protocol = match listener.protocol {
            Protocol::HttpApi => "http_api",
            Protocol::Mqtt => "mqtt",
            Protocol::WebSocket => "websockets",
            other => panic!("{other:?}"),
        };
        let address = match listener.address.to_string() {
            every if every == "every address" => String::new(),
            address => format!(" at {address}"),
        };
        let tls = if listener.tls.is_some() { " tls" } else { "" };
        format!("{} {protocol}{tls}{address}", listener.port)
    };
    config.listeners.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn read(text: &str, line: Line) -> Config {
    Project::with_config(text).open().unwrap().for_line(line).config().clone()
}

/// With the files of `include_dir /mosquitto/config/d`.
fn read_with(text: &str, included: &[(&str, &str)], line: Line) -> Config {
    let project = Project::with_config(text);
    for (name, text) in included {
        project.write(&format!("mosquitto/d/{name}"), *text);
    }
    project.open().unwrap().for_line(line).config().clone()
}

const LOCAL_ONLY: &str = "1883 mqtt at 127.0.0.1, 1883 mqtt at ::1";

#[test]
fn own_configuration_has_three_listeners() {
    for line in Line::ALL {
        let deployment = Deployment::open(REPOSITORY).unwrap().for_line(line);
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
        assert!(config.listeners.iter().all(|listener| listener.admission == Admission::Users));
        assert_eq!((config.fault.clone(), config.unknown.len(), config.ignored.len()), (None, 0, 0));
    }
}

#[rstest]
#[case::plain("listener 1883", "1883 mqtt")]
#[case::loopback("listener 1883 127.0.0.1", "1883 mqtt at 127.0.0.1")]
#[case::of_ipv6("listener 1883 ::1", "1883 mqtt at ::1")]
#[case::a_name("listener 1883 broker # of ours", "1883 mqtt at broker")]
#[case::an_interface("listener 1883\nbind_interface eth0", "1883 mqtt at the addresses of eth0")]
#[case::ipv4_alone("listener 1883\nsocket_domain ipv4", "1883 mqtt at every IPv4 address")]
#[case::unix_socket("listener 0 /run/mosquitto.sock", "0 mqtt at /run/mosquitto.sock")]
#[case::two_addresses("listener 1883 127.0.0.1\nlistener 1883 ::1", LOCAL_ONLY)]
#[case::websocket("listener 9001\nprotocol websockets", "9001 websockets")]
#[case::tls("listener 8883\ncertfile a\nkeyfile b", "8883 mqtt tls")]
#[case::secure_websocket("listener 9001\nkeyfile b\ncertfile a\nprotocol websockets", "9001 websockets tls")]
#[case::order_of_the_file("listener 9001\nprotocol websockets\nlistener 1883", "9001 websockets, 1883 mqtt")]
#[case::last_line_wins("listener 1883\nprotocol websockets\nprotocol mqtt", "1883 mqtt")]
#[case::comments("# listener 1\nlistener 1883\n#protocol websockets", "1883 mqtt")]
#[case::empty_lines("\n\nlistener 1883\n\n   \nprotocol websockets\n\n", "1883 websockets")]
#[case::blanks("listener   9001  \n  protocol    websockets ", "9001 websockets")]
#[case::crlf("listener 9001\r\nprotocol websockets\r\n\r\n", "9001 websockets")]
#[case::words_behind_a_value("listener 9001 # ws\nprotocol websockets # ws", "9001 websockets")]
#[case::global_option_below_a_listener("listener 1883\nlog_dest stdout", "1883 mqtt")]
#[case::port("port 1884", "1884 mqtt")]
#[case::port_with_tls("port 8883\ncertfile a\nkeyfile b", "8883 mqtt tls")]
#[case::tls_above_port("certfile a\nkeyfile b\nport 8883", "8883 mqtt tls")]
#[case::address_of_port("bind_address 127.0.0.1", "1883 mqtt at 127.0.0.1")]
#[case::address_and_port("bind_address 127.0.0.1\nport 1884", "1884 mqtt at 127.0.0.1")]
#[case::long_line(&format!("listener 1883\nclientid_prefixes {}\nprotocol websockets", "x".repeat(5000)), "1883 websockets")]
fn both_lines_open_the_same(#[case] text: &str, #[case] listeners: &str) {
    for line in Line::ALL {
        let config = read(text, line);
        assert_eq!(listed(&config), listeners, "{line}");
        assert_eq!(config.fault, None, "{line}");
    }
}

/// Without `listener`, `port` and `bind_address`, options of a listener are forgotten.
#[rstest]
#[case::nothing("")]
#[case::global_options("persistence true\nlog_dest stdout")]
#[case::tls("certfile a\nkeyfile b")]
#[case::websocket("protocol websockets")]
#[case::limit("max_connections 3")]
fn without_a_listener_the_broker_is_local(#[case] text: &str) {
    for line in Line::ALL {
        let config = read(text, line);
        assert_eq!(listed(&config), LOCAL_ONLY, "{line}");
        assert_eq!(config.fault, None, "{line}");
        for listener in &config.listeners {
            assert_eq!(listener.admission, Admission::Everybody, "{line}");
            assert_eq!(listener.origin, Origin::LocalOnly, "{line}");
            assert!(!listener.is_reachable(), "{line}");
        }
    }
}

/// What stands above the first listener, on either line: a default listener, nothing, or an end.
#[rstest]
#[case::certificate("certfile a\nkeyfile b", Above::Opens, Above::Opens)]
#[case::limit("max_connections 9", Above::Opens, Above::Opens)]
#[case::no_limit("max_connections -1", Above::Ignored, Above::Opens)]
#[case::usual_protocol("protocol mqtt", Above::Ignored, Above::Opens)]
#[case::other_protocol("protocol websockets", Above::Opens, Above::Opens)]
#[case::usual_quality("max_qos 2", Above::Ignored, Above::Opens)]
#[case::lower_quality("maximum_qos 1", Above::Opens, Above::Opens)]
#[case::version("tls_version tlsv1.2", Above::Ignored, Above::Ends)]
#[case::folder("http_dir /tmp", Above::Ignored, Above::Ends)]
#[case::aliases("max_topic_alias 5", Above::Ignored, Above::Ends)]
#[case::mount_point("mount_point x/", Above::Ends, Above::Ends)]
#[case::switched_off("require_certificate false", Above::Ignored, Above::Opens)]
#[case::switched_on("require_certificate true", Above::Opens, Above::Opens)]
#[case::domain("socket_domain ipv4", Above::Opens, Above::Opens)]
fn option_above_the_first_listener(#[case] text: &str, #[case] v2_0: Above, #[case] v2_1: Above) {
    for (line, above) in [(V2_0, v2_0), (V2_1, v2_1)] {
        let config = read(&format!("{text}\nlistener 8883"), line);
        let default = config.listeners.iter().filter(|listener| listener.origin == Origin::Default);
        let seen = match (config.fault, default.count()) {
            (Some(_), _) => Above::Ends,
            (None, 0) => Above::Ignored,
            (None, _) => Above::Opens,
        };
        assert_eq!(seen, above, "{line}");
    }
}

#[derive(Debug, PartialEq)]
enum Above {
    Opens,
    Ignored,
    Ends,
}

/// Every included file starts at the default listener, and the main file goes on with its own.
#[test]
fn certificate_in_an_included_file_is_the_default_listeners() {
    let text = "listener 8883\ninclude_dir /mosquitto/config/d";
    let included = [("tls.conf", "certfile a\nkeyfile b")];
    assert_eq!(listed(&read_with(text, &included, V2_0)), "8883 mqtt, 1883 mqtt tls");
    assert_eq!(listed(&read_with(text, &included, V2_1)), "8883 mqtt, 1883 mqtt tls");
    let below = "listener 9001\ninclude_dir /mosquitto/config/d\nprotocol websockets";
    for line in Line::ALL {
        let config = read_with(below, &[("a.conf", "allow_anonymous true\n")], line);
        assert_eq!(listed(&config), "9001 websockets");
        let two = [("a.conf", "listener 1883\n"), ("b.conf", "certfile a\nkeyfile b\n")];
        let config = read_with("include_dir /mosquitto/config/d\nlistener 9001", &two, line);
        let default = config.listeners.iter().find(|listener| listener.origin == Origin::Default).unwrap();
        assert!(default.tls.is_some());
    }
}

#[test]
fn anonymous_of_an_included_file_is_not_for_the_listener_above() {
    let text = "per_listener_settings true\nlistener 1883\ninclude_dir /mosquitto/config/d";
    let included = [("a.conf", "allow_anonymous true")];
    let config = read_with(text, &included, V2_0);
    assert_eq!(config.fault, None);
    assert_eq!(config.listeners[0].admission, Admission::Nobody);
    let fault = read_with(text, &included, V2_1).fault.unwrap();
    assert!(
        fault
            .to_string()
            .ends_with("mosquitto/d/a.conf:1: allow_anonymous needs a `listener` above it in its file"),
        "{fault}"
    );
}

#[test]
fn nested_include_is_ignored_by_2_0_and_ends_2_1() {
    let included = [("1.conf", "listener 1883\ninclude_dir /mosquitto/config/more")];
    let read = |line| read_with("include_dir /mosquitto/config/d", &included, line);
    assert_eq!((listed(&read(V2_0)), read(V2_0).fault), ("1883 mqtt".to_owned(), None));
    assert!(read(V2_1).fault.unwrap().cause.contains("only the main file can have one"));
}

/// Where an included file opens listeners, the broker goes on writing to where the one above was before.
#[test]
fn option_below_an_include_that_opens_listeners_is_unknown() {
    let text =
        "listener 1883\ninclude_dir /mosquitto/config/d\nmax_connections 3\nlistener 1884\nmax_connections 3";
    for line in Line::ALL {
        let config = read_with(text, &[("1.conf", "listener 8883")], line);
        let lines: Vec<usize> = config.unknown.iter().map(|unknown| unknown.setting.at.line).collect();
        assert_eq!(lines, [3]);
    }
}

/// libwebsockets, of 2.0, has its own idea of an address.
#[rstest]
#[case::name("localhost", true)]
#[case::other_family("::1\nsocket_domain ipv4", true)]
#[case::address("127.0.0.1\nsocket_domain ipv6", false)]
fn websocket_at_a_name_is_unknown_on_2_0(#[case] address: &str, #[case] unknown: bool) {
    let text = format!("listener 1883\nlistener 9001 {address}\nprotocol websockets");
    let config = read(&text, V2_0);
    assert_eq!(config.unknown.len(), usize::from(unknown));
    assert!(config.unknown.iter().all(|unknown| unknown.setting.at.line == 2));
    assert_eq!(config.fault, None);
    assert!(read(&text, V2_1).unknown.is_empty());
}

#[test]
fn included_folder_of_the_image_is_unknown() {
    let config = read("listener 1883\ninclude_dir /etc/mosquitto/conf.d", V2_0);
    assert_eq!(listed(&config), "1883 mqtt");
    assert_eq!(config.unknown.len(), 1);
    assert!(
        config.unknown[0].to_string().contains("mosquitto.conf:2: include_dir names a folder of the image")
    );
}

/// The example of mosquitto.conf(5).
#[test]
fn included_files_are_read_in_mosquittos_order() {
    let files = ["00.conf", "01.conf", "A.conf", "a.conf", "B.conf", "b.conf"];
    let texts: Vec<(&str, String)> = files
        .iter()
        .enumerate()
        .rev()
        .map(|(index, file)| (*file, format!("listener {}", index + 1)))
        .collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let config = read_with("include_dir /mosquitto/config/d", &texts, V2_0);
    assert_eq!(listed(&config), "1 mqtt, 2 mqtt, 3 mqtt, 4 mqtt, 5 mqtt, 6 mqtt");
}

#[test]
fn included_files_end_in_conf() {
    let files = ["1.conf~", "2.conf.bak", "README", ".conf", "3.CONF"].map(|file| (file, "listener 8883"));
    assert_eq!(
        listed(&read_with("listener 1883\ninclude_dir /mosquitto/config/d", &files, V2_0)),
        "1883 mqtt"
    );
}

#[rstest]
#[case::port_in_words("listener mqtt", 1, "")]
#[case::no_port("log_dest stdout\nlistener", 2, "has no value")]
#[case::port_too_large("listener 65536", 1, "from 0 to 65535")]
#[case::negative_port("listener -1", 1, "from 0 to 65535")]
#[case::socket_without_a_path("listener 0", 1, "needs the path of a Unix socket")]
#[case::old_style_port_zero("port 0", 1, "from 1 to 65535")]
#[case::unknown_protocol("listener 1883\nprotocol mqttsn", 2, "takes one of mqtt, websockets")]
#[case::protocol_in_capitals("listener 1883\nprotocol MQTT", 2, "takes one of mqtt, websockets")]
#[case::unknown_boolean("per_listener_settings yes", 1, "takes true or false")]
#[case::boolean_in_capitals("allow_anonymous TRUE", 1, "takes true or false")]
#[case::no_boolean("allow_anonymous", 1, "has no value")]
#[case::late_switch("allow_anonymous true\nper_listener_settings true", 2, "move it to the top")]
#[case::unknown_option("listener 1883\nfoo bar", 2, "foo is no option of Mosquitto")]
#[case::abbreviation("listener 1883\npersist true", 2, "persist is no option of Mosquitto")]
#[case::tab_behind_a_name("listener\t1883", 1, "is no option of Mosquitto")]
#[case::tab_alone("listener 1883\n\t", 2, "is no option of Mosquitto")]
#[case::indented_comment("listener 1883\n  # so", 2, "# is no option of Mosquitto")]
#[case::byte_order_mark("\u{feff}# so", 1, "is no option of Mosquitto")]
#[case::control_character("listener 1883\nmount_point a\u{7}b", 2, "is not UTF-8 without control characters")]
#[case::no_included_folder("include_dir /mosquitto/config/d", 1, "names a folder that cannot be read")]
#[case::option_of_a_bridge("cleansession true", 1, "needs a `connection` above it")]
fn line_that_ends_both_is_named(#[case] text: &str, #[case] line: usize, #[case] cause: &str) {
    let project = Project::with_config(text);
    for of in Line::ALL {
        let fault = project.open().unwrap().for_line(of).config().fault.clone().unwrap();
        let named = format!("{}:{line}: ", project.named(CONFIG));
        let rest = fault.to_string().strip_prefix(&named).map(str::to_owned);
        assert!(rest.is_some_and(|text| text.contains(cause)), "{of}: {fault}");
        assert_eq!((fault.stage, fault.exit_code()), (Stage::Reading, 3));
    }
}

#[rstest]
#[case::certfile_alone("listener 8883\ncertfile a", 2)]
#[case::keyfile_alone("listener 8883\nkeyfile b", 2)]
#[case::authority_alone("listener 8883\ncafile a", 2)]
#[case::keyfile_of_the_next_one("listener 1\ncertfile a\nlistener 2\nkeyfile b", 2)]
#[case::old_style("port 8883\ncertfile a", 2)]
fn certificate_without_its_key_ends_both(#[case] text: &str, #[case] line: usize) {
    for of in Line::ALL {
        let config = read(text, of);
        let fault = config.fault.unwrap();
        assert_eq!((fault.at.line, fault.stage, fault.exit_code()), (line, Stage::Checking, 3), "{of}");
        assert!(fault.cause.contains("needs certfile and keyfile beside it"));
        assert!(config.listeners.iter().all(|listener| listener.tls.is_none()));
    }
}

#[rstest]
#[case::same_port("listener 1883\nlistener 1883", true)]
#[case::one_address_of_every("listener 1883\nlistener 1883 127.0.0.1", true)]
#[case::other_address("listener 1883 127.0.0.2\nlistener 1883 127.0.0.1", false)]
#[case::other_family("listener 1883 127.0.0.1\nlistener 1883 ::1", false)]
#[case::family_apart("listener 1883\nsocket_domain ipv4\nlistener 1883\nsocket_domain ipv6", false)]
#[case::address_of_another_family("listener 1883 ::1\nsocket_domain ipv4", true)]
#[case::version_of_tls("listener 1\ncertfile a\nkeyfile b\ntls_version 1.2", true)]
#[case::version_without_tls("listener 1\ntls_version 1.2", false)]
fn listener_that_cannot_be_opened_ends_both(#[case] text: &str, #[case] ends: bool) {
    for line in Line::ALL {
        let fault = read(text, line).fault;
        assert_eq!(fault.map(|fault| fault.exit_code()), ends.then_some(1), "{line}");
    }
}

/// 2.0 reads digits, 2.1 a number of C.
#[rstest]
#[case::octal("listener 040001", Some(40_001), Some(16_385))]
#[case::hexadecimal("listener 0x75b", None, Some(1883))]
#[case::words_behind("listener 1883x", Some(1883), None)]
#[case::beyond_32_bits("listener 4294969179", Some(1883), None)]
fn port_is_a_number_of_its_line(#[case] text: &str, #[case] v2_0: Option<u16>, #[case] v2_1: Option<u16>) {
    for (line, port) in [(V2_0, v2_0), (V2_1, v2_1)] {
        let config = read(text, line);
        let seen = config.fault.is_none().then(|| config.listeners[0].port);
        assert_eq!(seen, port, "{line}");
    }
}

/// A second line with a path ends 2.0, and takes the first one's place on 2.1.
#[test]
fn repeated_path_ends_2_0_alone() {
    let text = "listener 8883\ncertfile a\nkeyfile b\ncertfile c";
    assert_eq!(read(text, V2_0).fault.map(|fault| fault.at.line), Some(4));
    let config = read(text, V2_1);
    assert_eq!(config.fault, None);
    assert_eq!(config.listeners[0].tls.as_ref().unwrap().certificate, "c");
}

#[rstest]
#[case::set("per_listener_settings true\n", true)]
#[case::set_by_number("per_listener_settings 1 # each\n", true)]
#[case::not_set("", false)]
#[case::set_to_false("per_listener_settings false\n", false)]
fn per_listener_settings_give_the_users_to_the_listener(#[case] setting: &str, #[case] own: bool) {
    let users = "allow_anonymous false\npassword_file a\nacl_file b\nplugin c\nplugin_opt_key 1";
    for line in Line::ALL {
        let config = read(&format!("{setting}listener 1883\n{users}\nlistener 8883"), line);
        for name in ["allow_anonymous", "password_file", "acl_file", "plugin"] {
            assert_eq!(config.listeners[0].value(name).is_some(), own, "{name}");
            assert_eq!(config.global(name).is_some(), !own, "{name}");
            assert_eq!(config.listeners[1].value(name), None, "{name}");
        }
        assert_eq!(config.listeners[0].admission, Admission::Plugin);
    }
}

#[rstest]
#[case::nothing_said("listener 1883", [Admission::Nobody; 2])]
#[case::anonymous("listener 1883\nallow_anonymous true", [Admission::Everybody; 2])]
#[case::users("password_file a\nlistener 1883", [Admission::Users; 2])]
#[case::both("allow_anonymous true\npassword_file a\nlistener 1883", [Admission::AnonymousAndUsers; 2])]
#[case::local("password_file a", [Admission::AnonymousAndUsers; 2])]
#[case::local_and_closed("allow_anonymous false", [Admission::Nobody; 2])]
#[case::own("allow_anonymous true\nlistener 1883\nlistener_allow_anonymous false", [Admission::Everybody, Admission::Nobody])]
#[case::own_default_listener("per_listener_settings true\nport 1883", [Admission::Everybody, Admission::Nobody])]
#[case::switched_back("per_listener_settings true\nlistener 1883\nallow_anonymous true\nper_listener_settings false", [Admission::Nobody, Admission::Everybody])]
fn who_is_let_in(#[case] text: &str, #[case] admissions: [Admission; 2]) {
    for (line, admission) in Line::ALL.into_iter().zip(admissions) {
        assert_eq!(read(text, line).listeners[0].admission, admission, "{line}");
    }
}

/// Options with two names are one.
#[test]
fn other_name_of_an_option_is_found() {
    let config = read("retained_persistence true\nlistener 1883\nmaximum_qos 1", V2_0);
    assert_eq!(config.global("persistence").unwrap().name, "retained_persistence");
    assert_eq!(config.listeners[0].value("max_qos"), Some("1"));
}

/// The buffer of the broker is full where the file ends.
#[test]
fn last_line_without_an_end_is_lost_at_999_bytes() {
    for (length, kept) in [(998, true), (999, false), (1000, true), (1998, true), (1999, false)] {
        let last = format!("{:length$}", "listener 1883");
        assert_eq!(read(&last, V2_0).listeners[0].is_reachable(), kept, "{length}");
        assert!(read(&format!("{last}\n"), V2_0).listeners[0].is_reachable(), "{length}");
    }
}

#[test]
fn latin_1_is_read_where_it_is_no_text() {
    let project = Project::with_config("");
    let file = project.at(CONFIG);
    fs::write(&file, b"# gr\xfcn\nlistener 1883 # gr\xfcn\nallow_anonymous true # gr\xfcn\n").unwrap();
    assert_eq!(project.open().unwrap().config().fault, None);
    fs::write(&file, b"listener 1883\nmount_point gr\xfcn/\n").unwrap();
    assert_eq!(project.open().unwrap().config().fault.as_ref().map(|fault| fault.at.line), Some(2));
}

#[test]
fn comments_and_empty_lines_are_no_settings() {
    let config = read("# allow_anonymous true\n#user root\n\n  \nlistener 1883\n#", V2_0);
    assert_eq!(config.settings().collect::<Vec<_>>(), Vec::<&Setting>::new());
}
