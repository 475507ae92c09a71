//! `#[sqlx(rename_all = "…")]`: the column names that sqlx derives from field names.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use super::item::Text;
use crate::{errors::Errors, suggest};

/// A way to spell the words of a name.
pub(crate) type Case = fn(&str) -> String;

/// The cases that sqlx knows, converted as sqlx converts them.
const CASES: &[(&str, Case)] = &[
    ("lowercase", |name| name.to_lowercase()),
    ("snake_case", |name| name.to_snake_case()),
    ("UPPERCASE", |name| name.to_uppercase()),
    ("SCREAMING_SNAKE_CASE", |name| name.to_shouty_snake_case()),
    ("kebab-case", |name| name.to_kebab_case()),
    ("camelCase", |name| name.to_lower_camel_case()),
    ("PascalCase", |name| name.to_upper_camel_case()),
];

pub(super) fn case(text: &Text, errors: &mut Errors) -> Option<Case> {
    let find = |name: &str| CASES.iter().find(|(known, _)| *known == name).map(|(_, case)| *case);
    if let Some(case) = find(&text.value) {
        return Some(case);
    }
    let problem = format!("unknown case `{}`", text.value);
    let names = || CASES.iter().map(|(name, _)| *name);
    let Some(nearest) = suggest::nearest(&text.value, names()) else {
        errors.push(text.span, problem, format_args!("one of {}", suggest::list(names())));
        return None;
    };
    errors.push_clear(text.span, problem, format_args!("did you mean `{nearest}`?"));
    find(nearest)
}
