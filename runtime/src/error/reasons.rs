//! The reasons why a cursor, a part or a token is refused.

/// The reason why a cursor does not fit an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorMismatch {
    /// It was taken from another table or schema.
    #[error("it was taken from another table; give the iteration the table that the cursor has")]
    Table,
    /// It was taken in another order.
    #[error("it was taken in another order; give the iteration the order that the cursor has")]
    Order,
    /// It has too few values, too many, or a NULL for a column that has none.
    #[error("its values are not those of the order's columns")]
    Values,
    /// It was taken from another kind of database.
    #[error("the cursor was taken from another database")]
    Database,
    /// A column of its order has another type or collation by now.
    #[error(
        "the type or collation of a column of its order has changed since it was taken; begin anew"
    )]
    Changed,
}

/// The reason why a part does not fit an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartMismatch {
    /// It was cut out of another table or schema.
    #[error("it was cut out of another table; give the iteration the table that was cut")]
    Table,
    /// It was cut in another order, or in the reverse of this one.
    #[error(
        "it was cut in another order, or in its reverse; give the iteration the order of the cut"
    )]
    Order,
    /// The iteration has other filters than the one that was cut, or other values in them.
    #[error(
        "it was cut with other filters, or with other values in them; give the iteration the \
         filters of the cut, with the same values in every process"
    )]
    Filter,
    /// It has too few values, too many, or a NULL for a column that has none.
    #[error("its values are not those of the order's columns")]
    Values,
    /// It was cut on another kind of database.
    #[error("the part was cut on another database")]
    Database,
    /// A column of its order has another type or collation by now.
    #[error(
        "the type or collation of a column of its order has changed since it was cut; cut anew"
    )]
    Changed,
    /// The cursor is not in the part.
    #[error(
        "the cursor that was given is outside the part; give each part the cursor that was taken \
         in it"
    )]
    Cursor,
}

/// The reason why a token is not the cursor, or the part, of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is not a token, or part of it is missing or changed.
    #[error("the token is damaged: pass it back exactly as you received it")]
    Damaged,
    /// It was made by a version of this crate with another format.
    #[error(
        "the token has format {0}, which this version of sqlx-chunked does not read: begin anew"
    )]
    Version(u8),
    /// It is the token of a part where that of a cursor belongs, or the reverse.
    #[error(
        "the token is of another kind: that of a part was given for a cursor, or that of a cursor \
         for a part"
    )]
    Kind,
    /// It was made for another table than that of this model.
    #[error("the token was made for another table than that of `{0}`")]
    Model(&'static str),
    /// It was made for an order by a column that the model does not have.
    #[error("the token was made for an order by a column that `{0}` does not have")]
    Column(&'static str),
    /// It was made on a database whose feature is not enabled.
    #[error("the token was made on a database whose feature of sqlx-chunked is not enabled")]
    Database,
}
