//! What migrations are believed to make, against what they make: on the real database, and for every
//! column and every set of columns. Nothing may be proven that `verify` would refuse, and nothing may be
//! contradicted that it would bear out.

pub(crate) mod directories;
pub(crate) mod random;

use sqlx_chunked::{Backend, Mark};
use sqlx_chunked_proof::{
    Claim, Claims, Dialect, Table, TableName, Verdict, judge,
    migrations::{self, Migrations, Objection},
};

/// Returns the words of a database.
const fn dialect<DB: Backend>() -> Dialect {
    DB::PROOF
}

/// How often a claim about a table was proven: by the catalog, and by the migrations too.
#[derive(Clone, Copy, Debug, Default)]
struct Proven {
    by_catalog: usize,
    by_migrations: usize,
}

impl std::ops::AddAssign for Proven {
    fn add_assign(&mut self, other: Self) {
        self.by_catalog += other.by_catalog;
        self.by_migrations += other.by_migrations;
    }
}

/// Compares everything that can be claimed about some columns of a table.
async fn compare<DB: Backend>(
    connection: &mut DB::Connection,
    migrations: &Migrations,
    name: &TableName,
    columns: &[&str],
    told: &str,
) -> Proven {
    // MariaDB can make tables with partitions that it then fails to open.
    let Ok(real) = DB::describe(connection, name.schema.as_deref(), &name.name).await else {
        return Proven::default();
    };
    let believed = migrations.table(name);
    let mut proven = Proven::default();
    for claim in claims(columns) {
        let real = outcome(DB::PROOF, real.as_ref(), &claim);
        let believed = match &believed {
            Some(table) => outcome(DB::PROOF, Some(table), &claim),
            // Missing, a view, or not certain.
            None => believed_missing(migrations, name, &claim),
        };
        let is_right = match believed {
            Outcome::Proven => real == Outcome::Proven,
            Outcome::Contradicted => real != Outcome::Proven,
            Outcome::Unknown => true,
        };
        assert!(
            is_right,
            "{claim:?} of {name:?}: {believed:?}, and in truth {real:?}, after\n{told}"
        );
        proven.by_catalog += usize::from(real == Outcome::Proven);
        proven.by_migrations += usize::from(believed == Outcome::Proven);
    }
    proven
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Proven,
    Contradicted,
    Unknown,
}

fn outcome(dialect: Dialect, table: Option<&Table>, claim: &Claim) -> Outcome {
    let Some(table) = table else { return Outcome::Contradicted };
    // A claim about a column that is missing is contradicted by another claim.
    if claim.columns.iter().any(|column| table.column(dialect, column).is_none()) {
        return Outcome::Contradicted;
    }
    match judge(dialect, table, claim) {
        Verdict::Proven => Outcome::Proven,
        Verdict::Refuted(_) => Outcome::Contradicted,
        Verdict::Unknown(_) => Outcome::Unknown,
    }
}

/// Returns what is said of a table that is not there, or of which nothing is certain.
fn believed_missing(migrations: &Migrations, name: &TableName, claim: &Claim) -> Outcome {
    let mut objections = objections(migrations, name, vec![claim.clone()]).into_iter();
    let is_contradicted =
        |objection: Objection| objection.outcome == migrations::Outcome::Contradicted;
    if objections.any(is_contradicted) { Outcome::Contradicted } else { Outcome::Unknown }
}

/// Returns what the migrations do not bear out.
fn objections(migrations: &Migrations, name: &TableName, claims: Vec<Claim>) -> Vec<Objection> {
    let (model, table, order) = ("Model".to_owned(), name.clone(), Vec::new());
    migrations.objections(&Claims { model, table, claims, order })
}

/// Returns everything that can be claimed about columns: that one is there, that it is never NULL, and that
/// a set of one, two or three is unique.
fn claims(columns: &[&str]) -> Vec<Claim> {
    let claim = |mark, columns: &[&str]| Claim {
        mark,
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
    };
    let mut claims = Vec::new();
    for (at, one) in columns.iter().enumerate() {
        claims.push(claim(Mark::Column, &[one]));
        claims.push(claim(Mark::ChunkKey, &[one]));
        claims.push(claim(Mark::Unique, &[one]));
        for (next, two) in columns.iter().enumerate().skip(at + 1) {
            claims.push(claim(Mark::Unique, &[one, two]));
            for three in columns.iter().skip(next + 1) {
                claims.push(claim(Mark::Unique, &[one, two, three]));
            }
        }
    }
    claims
}
