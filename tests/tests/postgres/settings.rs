//! The settings of a session do not change results.

use crate::{
    harness::TestDatabase,
    servers::settings::{check, fill, filters, moments, walks},
};

tests! { time_zones, everything_else }

async fn create(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE things (id BIGINT PRIMARY KEY, word TEXT NOT NULL UNIQUE, \
             code CHAR(5) NOT NULL UNIQUE, amount NUMERIC NOT NULL UNIQUE, \
             day DATE NOT NULL UNIQUE, time TIME NOT NULL UNIQUE, local TIMESTAMP NOT NULL UNIQUE, \
             moment TIMESTAMPTZ NOT NULL UNIQUE)",
        )
        .await;
    fill(database, "+00").await;
}

async fn time_zones(database: &TestDatabase) {
    const ZONES: &[&str] = &[
        "SET TIME ZONE 'UTC'",
        // Here two of the moments are at half past one.
        "SET TIME ZONE 'America/New_York'",
        "SET TIME ZONE 'Asia/Kolkata'",
        "SET TIME ZONE 'Australia/Lord_Howe'",
        "SET TIME ZONE -12",
    ];
    create(database).await;
    check(database, ZONES, async |pool| {
        (walks(pool).await, filters(pool).await, moments(pool).await)
    })
    .await;
}

async fn everything_else(database: &TestDatabase) {
    const SETTINGS: &[&str] = &[
        "SET standard_conforming_strings = off; SET backslash_quote = on",
        "SET standard_conforming_strings = off; SET escape_string_warning = off",
        "SET bytea_output = escape; SET extra_float_digits = -15",
        "SET DateStyle = 'German, DMY'; SET IntervalStyle = 'sql_standard'",
        "SET DateStyle = 'SQL, MDY'",
        "SET transform_null_equals = on; SET array_nulls = off",
        "SET plan_cache_mode = force_generic_plan",
        "SET plan_cache_mode = force_custom_plan",
        "SET enable_indexscan = off; SET enable_bitmapscan = off",
        "SET enable_seqscan = off; SET enable_sort = off",
        "SET default_transaction_isolation = 'serializable'",
        "SET default_transaction_read_only = on",
        "SET quote_all_identifiers = on",
    ];
    create(database).await;
    check(database, SETTINGS, async |pool| {
        (walks(pool).await, filters(pool).await, moments(pool).await)
    })
    .await;
}
