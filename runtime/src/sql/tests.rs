//! Whole statements, compared as text.

use crate::{
    backend::{Backend, dialect::Direction, statement::Statement, value::RawValue},
    expr::{
        filter::{Filter, PushedSql},
        order::Sort,
        predicate::{Node, Operator},
    },
    model::{ColumnName, Model, Select},
    position::key::Key,
};

use super::{
    batch::{Ask, Selection, batch, count_places},
    lookup::{List, related as related_to},
    nulls::HiddenNulls,
    questions::{at_end, count},
    seek::{End, Start},
};

/// Returns the number of places after a position.
fn places<DB: Backend>(key: &Key, filters: &[Filter<DB>], from: Start<'_>) -> usize {
    count_places(key, filters, Some(from), None).expect("places")
}

fn related<DB: Backend>(
    model: &'static Model,
    list: &List<'_>,
    filters: &mut [Filter<DB>],
    order: &[Sort],
) -> Result<Statement<DB>, sqlx::error::BoxDynError> {
    related_to(&model.into(), list, filters, order)
}

const MODEL: &Model = &Model {
    columns: &[
        ColumnName::of_integers("id", "id", true, false),
        ColumnName::of_integers("head_line", "head \"line`", false, false),
    ],
    ..*NULLABLE
};

const NULLABLE: &Model = Model::ENTRIES;

/// Names that both tables have, and one that is qualified by a schema.
const JOINED: &Model = &Model {
    schema: Some("main"),
    join: Some("JOIN main.authors ON authors.id = entries.author_id"),
    columns: &[
        ColumnName::of_integers("id", "id", true, false),
        ColumnName::of_integers("author", "authors.id", false, false).joined(),
        ColumnName::of_integers("born", "main.authors.born \"in", false, true).joined(),
    ],
    ..*MODEL
};

fn key(order: &[(usize, Direction)]) -> Key {
    key_of(MODEL, order)
}

fn key_of(model: &'static Model, order: &[(usize, Direction)]) -> Key {
    let sort = |&(column, direction)| Sort { column, direction };
    Key::new(model, order.iter().map(sort).collect())
}

fn text<DB: Backend>(key: &Key, filters: Vec<Filter<DB>>, ask: Ask<'_>) -> String {
    let mut filters = filters;
    batch(key, &mut filters, ask).expect("values that can be bound").sql
}

/// Returns the statement for rows of [`NULLABLE`] with some values in one or two columns.
fn related_text<DB: Backend>(columns: &[usize], keys: &[&[RawValue]], numbered: bool) -> String {
    let list = List { columns, keys, referenced: None, numbered, companions: &[] };
    let statement = related::<DB>(NULLABLE, &list, &mut [], &Key::of(NULLABLE).order);
    statement.expect("values that can be bound").sql
}

const FIRST: Ask<'_> = Ask {
    from: None,
    up_to: None,
    places: None,
    inside: false,
    skip: 0,
    selection: Selection::Model,
    rows: 3,
    nulls: HiddenNulls::NONE,
    companions: &[],
};

#[cfg(feature = "sqlite")]
mod sqlite {
    use sqlx::{QueryBuilder, Sqlite};

    use super::{
        Ask, Direction, FIRST, Filter, HiddenNulls, JOINED, Key, List, MODEL, Model, NULLABLE,
        Node, Operator, PushedSql, RawValue, Select, Sort, Start, at_end, key, key_of, places,
        related, related_text, text,
    };
    use crate::backend::sqlite::value::Value;

    fn integer(value: i64) -> RawValue {
        RawValue::Sqlite(Value::Integer(value))
    }

    fn compare(column: usize, operator: Operator, value: i64) -> Node<Sqlite> {
        Node::Compare { column, operator, value: Box::new(value) }
    }

    #[test]
    fn the_first_batch_seeks_nothing() {
        assert_eq!(
            text::<Sqlite>(&Key::of(MODEL), vec![], FIRST),
            r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
        );
    }

    #[test]
    fn a_further_batch_seeks_its_position() {
        let position = [integer(7)];
        let ask = Ask { from: Some(Start::after(&position)), ..FIRST };
        assert_eq!(
            text::<Sqlite>(&key(&[(0, Direction::Descending)]), vec![], ask),
            r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" WHERE ("entries"."id" < ?) ORDER BY "entries"."id" DESC LIMIT ? + 0"#,
        );
    }

