//! Every way in which a chain can be wrong, judged by every stack that will meet it.

mod broker;
mod client_judges;
mod line;
mod mbedtls;
mod mqtt;
mod openssl;
mod rustls;
mod stack;
mod wire;
