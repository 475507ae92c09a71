//! The words that a field can have together.

use crate::{errors::Errors, model::Model};

/// `sqlx::FromRow` panics on these, and it is not clear what they would mean.
pub(super) fn sqlx_combinations(model: &Model, errors: &mut Errors) {
    for field in &model.fields {
        let Some(json) = &field.attrs.json else {
            continue;
        };
        if field.attrs.flatten.is_some() {
            errors.push(
                json.span,
                format_args!("`{}` is both `flatten` and `json`", field.name),
                "`#[sqlx(flatten)]` for several columns, `#[sqlx(json)]` for one that holds JSON",
            );
        }
        if json.nullable && field.attrs.try_from.is_some() {
            errors.push(
                json.span,
                format_args!("`{}` is both `json(nullable)` and `try_from`", field.name),
                "`#[sqlx(json(nullable))]` on a field of type `Option<…>`, without `try_from`",
            );
        }
    }
}

/// A mark applies to the one column that a field is read from.
pub(super) fn marks_need_a_column(model: &Model, errors: &mut Errors) {
    for field in &model.fields {
        let (word, span) = match (field.attrs.skip, field.attrs.flatten) {
            (Some(span), _) => ("skip", span),
            (None, Some(span)) => ("flatten", span),
            (None, None) => continue,
        };
        let marks = [
            ("#[chunk_key]", field.attrs.chunk_key),
            ("#[chunked(primary_key)]", field.attrs.primary_key),
            ("#[chunked(unique)]", field.attrs.unique),
            ("#[chunked(rename)]", field.attrs.rename.as_ref().map(|text| text.span)),
            ("#[chunked(column)]", field.attrs.column.as_ref().map(|text| text.span)),
        ];
        if let Some((mark, _)) = marks.iter().find(|(_, span)| span.is_some()) {
            errors.push(
                span,
                format_args!("`{}` has `{mark}`, but with `{word}` it has no column", field.name),
                format_args!("remove `{word}`, or mark another field: `{mark}`"),
            );
        }
    }
}
