//! What it means that another transaction was in the way.

/// The way in which another transaction was in the way.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Contention {
    Deadlock,
    LockTimeout,
    Serialization,
}

impl Contention {
    /// Returns what it means for a batch of writes.
    pub(crate) const fn of_writes(self) -> &'static str {
        match self {
            Self::Deadlock => {
                "it and another transaction waited for each other: nothing of this batch was \
                 written, and the next poll does it again; to have fewer of them, let all writers \
                 take the rows in one order"
            }
            Self::LockTimeout => {
                "another transaction holds a lock for longer than the time-out: nothing of this \
                 batch was written, and the next poll does it again"
            }
            Self::Serialization => {
                "another transaction changed the same rows: nothing of this batch was written, and \
                 the next poll does it again"
            }
        }
    }

    /// Returns what it means for a statement about checkpoints.
    pub(crate) const fn of_checkpoints(self) -> &'static str {
        match self {
            Self::Deadlock | Self::Serialization => {
                "another transaction was in the way: roll back, and do it again"
            }
            Self::LockTimeout => {
                "another transaction holds a lock for longer than this one may wait: whoever has saved \
                 a position keeps it until its transaction ends"
            }
        }
    }

    /// Returns what it means for a batch that is read.
    pub(crate) const fn of_reads(self) -> &'static str {
        match self {
            Self::Deadlock => {
                "it and another transaction waited for each other: no row of this batch was handed \
                 out, and in a new transaction it is read again"
            }
            Self::LockTimeout => {
                "another transaction holds a lock for longer than this one may wait: no row of this \
                 batch was handed out, and the next poll reads it again"
            }
            Self::Serialization => {
                "another transaction changed the same rows: no row of this batch was handed out, \
                 and in a new transaction it is read again"
            }
        }
    }
}
