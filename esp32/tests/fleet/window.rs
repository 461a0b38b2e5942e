use std::io::{ErrorKind, Write};

use esp32_sim::fleet::Fleet;
use tokio::net::TcpSocket;

use crate::plan::plan;

/// Bytes that can be written to a device that does not read, beside what a send buffer as small as can be holds.
async fn taken(tcp_wnd_default: Option<u32>) -> usize {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(4_096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let mut plan = plan("127.0.0.1", listener.local_addr().unwrap().port(), 1);
    plan.shares[0].config.kconfig.tcp_wnd_default = tcp_wnd_default;
    let _fleet = Fleet::start(plan).unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    // From here on nothing is awaited: this is the thread of the device.
    let mut stream = stream.into_std().unwrap();
    let mut taken = 0;
    loop {
        match stream.write(&[0; 512]) {
            Ok(length) => taken += length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return taken,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_device_has_the_window_of_the_chip_and_not_that_of_the_host() {
    let (chip, host) = (taken(Some(5_760)).await, taken(None).await);
    assert!((5_760..16_384).contains(&chip), "{chip}");
    assert!(host > 32_768, "{host}");
}
