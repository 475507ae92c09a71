//! Statements for MySQL and MariaDB.

use sqlx::MySql;

use std::any::TypeId;

use super::{
    Ask, ColumnName, Direction, FIRST, Filter, HiddenNulls, Key, Model, NULLABLE, Node, Operator,
    RawValue, Sort, Start, key, related_text, text,
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
    assert_eq!(nulls(NULLABLE), "EXISTS (SELECT 1 FROM `entries` WHERE (`entries`.`id` IS NULL))");
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
