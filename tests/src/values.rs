//! Values that are hard to read in batches: the limits of types, and values that sort, compare or
//! are written in unexpected ways. Each list has up to forty, all different.

use uuid::Uuid;

/// Integers as SQL, as many of these as the type has: its limits, the limits of smaller types,
/// integers that a float rounds, and both sides of zero.
pub fn integers<T: TryFrom<i64>>() -> impl Iterator<Item = String> {
    let has = |n: &i64| T::try_from(*n).is_ok();
    INTEGERS.into_iter().filter(has).map(|n| n.to_string())
}

const INTEGERS: [i64; 40] = [
    3,
    1,
    -1,
    0,
    i64::MIN,
    i64::MAX,
    2,
    -2,
    i64::MIN + 1,
    i64::MAX - 1,
    9_007_199_254_740_992,
    9_007_199_254_740_993,
    9_007_199_254_740_994,
    -9_007_199_254_740_992,
    -9_007_199_254_740_993,
    2_147_483_647,
    2_147_483_648,
    -2_147_483_648,
    -2_147_483_649,
    4_294_967_295,
    4_294_967_296,
    10,
    100,
    9,
    99,
    -10,
    -9,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    65_536,
    1_700_000_000,
    1_700_000_001,
    1_000_000_000_000_000_000,
    4,
    5,
];

/// Numbers with up to ten places, some of which are the same float.
pub const DECIMALS: [&str; 13] = [
    "0.1",
    "0",
    "-0.1",
    "1",
    "10",
    "9.9999999999",
    "-9.9999999999",
    "123456789012345678.0000000001",
    "123456789012345678.0000000002",
    "9007199254740992",
    "9007199254740993",
    "1e-10",
    "0.0000000002",
];

/// Text that needs quoting, that looks like something else, or that only looks alike.
pub const TEXTS: [&str; 40] = [
    "b",
    "a",
    "",
    " ",
    "a ",
    " a",
    "A",
    "B",
    "ab",
    "aB",
    "it's",
    "it''s",
    "\"",
    "`",
    "\\",
    "\\'",
    "%",
    "_",
    "a%",
    "NULL",
    "0",
    "1",
    "10",
    "9",
    "-1",
    "1e3",
    "é",
    "e\u{301}",
    "ß",
    "ss",
    "漢字",
    "😀",
    "\u{fffd}",
    "\u{10ffff}",
    "\n",
    "\t",
    "; --",
    "?",
    "$1",
    "2024-01-01",
];

/// Text that stays different when case is ignored, in every mixture of cases.
pub const CASELESS_TEXTS: [&str; 40] = [
    "b", "A", "C", "a1", "B1", "c1", "a2", "B2", "C2", "aB", "Bc", "cA", "AbC", "bca", "CAB", "d",
    "E", "f", "G", "h", "I", "j", "K", "l", "M", "n", "O", "p", "Q", "r", "S", "t", "U", "v", "W",
    "x", "Y", "z", "_", "^",
];

/// Bytes: none, zeros, the limits of a byte, and prefixes of one another.
pub const BYTES: [&[u8]; 40] = [
    b"b",
    b"a",
    b"",
    b"\0",
    b"\0\0",
    b"\0\0\0",
    b"\0a",
    b"a\0",
    b"a\0\0",
    b"a\0b",
    b"\0\x01",
    b"\x01",
    b"\x01\0",
    b"\xff",
    b"\xff\0",
    b"\xff\xff",
    b"\xfe\xff",
    b"\x7f",
    b"\x80",
    b"\x80\0",
    b"ab",
    b"abc",
    b"'",
    b"''",
    b"\"",
    b"\\",
    b"\\x00",
    b"x'00'",
    b"\n",
    b"\r\n",
    b"0",
    b"1",
    b"10",
    b"2",
    b"NULL",
    b"\xc3\xa9",
    b"\xc3",
    b"\xa9",
    b"\0\xff",
    b"\xff\0\xff",
];

/// UUIDs: the limits, zeros at either side, and some from everywhere.
pub fn uuids() -> impl Iterator<Item = Uuid> {
    const GOLDEN: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let ends = [0, 1, u128::MAX, u128::MAX - 1, 1 << 127, 0xff << 120, 0xff, 1 << 64];
    let spread = (1..=32).map(|n: u128| n.wrapping_mul(GOLDEN));
    ends.into_iter().chain(spread).map(Uuid::from_u128)
}

/// Returns text as an SQL string.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Returns the bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
