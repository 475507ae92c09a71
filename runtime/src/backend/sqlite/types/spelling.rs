//! The usual spellings of dates and times. Other spellings are read by sqlx, which tries a list of
//! formats for each value.

/// The numbers of a date; nothing says that there is such a day.
#[derive(Clone, Copy)]
pub(super) struct Date {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// The numbers of a time; nothing says that there is such an hour.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nanosecond: u32,
}

/// What follows a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    None,
    Utc,
    /// Seconds to the east of UTC.
    Offset(i32),
}

/// Reads `2024-01-02`.
#[inline]
pub(super) fn date(text: &[u8]) -> Option<Date> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let year = u16::from(two_digits(y1, y2)?) * 100 + u16::from(two_digits(y3, y4)?);
    Some(Date { year, month: two_digits(m1, m2)?, day: two_digits(d1, d2)? })
}

/// Reads `03:04:05`, with a fraction of a second or without one.
#[inline]
pub(super) fn clock(text: &[u8]) -> Option<Clock> {
    let (clock, rest) = leading_clock(text)?;
    rest.is_empty().then_some(clock)
}

/// Reads `2024-01-02T03:04:05`, with a space instead of the `T`, a fraction of a second, and a zone
/// if there is one.
#[inline]
pub(super) fn moment(text: &[u8]) -> Option<(Date, Clock, Zone)> {
    let (date, rest) = text.split_first_chunk::<10>()?;
    let [b'T' | b' ', rest @ ..] = rest else { return None };
    let (clock, rest) = leading_clock(rest)?;
    Some((self::date(date)?, clock, zone(rest)?))
}

#[inline]
fn leading_clock(text: &[u8]) -> Option<(Clock, &[u8])> {
    let (&[h1, h2, b':', m1, m2, b':', s1, s2], rest) = text.split_first_chunk::<8>()? else {
        return None;
    };
    let (nanosecond, rest) = match rest {
        [b'.', rest @ ..] => fraction(rest)?,
        rest => (0, rest),
    };
    let clock = Clock {
        hour: two_digits(h1, h2)?,
        minute: two_digits(m1, m2)?,
        second: two_digits(s1, s2)?,
        nanosecond,
    };
    Some((clock, rest))
}

/// Reads the digits of a fraction, in nanoseconds.
#[inline]
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let missing = 9_u32.checked_sub(u32::try_from(length).ok()?)?;
    let number = digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    (length > 0).then(|| (number * 10_u32.pow(missing), rest))
}

#[inline]
fn zone(text: &[u8]) -> Option<Zone> {
    match *text {
        [] => Some(Zone::None),
        [b'Z'] => Some(Zone::Utc),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
            let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
            let is_usual = hours < 24 && minutes < 60;
            is_usual.then_some(Zone::Offset(if sign == b'+' { seconds } else { -seconds }))
        }
        _ => None,
    }
}

#[inline]
const fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    if tens <= 9 && ones <= 9 { Some(tens * 10 + ones) } else { None }
}
