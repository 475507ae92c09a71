//! Sends one statement and collects its rows. No SQL is written here.

pub(crate) mod answer;
pub(crate) mod collect;
pub(crate) mod connector;
mod execute;
pub(crate) mod fetched;
mod kept;
pub(crate) mod key_rows;
pub(crate) mod locked;
pub(crate) mod request;
pub(crate) mod source;
pub(crate) mod transaction;