    #[test]
    fn nulls_at_the_end_are_looked_for_under_the_same_filter() {
        let filter = || vec![Filter::Typed(compare(1, Operator::Equal, 1))];
        let nulls = HiddenNulls { parts: &[0], ..HiddenNulls::NONE };
        let ask = Ask { nulls, ..FIRST };
        let order = key(&[(0, Direction::Descending)]);
        assert_eq!(
            text::<Sqlite>(&order, filter(), ask),
            r#"SELECT "entries"."id", "entries"."head ""line`", EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."head ""line`" = ?) AND ("entries"."id" IS NULL)) AS "sqlx_chunked_has_nulls_0" FROM "entries" WHERE ("entries"."head ""line`" = ?) ORDER BY "entries"."id" DESC LIMIT ? + 0"#,
        );
        assert_eq!(
            at_end(&order, &mut filter(), &[integer(1)], nulls, true)
                .expect("a number can be bound")
                .map(|statement| statement.sql)
                .as_deref(),
            Some(
                r#"SELECT EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."head ""line`" = ?) AND ("entries"."id" IS NULL))"#
            ),
        );
        let nothing = at_end(&order, &mut filter(), &[integer(1)], HiddenNulls::NONE, true);
        assert!(nothing.expect("a number can be bound").is_none());
    }

    /// A row that ties with the position comes after it, if its NULL sorts last.
    #[test]
    fn nulls_of_a_later_column_are_looked_for_from_the_position_on() {
        let position = [integer(7), integer(8)];
        let text = |direction| {
            let order = key(&[(1, Direction::Ascending), (0, direction)]);
            let nulls = HiddenNulls { parts: &[0, 1], from: Some(&position), ..HiddenNulls::NONE };
            at_end::<Sqlite>(&order, &mut [], &position, nulls, true)
                .expect("numbers can be bound")
                .map(|statement| statement.sql)
        };
        let expected = |operator| {
            Some(format!(
                concat!(
                    r#"SELECT EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."head ""line`" IS NULL)), "#,
                    r#"EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."head ""line`" {} ?) "#,
                    r#"AND ("entries"."id" IS NULL))"#,
                ),
                operator
            ))
        };
        assert_eq!(text(Direction::Descending), expected(">="));
        assert_eq!(text(Direction::Ascending), expected(">"));
    }

    #[test]
    fn every_condition_is_parenthesised() {
        let not = Node::not(compare(0, Operator::Greater, 2));
        let either = Node::joined("OR", compare(0, Operator::Less, 1), not);
        let raw = |q: &mut QueryBuilder<Sqlite>| {
            q.push("1 = 1 OR id = ").push_bind(3);
        };
        let none = Node::In { column: 0, values: vec![], negated: false };
        let position = [integer(7)];
        assert_eq!(
            text::<Sqlite>(
                &Key::of(MODEL),
                vec![Filter::Typed(either), Filter::Sql(PushedSql::new(raw)), Filter::Typed(none)],
                Ask { from: Some(Start::after(&position)), ..FIRST },
            ),
            r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" WHERE ("entries"."id" > ?) AND (("entries"."id" < ?) OR (NOT ("entries"."id" > ?))) AND (1 = 1 OR id = ?) AND (1 = 0) ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
        );
    }

    #[test]
    fn a_closure_that_pushes_nothing_filters_nothing() {
        let filters = vec![Filter::Sql(PushedSql::new(|_: &mut QueryBuilder<Sqlite>| {}))];
        assert_eq!(
            text(&Key::of(MODEL), filters, FIRST),
            r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" WHERE (1 = 1) ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
        );
    }

    #[test]
    fn a_closure_may_not_reset_the_query() {
        let mut filters = vec![
            Filter::Typed(compare(0, Operator::Less, 1)),
            Filter::Sql(PushedSql::new(|q: &mut QueryBuilder<Sqlite>| {
                q.reset();
            })),
        ];
        let refused = super::batch(&Key::of(MODEL), &mut filters, FIRST).map(|built| built.sql);
        assert_eq!(
            refused.map_err(|error| error.to_string()),
            Err("`filter_sql` and `set_sql` may only push SQL and values: they must neither build nor reset the query".to_owned()),
        );
    }

