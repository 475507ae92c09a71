//! Random statements: whatever the database accepts is replayed, and after each of them all tables are
//! compared.

use std::env;

use sqlx::{AssertSqlSafe, Pool};
use sqlx_chunked_proof::{TableName, migrations::Migrations};

use super::{Proven, compare, dialect};
use crate::{Db, harness::Random};

/// What random statements are made of: `#t` is a table, `#c` a column, `#y` a type with its constraints,
/// `#i` the name of an index, whether of the database's making or not.
pub(crate) struct Grammar {
    /// Take `#`, a table or a view, away.
    pub(crate) clean: &'static [&'static str],
    pub(crate) statements: &'static [&'static str],
    pub(crate) types: &'static [&'static str],
    pub(crate) indexes: &'static [&'static str],
}

const TABLES: [&str; 3] = ["t", "u", "v"];

const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];

/// Makes databases, each by some statements.
pub(crate) async fn statements(pool: &Pool<Db>, grammar: &Grammar) {
    let databases = env::var("DDL_WALKS").map_or(25, |number| number.parse().unwrap());
    let mut random = Random::new();
    let mut all = Proven::default();
    let mut connection = pool.acquire().await.unwrap().detach();
    for _ in 0..databases {
        for table in TABLES {
            for sql in grammar.clean {
                let sql = sql.replace('#', table);
                // It is the one or the other.
                let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
            }
        }
        let mut run: Vec<String> = Vec::new();
        for _ in 0..40 {
            let sql = statement(&mut random, grammar);
            let sent = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut connection).await;
            if sent.is_err() {
                continue;
            }
            run.push(sql);
            let files = run.iter().map(|sql| ("m", &**sql));
            let migrations = Migrations::replay(dialect::<Db>(), files);
            let told = run.join(";\n");
            for table in TABLES {
                let name = TableName { schema: None, name: table.to_owned() };
                all += compare::<Db>(&mut connection, &migrations, &name, &COLUMNS, &told).await;
            }
        }
    }
    println!("{all:?}");
    // Some statements take proof from others.
    assert!(all.by_catalog > 0 && all.by_migrations * 5 > all.by_catalog * 2, "{all:?}");
}

fn statement(random: &mut Random, grammar: &Grammar) -> String {
    let mut pick = |from: &[&'static str]| {
        let place = usize::try_from(random.below(from.len() as u64)).unwrap();
        from[place]
    };
    let mut left = pick(grammar.statements);
    let mut sql = String::new();
    while let Some((before, after)) = left.split_once('#') {
        sql.push_str(before);
        let (kind, rest) = after.split_at(1);
        sql.push_str(match kind {
            "t" => pick(&TABLES),
            "c" => pick(&COLUMNS),
            "y" => pick(grammar.types),
            _ => pick(grammar.indexes),
        });
        left = rest;
    }
    sql + left
}
