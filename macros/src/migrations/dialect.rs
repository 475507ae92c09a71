//! The database that migrations are for.

use proc_macro2::Span;
use sqlx_chunked_proof::Dialect;

use crate::{attr::Text, errors::Errors, suggest};

/// Every dialect by its name, and whether its driver is turned on.
const DIALECTS: [(&str, Dialect, bool); 3] = [
    ("sqlite", Dialect::Sqlite, cfg!(feature = "sqlite")),
    ("postgres", Dialect::Postgres, cfg!(feature = "postgres")),
    ("mysql", Dialect::MySql, cfg!(feature = "mysql")),
];

/// Returns the dialect that is said or, if there is only one driver, its own.
pub(super) fn of(said: Option<&Text>, migrations: Span, errors: &mut Errors) -> Option<Dialect> {
    let code = |name| format!("dialect = \"{name}\"");
    if let Some(Text { value, span }) = said {
        let known = DIALECTS.iter().find(|(name, ..)| name == value);
        if known.is_none() {
            let names = DIALECTS.map(|(name, ..)| name);
            let near = suggest::nearest(value, names);
            let help = near.map_or_else(
                || format!("one of {}", suggest::list(names.map(code))),
                |near| format!("did you mean `{}`?", code(near)),
            );
            errors.push_clear(*span, format_args!("there is no dialect `{value}`"), help);
        }
        return known.map(|(_, dialect, _)| *dialect);
    }
    let on: Vec<_> = DIALECTS.iter().filter(|(.., is_on)| *is_on).collect();
    if let [(_, dialect, _)] = on.as_slice() {
        return Some(*dialect);
    }
    let problem = if on.is_empty() {
        "no driver of sqlx-chunked is turned on, so `migrations` could be of any".to_owned()
    } else {
        let names = suggest::list(on.iter().map(|(name, ..)| name));
        format!("the drivers {names} are turned on, and `migrations` could be of any of them")
    };
    let help = format!("say which beside it: {}", suggest::list(DIALECTS.map(|d| code(d.0))));
    errors.push_clear(migrations, problem, help);
    None
}
