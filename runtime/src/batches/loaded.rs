//! Batches on their way to the caller.

use std::sync::Arc;

use crate::{backend::value::RawValue, error::Error, position::keys::Keys};

/// The next batch, or the error that came instead; `None` after the last one.
pub(crate) type Next<T> = Option<Result<Loaded<T>, Error>>;

/// A batch as it is handed out.
pub(crate) struct Loaded<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) keys: Arc<Keys>,
    /// The key of the extra row, if one was seen.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// True if that row belongs to the batch but does not decode.
    pub(crate) is_short: bool,
}
