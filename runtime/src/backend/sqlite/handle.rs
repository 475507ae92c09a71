//! A raw SQLite statement on the handle of sqlx's connection: the only place with `unsafe`.
//!
//! sqlx reads rows on its own thread and sends each through a channel, with a copy of every value.
//! This takes most of the time of a batch. While the handle is locked, that thread does not touch
//! the database, and a batch can be read in place.
#![expect(unsafe_code, reason = "SQLite is a C library, and sqlx lends its handle as a pointer")]

use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    marker::PhantomData,
    ptr::{self, NonNull},
    slice,
};

use libsqlite3_sys as ffi;
use sqlx::sqlite::LockedSqliteHandle;

use super::value::Value;
use crate::backend::stored::Stored;

/// A connection that nobody else uses while it is locked, not even sqlx's thread.
pub(super) struct Locked<'l> {
    raw: NonNull<ffi::sqlite3>,
    lock: PhantomData<&'l mut ()>,
}

impl<'l> Locked<'l> {
    pub(super) fn new(lock: &'l mut LockedSqliteHandle<'_>) -> Self {
        Self { raw: lock.as_raw_handle(), lock: PhantomData }
    }

    /// Returns whether a transaction is open, begun by sqlx or by SQL.
    pub(super) fn is_in_transaction(&self) -> bool {
        // SAFETY: the handle is open, and used by nobody else while the connection is locked.
        unsafe { ffi::sqlite3_get_autocommit(self.raw.as_ptr()) == 0 }
    }

    /// Returns the text of the last error.
    pub(super) fn last_error(&self) -> String {
        // SAFETY: the handle is open, and used by nobody else while the connection is locked. The
        // text ends with a NUL, and stays in place until the handle is used again, after the copy.
        let text = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.raw.as_ptr())) };
        text.to_string_lossy().into_owned()
    }

    /// Returns the collation of a column, in capitals, if the table has the column.
    pub(super) fn collation(&self, schema: &str, table: &str, column: &str) -> Option<String> {
        let [schema, table, column] = [schema, table, column].map(CString::new);
        let (schema, table, column) = (schema.ok()?, table.ok()?, column.ok()?);
        let mut collation = ptr::null();
        // SAFETY: the handle is open, and used by nobody else while the connection is locked. The names
        // end with a NUL, and live until the call returns; facts without a place are not written. The
        // collation is written before it is read, as a text that ends with a NUL and stays in place
        // until the handle is used again, after the copy.
        unsafe {
            let status = ffi::sqlite3_table_column_metadata(
                self.raw.as_ptr(),
                schema.as_ptr(),
                table.as_ptr(),
                column.as_ptr(),
                ptr::null_mut(),
                &raw mut collation,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            );
            let is_known = status == ffi::SQLITE_OK && !collation.is_null();
            is_known.then(|| CStr::from_ptr(collation).to_string_lossy().to_uppercase())
        }
    }
}

/// A prepared statement, which lives no longer than the lock on its connection.
pub(super) struct RawStatement<'c> {
    raw: NonNull<ffi::sqlite3_stmt>,
    columns: c_int,
    connection: PhantomData<&'c Locked<'c>>,
}

/// Something is unexpected; sqlx should run into it and report it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Failed(pub(super) &'static str);

const NOT_PREPARED: Failed = Failed("SQLite does not prepare it as one statement");
const NO_COLUMN: Failed = Failed("a row has fewer columns than expected");
const NO_MEMORY: Failed = Failed("SQLite has no memory for a value");

impl<'c> RawStatement<'c> {
    /// Prepares a text that must be exactly one statement.
    pub(super) fn prepare(connection: &'c Locked<'_>, sql: &str) -> Result<Self, Failed> {
        let length = c_int::try_from(sql.len()).map_err(|_| Failed("its text is too long"))?;
        let text = sql.as_ptr().cast::<c_char>();
        let mut statement = ptr::null_mut();
        let mut tail = ptr::null();
        // SAFETY: the handle is open, and used by nobody else while the connection is locked. It is
        // not used by another thread either, since `Locked` cannot be sent to one.
        // The text is `length` bytes; both results are written before they are read.
        let status = unsafe {
            ffi::sqlite3_prepare_v3(
                connection.raw.as_ptr(),
                text,
                length,
                0,
                &raw mut statement,
                &raw mut tail,
            )
        };
        let raw = NonNull::new(statement).ok_or(NOT_PREPARED)?;
        // SAFETY: the statement has just been prepared.
        let columns = unsafe { ffi::sqlite3_column_count(raw.as_ptr()) };
        let statement = Self { raw, columns, connection: PhantomData };
        let is_whole = ptr::eq(tail, text.wrapping_add(sql.len()));
        if status == ffi::SQLITE_OK && is_whole { Ok(statement) } else { Err(NOT_PREPARED) }
    }

