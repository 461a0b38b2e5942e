/// `esp_tls_last_esp_err` (ESP-IDF `esp-tls/esp_tls_errors.h`, base 0x8000).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EspError(pub u16);

impl EspError {
    /// No error of esp-tls.
    pub const OK: Self = Self(0);
    /// The host name could not be resolved.
    pub const CANNOT_RESOLVE_HOSTNAME: Self = Self(0x8001);
    /// No socket.
    pub const CANNOT_CREATE_SOCKET: Self = Self(0x8002);
    /// The TCP connection was refused or reset.
    pub const FAILED_CONNECT_TO_HOST: Self = Self(0x8004);
    /// No answer to SYN.
    pub const CONNECTION_TIMEOUT: Self = Self(0x8006);
    /// The broker closed the connection in order.
    pub const TCP_CLOSED_FIN: Self = Self(0x8008);
    /// The TLS handshake took too long.
    pub const SERVER_HANDSHAKE_TIMEOUT: Self = Self(0x8009);
    /// A certificate of ours could not be parsed.
    pub const MBEDTLS_X509_CRT_PARSE_FAILED: Self = Self(0x8015);
    /// No way to verify the server was configured.
    pub const MBEDTLS_SSL_SETUP_FAILED: Self = Self(0x8017);
    /// A TLS write failed.
    pub const MBEDTLS_SSL_WRITE_FAILED: Self = Self(0x8018);
    /// A key of ours could not be parsed.
    pub const MBEDTLS_PK_PARSE_KEY_FAILED: Self = Self(0x8019);
    /// The TLS handshake failed.
    pub const MBEDTLS_SSL_HANDSHAKE_FAILED: Self = Self(0x801A);
    /// A TLS read failed.
    pub const MBEDTLS_SSL_READ_FAILED: Self = Self(0x801D);
}

/// Bits of `esp_tls_cert_verify_flags` (Mbed TLS `x509.h`, `MBEDTLS_X509_BADCERT_*`).
pub mod verify_flags {
    /// notAfter has passed.
    pub const EXPIRED: u32 = 0x01;
    /// Another name.
    pub const CN_MISMATCH: u32 = 0x04;
    /// No trust anchor signed it.
    pub const NOT_TRUSTED: u32 = 0x08;
    /// notBefore has not come.
    pub const FUTURE: u32 = 0x200;
    /// keyUsage says no.
    pub const KEY_USAGE: u32 = 0x800;
    /// extendedKeyUsage says no.
    pub const EXT_KEY_USAGE: u32 = 0x1000;
    /// Signed with a hash outside the profile.
    pub const BAD_MD: u32 = 0x4000;
    /// Signed by a kind of key outside the profile.
    pub const BAD_PK: u32 = 0x8000;
    /// A key too short, or on a curve outside the profile.
    pub const BAD_KEY: u32 = 0x1_0000;
}

/// `error_type` of an error event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// CONNACK with another code than 0.
    ConnectionRefused,
    /// Nothing to say.
    #[default]
    None,
    /// SUBACK with 0x80.
    SubscribeFailed,
    /// TCP, TLS or what was read over them.
    TcpTransport,
}

/// What went wrong below MQTT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TransportError {
    /// What esp-tls made of it.
    pub esp_err: EspError,
    /// The **positive** code of Mbed TLS, 0 for none.
    pub stack_err: u16,
    /// See [`verify_flags`].
    pub verify_flags: u32,
    /// `errno` of the socket, 0 for none.
    pub sock_errno: i32,
}

impl std::fmt::Display for TransportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = match self.esp_err {
            EspError::CANNOT_RESOLVE_HOSTNAME => "the name cannot be resolved",
            EspError::CANNOT_CREATE_SOCKET => "no socket",
            EspError::FAILED_CONNECT_TO_HOST => "the connection was refused",
            EspError::CONNECTION_TIMEOUT => "no answer",
            EspError::TCP_CLOSED_FIN => "the broker closed the connection",
            EspError::SERVER_HANDSHAKE_TIMEOUT => "the TLS handshake took too long",
            EspError::MBEDTLS_X509_CRT_PARSE_FAILED => "a certificate cannot be parsed",
            EspError::MBEDTLS_SSL_SETUP_FAILED => "nothing to verify the server with",
            EspError::MBEDTLS_SSL_WRITE_FAILED => "TLS write failed",
            EspError::MBEDTLS_PK_PARSE_KEY_FAILED => "a key cannot be parsed",
            EspError::MBEDTLS_SSL_HANDSHAKE_FAILED => match self.stack_err {
                0x2700 => "the server's certificate is not accepted",
                0x7780 => "the broker refused the TLS handshake",
                _ => "the TLS handshake failed",
            },
            EspError::MBEDTLS_SSL_READ_FAILED => "TLS read failed",
            _ => "the connection was lost",
        };
        write!(f, "{words} (esp_err 0x{:04X}", self.esp_err.0)?;
        if self.stack_err != 0 {
            write!(f, ", Mbed TLS -0x{:04X}", self.stack_err)?;
        }
        if self.verify_flags != 0 {
            write!(f, ", verify flags 0x{:X}", self.verify_flags)?;
        }
        if self.sock_errno != 0 {
            write!(f, ", errno {}", self.sock_errno)?;
        }
        f.write_str(")")
    }
}

/// `esp_mqtt_error_codes_t` (`mqtt_client.h`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ErrorCodes {
    /// Which of the other fields speak.
    pub error_type: ErrorType,
    /// Of [`ErrorType::TcpTransport`].
    pub transport: TransportError,
    /// Of [`ErrorType::ConnectionRefused`]: 1 protocol, 2 client identifier, 3 unavailable, 4 user or password,
    /// 5 not authorised.
    pub connect_return_code: u8,
}

impl std::fmt::Display for ErrorCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.error_type {
            ErrorType::ConnectionRefused => write!(f, "CONNACK {}", self.connect_return_code),
            ErrorType::SubscribeFailed => f.write_str("SUBACK 0x80"),
            ErrorType::None | ErrorType::TcpTransport => self.transport.fmt(f),
        }
    }
}
