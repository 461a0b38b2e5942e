//! Mbed TLS's rules for certificates (`x509_crt.c`, and `mbedtls_ssl_verify_certificate` of `ssl_tls.c`).

mod algorithms;
mod certificate;
mod chain;
mod form;
mod name;
mod rules;

pub(super) use certificate::read;
#[cfg(feature = "mbedtls")]
pub(super) use chain::dates_of_der;
pub(super) use rules::Rules;
