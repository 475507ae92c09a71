//! The errors for what migrations do not bear out.

use proc_macro2::{Span, TokenStream};
use sqlx_chunked_proof::{
    Claim, Mark,
    migrations::{Objection, Outcome},
};

use super::{claims, dialect, replayed::replayed};
use crate::{errors::Errors, model::Model};

/// Holds the marks of a model against its migrations. Returns code that has the compiler watch them.
pub(crate) fn hold(model: &Model, errors: &mut Errors) -> TokenStream {
    let attrs = &model.attrs;
    let Some(migrations) = &attrs.migrations else {
        if let Some(dialect) = &attrs.dialect {
            errors.push_clear(
                dialect.span,
                "`dialect` is that of `migrations`, and there are none",
                "`#[chunked(migrations = \"migrations\")]` beside it, or leave it out",
            );
        }
        return TokenStream::new();
    };
    let is_correct = errors.is_empty();
    let Some(dialect) = dialect::of(attrs.dialect.as_ref(), migrations.span, errors) else {
        return TokenStream::new();
    };
    let (replayed, files) = match replayed(dialect, &migrations.value) {
        Ok(replayed) => replayed,
        Err(problem) => {
            errors.push_clear(
                migrations.span,
                format_args!("the migrations cannot be read: {problem}"),
                "the directory that `sqlx::migrate!` reads, from the folder of this crate's Cargo.toml",
            );
            return TokenStream::new();
        }
    };
    // What is wrong with the struct comes first.
    if !is_correct {
        return files;
    }
    if let Some(query) = &attrs.query {
        let problem =
            "the marks cannot be proven: migrations say nothing about the rows of a query";
        errors.push_clear(query.span, problem, "take `migrations` away");
        return files;
    }
    let Some(claimed) = claims::of(model) else { return files };
    let mut unproven: Vec<(Objection, Span, Vec<String>)> = Vec::new();
    for objection in replayed.objections(&claimed.claims) {
        let span = claimed.place_of(&objection.claim);
        let claim = name_of(&objection.claim, &claimed.claims.table.name);
        if objection.outcome == Outcome::Contradicted {
            let problem = format!("the migrations contradict {claim}: {}", found(&objection));
            errors.push_clear(span, problem, help(&objection));
            continue;
        }
        // One reason is one error, however many marks it is about.
        let is_same = |(other, ..): &&mut (Objection, Span, Vec<String>)| {
            (&other.found, &other.place) == (&objection.found, &objection.place)
        };
        match unproven.iter_mut().find(is_same) {
            Some((_, _, claims)) => claims.push(claim),
            None => unproven.push((objection, span, vec![claim])),
        }
    }
    for (objection, span, claims) in unproven {
        let found = found(&objection).replace("it cannot be proven, because ", "");
        let problem = format!("{} cannot be proven: {found}", claims.join(", "));
        let model = &claimed.claims.model;
        let help = format!(
            "take `migrations` away, and have the database asked at start-up: \
             `{model}::verify(&pool).await?`"
        );
        errors.push_clear(span, problem, help);
    }
    files
}

/// Returns the words for a claim.
fn name_of(claim: &Claim, table: &str) -> String {
    let columns: Vec<_> = claim.columns.iter().map(|column| format!("`{column}`")).collect();
    let columns = columns.join(", ");
    match claim.mark {
        Mark::PrimaryKey => format!("`primary_key` of {columns}"),
        Mark::Unique => format!("`unique` of {columns}"),
        Mark::ChunkKey => format!("`chunk_key` of {columns}"),
        Mark::Column => format!("the column {columns}"),
        Mark::Table => format!("the table `{table}`"),
        _ => format!("{columns} without `Option`"),
    }
}

fn found(objection: &Objection) -> String {
    match &objection.place {
        Some(place) => format!("{} ({place})", objection.found),
        None => objection.found.clone(),
    }
}

fn help(objection: &Objection) -> String {
    let is_ddl = ["CREATE", "ALTER"].iter().any(|word| objection.help.starts_with(word));
    if is_ddl { format!("a migration with {}", objection.help) } else { objection.help.clone() }
}
