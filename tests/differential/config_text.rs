//! Configurations made at random: every option, right and wrong, in every order, in several files.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

/// A configuration: lines as they are written, without their ends.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) main: Text,
    /// By name; those that do not end in `.conf` are not read.
    pub(crate) included: Vec<(&'static str, Text)>,
}

/// The lines of one file.
#[derive(Clone)]
pub(crate) struct Text {
    lines: Vec<Vec<u8>>,
    end: &'static str,
    /// Whether the last line has an end.
    ended: bool,
}

impl Text {
    /// What stands in the file. `{dir}` is the folder of the case.
    pub(crate) fn bytes(&self, dir: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            bytes.extend_from_slice(&replaced(line, dir));
            if self.ended || index + 1 < self.lines.len() {
                bytes.extend_from_slice(self.end.as_bytes());
            }
        }
        bytes
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = self.lines.iter().map(|line| {
            let start = &line[..line.len().min(80)];
            let more = line.len() - start.len();
            format!(
                "{}{}",
                start.escape_ascii(),
                if more > 0 { format!("… {more} bytes more") } else { String::new() }
            )
        });
        let last = if self.ended { "" } else { ", the last line without an end" };
        write!(f, "end {:?}{last}", self.end)?;
        lines.into_iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

fn replaced(line: &[u8], dir: &str) -> Vec<u8> {
    const MARK: &[u8] = b"{dir}";
    match line.windows(MARK.len()).position(|window| window == MARK) {
        Some(at) => [&line[..at], dir.as_bytes(), &replaced(&line[at + MARK.len()..], dir)].concat(),
        None => line.to_vec(),
    }
}

/// Any configuration.
pub(crate) fn written() -> impl Strategy<Value = Written> {
    let name = select(FILES);
    (text(0..9), vec((name, text(0..5)), 0..4)).prop_map(|(main, mut included)| {
        included.sort_by_key(|(name, _)| *name);
        included.dedup_by_key(|(name, _)| *name);
        Written { main, included }
    })
}

/// The order of their names is not that of bytes.
const FILES: &[&str] = &[
    "a.conf",
    "A.conf",
    "B.conf",
    "ab.conf",
    "a_.conf",
    "\u{e9}.conf",
    "z\u{e9}.conf",
    ".x.conf",
    "a.conf.bak",
    ".conf",
];

fn text(lines: std::ops::Range<usize>) -> impl Strategy<Value = Text> {
    let end = prop_oneof![8 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
    let ended = prop_oneof![6 => Just(true), 1 => Just(false)];
    (vec(piece(), lines), end, ended).prop_map(|(pieces, end, ended)| Text {
        lines: pieces.into_iter().flatten().collect(),
        end,
        ended,
    })
}

/// One line, or some that belong together.
fn piece() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let line = |text: &str| text.as_bytes().to_vec();
    let known = |lines: &'static [&'static str]| select(lines).prop_map(line);
    let pair = || Just(vec![line("certfile {dir}/server.crt"), line("keyfile {dir}/server.key")]);
    prop_oneof![
        12 => (listener(), blanks()).prop_map(|(line, blanks)| vec![blanked(&line, blanks)]),
        4 => pair(),
        3 => (known(ACCESS), blanks()).prop_map(|(line, blanks)| vec![blanked(&line, blanks)]),
        6 => (known(OF_A_LISTENER), blanks()).prop_map(|(line, blanks)| vec![blanked(&line, blanks)]),
        4 => (known(OTHERS), blanks()).prop_map(|(line, blanks)| vec![blanked(&line, blanks)]),
        2 => Just(vec![line("include_dir {dir}/d")]),
        1 => known(WRONG).prop_map(|line| vec![line]),
        1 => odd().prop_map(|line| vec![line]),
        1 => known(BRIDGE).prop_map(|line| vec![line]),
        1 => Just(vec![line("connection c"), line("address 127.0.0.1:1"), line("topic # both 0")]),
    ]
}

