//! The rules by which the marks of a struct are held against its table.
//!
//! `#[chunked(unique)]` and its kin say what a table upholds. This crate knows when that is proven:
//! [`faults`] takes what a model [claims](Claims) and a [description](Table) of the table, and returns
//! what is not borne out, with the DDL that would. It has no driver: descriptions come from the catalog
//! of a database or, with the feature `migrations`, from the [migrations](migrations::Migrations) that
//! make it.
//!
//! It is a part of `sqlx-chunked`, and has no other use.

#![deny(missing_docs)]

mod advice;
mod claims;
pub mod collation;
mod dialect;
pub mod engine;
mod fault;
mod mend;
#[cfg(feature = "migrations")]
pub mod migrations;
pub mod rowid;
mod rules;
mod table;

pub use advice::advice;
pub use claims::{Claim, Claims, Mark, Sorted};
pub use dialect::Dialect;
pub use fault::Fault;
pub use mend::TableName;
pub use rules::{Verdict, faults, judge};
pub use table::{Column, Flaw, Index, Kind, NotNull, Part, Table};
