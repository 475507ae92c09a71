//! Which indexes prove which sets: one table, in which each line is a case.

use super::{Verdict, faults, judge};
use crate::{
    Claim, Claims, Column, Dialect, Flaw, Index, Kind, Mark, NotNull, Part, Sorted, Table,
    TableName, advice,
};

/// Returns a column: `name`, and its collation after a colon; by one in capitals, equal texts have equal
/// bytes.
fn column(text: &str) -> Column {
    let (name, collation) = text.split_once(':').map_or((text, None), |(n, c)| (n, Some(c)));
    Column {
        definition: "TEXT".to_owned(),
        not_null: NotNull::No,
        collation: collation.map(str::to_owned),
        by_bytes: collation.is_none_or(|name| name == name.to_uppercase()),
        by_letters: collation.is_none_or(|name| name != "uca"),
        ..Column::of(name)
    }
}

/// Returns an index: `unique a b:nocase`, with words for whatever is special about it.
fn index(text: &str) -> Index {
    let (mut unique, mut ignored) = (false, false);
    let (mut flaws, mut parts) = (Vec::new(), Vec::<Part>::new());
    for word in text.split_whitespace() {
        match word {
            "unique" => unique = true,
            "ignored" => ignored = true,
            "partial" => flaws.push(Flaw::Partial),
            "invalid" => flaws.push(Flaw::Invalid),
            "deferrable" => flaws.push(Flaw::Deferrable),
            "exclusion" => flaws.push(Flaw::Exclusion),
            "unclear" => flaws.push(Flaw::Unclear),
            "desc" => parts.last_mut().unwrap().descending = true,
            "prefix" => parts.last_mut().unwrap().prefix = true,
            "image" => parts.last_mut().unwrap().operators = Some("image_ops".to_owned()),
            "()" => parts.push(Part { column: None, ..Part::of(&column("none")) }),
            name => parts.push(Part::of(&column(name))),
        }
    }
    Index { name: Some("i".to_owned()), unique, parts, flaws, ignored }
}

fn table(columns: &str, indexes: &[&str]) -> Table {
    let columns = columns.split_whitespace().map(column).collect();
    let indexes = indexes.iter().map(|text| index(text)).collect();
    Table { columns, indexes, ..Table::empty(Kind::Table) }
}

fn claim(mark: Mark, columns: &str) -> Claim {
    Claim { mark, columns: columns.split_whitespace().map(str::to_owned).collect() }
}

#[test]
fn sets() {
    // The columns, the indexes, the set that is claimed, and what is found instead.
    let cases: &[(&str, &[&str], &str, &str)] = &[
        ("a", &["unique a"], "a", ""),
        ("a b", &["unique a"], "a b", ""),
        ("a b", &["unique b a"], "a b", ""),
        ("a b", &["unique a", "b"], "b", "index `i` on it is not unique"),
        ("a b", &["unique a b"], "a", "index `i` is unique only together with `b`"),
        ("a", &["unique a ()"], "a", "index `i` is unique only together with an expression"),
        ("a", &["unique ()"], "a", "no unique index or constraint is on it"),
        ("a", &["unique"], "a", "no unique index or constraint is on it"),
        ("a", &[], "a", "no unique index or constraint is on it"),
        ("a", &["a"], "a", "index `i` on it is not unique"),
        ("a", &["unique partial a"], "a", "index `i` is partial: it leaves rows out"),
        ("a", &["unique partial a", "unique a"], "a", ""),
        (
            "a",
            &["unique invalid a"],
            "a",
            "index `i` is not valid: it was not finished, or is not on all partitions",
        ),
        (
            "a",
            &["unique deferrable a"],
            "a",
            "index `i` is deferrable: rows may tie until their transaction ends",
        ),
        (
            "a",
            &["unique exclusion a"],
            "a",
            "index `i` is an exclusion constraint: rows may tie by `=`",
        ),
        ("a", &["unique ignored a"], "a", ""),
        ("a", &["unique a prefix"], "a", ""),
        (
            "a:uca",
            &["unique a:uca prefix"],
            "a",
            "index `i` has only the beginning of `a`, and by the collation `uca` texts can be equal whose \
             beginnings are not (`ss` and `ß`)",
        ),
        ("a:nocase", &["unique a:nocase prefix"], "a", ""),
        ("a", &["unique a desc"], "a", ""),
        // One that calls more texts equal than the column proves more than is asked.
        ("a:C", &["unique a:nocase"], "a", ""),
        ("a:C", &["unique a:POSIX"], "a", ""),
        ("a:nocase", &["unique a:nocase"], "a", ""),
        (
            "a:nocase",
            &["unique a:C"],
            "a",
            "index `i` has the collation `C`, by which texts differ that are equal by the collation \
             `nocase` of `a`",
        ),
        (
            "a:nocase b",
            &["unique b a:rtrim"],
            "a b",
            "index `i` has the collation `rtrim`, by which texts differ that are equal by the \
             collation `nocase` of `a`",
        ),
        (
            "a",
            &["unique a image"],
            "a",
            "index `i` compares `a` by the operators of `image_ops`, and not by the `=` of its type",
        ),
        (
            "a",
            &["unique unclear a"],
            "a",
            "it cannot be proven, because index `i` may compare otherwise than the column does",
        ),
        ("a", &["unique unclear a", "unique a"], "a", ""),
        ("a b", &["unique unclear a"], "b", "no unique index or constraint is on it"),
        // What is certain is said first.
        ("a", &["unique partial unclear a"], "a", "index `i` is partial: it leaves rows out"),
    ];
    for (columns, indexes, set, expected) in cases {
        let verdict = judge(Dialect::Postgres, &table(columns, indexes), &claim(Mark::Unique, set));
        let expected = match *expected {
            "" => Verdict::Proven,
            found if found.starts_with("it cannot") => Verdict::Unknown(found.to_owned()),
            found => Verdict::Refuted(found.to_owned()),
        };
        assert_eq!(verdict, expected, "{set} of ({columns}) by {indexes:?}");
    }
}

