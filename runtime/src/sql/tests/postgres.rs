//! Statements for PostgreSQL.

use sqlx::Postgres;

use super::{
    Ask, Direction, FIRST, Filter, HiddenNulls, Key, Model, NULLABLE, Node, Operator, RawValue,
    Start, key, related_text, text,
};
use crate::backend::postgres::value::Value;

/// The catalog is asked about a table's own columns alone.
#[test]
fn a_declared_column_is_not_searched_for_nulls() {
    const LEFT: &Model = &Model { join: Some("LEFT JOIN authors ON true"), ..*NULLABLE };
    const RIGHT: &Model = &Model { join: Some("RIGHT JOIN authors ON true"), ..*NULLABLE };
    const QUERY: &Model = &Model { query: Some("SELECT 1 AS id"), ..*NULLABLE };
    let ask = Ask { nulls: HiddenNulls { parts: &[0], ..HiddenNulls::NONE }, ..FIRST };
    let catalog = |table: &str| {
        format!(
            "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute \
             JOIN pg_catalog.pg_class ON pg_class.oid = attrelid \
             WHERE attrelid = {table}::pg_catalog.regclass AND attname = 'id' AND attnotnull \
             AND (relkind = 'p' OR relkind = 'r' AND NOT relhassubclass) \
             AND current_setting('server_version_num')::int < 170000) AND EXISTS"
        )
    };
    let mut key = Key::of(NULLABLE);
    let own = catalog(r#"'"entries"'"#);
    assert_eq!(
        text::<Postgres>(&key, vec![], ask),
        format!(
            r#"SELECT "entries"."id", "entries"."delay", {own} (SELECT 1 FROM "entries" WHERE ("entries"."id" IS NOT DISTINCT FROM NULL)) AS "sqlx_chunked_has_nulls_0" FROM "entries" ORDER BY "entries"."id" ASC LIMIT $1"#
        )
    );
    assert!(text::<Postgres>(&Key::of(LEFT), vec![], ask).contains(&own));
    for model in [RIGHT, QUERY] {
        let sql = text::<Postgres>(&Key::of(model), vec![], ask);
        assert!(!sql.contains("pg_catalog"), "{sql}");
    }
    key.table.set_name(r#"o'l\d"er"#.to_owned());
    key.table.set_schema("s".to_owned());
    let named = catalog(r#"E'"s"."o''l\\d""er"'"#);
    let sql = text::<Postgres>(&key, vec![], ask);
    assert!(sql.contains(&named), "{sql}");
}

#[test]
fn several_columns_are_a_place_that_waits_for_the_one_before() {
    let value = || RawValue::Postgres(Value { oid: 20, bytes: [0; 8].as_slice().into() });
    let position = [value(), value()];
    let ask = Ask { from: Some(Start::after(&position)), ..FIRST };
    let order = key(&[(1, Direction::Ascending), (0, Direction::Ascending)]);
    let filters = vec![Filter::Typed(Node::Compare {
        column: 0,
        operator: Operator::NotEqual,
        value: Box::new(5_i64),
    })];
    // The filter is the same parameter in both places.
    assert_eq!(
        text::<Postgres>(&order, filters, ask),
        concat!(
            r#"WITH "sqlx_chunked_place_0" AS (SELECT "entries"."id", "entries"."head ""line`" FROM "entries" "#,
            r#"WHERE ("entries"."head ""line`" = $1 /* type 20 */ AND "entries"."id" > $2 /* type 20 */) "#,
            r#"AND ("entries"."id" <> $3 /* type 20 */) "#,
            r#"ORDER BY "entries"."head ""line`" ASC, "entries"."id" ASC LIMIT $4) "#,
            r#"SELECT * FROM "sqlx_chunked_place_0" UNION ALL SELECT * FROM ("#,
            r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" "#,
            r#"WHERE ((SELECT count(*) FROM "sqlx_chunked_place_0") < $5) AND ("entries"."head ""line`" > $6 /* type 20 */) "#,
            r#"AND ("entries"."id" <> $3 /* type 20 */) "#,
            r#"ORDER BY "entries"."head ""line`" ASC, "entries"."id" ASC LIMIT $7) AS "sqlx_chunked_place_1" "#,
            r#"ORDER BY "head ""line`" ASC, "id" ASC LIMIT $8"#,
        ),
    );
}

#[test]
fn the_keys_of_related_rows_are_arrays() {
    let value = |oid| RawValue::Postgres(Value { oid, bytes: [0; 8].as_slice().into() });
    let key = [value(20), value(25)];
    assert_eq!(
        related_text::<Postgres>(&[0, 1], &[&key, &key, &key], false),
        r#"SELECT "entries"."id", "entries"."delay", "sqlx_chunked_keys"."sqlx_chunked_number" AS "sqlx_chunked_number" FROM unnest($1 /* type 1016 */, $2 /* type 1009 */) WITH ORDINALITY AS "sqlx_chunked_keys" ("sqlx_chunked_key_1", "sqlx_chunked_key_2", "sqlx_chunked_number") CROSS JOIN "entries" WHERE ("entries"."id" = "sqlx_chunked_keys"."sqlx_chunked_key_1" AND "entries"."delay" = "sqlx_chunked_keys"."sqlx_chunked_key_2") ORDER BY "entries"."id" ASC"#,
    );
    // For a type that only this server has, the type of its arrays is not known.
    assert_eq!(
        related_text::<Postgres>(&[1], &[&[value(16_999)]], false),
        r#"SELECT "entries"."id", "entries"."delay", "sqlx_chunked_keys"."sqlx_chunked_number" AS "sqlx_chunked_number" FROM (SELECT "column1" AS "sqlx_chunked_key_1", "column2" AS "sqlx_chunked_number" FROM (VALUES ($1 /* type 16999 */, CAST(1 AS BIGINT))) AS "sqlx_chunked_keys") AS "sqlx_chunked_keys" CROSS JOIN "entries" WHERE ("sqlx_chunked_keys"."sqlx_chunked_number" <= $2) AND ("entries"."delay" = "sqlx_chunked_keys"."sqlx_chunked_key_1") ORDER BY "entries"."id" ASC"#,
    );
}

#[test]
fn placeholders_are_numbered_and_typed_but_for_text() {
    let filters: Vec<Filter<Postgres>> = vec![
        Filter::Typed(Node::Compare {
            column: 0,
            operator: Operator::Equal,
            value: Box::new(1_i32),
        }),
        Filter::Typed(Node::Compare {
            column: 1,
            operator: Operator::Like,
            value: Box::new("a%".to_owned()),
        }),
    ];
    assert_eq!(
        text(&key(&[(0, Direction::Descending)]), filters, FIRST),
        r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" WHERE ("entries"."id" = $1 /* type 23 */) AND ("entries"."head ""line`" LIKE $2) ORDER BY "entries"."id" DESC LIMIT $3"#,
    );
}
