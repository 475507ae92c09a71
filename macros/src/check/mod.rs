//! The rules that a model must keep, one function for each.
//!
//! They judge syntax and names only. The type checker, which sees through aliases, decides whether
//! a key's type is an `Option` or a float: see `expand/key_types.rs`.

mod join;
mod key;
mod names;
mod sets;
mod shape;
mod words;

use crate::{errors::Errors, model::Model};

pub(crate) fn rules(model: &Model, errors: &mut Errors) {
    if !shape::is_struct_with_fields(model, errors) {
        return;
    }
    shape::owned(model, errors);
    words::sqlx_combinations(model, errors);
    words::marks_need_a_column(model, errors);
    names::names_not_empty(model, errors);
    names::table_is_one_name(model, errors);
    names::query_is_one(model, errors);
    names::renamed_once(model, errors);
    names::columns_read_once(model, errors);
    join::join_is_one(model, errors);
    join::columns_are_qualified(model, errors);
    join::columns_are_not_renamed(model, errors);
    join::columns_are_listed(model, errors);
    join::joined_columns_are_not_unique(model, errors);
    sets::sets_of_several(model, errors);
    sets::sets_of_comparable(model, errors);
    key::key_is_comparable(model, errors);
    key::key_is_not_null(model, errors);
    // The other rules report what is missing. It may be the very thing that was not understood.
    if !model.unclear {
        names::has_table(model, errors);
        join::columns_are_joined(model, errors);
        key::has_key(model, errors);
        key::key_is_unique(model, errors);
    }
}