    #[test]
    fn several_columns_are_one_range_after_the_other() {
        let position = [integer(7), integer(8)];
        let ask = Ask { from: Some(Start::after(&position)), ..FIRST };
        let order = key(&[(1, Direction::Descending), (0, Direction::Ascending)]);
        let place =
            |index| text::<Sqlite>(&order, vec![], Ask { places: Some((index, index + 1)), ..ask });
        assert_eq!(places::<Sqlite>(&order, &[], Start::after(&position)), 2);
        assert_eq!(
            place(0),
            concat!(
                r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" "#,
                r#"WHERE ("entries"."head ""line`" = ? AND "entries"."id" > ?) "#,
                r#"ORDER BY "entries"."head ""line`" DESC, "entries"."id" ASC LIMIT ? + 0"#,
            ),
        );
        assert_eq!(
            place(1),
            concat!(
                r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" "#,
                r#"WHERE ("entries"."head ""line`" < ?) "#,
                r#"ORDER BY "entries"."head ""line`" DESC, "entries"."id" ASC LIMIT ? + 0"#,
            ),
        );
    }

    /// The row after a position shows which places have no rows, if its values tell them apart.
    #[test]
    fn what_is_nearer_than_the_next_row_is_left_out() {
        let order = key(&[(1, Direction::Ascending), (0, Direction::Ascending)]);
        let text = |text: &str| RawValue::Sqlite(Value::Text(text.to_owned()));
        let count = |position: [RawValue; 2], next: [RawValue; 2]| {
            let from = Start { next: Some(&next), ..Start::after(&position) };
            places::<Sqlite>(&order, &[], from)
        };
        assert_eq!(count([integer(7), integer(8)], [integer(7), integer(9)]), 2);
        assert_eq!(count([integer(7), integer(8)], [integer(9), integer(9)]), 1);
        // Texts that differ may be equal by their collation.
        assert_eq!(count([text("a"), integer(8)], [text("A"), integer(9)]), 2);
    }

    /// A filter that no NULL meets leaves out the place of the NULLs.
    #[test]
    fn nulls_that_a_filter_leaves_out_have_no_place() {
        let sort = |column| Sort { column, direction: Direction::Descending };
        let order = Key::new(NULLABLE, vec![sort(1), sort(0)]);
        let position = [integer(7), integer(8)];
        let count = |filters: Vec<Filter<Sqlite>>| {
            places::<Sqlite>(&order, &filters, Start::after(&position))
        };
        let not_null = || Node::Null { column: 1, negated: true };
        let both = |operator, one, other| Node::joined(operator, one, other);
        assert_eq!(count(vec![]), 3);
        assert_eq!(count(vec![Filter::Typed(not_null())]), 2);
        assert_eq!(count(vec![Filter::Typed(compare(1, Operator::Less, 3))]), 2);
        assert_eq!(count(vec![Filter::Typed(compare(0, Operator::Less, 3))]), 3);
        let either = || compare(0, Operator::Less, 3);
        assert_eq!(count(vec![Filter::Typed(both("AND", not_null(), either()))]), 2);
        assert_eq!(count(vec![Filter::Typed(both("OR", not_null(), either()))]), 3);
        let nulls = Node::Null { column: 1, negated: false };
        assert_eq!(count(vec![Filter::Typed(nulls)]), 3);
    }