#[test]
fn nulls() {
    let mut table = table("a", &["unique a"]);
    let claim = claim(Mark::ChunkKey, "a");
    let mut judged = |not_null| {
        table.columns[0].not_null = not_null;
        judge(Dialect::Sqlite, &table, &claim)
    };
    assert_eq!(judged(NotNull::Yes), Verdict::Proven);
    assert_eq!(judged(NotNull::No), Verdict::Refuted("the column may be NULL".to_owned()));
    let unknown = judged(NotNull::Unknown("x".into()));
    assert_eq!(unknown, Verdict::Unknown("it cannot be proven, because x".to_owned()));
}

/// Of what is not a table, only the columns are known.
#[test]
fn not_a_table() {
    let mut view = table("a", &["unique a"]);
    view.kind = Kind::Unprovable("is a view".into());
    let judged = |mark, columns| judge(Dialect::MySql, &view, &claim(mark, columns));
    let unknown = Verdict::Unknown("it cannot be proven, because the table is a view".to_owned());
    assert_eq!(judged(Mark::Unique, "a"), unknown);
    assert_eq!(judged(Mark::Order, "a"), unknown);
    assert_eq!(judged(Mark::Column, "a"), Verdict::Proven);
    assert_eq!(judged(Mark::Column, "b"), Verdict::Refuted("there is no such column".to_owned()));
}

#[test]
fn names() {
    let table = table("Ä a", &["unique Ä"]);
    let finds =
        |dialect, name| judge(dialect, &table, &claim(Mark::Column, name)) == Verdict::Proven;
    assert!(finds(Dialect::Postgres, "a") && !finds(Dialect::Postgres, "A"));
    assert!(finds(Dialect::Sqlite, "A") && !finds(Dialect::Sqlite, "ä"));
    assert!(finds(Dialect::MySql, "ä"));
}

fn claims(claims: Vec<Claim>) -> Claims {
    let table = TableName { schema: Some("s".to_owned()), name: "ta\"b`le".to_owned() };
    Claims { model: "Model".to_owned(), table, claims, order: Vec::new() }
}

