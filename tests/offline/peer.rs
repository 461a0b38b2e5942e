//! Tiny TCP peers on ports of their own, each of which does one thing.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use mosquitto_fixtures::client::{Endpoint, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// What a peer does with a connection.
#[derive(Clone)]
pub(crate) enum Behaviour {
    /// Reads nothing, says nothing, and stays.
    Silent,
    /// Closes at once.
    Closes,
    /// Waits for the first bytes, and closes.
    ClosesWhenAsked,
    /// Waits for the first bytes, answers with these, and waits for the other side to close.
    Answers(Vec<u8>),
    /// Shakes hands in TLS, then does that.
    Tls(Arc<ServerConfig>, Vec<u8>),
    /// Upgrades to WebSocket, waits for the first frame, answers with these, and waits for the other side to close.
    WebSocket(Vec<Vec<u8>>),
}

/// It listens until the test is over.
pub(crate) struct Peer {
    port: u16,
}

impl Peer {
    pub(crate) async fn new(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut connections = Vec::new();
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                connections.push(tokio::spawn(behaviour.clone().meet(tcp)));
            }
        });
        Self { port }
    }

    /// One that sends these bytes to whoever speaks to it.
    pub(crate) async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Behaviour::Answers(bytes.into())).await
    }

    pub(crate) fn endpoint(&self, transport: Transport) -> Endpoint {
        Endpoint::new(transport, "127.0.0.1", self.port)
    }
}

impl Behaviour {
    /// What the other side does meanwhile, such as closing, is for its own test to judge.
    async fn meet(self, mut tcp: TcpStream) {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Closes => {}
            Self::ClosesWhenAsked => {
                let _ = tcp.read(&mut [0; 4096]).await;
            }
            Self::Answers(bytes) => answer(&mut tcp, &bytes).await,
            Self::Tls(config, bytes) => {
                if let Ok(mut tls) = TlsAcceptor::from(config).accept(tcp).await {
                    answer(&mut tls, &bytes).await;
                }
            }
            Self::WebSocket(frames) => {
                let mut socket = tokio_tungstenite::accept_hdr_async(tcp, speak_mqtt).await.unwrap();
                let _ = socket.next().await;
                for frame in frames {
                    let _ = socket.send(Message::Binary(frame.into())).await;
                }
                while let Some(Ok(_)) = socket.next().await {}
            }
        }
    }
}

/// Takes the subprotocol of MQTT.
#[expect(clippy::result_large_err, reason = "this is how tungstenite calls it")]
fn speak_mqtt(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let offered = &request.headers()["Sec-WebSocket-Protocol"];
    assert_eq!(offered, "mqtt");
    response.headers_mut().insert("Sec-WebSocket-Protocol", offered.clone());
    Ok(response)
}

/// A peer that closed before it has read everything would reset the connection, and its answer would be lost.
async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), bytes: &[u8]) {
    let _ = stream.read(&mut [0; 4096]).await;
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

/// A port of 127.0.0.1 that nobody listens on, and nobody else can take while this lives.
pub(crate) struct ClosedPort {
    socket: TcpSocket,
}

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self { socket }
    }

    pub(crate) fn endpoint(&self, transport: Transport) -> Endpoint {
        Endpoint::new(transport, "127.0.0.1", self.socket.local_addr().unwrap().port())
    }
}
