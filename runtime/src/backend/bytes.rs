//! Reads and writes the bytes of tokens, and shows bytes as text.

use std::fmt;

use crate::error::TokenError;

/// Reads a token from its first byte to its last.
pub(crate) struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns whether no bytes are left.
    pub(crate) const fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, TokenError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Reads a 32-bit number.
    pub(crate) fn number(&mut self) -> Result<u32, TokenError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], TokenError> {
        let (first, rest) = self.0.split_first_chunk().ok_or(TokenError::Damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Reads bytes after their length, as [`write_bytes`] writes them.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], TokenError> {
        let mut length = 0_usize;
        loop {
            let byte = self.byte()?;
            length = length
                .checked_mul(0x80)
                .and_then(|length| length.checked_add(usize::from(byte & 0x7f)))
                .ok_or(TokenError::Damaged)?;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (first, rest) = self.0.split_at_checked(length).ok_or(TokenError::Damaged)?;
        self.0 = rest;
        Ok(first)
    }

    #[cfg(any(feature = "sqlite", feature = "mysql"))]
    pub(crate) fn text(&mut self) -> Result<String, TokenError> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| TokenError::Damaged)
    }
}

/// Writes the length of the bytes, seven bits at a time, and then the bytes.
pub(crate) fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = bytes.len();
    let groups = (length.max(1).ilog2() / 7 + 1) as usize;
    for group in (0..groups).rev() {
        let more = if group > 0 { 0x80 } else { 0 };
        out.push((length >> (7 * group)).to_le_bytes()[0] & 0x7f | more);
    }
    out.extend_from_slice(bytes);
}

/// Bytes as a literal, for messages.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("x'")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("'")
    }
}
