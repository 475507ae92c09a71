//! The types of `chrono`.

use sqlx::types::chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{
    bindable, readable,
    spelling::{self, Clock, Date, Zone},
};
use crate::backend::{sqlite::value::Value, stored::Stored};

readable! {
    sqlx_reads_more: true,
    DateTime<Utc>: Datetime from Text | Integer | Real, moment => Some(moment.to_utc());
    DateTime<Local>: Datetime from Text | Integer | Real, moment => Some(moment.with_timezone(&Local));
    DateTime<FixedOffset>: Datetime from Text | Integer | Real, moment => Some(moment);
    NaiveDateTime: Datetime from Text | Integer | Real, moment => Some(moment.naive_local());
    NaiveDate: Date from Text, date => Some(date);
    NaiveTime: Time from Text, time => Some(time);
}

bindable! {
    DateTime<Utc>: moment => Value::Text(rfc3339(&moment.fixed_offset()));
    DateTime<Local>: moment => Value::Text(rfc3339(&moment.fixed_offset()));
    DateTime<FixedOffset>: moment => Value::Text(rfc3339(moment));
    NaiveDateTime: moment => Value::Text(moment.format("%F %T%.f").to_string());
    NaiveDate: date => Value::Text(date.format("%F").to_string());
    NaiveTime: time => Value::Text(time.format("%T%.f").to_string());
}

fn rfc3339(moment: &DateTime<FixedOffset>) -> String {
    // `AutoSi`, whose type sqlx does not re-export, is what the formatting of times does.
    moment.format("%FT%T%.f%:z").to_string()
}

#[inline]
fn moment(stored: Stored<'_>) -> Option<DateTime<FixedOffset>> {
    match stored {
        Stored::Text(text) => written(text),
        Stored::Integer(seconds) => since_epoch(seconds, 0),
        Stored::Real(days) => julian(days),
        _ => None,
    }
}

#[inline]
fn date(stored: Stored<'_>) -> Option<NaiveDate> {
    match stored {
        Stored::Text(text) => spelling::date(text).and_then(naive_date),
        _ => None,
    }
}

#[inline]
fn time(stored: Stored<'_>) -> Option<NaiveTime> {
    match stored {
        Stored::Text(text) => spelling::clock(text).and_then(naive_time),
        _ => None,
    }
}

#[inline]
fn written(text: &[u8]) -> Option<DateTime<FixedOffset>> {
    let (day, clock, zone) = spelling::moment(text)?;
    let local = naive_date(day)?.and_time(naive_time(clock)?);
    match zone {
        Zone::None | Zone::Utc => Some(local.and_utc().fixed_offset()),
        Zone::Offset(seconds) => local.and_local_timezone(FixedOffset::east_opt(seconds)?).single(),
    }
}

#[inline]
fn naive_date(Date { year, month, day }: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
}

/// A second of 60 is a leap second, which is written and read in its own way.
#[inline]
fn naive_time(Clock { hour, minute, second, nanosecond }: Clock) -> Option<NaiveTime> {
    NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanosecond)
}

fn since_epoch(seconds: i64, nanoseconds: u32) -> Option<DateTime<FixedOffset>> {
    DateTime::from_timestamp(seconds, nanoseconds).map(|moment| moment.fixed_offset())
}

/// Reads a Julian day, with the rounding that sqlx has.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "so does sqlx")]
fn julian(days: f64) -> Option<DateTime<FixedOffset>> {
    const EPOCH: f64 = 2_440_587.5;
    const SECONDS_A_DAY: f64 = 86_400.0;
    let seconds = (days - EPOCH) * SECONDS_A_DAY;
    if !seconds.is_finite() {
        return None;
    }
    since_epoch(seconds.trunc() as i64, (seconds.fract() * 1e9).abs() as u32)
}