    /// Binds the values to all parameters, from the first on. SQLite copies text and bytes.
    pub(super) fn bind<'v>(
        &mut self,
        values: impl ExactSizeIterator<Item = Option<&'v Value>>,
    ) -> Result<(), Failed> {
        // SAFETY: the statement is valid until it is dropped.
        let parameters = unsafe { ffi::sqlite3_bind_parameter_count(self.raw.as_ptr()) };
        if usize::try_from(parameters) != Ok(values.len()) {
            return Err(Failed("it has another number of parameters than values"));
        }
        (1..).zip(values).try_for_each(|(index, value)| self.bind_one(index, value))
    }

    /// Checks that no parameter has a name or a number.
    pub(super) fn has_plain_parameters(&self) -> Result<(), Failed> {
        // SAFETY: the statement is valid until it is dropped. A name is only compared with null.
        let is_plain =
            |index| unsafe { ffi::sqlite3_bind_parameter_name(self.raw.as_ptr(), index).is_null() };
        // SAFETY: the statement is valid until it is dropped.
        let parameters = unsafe { ffi::sqlite3_bind_parameter_count(self.raw.as_ptr()) };
        if (1..=parameters).all(is_plain) {
            Ok(())
        } else {
            Err(Failed("it has parameters with a number or a name"))
        }
    }

    fn bind_one(&mut self, index: c_int, value: Option<&Value>) -> Result<(), Failed> {
        let statement = self.raw.as_ptr();
        // SAFETY: the statement is valid until it is dropped, and not being stepped. Pointer and
        // length are those of one slice, which SQLite copies.
        let status = unsafe {
            match value {
                None => ffi::sqlite3_bind_null(statement, index),
                Some(Value::Integer(value)) => ffi::sqlite3_bind_int64(statement, index, *value),
                Some(Value::Real(value)) => ffi::sqlite3_bind_double(statement, index, *value),
                Some(Value::Text(value)) => ffi::sqlite3_bind_text64(
                    statement,
                    index,
                    value.as_ptr().cast::<c_char>(),
                    value.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                    UTF8,
                ),
                Some(Value::Blob(value)) => ffi::sqlite3_bind_blob64(
                    statement,
                    index,
                    value.as_ptr().cast::<c_void>(),
                    value.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                ),
            }
        };
        if status == ffi::SQLITE_OK { Ok(()) } else { Err(Failed("a value cannot be bound")) }
    }

    /// Goes back to before the first row, so that nothing is left open.
    pub(super) fn reset(&mut self) {
        // SAFETY: the statement is valid, and no row of it is borrowed. The result repeats an error
        // of the last step.
        unsafe { ffi::sqlite3_reset(self.raw.as_ptr()) };
    }

    /// Steps to the next row, if there is one.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, Failed> {
        // SAFETY: the statement is valid, and no row of it is borrowed.
        match unsafe { ffi::sqlite3_step(self.raw.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(Some(Row { statement: self })),
            ffi::SQLITE_DONE => Ok(None),
            _ => Err(Failed("SQLite reported an error")),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is 1")]
const UTF8: u8 = ffi::SQLITE_UTF8 as u8;

impl Drop for RawStatement<'_> {
    fn drop(&mut self) {
        // SAFETY: nothing borrows the statement, and it is not used again. The result repeats an
        // error of the last step.
        unsafe { ffi::sqlite3_finalize(self.raw.as_ptr()) };
    }
}

/// The current row of a statement, valid until the next step.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    statement: &'r RawStatement<'r>,
}

impl<'r> Row<'r> {
    /// Returns the number of columns.
    #[inline]
    pub(super) fn len(self) -> usize {
        usize::try_from(self.statement.columns).unwrap_or(0)
    }

    /// Returns the value of a column.
    #[inline]
    pub(super) fn value(self, ordinal: usize) -> Result<Stored<'r>, Failed> {
        let column = c_int::try_from(ordinal).map_err(|_| NO_COLUMN)?;
        if column >= self.statement.columns {
            return Err(NO_COLUMN);
        }
        // SAFETY: the statement is at a row and has the column. SQLite calls the value unprotected,
        // but the protection is only against other users of the connection, and there are none. The
        // value is read only by its own storage class, so SQLite converts at most its encoding,
        // once. The borrowed bytes stay in place until the next step, which `'r` does not outlive.
        // If the statement were prepared again with fewer columns, the value would be NULL.
        unsafe {
            let value = ffi::sqlite3_column_value(self.statement.raw.as_ptr(), column);
            match ffi::sqlite3_value_type(value) {
                ffi::SQLITE_NULL => Ok(Stored::Null),
                ffi::SQLITE_INTEGER => Ok(Stored::Integer(ffi::sqlite3_value_int64(value))),
                ffi::SQLITE_FLOAT => Ok(Stored::Real(ffi::sqlite3_value_double(value))),
                ffi::SQLITE_TEXT => {
                    let text = ffi::sqlite3_value_text(value);
                    Ok(Stored::Text(bytes(value, text)?))
                }
                _ => {
                    let blob = ffi::sqlite3_value_blob(value);
                    Ok(Stored::Blob(bytes(value, blob.cast())?))
                }
            }
        }
    }
}

/// Returns the bytes that begin at a pointer that SQLite gave for a value.
///
/// # Safety
///
/// The value must not have been used since it gave the pointer, nor change during `'r`.
#[inline]
unsafe fn bytes<'r>(value: *mut ffi::sqlite3_value, start: *const u8) -> Result<&'r [u8], Failed> {
    // SAFETY: as promised by the caller.
    let length = unsafe { ffi::sqlite3_value_bytes(value) };
    let length = usize::try_from(length).map_err(|_| NO_MEMORY)?;
    match (start.is_null(), length) {
        // An empty blob has no address.
        (_, 0) => Ok(&[]),
        // SQLite had no memory for it.
        (true, _) => Err(NO_MEMORY),
        // SAFETY: SQLite has this many bytes there.
        (false, _) => Ok(unsafe { slice::from_raw_parts(start, length) }),
    }
}
