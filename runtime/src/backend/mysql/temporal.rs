//! Dates and times of the binary protocol, spelled as the database spells them
//! (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).

use sqlx::error::BoxDynError;

/// Spells a date as `YYYY-MM-DD`.
pub(super) fn date(bytes: &[u8]) -> Result<String, BoxDynError> {
    let [year_low, year_high, month, day, ..] = fields::<11>(bytes)?;
    if month == 0 || day == 0 {
        return Err("a date whose month or day is zero is NULL to some sql_modes, so that no \
                    position can be taken from it; correct it, or order by another column"
            .into());
    }
    let year = u16::from_le_bytes([year_low, year_high]);
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

/// Spells a date as `YYYY-MM-DD` if its month or day is zero.
pub(super) fn zero_date(bytes: &[u8]) -> Option<String> {
    let [year_low, year_high, month, day, ..] = fields::<11>(bytes).ok()?;
    let year = u16::from_le_bytes([year_low, year_high]);
    (month == 0 || day == 0).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Spells a date and time as `YYYY-MM-DD hh:mm:ss.ffffff`.
pub(super) fn date_time(bytes: &[u8]) -> Result<String, BoxDynError> {
    let [.., hour, minute, second, a, b, c, d] = fields::<11>(bytes)?;
    let microsecond = u32::from_le_bytes([a, b, c, d]);
    Ok(format!("{} {hour:02}:{minute:02}:{second:02}.{microsecond:06}", date(bytes)?))
}

/// Spells a time as `hhh:mm:ss.ffffff`, with days as hours, and with a sign if negative.
pub(super) fn time(bytes: &[u8]) -> Result<String, BoxDynError> {
    let [negative, days @ .., hour, minute, second, a, b, c, d] = fields::<12>(bytes)?;
    let hours = u64::from(u32::from_le_bytes(days)) * 24 + u64::from(hour);
    let microsecond = u32::from_le_bytes([a, b, c, d]);
    let sign = if negative == 0 { "" } else { "-" };
    Ok(format!("{sign}{hours:02}:{minute:02}:{second:02}.{microsecond:06}"))
}

/// Reads the bytes after their length, and adds the zero parts that are left out at the end.
fn fields<const N: usize>(bytes: &[u8]) -> Result<[u8; N], BoxDynError> {
    let mut all = [0; N];
    match bytes.split_first() {
        Some((length, given)) if usize::from(*length) == given.len() && given.len() <= N => {
            all[..given.len()].copy_from_slice(given);
            Ok(all)
        }
        _ => Err("a date or time of unknown form".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{date, date_time, time};

    #[test]
    fn parts_that_are_zero_may_be_missing() {
        assert_eq!(date(&[4, 0xe8, 7, 2, 29]).ok().as_deref(), Some("2024-02-29"));
        assert_eq!(
            date_time(&[4, 0xe8, 7, 2, 29]).ok().as_deref(),
            Some("2024-02-29 00:00:00.000000"),
        );
        assert_eq!(time(&[0]).ok().as_deref(), Some("00:00:00.000000"));
    }

    #[test]
    fn microseconds_and_signs_are_kept() {
        assert_eq!(
            date_time(&[11, 0xe8, 7, 2, 29, 23, 59, 58, 1, 0, 0, 0]).ok().as_deref(),
            Some("2024-02-29 23:59:58.000001"),
        );
        assert_eq!(
            time(&[12, 1, 34, 0, 0, 0, 22, 59, 59, 0x3f, 0x42, 0x0f, 0]).ok().as_deref(),
            Some("-838:59:59.999999"),
        );
    }

    #[test]
    fn zero_dates_are_an_error() {
        assert!(date(&[0]).is_err());
        assert!(date_time(&[4, 0xe8, 7, 0, 15]).is_err());
        assert!(date(&[4, 0xe8, 7, 1, 0]).is_err());
    }

    #[test]
    fn a_length_that_is_wrong_is_an_error() {
        assert!(date(&[5, 0xe8, 7, 2, 29]).is_err());
        assert!(date(&[]).is_err());
    }
}
