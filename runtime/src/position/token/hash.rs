//! Fixed hashes, the same in every process and version: FNV-1a
//! (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>). They guard against accidents, and
//! need not guard against malice.

use std::fmt;

/// Hashes bytes to 32 bits, with a zero byte between parts.
pub(super) fn hash<const N: usize>(parts: [&[u8]; N]) -> u32 {
    let bytes = parts.into_iter().flat_map(|part| part.iter().chain(&[0]));
    bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Hashes whatever is written to it to 64 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    pub(crate) const fn finish(self) -> u64 {
        self.0
    }
}

impl fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.as_bytes());
        Ok(())
    }
}
