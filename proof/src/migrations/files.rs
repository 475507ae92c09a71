//! The files of a directory of migrations, by the names and in the order of sqlx.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A migration.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called from the crate.
    pub name: String,
    /// The number that it begins with.
    pub version: i64,
}

/// Lists the migrations of a directory in the order in which sqlx runs them: files that are called
/// `<VERSION>_<DESCRIPTION>.sql`, by their version. Files of other names, folders, and `.down.sql` are
/// passed over.
///
/// # Errors
///
/// What is wrong with the directory, if sqlx could not run it.
pub fn list(directory: &Path, called: &str) -> Result<Vec<File>, String> {
    let unread = |error: io::Error| format!("`{called}`: {error}");
    let entries = fs::read_dir(directory).map_err(unread)?;
    let mut files: Vec<File> = Vec::new();
    for entry in entries {
        let path = entry.map_err(unread)?.path();
        // Follows links, as sqlx does.
        if !fs::metadata(&path).map_err(unread)?.is_file() {
            continue;
        }
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        let Some((version, description)) = name.split_once('_') else { continue };
        // In lower case, as sqlx has it.
        let Some(description) = description.strip_suffix(".sql") else { continue };
        let version = version.parse().map_err(|_| {
            format!(
                "`{name}` does not begin with a whole number, as sqlx has it: `0001_entries.sql`"
            )
        })?;
        if description.strip_suffix(".down").is_some() {
            continue;
        }
        let name = format!("{}/{name}", called.trim_end_matches('/'));
        files.push(File { path, name, version });
    }
    files.sort_by(|one, other| (one.version, &one.name).cmp(&(other.version, &other.name)));
    let twice = files.windows(2).find(|pair| pair[0].version == pair[1].version);
    if let Some([one, other]) = twice {
        return Err(format!("`{}` and `{}` have the same version", one.name, other.name));
    }
    if files.is_empty() {
        return Err(format!("`{called}` has no migrations"));
    }
    Ok(files)
}
