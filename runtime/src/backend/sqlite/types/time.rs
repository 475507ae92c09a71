//! The types of `time`.

use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::{
    readable,
    spelling::{self, Clock, Zone},
};
use crate::backend::stored::Stored;

readable! {
    sqlx_reads_more: true,
    OffsetDateTime: Datetime from Text | Integer, moment => Some(moment);
    PrimitiveDateTime: Datetime from Text | Integer, local => Some(local);
    Date: Date from Text, day => Some(day);
    Time: Time from Text, clock => Some(clock);
}

fn moment(stored: Stored<'_>) -> Option<OffsetDateTime> {
    match stored {
        Stored::Text(text) => {
            let (local, zone) = written(text)?;
            match zone {
                Zone::None | Zone::Utc => Some(local.assume_utc()),
                Zone::Offset(seconds) => {
                    Some(local.assume_offset(UtcOffset::from_whole_seconds(seconds).ok()?))
                }
            }
        }
        Stored::Integer(seconds) => OffsetDateTime::from_unix_timestamp(seconds).ok(),
        _ => None,
    }
}

fn local(stored: Stored<'_>) -> Option<PrimitiveDateTime> {
    match stored {
        Stored::Text(text) => match written(text)? {
            (local, Zone::None | Zone::Utc) => Some(local),
            (_, Zone::Offset(_)) => None,
        },
        Stored::Integer(seconds) => {
            let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
            Some(PrimitiveDateTime::new(moment.date(), moment.time()))
        }
        _ => None,
    }
}

fn day(stored: Stored<'_>) -> Option<Date> {
    match stored {
        Stored::Text(text) => spelling::date(text).and_then(date),
        _ => None,
    }
}

fn clock(stored: Stored<'_>) -> Option<Time> {
    match stored {
        Stored::Text(text) => spelling::clock(text).and_then(time),
        _ => None,
    }
}

fn written(text: &[u8]) -> Option<(PrimitiveDateTime, Zone)> {
    let (day, clock, zone) = spelling::moment(text)?;
    Some((PrimitiveDateTime::new(date(day)?, time(clock)?), zone))
}

fn date(spelling::Date { year, month, day }: spelling::Date) -> Option<Date> {
    Date::from_calendar_date(year.into(), month.try_into().ok()?, day).ok()
}

fn time(Clock { hour, minute, second, nanosecond }: Clock) -> Option<Time> {
    Time::from_hms_nano(hour, minute, second, nanosecond).ok()
}