fn listener() -> impl Strategy<Value = Vec<u8>> {
    let port = prop_oneof![
        12 => select(&["1883", "1884", "8883", "9001"][..]),
        1 => select(&["040001", "0x75b", "01883", "1883x", "+1884", "65536", "-1", "4294969179", "\t1884", "8883\t"][..]),
    ];
    let address = prop_oneof![
        8 => Just(""),
        6 => select(&[" 127.0.0.1", " 127.0.0.2", " ::1", " 0.0.0.0", " ::"][..]),
        1 => select(&[" # so", " 127.0.0.1 # so", " 127.0.0.1\t", " no~name"][..]),
    ];
    let socket = select(
        &[
            "listener 0 {dir}/s1",
            "listener mqtt",
            "listener 0 {dir}/s2 x",
            "listener 0",
            "listener",
            "port 0 {dir}/s1",
        ][..],
    );
    let old = select(
        &[
            "port 1884",
            "port 8883",
            "port 65536",
            "port",
            "port x",
            "bind_address 127.0.0.1",
            "bind_address ::1",
            "bind_address",
        ][..],
    );
    prop_oneof![
        20 => (port, address).prop_map(|(port, address)| format!("listener {port}{address}").into_bytes()),
        2 => socket.prop_map(|line| line.as_bytes().to_vec()),
        2 => old.prop_map(|line| line.as_bytes().to_vec()),
    ]
}

/// Who is let in.
const ACCESS: &[&str] = &[
    "allow_anonymous true",
    "allow_anonymous true",
    "allow_anonymous false",
    "listener_allow_anonymous true",
    "listener_allow_anonymous false",
    "password_file {dir}/passwd",
    "password_file {dir}/passwd",
    "per_listener_settings true",
    "per_listener_settings true",
    "per_listener_settings false",
    "acl_file {dir}/acl",
    "psk_file {dir}/psk",
    "allow_zero_length_clientid true",
    "allow_zero_length_clientid false",
    "auto_id_prefix auto-",
    "auto_id_prefix 123456789012345678901234567890123456789012345678901",
    "check_retain_source true",
];

const OF_A_LISTENER: &[&str] = &[
    "protocol websockets",
    "protocol websockets",
    "protocol mqtt",
    "protocol",
    "protocol MQTT",
    "certfile {dir}/server.crt",
    "keyfile {dir}/server.key",
    "cafile {dir}/ca.crt",
    "capath {dir}",
    "tls_version tlsv1.2",
    "tls_version tlsv1.3",
    "tls_version 1.2",
    "require_certificate true",
    "require_certificate false",
    "use_identity_as_username true",
    "use_identity_as_username false",
    "use_subject_as_username false",
    "use_username_as_clientid true",
    "use_username_as_clientid 0",
    "max_connections 9",
    "max_connections -1",
    "max_connections -9",
    "max_connections 0x10",
    "max_connections many",
    "max_connections",
    "max_qos 2",
    "max_qos 1",
    "maximum_qos 3",
    "max_topic_alias 5",
    "max_topic_alias 70000",
    "max_topic_alias_broker 5",
    "mount_point x/",
    "mount_point +/",
    "http_dir {dir}",
    "socket_domain ipv4",
    "socket_domain ipv6",
    "socket_domain ip",
    "socket_domain",
    "bind_interface lo",
    "ciphers DEFAULT",
    "ciphers_tls1.3 TLS_AES_256_GCM_SHA384",
    "accept_protocol_versions 3,4,5",
    "accept_protocol_versions",
    "disable_client_cert_date_checks true",
    "enable_proxy_protocol 2",
    "proxy_protocol_v2_require_tls true",
    "psk_hint x",
    "tls_keyform pem",
    "websockets_origin x",
    "listener_auto_id_prefix x",
    "plugin_use x",
    "crlfile {dir}/ca.crl",
];

const OTHERS: &[&str] = &[
    "allow_duplicate_messages true",
    "autosave_interval 5",
    "autosave_interval 5s",
    "autosave_on_changes false",
    "connection_messages true",
    "enable_control_api true",
    "global_max_clients 100",
    "global_max_connections -1",
    "log_dest stderr",
    "log_dest files",
    "log_dest",
    "log_dest file",
    "log_facility 5",
    "log_facility 9",
    "log_timestamp true",
    "log_timestamp_format %s",
    "log_type all",
    "log_type information",
    "log_type everything",
    "max_inflight_bytes -1",
    "max_inflight_messages 65535",
    "max_inflight_messages 65536",
    "max_keepalive 0",
    "max_keepalive 65536",
    "max_packet_size 1000",
    "max_packet_size 19",
    "max_queued_bytes 5",
    "max_queued_messages 50",
    "memory_limit 0",
    "memory_limit -1",
    "message_size_limit 0",
    "message_size_limit -1",
    "packet_buffer_size 4096",
    "persistence false",
    "persistence true",
    "persistence yes",
    "retained_persistence false",
    "persistence_file x.db",
    "persistence_location {dir}",
    "persistent_client_expiration 2d",
    "persistent_client_expiration 30s",
    "persistent_client_expiration 0d",
    "persistent_client_expiration 2",
    "persistent_client_expiration",
    "pid_file {dir}/pid",
    "queue_qos0_messages 1",
    "retain_available true",
    "retain_expiry_interval 0",
    "retain_expiry_interval 9",
    "retry_interval",
    "set_tcp_nodelay true",
    "set_tcp_nodelay # true",
    "sys_interval 0",
    "sys_interval 70000",
    "upgrade_outgoing_qos true",
    "user root",
    "websockets_headers_size 4096",
    "websockets_headers_size -1",
    "websockets_log_level 0",
    "websockets_log_level x",
    "dhparamfile",
];

