//! The migrations of a directory, replayed once for all structs of a crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use proc_macro2::TokenStream;
use quote::quote;
use sqlx_chunked_proof::{
    Dialect,
    migrations::{File, Migrations, list},
};

/// What was replayed by this process. A language server is one process for long, so that files may have
/// changed since.
static REPLAYED: Mutex<BTreeMap<(PathBuf, &str), (Vec<Stamp>, Arc<Migrations>)>> =
    Mutex::new(BTreeMap::new());

/// The crates and directories whose files the compiler already watches.
static WATCHED: Mutex<BTreeSet<(String, PathBuf)>> = Mutex::new(BTreeSet::new());

/// By what a file is known to be the same.
#[derive(PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(file: &File) -> Option<Self> {
        let metadata = fs::metadata(&file.path).ok()?;
        let (length, modified) = (metadata.len(), metadata.modified().ok());
        Some(Self { path: file.path.clone(), length, modified })
    }
}

/// Replays a directory, unless that was done. Returns what came of it, and code that has the compiler look
/// whether a file was changed.
pub(super) fn replayed(
    dialect: Dialect,
    directory: &str,
) -> Result<(Arc<Migrations>, TokenStream), String> {
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let path = root.join(directory);
    let files = list(&path, directory)?;
    let watched = watched(&path, &files);
    let stamps = files.iter().map(Stamp::of).collect::<Option<Vec<_>>>();
    let key = (path, name(dialect));
    let mut replayed = REPLAYED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, migrations)) = replayed.get(&key)
        && Some(known) == stamps.as_ref()
    {
        return Ok((migrations.clone(), watched));
    }
    let texts = files.iter().map(|file| {
        fs::read_to_string(&file.path).map_err(|error| format!("`{}`: {error}", file.name))
    });
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let names = files.iter().map(|file| &*file.name);
    let migrations = Migrations::replay(dialect, names.zip(texts.iter().map(String::as_str)));
    let migrations = Arc::new(migrations);
    if let Some(stamps) = stamps {
        replayed.insert(key, (stamps, migrations.clone()));
    }
    Ok((migrations, watched))
}

const fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgres",
        Dialect::MySql => "mysql",
    }
}

/// Returns code that includes the files, once in a crate. The compiler reads them, and Cargo compiles the
/// crate anew when one of them has changed; of new ones only a build script can tell it.
fn watched(directory: &Path, files: &[File]) -> TokenStream {
    let krate =
        ["CARGO_MANIFEST_DIR", "CARGO_CRATE_NAME"].map(|name| env::var(name).unwrap_or_default());
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if !watched.insert((krate.join(" "), directory.to_owned())) {
        return TokenStream::new();
    }
    let paths = files.iter().filter_map(|file| file.path.canonicalize().ok());
    let paths = paths.map(|path| path.to_string_lossy().into_owned());
    quote!(const _: () = { #(let _: &[u8] = ::core::include_bytes!(#paths);)* };)
}
