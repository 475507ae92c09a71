//! Statements for SQLite.

use sqlx::{QueryBuilder, Sqlite};

use super::{
    Ask, Direction, FIRST, Filter, HiddenNulls, JOINED, Key, List, MODEL, Model, NULLABLE, Node,
    Operator, PushedSql, RawValue, Select, Sort, Start, at_end, key, key_of, places, related,
    related_text, text,
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
    let count =
        |filters: Vec<Filter<Sqlite>>| places::<Sqlite>(&order, &filters, Start::after(&position));
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
        condition.split(" ORDER BY ").next().unwrap_or_default().replace(r#""entries"."id""#, "id")
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