const BRIDGE: &[&str] = &[
    "connection c",
    "connection",
    "address 127.0.0.1:1",
    "address 127.0.0.1:0",
    "addresses # none",
    "topic # both 0",
    "topic a/ in 3",
    "topic a/ up",
    "topic \"\" both 0 a/",
    "topic x out 1 a/ b/",
    "bridge_cafile {dir}/ca.crt",
    "bridge_identity x",
    "bridge_insecure true",
    "bridge_protocol_version mqttv311",
    "bridge_protocol_version mqttv311 ",
    "bridge_reload_type lazy",
    "bridge_tcp_keepalive 1 2 3",
    "bridge_tcp_keepalive 1 2",
    "cleansession true",
    "keepalive_interval 70000",
    "local_clientid x",
    "remote_clientid x",
    "restart_timeout 5 4",
    "restart_timeout 5 30",
    "start_type manual",
    "start_type lazy",
    "notifications false",
    "try_private false",
    "threshold 5",
];

/// What no broker goes on with, or only one of them does.
const WRONG: &[&str] = &[
    "foo bar",
    "Listener 1883",
    "listen 1883",
    "persist true",
    "listener\t1883",
    "\t",
    " # indented",
    "\t# indented",
    "\u{feff}listener 1883",
    "include_dir {dir}/none",
    "include_dir {dir}/d ",
    "include_dir  {dir}/d",
    "include_dir",
    "allow_anonymous yes",
    "allow_anonymous True",
    "allow_anonymous true\t",
    "password_file",
    "password_file  ",
    "acl_file {dir}/a\tb",
    "plugin_opt_abc x",
    "auth_plugin_deny_special_chars true",
    "disable_protocol_v5 true",
    "protocol mqttsn",
];

/// Latin-1, NUL and the like.
const BYTES: &[&[u8]] = &[
    b"# gr\xfcn",
    b"mount_point gr\xfcn/",
    "mount_point gr\u{fc}n/".as_bytes(),
    b"allow_anonymous true # gr\xfcn",
    b"gr\xfcn",
    b"max_connections 5\xfc",
    b"listener 1884 # gr\xfcn",
    b"\x00",
    b"# a\x00b",
    b"listener 1884\x00",
    b"\rfoo",
    b"foo\x00",
    b"log_timestamp true\r\r",
    b"   ",
    b"#",
    b"",
];

/// Bytes and lengths.
fn odd() -> impl Strategy<Value = Vec<u8>> {
    let long = |length: usize| move |start: &str| format!("{start:length$}").into_bytes();
    let padded = |length| select(&["listener 1884", "# x", "foo"][..]).prop_map(long(length));
    prop_oneof![
        select(BYTES).prop_map(<[u8]>::to_vec),
        padded(998),
        padded(999),
        padded(1000),
        padded(1998),
        padded(1999),
        padded(5000),
    ]
}

/// Blanks that mean nothing.
#[derive(Debug, Clone, Copy)]
struct Blanks {
    before: usize,
    between: usize,
    behind: usize,
}

fn blanks() -> impl Strategy<Value = Blanks> {
    prop_oneof![
        6 => Just(Blanks { before: 0, between: 1, behind: 0 }),
        1 => (0..3_usize, 1..3_usize, 0..3_usize).prop_map(|(before, between, behind)| Blanks { before, between, behind }),
    ]
}

fn blanked(line: &[u8], Blanks { before, between, behind }: Blanks) -> Vec<u8> {
    let blanks = |count: usize| vec![b' '; count];
    match line.iter().position(|byte| *byte == b' ') {
        Some(at) => {
            [&blanks(before), &line[..at], &blanks(between), &line[at + 1..], &blanks(behind)].concat()
        }
        None => [&blanks(before), line, &blanks(behind)].concat(),
    }
}
