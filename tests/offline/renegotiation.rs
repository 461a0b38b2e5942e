//! The question whether a listener renegotiates, which another program asks.

use std::net::TcpListener;

use mosquitto_fixtures::client::{Endpoint, Renegotiation, Transport};

/// It takes connections and says nothing: what asks it must not wait for ever.
#[tokio::test]
async fn listener_that_never_answers_is_an_error_in_bounded_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port, transport: Transport::Tls };
    let error = Renegotiation::ask(&endpoint).await.unwrap_err().to_string();
    assert_eq!(error, "`openssl` did not end within 10 s");
}
