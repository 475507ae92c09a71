//! The end of an order, in each database's form.

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
    assert_eq!(conditions(Some(&first), &last, false), [near, middle, "(delay = ? AND id < ?)"]);
    // In one tie.
    let further = [one.clone(), nine.clone()];
    assert_eq!(conditions(Some(&first), &further, true), ["(delay = ? AND id > ? AND id <= ?)"]);
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
    assert_eq!(conditions(Some(&null), &further, true), ["(delay IS NULL AND id > ? AND id <= ?)"]);
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

    const QUERY: &Model = &Model { query: Some("SELECT 1 AS id, 2 AS delay -- it"), ..*NULLABLE };
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
