//! Any ACL file is read or refused by both lines of the broker, and what a subscription delivers may be received. The first two lines of an
//! input are a topic and a filter.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::deployment::{Acl, Line};

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n').map(String::from_utf8_lossy);
    let mut part = || parts.next().unwrap_or_default();
    let (topic, filter, text) = (part(), part(), part());
    for line in Line::ALL {
        let Ok(acl) = Acl::parse(text.as_bytes(), Path::new("acl"), line) else { continue };
        let named = acl.users().into_iter().take(4).map(Some);
        for user in named.chain([None, Some("fern"), Some("#")]) {
            let rights = acl.rights(user, "client-1");
            assert!(!rights.delivers(&filter, &topic).allowed || rights.may_receive(&topic).allowed);
            let _ = (rights.may_publish(&topic).to_string(), rights.may_subscribe(&filter).to_string());
            let _ = rights.opened_by(&filter).count();
        }
    }
});
