use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use serde::Deserialize;

use crate::client::{Config, Library};
use crate::tls::Profile;

/// A firmware's file. What it leaves out stays as it is below.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) base: Option<String>,
    library: Option<Library>,
    #[serde(default)]
    verification: Verification,
    #[serde(default)]
    credentials: Credentials,
    #[serde(default)]
    session: Session,
    #[serde(default)]
    network: Network,
    #[serde(default)]
    buffer: Buffer,
    #[serde(default)]
    outbox: Outbox,
    #[serde(default)]
    kconfig: Kconfig,
    #[serde(default)]
    pub(super) tls: Profile,
}

/// Of `broker.verification`, what a build decides.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Verification {
    skip_cert_common_name_check: Option<bool>,
    common_name: Option<String>,
    alpn_protos: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Credentials {
    set_null_client_id: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Session {
    disable_clean_session: Option<bool>,
    /// Seconds, 0 for none.
    keepalive: Option<u16>,
    message_retransmit_timeout_ms: Option<NonZeroU64>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Network {
    reconnect_timeout_ms: Option<NonZeroU64>,
    timeout_ms: Option<NonZeroU64>,
    /// 0 for never.
    refresh_connection_after_ms: Option<u64>,
    disable_auto_reconnect: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Buffer {
    size: Option<NonZeroUsize>,
    out_size: Option<NonZeroUsize>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Outbox {
    /// Bytes, 0 for no limit.
    limit: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Kconfig {
    outbox_expired_timeout_ms: Option<NonZeroU64>,
    poll_read_timeout_ms: Option<NonZeroU64>,
    msg_id_incremental: Option<bool>,
    skip_publish_if_disconnected: Option<bool>,
    report_deleted_messages: Option<bool>,
    topic_present_all_data_events: Option<bool>,
    /// Bytes, 0 for the host's.
    tcp_wnd_default: Option<u32>,
}

impl Layer {
    /// Sets what the file names.
    pub(super) fn apply(&self, config: &mut Config) {
        set(&mut config.library, self.library);

        let (from, to) = (&self.verification, &mut config.broker.verification);
        set(&mut to.skip_cert_common_name_check, from.skip_cert_common_name_check);
        set(&mut to.common_name, from.common_name.clone().map(Some));
        set(&mut to.alpn_protos, from.alpn_protos.clone());

        set(&mut config.credentials.set_null_client_id, self.credentials.set_null_client_id);

        let (from, to) = (&self.session, &mut config.session);
        set(&mut to.disable_clean_session, from.disable_clean_session);
        set(&mut to.keepalive, from.keepalive);
        set(&mut to.message_retransmit_timeout, from.message_retransmit_timeout_ms.map(milliseconds));

        let (from, to) = (&self.network, &mut config.network);
        set(&mut to.reconnect_timeout, from.reconnect_timeout_ms.map(milliseconds));
        set(&mut to.timeout, from.timeout_ms.map(milliseconds));
        set(
            &mut to.refresh_connection_after,
            from.refresh_connection_after_ms.map(|after| NonZeroU64::new(after).map(milliseconds)),
        );
        set(&mut to.disable_auto_reconnect, from.disable_auto_reconnect);

        set(&mut config.buffer.size, self.buffer.size.map(NonZeroUsize::get));
        set(&mut config.buffer.out_size, self.buffer.out_size.map(NonZeroUsize::get));

        set(&mut config.outbox.limit, self.outbox.limit.map(|limit| (limit > 0).then_some(limit)));

        let (from, to) = (&self.kconfig, &mut config.kconfig);
        set(&mut to.outbox_expired_timeout, from.outbox_expired_timeout_ms.map(milliseconds));
        set(&mut to.poll_read_timeout, from.poll_read_timeout_ms.map(milliseconds));
        set(&mut to.msg_id_incremental, from.msg_id_incremental);
        set(&mut to.skip_publish_if_disconnected, from.skip_publish_if_disconnected);
        set(&mut to.report_deleted_messages, from.report_deleted_messages);
        set(&mut to.topic_present_all_data_events, from.topic_present_all_data_events);
        set(&mut to.tcp_wnd_default, from.tcp_wnd_default.map(|bytes| (bytes > 0).then_some(bytes)));
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn milliseconds(milliseconds: NonZeroU64) -> Duration {
    Duration::from_millis(milliseconds.get())
}