#[test]
fn helps() {
    let mut table = table("id a", &["unique partial a"]);
    table.indexes[0].name = Some("TA\"B`LE_a_key".to_owned());
    let claims = claims(vec![
        claim(Mark::Unique, "a"),
        claim(Mark::PrimaryKey, "id a"),
        claim(Mark::ChunkKey, "id"),
        claim(Mark::Order, "a"),
        claim(Mark::Column, "b"),
        // A missing column is one fault, not two.
        claim(Mark::Unique, "b"),
    ]);
    let helps = |dialect| {
        let faults = faults(dialect, &claims, Some(&table));
        faults.into_iter().map(|fault| fault.help).collect::<Vec<_>>()
    };
    let columns = "the columns are `id`, `a`; name one by `rename`, or run the migrations";
    assert_eq!(
        helps(Dialect::Postgres),
        [
            r#"CREATE UNIQUE INDEX ON "s"."ta""b`le" ("a"), or take the mark away"#,
            r#"CREATE UNIQUE INDEX ON "s"."ta""b`le" ("id", "a"), or take the mark away"#,
            r#"ALTER TABLE "s"."ta""b`le" ALTER COLUMN "id" SET NOT NULL, or mark another column `#[chunk_key]`"#,
            r#"ALTER TABLE "s"."ta""b`le" ALTER COLUMN "a" SET NOT NULL, or make the field an `Option`"#,
            columns,
        ]
    );
    assert_eq!(
        helps(Dialect::MySql)[..3],
        [
            "CREATE UNIQUE INDEX `ta\"b``le_a_key1` ON `s`.`ta\"b``le` (`a`), or take the mark away",
            "CREATE UNIQUE INDEX `ta\"b``le_id_a_key` ON `s`.`ta\"b``le` (`id`, `a`), or take the mark away",
            "ALTER TABLE `s`.`ta\"b``le` MODIFY `id` TEXT NOT NULL, with whatever else its definition has, or \
             mark another column `#[chunk_key]`",
        ]
    );
    assert_eq!(
        helps(Dialect::Sqlite)[0],
        r#"CREATE UNIQUE INDEX "s"."ta""b`le_a_key1" ON "ta""b`le" ("a"), or take the mark away"#
    );
}

/// No DDL is better than one that cannot run, or does harm.
#[test]
fn helps_without_ddl() {
    let claims = claims(vec![claim(Mark::Order, "a"), claim(Mark::Unique, "a")]);
    let mut table = table("a", &[]);
    table.columns[0].generated = true;
    let help = |dialect, table: &Table| faults(dialect, &claims, Some(table))[0].help.clone();
    assert_eq!(help(Dialect::MySql, &table), "make the field an `Option`");
    assert_ne!(help(Dialect::Postgres, &table), "make the field an `Option`");
    table.columns[0].implicit = true;
    assert_eq!(help(Dialect::Postgres, &table), "make the field an `Option`");
    table.partitioned = true;
    let faults = faults(Dialect::Postgres, &claims, Some(&table));
    assert!(
        faults[1].help.contains("(it has to include the columns that the table is partitioned by)")
    );
}

#[test]
fn no_table() {
    let faults = faults(Dialect::Postgres, &claims(vec![claim(Mark::Unique, "a")]), None);
    assert_eq!(faults.len(), 1);
    assert_eq!(
        faults[0].to_string(),
        "table `ta\"b`le`: there is no such table; help: check `table` and `schema`, the \
         `search_path` of the connection, and that the migrations have run"
    );
}

#[test]
fn orders() {
    // The indexes, the order, and the index that is said not to serve it.
    let cases: &[(&[&str], &str, Option<&str>)] = &[
        (&["a:C"], "a", None),
        (&["a:C"], "-a", None),
        (&["a:C b"], "a b", None),
        (&["a:C b desc"], "-a b", None),
        (&["a:C"], "a b", None),
        (&["a:C b"], "a", None),
        (&["b a:C"], "a", Some("")),
        (&[], "a", Some("")),
        (&["a:C b"], "a -b", Some("is sorted otherwise")),
        (&["a:POSIX"], "a", Some("is sorted otherwise")),
        (&["a:C image"], "a", Some("is sorted otherwise")),
        (&["a:C prefix"], "a", Some("has only the beginning of a column")),
        (&["unique partial a:C"], "a", Some("leaves rows out, or is not valid")),
        (&["unique deferrable a:C"], "a", None),
        (&["ignored a:C"], "a", Some("is not one that rows are read in order by")),
    ];
    for (indexes, order, expected) in cases {
        let sorted = |word: &str| Sorted {
            column: word.trim_start_matches('-').to_owned(),
            descending: word.starts_with('-'),
        };
        let order: Vec<_> = order.split_whitespace().map(sorted).collect();
        let claims = Claims { order, ..claims(Vec::new()) };
        let advice = advice(Dialect::Postgres, &claims, &table("a:C b", indexes));
        let is_as_expected = match (expected, &advice) {
            (None, None) => true,
            (Some(reason), Some(text)) => text.ends_with(reason) || reason.is_empty(),
            _ => false,
        };
        assert!(is_as_expected, "{indexes:?} for {:?}: {advice:?}", claims.order);
    }
}
