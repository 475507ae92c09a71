//! Text in the character set of its column, as positions contain it.
//!
//! The server converts text to the character set of the connection, and a parameter back to that of
//! the column. Not every character survives this: a connection without `utf8mb4` has no emoji, and
//! `cp932` and `sjis` have characters with two codes. So the stored bytes of a key are read along
//! with its value, and bound as bytes of that character set.

use std::fmt;

use sqlx::{Row as _, error::BoxDynError, mysql::MySqlRow};

use crate::backend::{bytes::Hex, companion::Slot};

/// The name of a collation, a zero byte, and text in its character set.
#[derive(Clone, PartialEq)]
pub struct Text {
    bytes: Vec<u8>,
    collation: usize,
}

/// Returns the companion of a column, which is NULL if the value is not text. UUID and INET6 have a
/// collation but are sorted like numbers, as a coercibility of 5 shows.
pub(super) fn companion(column: &str) -> String {
    format!(
        "CASE WHEN {column} IS NULL OR COERCIBILITY({column}) = 5 \
         OR COLLATION({column}) = 'binary' THEN NULL ELSE CONCAT(COLLATION({column}), x'00', CAST({column} AS BINARY)) END"
    )
}

/// Returns SQL that asks whether columns have other collations than these.
pub(super) fn outdated<'v>(values: impl Iterator<Item = (&'v str, &'v str)>) -> Option<String> {
    let same: Vec<_> = values
        .map(|(column, collation)| format!("COLLATION(MAX({column})) = '{collation}'"))
        .collect();
    (!same.is_empty()).then(|| format!("NOT ({})", same.join(" AND ")))
}

impl Text {
    /// Splits a companion. The name goes into statements unchanged, so it must be a valid one.
    pub(crate) fn of(companion: &[u8]) -> Option<Self> {
        let collation = companion.iter().position(|byte| *byte == 0)?;
        let is_name =
            |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
        let named = (1..=64).contains(&collation) && companion[..collation].iter().all(is_name);
        named.then(|| Self { bytes: companion.to_vec(), collation })
    }

    /// Returns the text of a companion, if there is one.
    pub(super) fn next_to(row: &MySqlRow, slot: Slot) -> Result<Option<Self>, BoxDynError> {
        let Some(companion) = slot.companion else { return Ok(None) };
        match row.try_get_unchecked::<Option<&[u8]>, _>(companion)? {
            None => Ok(None),
            Some(companion) => {
                let text = Self::of(companion);
                text.map(Some).ok_or_else(|| "the collation of the column has no name".into())
            }
        }
    }

    pub(super) fn collation(&self) -> &str {
        str::from_utf8(&self.bytes[..self.collation]).unwrap_or_default()
    }

    pub(super) fn character_set(&self) -> &str {
        let collation = self.collation();
        collation.split_once('_').map_or(collation, |(character_set, _)| character_set)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.collation + 1..]
    }

    pub(super) fn with_collation(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns whether it ends with the spaces of a CHAR, which the session can ask for.
    pub(super) fn is_padded(&self) -> bool {
        self.bytes().ends_with(b" ")
    }

    /// Refuses a position that was taken when the column had another collation.
    pub(super) fn check_collation(&self, position: &Self) -> Result<(), BoxDynError> {
        if self.collation() == position.collation() {
            return Ok(());
        }
        Err(format!(
            "its collation was {} when the cursor was taken and is {} now: begin anew",
            position.collation(),
            self.collation()
        )
        .into())
    }

    /// Refuses a value that would not go back to the server in its stored form.
    pub(super) fn check_arrived(&self, value: &str) -> Result<(), BoxDynError> {
        let question_marks = |bytes: &[u8]| bytes.split(|byte| *byte == b'?').count();
        let bytes = self.bytes();
        let arrived = match self.character_set() {
            "utf8mb4" | "utf8mb3" | "utf8" | "ascii" => value.as_bytes() == bytes,
            "ucs2" | "utf16" => is_utf_16(value, bytes, u16::from_be_bytes),
            "utf16le" => is_utf_16(value, bytes, u16::from_le_bytes),
            "utf32" => value.chars().flat_map(|c| u32::from(c).to_be_bytes()).eq(bytes.to_vec()),
            // Several codes stand for one character, or for one that other character sets lack.
            "cp932" | "sjis" | "eucjpms" | "ujis" | "big5" | "tis620" | "armscii8" | "swe7"
                if !value.is_ascii() =>
            {
                return Err(format!(
                    "a text in the character set {} may go back as another one; convert the column \
                     to `utf8mb4`, or join the other table",
                    self.character_set()
                )
                .into());
            }
            // A character that the connection lacks arrives as a question mark, which is not part
            // of any other character in these character sets.
            _ => question_marks(value.as_bytes()) <= question_marks(bytes),
        };
        if arrived {
            return Ok(());
        }
        Err("the connection's character set lacks some of its characters: connect with \
             `charset=utf8mb4`"
            .into())
    }
}

/// Returns whether bytes are the value in UTF-16.
fn is_utf_16(value: &str, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    bytes.len().is_multiple_of(2) && value.encode_utf16().eq(units)
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text as a literal, for messages.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match str::from_utf8(self.bytes()) {
            Ok(text) if !text.contains(char::is_control) => {
                write!(f, "'{}'", text.replace('\'', "''"))
            }
            _ => write!(f, "_{} {}", self.character_set(), Hex(self.bytes())),
        }
    }
}
