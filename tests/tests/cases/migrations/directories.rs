//! Directories of migrations in the manner of real projects, which sqlx runs.

use std::{fs, path::Path};

use sqlx::{Pool, migrate::Migrator};
use sqlx_chunked_proof::{
    TableName,
    migrations::{Migrations, Outcome, list},
};

use super::{Proven, claims, compare, dialect, objections};
use crate::Db;

/// Runs the migrations of a project, and compares everything that can be claimed about each table and all
/// its columns. What is not understood is not proven, but so much of it is, in percent.
pub(crate) async fn of_project(pool: &Pool<Db>, project: &str, percent: usize) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(project);
    let migrator = Migrator::new(&*directory).await.unwrap();
    migrator.run(pool).await.unwrap();
    let files = list(&directory, project).unwrap();
    let texts: Vec<_> = files.iter().map(|file| fs::read_to_string(&file.path).unwrap()).collect();
    let named = files.iter().map(|file| &*file.name).zip(texts.iter().map(String::as_str));
    let migrations = Migrations::replay(dialect::<Db>(), named);
    let mut connection = pool.acquire().await.unwrap().detach();
    let mut all = Proven::default();
    let tables = fs::read_to_string(directory.join("tables.txt")).unwrap();
    for line in tables.lines() {
        let (table, columns) = line.split_once(": ").unwrap();
        let (schema, name) = table.split_once('.').map_or((None, table), |(s, n)| (Some(s), n));
        let name = TableName { schema: schema.map(str::to_owned), name: name.to_owned() };
        let columns: Vec<_> = columns.split(", ").collect();
        let proven = compare::<Db>(&mut connection, &migrations, &name, &columns, project).await;
        println!("{table}: {proven:?} {}", reason(&migrations, &name, &columns));
        all += proven;
    }
    assert!(all.by_migrations * 100 >= all.by_catalog * percent, "{all:?}");
}

/// Returns the first reason why something cannot be proven.
fn reason(migrations: &Migrations, name: &TableName, columns: &[&str]) -> String {
    let outcomes = objections(migrations, name, claims(columns)).into_iter();
    let mut unproven = outcomes.filter(|objection| objection.outcome == Outcome::Unproven);
    unproven.next().map_or_else(String::new, |objection| {
        let place = objection.place.map_or_else(String::new, |place| place.to_string());
        format!("{} ({place})", objection.found)
    })
}
