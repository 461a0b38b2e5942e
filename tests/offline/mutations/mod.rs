//! Chains with one thing changed: what each of them is, and what OpenSSL and rustls say of it.

mod catalogue;
mod changes;
mod judge;
mod page;
mod rows;
mod shape;
mod verdicts;
mod words;
