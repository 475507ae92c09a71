//! Writes crates that differ in what their structs derive, and in nothing else.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::Error;

pub(super) const STRUCTS: usize = 100;

/// Each creates the tables of two structs.
pub(super) const MIGRATIONS: usize = STRUCTS / 2;

/// The derive on the structs of a crate.
#[derive(Debug, Clone, Copy)]
pub(super) enum Derive {
    Chunked,
    /// The same, with marks that are held against migrations.
    Migrated,
    FromRow,
    Nothing,
}

impl Derive {
    pub(super) const ALL: [Self; 4] = [Self::Chunked, Self::Migrated, Self::FromRow, Self::Nothing];

    /// Returns the name to show.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chunked => "Chunked",
            Self::Migrated => "Chunked, migrations",
            Self::FromRow => "sqlx::FromRow",
            Self::Nothing => "no derive",
        }
    }

    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Chunked => "derives-chunked",
            Self::Migrated => "derives-migrated",
            Self::FromRow => "derives-from-row",
            Self::Nothing => "derives-nothing",
        }
    }
}

/// A workspace of the crates.
pub(super) struct Generated {
    pub(super) directory: PathBuf,
}

impl Generated {
    pub(super) fn write(directory: &Path) -> Result<Self, Error> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let generated = Self { directory: directory.to_owned() };
        for derive in Derive::ALL {
            let package = directory.join(derive.package());
            fs::create_dir_all(package.join("src"))?;
            fs::write(package.join("Cargo.toml"), manifest(derive, &root.join("runtime")))?;
            generated.edit(derive, 0)?;
        }
        let migrations = directory.join(Derive::Migrated.package()).join("migrations");
        fs::create_dir_all(&migrations)?;
        for number in 0..MIGRATIONS {
            fs::write(migrations.join(format!("{number:04}_things.sql")), migration(number))?;
        }
        let members = Derive::ALL.map(Derive::package);
        fs::write(
            directory.join("Cargo.toml"),
            format!("[workspace]\nmembers = {members:?}\nresolver = \"3\"\n"),
        )?;
        // The versions that everything else is measured with.
        fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
        Ok(generated)
    }

    /// Changes a crate, at its end.
    pub(super) fn edit(&self, derive: Derive, edition: usize) -> Result<(), Error> {
        let mut code = "//! Generated.\n".to_owned();
        for number in 0..STRUCTS {
            code += &item(derive, number);
        }
        writeln!(code, "pub const EDITION: usize = {edition};")?;
        fs::write(self.directory.join(derive.package()).join("src/lib.rs"), code)?;
        Ok(())
    }
}

/// All crates have the same dependencies. The driver is the one that needs no C compiler.
fn manifest(derive: Derive, runtime: &Path) -> String {
    let features = match derive {
        Derive::Migrated => r#""postgres", "migrations""#,
        Derive::Chunked | Derive::FromRow | Derive::Nothing => r#""postgres""#,
    };
    format!(
        r#"[package]
name = "{package}"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
sqlx = {{ version = "0.9", default-features = false, features = ["derive", "postgres", "runtime-tokio"] }}
sqlx-chunked = {{ path = {path:?}, features = [{features}] }}
"#,
        package = derive.package(),
        path = runtime.display().to_string(),
    )
}

fn item(derive: Derive, number: usize) -> String {
    let (on_struct, on_key) = match derive {
        Derive::Chunked => (
            format!("#[derive(sqlx_chunked::Chunked)]\n#[chunked(table = \"things_{number}\")]\n"),
            "#[chunk_key]\n    #[chunked(primary_key)]\n    ",
        ),
        Derive::Migrated => (
            format!(
                "#[derive(sqlx_chunked::Chunked)]\n\
                 #[chunked(table = \"things_{number}\", migrations = \"migrations\")]\n"
            ),
            "#[chunk_key]\n    #[chunked(primary_key)]\n    ",
        ),
        Derive::FromRow => ("#[derive(sqlx::FromRow)]\n".to_owned(), ""),
        Derive::Nothing => (String::new(), ""),
    };
    format!(
        "
{on_struct}pub struct Thing{number} {{
    {on_key}pub id: i64,
    pub author_id: i64,
    pub editor_id: Option<i64>,
    pub slug: String,
    pub headline: String,
    pub summary: Option<String>,
    pub words: i32,
    pub score: f64,
    pub published: bool,
    pub picture: Vec<u8>,
}}
"
    )
}

/// Creates two tables, and changes them.
fn migration(number: usize) -> String {
    let create = |table: usize| {
        format!(
            "
CREATE TABLE things_{table} (
    id BIGSERIAL PRIMARY KEY,
    author_id BIGINT NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
    editor_id BIGINT,
    slug VARCHAR(255) NOT NULL,
    summary TEXT,
    words INTEGER NOT NULL DEFAULT 0,
    score DOUBLE PRECISION NOT NULL DEFAULT 1.5,
    published BOOLEAN NOT NULL DEFAULT false,
    picture BYTEA NOT NULL,
    CONSTRAINT words_{table} CHECK (words >= 0)
);
ALTER TABLE things_{table} ADD COLUMN headline TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX things_{table}_slug ON things_{table} (author_id, slug) WHERE published;
"
        )
    };
    create(2 * number) + &create(2 * number + 1)
}