    #[test]
    fn nulls_are_a_range_of_their_own() {
        // The conditions of each SELECT, without what they have in common.
        let conditions = |direction, delay: RawValue| {
            let sort = |column| Sort { column, direction };
            let position = [delay, integer(8)];
            let ask = Ask { from: Some(Start::after(&position)), ..FIRST };
            let order = Key::new(NULLABLE, vec![sort(1), sort(0)]);
            let places = 0..places::<Sqlite>(&order, &[], Start::after(&position));
            let condition = |place: usize| {
                let places = Some((place, place + 1));
                let sql = text::<Sqlite>(&order, vec![], Ask { places, ..ask });
                let (_, condition) = sql.split_once(" WHERE ").unwrap_or_default();
                condition.split(" ORDER BY ").next().unwrap_or_default().to_owned()
            };
            places.map(condition).collect::<Vec<_>>()
        };
        assert_eq!(
            conditions(Direction::Ascending, integer(7)),
            [r#"("entries"."delay" = ? AND "entries"."id" > ?)"#, r#"("entries"."delay" > ?)"#,],
        );
        assert_eq!(
            conditions(Direction::Ascending, RawValue::Null),
            [
                r#"("entries"."delay" IS NULL AND "entries"."id" > ?)"#,
                r#"("entries"."delay" IS NOT NULL)"#,
            ],
        );
        assert_eq!(
            conditions(Direction::Descending, integer(7)),
            [
                r#"("entries"."delay" = ? AND "entries"."id" < ?)"#,
                r#"("entries"."delay" < ?)"#,
                r#"("entries"."delay" IS NULL)"#,
            ],
        );
        assert_eq!(
            conditions(Direction::Descending, RawValue::Null),
            [r#"("entries"."delay" IS NULL AND "entries"."id" < ?)"#],
        );
    }

    #[test]
    fn what_follows_a_unique_column_is_left_out() {
        let order = key(&[(0, Direction::Descending), (1, Direction::Ascending)]);
        assert_eq!(
            text::<Sqlite>(&order, vec![], FIRST),
            r#"SELECT "entries"."id", "entries"."head ""line`" FROM "entries" ORDER BY "entries"."id" DESC LIMIT ? + 0"#,
        );
    }

    #[test]
    fn the_near_end_of_a_range_is_implied_by_a_row_inside() {
        let bound = |operator| {
            Filter::Typed(Node::Bound { columns: vec![0], operator, values: vec![Box::new(5_i64)] })
        };
        let range = || vec![bound(Operator::GreaterOrEqual), bound(Operator::Less)];
        let position = [integer(7)];
        let condition = |direction, inside| {
            let ask = Ask { from: Some(Start::after(&position)), inside, ..FIRST };
            let sql = text::<Sqlite>(&key(&[(0, direction)]), range(), ask);
            let (_, condition) = sql.split_once(" WHERE ").unwrap_or_default();
            condition
                .split(" ORDER BY ")
                .next()
                .unwrap_or_default()
                .replace(r#""entries"."id""#, "id")
        };
        assert_eq!(condition(Direction::Ascending, true), "(id > ?) AND (id < ?)");
        assert_eq!(condition(Direction::Descending, true), "(id < ?) AND (id >= ?)");
        // A cursor may have been taken before the range.
        assert_eq!(condition(Direction::Ascending, false), "(id > ?) AND (id >= ?) AND (id < ?)");
    }

    #[test]
    fn related_rows_are_joined_to_a_list_that_numbers_them() {
        let keys = [[integer(7)], [integer(8)], [integer(9)]];
        let keys: Vec<_> = keys.iter().map(|key| &key[..]).collect();
        // Three keys are padded to four; the fourth is not a key.
        assert_eq!(
            related_text::<Sqlite>(&[1], &keys, false),
            r#"SELECT "entries"."id", "entries"."delay", "sqlx_chunked_keys"."sqlx_chunked_number" AS "sqlx_chunked_number" FROM (SELECT "column1" AS "sqlx_chunked_key_1", "column2" AS "sqlx_chunked_number" FROM (VALUES (?, CAST(1 AS BIGINT)), (?, 2), (?, 3), (?, 4)) AS "sqlx_chunked_keys") AS "sqlx_chunked_keys" CROSS JOIN "entries" WHERE ("sqlx_chunked_keys"."sqlx_chunked_number" <= ?) AND ("entries"."delay" = "sqlx_chunked_keys"."sqlx_chunked_key_1") ORDER BY "entries"."id" ASC"#,
        );
        // Compared by the rules of the column that the keys belong to.
        let key = Key::by(MODEL, &[1]);
        let list = List {
            columns: &[1],
            keys: &keys[..1],
            referenced: Some(&key),
            numbered: false,
            companions: &[],
        };
        let statement = related::<Sqlite>(NULLABLE, &list, &mut [], &[]);
        assert_eq!(
            statement.expect("numbers can be bound").sql,
            r#"SELECT "entries"."id", "entries"."delay", "sqlx_chunked_keys"."sqlx_chunked_number" AS "sqlx_chunked_number" FROM (SELECT "entries"."head ""line`" AS "sqlx_chunked_key_1", CAST(0 AS BIGINT) AS "sqlx_chunked_number" FROM "entries" WHERE 1 = 0 UNION ALL SELECT * FROM (SELECT "column1" AS "sqlx_chunked_key_1", "column2" AS "sqlx_chunked_number" FROM (VALUES (?, CAST(1 AS BIGINT))) AS "sqlx_chunked_keys") AS "sqlx_chunked_keys") AS "sqlx_chunked_keys" CROSS JOIN "entries" WHERE ("sqlx_chunked_keys"."sqlx_chunked_number" <= ?) AND ("sqlx_chunked_keys"."sqlx_chunked_key_1" = "entries"."delay")"#,
        );
    }

    #[test]
    fn a_schema_qualifies_the_table_and_the_table_its_columns() {
        const MAIN: &Model = &Model { schema: Some("main"), select: Select::Everything, ..*MODEL };
        assert_eq!(
            text::<Sqlite>(&Key::of(MAIN), vec![], FIRST),
            r#"SELECT "entries".* FROM "main"."entries" ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
        );
    }

    #[test]
    fn a_join_stands_behind_the_table_and_its_columns_are_qualified() {
        let position = [integer(7)];
        let filters = || vec![Filter::Typed(compare(1, Operator::Equal, 1))];
        let selected = r#"SELECT "entries"."id", "authors"."id", "main"."authors"."born ""in""#;
        let from = concat!(
            r#"FROM "main"."entries" JOIN main.authors ON authors.id = entries.author_id"#,
            "\n"
        );
        assert_eq!(
            text::<Sqlite>(
                &Key::of(JOINED),
                filters(),
                Ask { from: Some(Start::after(&position)), ..FIRST }
            ),
            format!(
                r#"{selected} {from} WHERE ("entries"."id" > ?) AND ("authors"."id" = ?) ORDER BY "entries"."id" ASC LIMIT ? + 0"#
            ),
        );
        let order = key_of(JOINED, &[(1, Direction::Descending), (0, Direction::Descending)]);
        assert_eq!(
            text::<Sqlite>(
                &order,
                filters(),
                Ask { nulls: HiddenNulls { parts: &[0], ..HiddenNulls::NONE }, ..FIRST }
            ),
            format!(
                r#"{selected}, EXISTS (SELECT 1 {from} WHERE ("authors"."id" = ?) AND ("authors"."id" IS NULL)) AS "sqlx_chunked_has_nulls_0" {from} WHERE ("authors"."id" = ?) ORDER BY "authors"."id" DESC, "entries"."id" DESC LIMIT ? + 0"#
            ),
        );
    }

    /// Outside the parts, the tables are out of scope, and both have an `id`.
    #[test]
    fn several_parts_of_a_join_are_sorted_by_place() {
        let position = [integer(7), integer(8)];
        let ask = Ask { from: Some(Start::after(&position)), ..FIRST };
        let order = key_of(JOINED, &[(1, Direction::Descending), (0, Direction::Ascending)]);
        let part = |condition| {
            format!(
                concat!(
                    r#"SELECT "entries"."id", "authors"."id", "main"."authors"."born ""in" "#,
                    r#"FROM "main"."entries" JOIN main.authors ON authors.id = entries.author_id"#,
                    "\n",
                    r#" WHERE ({}) ORDER BY "authors"."id" DESC, "entries"."id" ASC LIMIT ? + 0"#,
                ),
                condition
            )
        };
        let place =
            |index| text::<Sqlite>(&order, vec![], Ask { places: Some((index, index + 1)), ..ask });
        assert_eq!(place(0), part(r#""authors"."id" = ? AND "entries"."id" > ?"#));
        assert_eq!(place(1), part(r#""authors"."id" < ?"#));
        // If several are read at once, columns are named by number: two tables may share a name.
        let all = text::<Sqlite>(&order, vec![], ask);
        assert!(
            all.ends_with(r#" AS "sqlx_chunked_place_1" ORDER BY 2 DESC, 1 ASC LIMIT ? + 0"#),
            "{all}"
        );
    }
}

#[cfg(feature = "postgres")]
mod postgres {
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
}

#[cfg(feature = "mysql")]
mod mysql {
    use sqlx::MySql;

    use std::any::TypeId;

    use super::{
        Ask, ColumnName, Direction, FIRST, Filter, HiddenNulls, Key, Model, NULLABLE, Node,
        Operator, RawValue, Sort, Start, key, related_text, text,
    };
    use crate::backend::mysql::value::Value;

    /// What may be a date is not compared with `0000-00-00`.
    #[test]
    fn nulls_are_no_dates() {
        const TEXTS: &Model = &Model {
            columns: &[ColumnName {
                type_id: TypeId::of::<String>(),
                ..ColumnName::of_integers("id", "id", true, false)
            }],
            ..*NULLABLE
        };
        let ask = Ask { nulls: HiddenNulls { parts: &[0], ..HiddenNulls::NONE }, ..FIRST };
        let nulls = |model| {
            let sql = text::<MySql>(&Key::of(model), vec![], ask);
            let start = sql.find("EXISTS").expect("a question");
            let end = sql.find(" AS ").expect("a name");
            sql[start..end].to_owned()
        };
        assert_eq!(
            nulls(NULLABLE),
            "EXISTS (SELECT 1 FROM `entries` WHERE (`entries`.`id` IS NULL))"
        );
        assert_eq!(
            nulls(TEXTS),
            "EXISTS (SELECT 1 FROM `entries` WHERE (`entries`.`id` IS NULL) \
             AND (COALESCE(`entries`.`id`) IS NULL))"
        );
    }

    #[test]
    fn related_rows_are_within_lists() {
        let key = [RawValue::MySql(Value::Integer(7))];
        let keys = |count| vec![&key[..]; count];
        assert_eq!(
            related_text::<MySql>(&[1], &keys(2), false),
            "SELECT `entries`.`id`, `entries`.`delay` FROM `entries` WHERE (`entries`.`delay` IN (?, ?)) ORDER BY `entries`.`id` ASC",
        );
        assert_eq!(
            related_text::<MySql>(&[1], &keys(2), true),
            "SELECT `entries`.`id`, `entries`.`delay`, `sqlx_chunked_keys`.`sqlx_chunked_number` AS `sqlx_chunked_number` FROM `entries` STRAIGHT_JOIN (SELECT 1 AS `sqlx_chunked_number` UNION ALL SELECT 2) AS `sqlx_chunked_keys` WHERE (`sqlx_chunked_keys`.`sqlx_chunked_number` <= ?) AND (`entries`.`delay` IN (?, ?)) AND (ELT(`sqlx_chunked_keys`.`sqlx_chunked_number`, `entries`.`delay` = ?, `entries`.`delay` = ?) = 1) ORDER BY `entries`.`id` ASC",
        );
        let pair = [key[0].clone(), key[0].clone()];
        assert_eq!(
            related_text::<MySql>(&[0, 1], &[&pair, &pair], false),
            "SELECT `entries`.`id`, `entries`.`delay` FROM `entries` WHERE ((`entries`.`id`, `entries`.`delay`) IN ((?, ?), (?, ?))) ORDER BY `entries`.`id` ASC",
        );
        // Padded to 1,024, in two lists.
        let list = format!("`entries`.`delay` IN ({})", vec!["?"; 512].join(", "));
        let sql = related_text::<MySql>(&[1], &keys(513), false);
        assert!(sql.contains(&format!(" WHERE ({list} OR {list}) ORDER BY ")), "{sql}");
    }

    #[test]
    fn nulls_are_ranges_of_one_condition() {
        let condition = |direction, delay| {
            let sort = |column| Sort { column, direction };
            let position = [delay, RawValue::MySql(Value::Integer(8))];
            let ask = Ask { from: Some(Start::after(&position)), ..FIRST };
            let sql = text::<MySql>(&Key::new(NULLABLE, vec![sort(1), sort(0)]), vec![], ask);
            let (_, condition) = sql.split_once(" WHERE ").unwrap_or_default();
            let (condition, _) = condition.split_once(" ORDER BY ").unwrap_or_default();
            condition.replace("`entries`.", "").replace('`', "")
        };
        let seven = || RawValue::MySql(Value::Integer(7));
        let (ascending, descending) = (Direction::Ascending, Direction::Descending);
        assert_eq!(condition(ascending, seven()), "(delay > ? OR (delay = ? AND (id > ?)))");
        assert_eq!(
            condition(descending, seven()),
            "(delay < ? OR delay IS NULL OR (delay = ? AND (id < ?)))",
        );
        assert_eq!(
            condition(ascending, RawValue::Null),
            "(delay IS NOT NULL OR ((delay IS NULL OR delay < NULL) AND (id > ?)))",
        );
        assert_eq!(
            condition(descending, RawValue::Null),
            "(((delay IS NULL OR delay < NULL) AND (id < ?)))",
        );
    }

    #[test]
    fn names_are_quoted_with_backticks_and_rows_are_compared_column_by_column() {
        let filters: Vec<Filter<MySql>> = vec![Filter::Typed(Node::Bound {
            columns: vec![1, 0],
            operator: Operator::GreaterOrEqual,
            values: vec![Box::new("a".to_owned()), Box::new(1_i64)],
        })];
        let order = key(&[(1, Direction::Ascending), (0, Direction::Ascending)]);
        assert_eq!(
            text(&order, filters, FIRST),
            r#"SELECT `entries`.`id`, `entries`.`head "line``` FROM `entries` WHERE (`entries`.`head "line``` > ? OR (`entries`.`head "line``` = ? AND (`entries`.`id` >= ?))) ORDER BY `entries`.`head "line``` ASC, `entries`.`id` ASC LIMIT ?"#,
        );
    }
}

/// The end of an order, in each database's form.
mod ends {
    use super::{
        Ask, Backend, Direction, End, FIRST, Filter, Key, Model, NULLABLE, RawValue, Start, count,
        count_places, key_of, text,
    };

    /// Returns the condition of a batch that begins at one position and ends at another, without
    /// what PostgreSQL says about types.
    fn condition<DB: Backend>(
        order: &[(usize, Direction)],
        from: &[RawValue],
        last: &[RawValue],
    ) -> String {
        let ask = Ask { from: Some(Start::after(from)), up_to: Some(End::at(last)), ..FIRST };
        let sql = text::<DB>(&key_of(NULLABLE, order), vec![], ask);
        let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
        let (condition, _) = condition.split_once(" ORDER BY ").expect("an order");
        condition.replace(" /* type 20 */", "").replace(['"', '`'], "")
    }

    const BY_ID: &[(usize, Direction)] = &[(0, Direction::Ascending)];
    const BY_DELAY: &[(usize, Direction)] = &[(1, Direction::Ascending), (0, Direction::Ascending)];

    /// Returns the conditions of the places between two positions, in order.
    fn conditions<DB: Backend>(order: &[(usize, Direction)], ask: Ask<'_>) -> Vec<String> {
        let key = key_of(NULLABLE, order);
        let count = count_places::<DB>(&key, &[], ask.from, ask.up_to).expect("places");
        let condition = |place| {
            let sql = text::<DB>(&key, vec![], Ask { places: Some((place, place + 1)), ..ask });
            let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
            let (condition, _) = condition.split_once(" ORDER BY ").expect("an order");
            condition.replace(" /* type 20 */", "").replace(['"', '`'], "").replace("entries.", "")
        };
        (0..count).map(condition).collect()
    }

    /// Where an index is not searched by all columns at once, the rows next to the end are places too.
    #[cfg(feature = "sqlite")]
    #[test]
    fn on_sqlite() {
        use sqlx::Sqlite;

        use crate::backend::sqlite::value::Value;

        let [one, nine] = [1, 9].map(|n| RawValue::Sqlite(Value::Integer(n)));
        assert_eq!(
            condition::<Sqlite>(BY_ID, std::slice::from_ref(&one), std::slice::from_ref(&nine)),
            "(entries.id > ?) AND (entries.id <= ?)"
        );
        let conditions = |from: Option<&[RawValue]>, last: &[RawValue], included| {
            let up_to = Some(End { position: last, included });
            conditions::<Sqlite>(BY_DELAY, Ask { from: from.map(Start::after), up_to, ..FIRST })
        };
        let (first, last) = ([one.clone(), one.clone()], [nine.clone(), nine.clone()]);
        let between =
            ["(delay = ? AND id > ?)", "(delay > ? AND delay < ?)", "(delay = ? AND id <= ?)"];
        assert_eq!(conditions(Some(&first), &last, true), between);
        let [near, middle, _] = between;
        assert_eq!(
            conditions(Some(&first), &last, false),
            [near, middle, "(delay = ? AND id < ?)"]
        );
        // In one tie.
        let further = [one.clone(), nine.clone()];
        assert_eq!(
            conditions(Some(&first), &further, true),
            ["(delay = ? AND id > ? AND id <= ?)"]
        );
        // NULLs come first, so that they are before every end; the last one may be among them.
        let null = [RawValue::Null, one];
        assert_eq!(
            conditions(None, &last, true),
            ["(delay IS NULL)", "(delay < ?)", "(delay = ? AND id <= ?)"]
        );
        assert_eq!(
            conditions(Some(&null), &last, true),
            ["(delay IS NULL AND id > ?)", "(delay < ?)", "(delay = ? AND id <= ?)"]
        );
        assert_eq!(conditions(None, &null, true), ["(delay IS NULL AND id <= ?)"]);
        let further = [RawValue::Null, nine];
        assert_eq!(
            conditions(Some(&null), &further, true),
            ["(delay IS NULL AND id > ? AND id <= ?)"]
        );
        // Texts that differ may be equal by their collation; then those next to the start are all.
        let text = |text: &str| RawValue::Sqlite(Value::Text(text.to_owned()));
        let [a, z] = ["a", "Z"].map(|name| [text(name), null[1].clone()]);
        assert_eq!(
            conditions(Some(&a), &z, true),
            [
                "(delay = ? AND id > ? AND +(+(delay < ? OR delay IS NULL OR (delay = ? AND (id <= ?)))))",
                "(delay > ? AND delay < ?)",
                "(delay = ? AND id <= ? AND +(delay > ?))"
            ]
        );
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn on_postgres() {
        use smallvec::SmallVec;
        use sqlx::Postgres;

        use crate::backend::postgres::value::Value;

        let integer = |n: i64| {
            let bytes = SmallVec::from_slice(&n.to_be_bytes());
            RawValue::Postgres(Value { oid: 20, bytes })
        };
        // NULLs come last: an end that is no NULL is before all of them.
        let (from, last) = ([integer(1), integer(1)], [integer(9), integer(9)]);
        let conditions = |last: &[RawValue]| {
            let (from, up_to) = (Some(Start::after(&from)), Some(End::at(last)));
            conditions::<Postgres>(BY_DELAY, Ask { from, up_to, ..FIRST })
        };
        assert_eq!(
            conditions(&last),
            [
                "(delay = $1 AND id > $2)",
                "(delay > $1 AND (delay, delay) < ($2, $3))",
                "(delay = $1 AND id <= $2)"
            ]
        );
        assert_eq!(
            conditions(&[RawValue::Null, integer(9)]),
            [
                "(delay = $1 AND id > $2)",
                "(delay > $1)",
                "(delay IS NOT DISTINCT FROM NULL AND id <= $1)"
            ]
        );
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn a_count_has_no_order() {
        use sqlx::Sqlite;

        let key = Key::of(NULLABLE);
        let mut filters: Vec<Filter<Sqlite>> = vec![];
        let sql = |limit| count(&key, &mut filters, None, None, limit).expect("no values").sql;
        let [all, few] = [None, Some(3)].map(sql);
        assert_eq!(all, r#"SELECT count(*) FROM "entries""#);
        assert_eq!(
            few,
            r#"SELECT count(*) FROM (SELECT 1 FROM "entries" LIMIT ? + 0) AS "sqlx_chunked_counted""#
        );
    }

    /// A query stands for the table, in parentheses that a comment at its end does not swallow.
    #[cfg(feature = "sqlite")]
    #[test]
    fn a_query_and_a_named_table() {
        use sqlx::Sqlite;

        const QUERY: &Model =
            &Model { query: Some("SELECT 1 AS id, 2 AS delay -- it"), ..*NULLABLE };
        assert_eq!(
            text::<Sqlite>(&Key::of(QUERY), vec![], FIRST),
            "SELECT \"entries\".\"id\", \"entries\".\"delay\" FROM (SELECT 1 AS id, 2 AS delay -- it\n) \
             AS \"entries\" ORDER BY \"entries\".\"id\" ASC LIMIT ? + 0"
        );
        let mut key = Key::of(NULLABLE);
        key.table.set_name("old\"er".to_owned());
        key.table.set_schema("s".to_owned());
        assert_eq!(
            text::<Sqlite>(&key, vec![], FIRST),
            r#"SELECT "entries"."id", "entries"."delay" FROM "s"."old""er" AS "entries" ORDER BY "entries"."id" ASC LIMIT ? + 0"#
        );
    }
}
