//! A statement with its arguments.

use sqlx::{Arguments as _, Database, Encode, Type, error::BoxDynError};

use super::value::RawValue;

/// A statement ready to be sent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Statement<DB: Database> {
    pub(crate) sql: String,
    pub(crate) arguments: DB::Arguments,
    /// The arguments in the database's own form, to bind them without the driver; `None` if one of
    /// them is known only to the driver.
    pub(crate) values: Option<Vec<RawValue>>,
    /// True if the statement gets a name, so that it is prepared once per connection.
    pub(crate) persistent: bool,
}

impl<DB: Database> Default for Statement<DB> {
    fn default() -> Self {
        Self {
            sql: String::new(),
            arguments: DB::Arguments::default(),
            values: Some(Vec::new()),
            persistent: true,
        }
    }
}

impl<DB: Database> Statement<DB> {
    /// Binds a value and writes its placeholder.
    pub(crate) fn add<'q, T>(&mut self, value: T) -> Result<(), BoxDynError>
    where
        T: Encode<'q, DB> + Type<DB>,
    {
        self.arguments.add(value)?;
        self.arguments.format_placeholder(&mut self.sql)?;
        Ok(())
    }
}

impl<DB: Database<Arguments: Clone>> Clone for Statement<DB> {
    fn clone(&self) -> Self {
        let Self { sql, arguments, values, persistent } = self;
        Self {
            sql: sql.clone(),
            arguments: arguments.clone(),
            values: values.clone(),
            persistent: *persistent,
        }
    }
}
