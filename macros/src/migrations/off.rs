//! Without the feature.

use proc_macro2::TokenStream;

use crate::{errors::Errors, model::Model};

/// Refuses `migrations`: to pass it over would be to say that the marks are proven.
pub(crate) fn hold(model: &Model, errors: &mut Errors) -> TokenStream {
    let attrs = &model.attrs;
    if let Some(word) = attrs.migrations.as_ref().or(attrs.dialect.as_ref()) {
        errors.push_clear(
            word.span,
            "the feature `migrations` of sqlx-chunked is off",
            "`sqlx-chunked = { version = \"0.1\", features = [\"migrations\", …] }` in Cargo.toml, or \
             leave `migrations` out",
        );
    }
    TokenStream::new()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::hold;
    use crate::{errors::Errors, model::Model};

    #[test]
    fn is_refused() {
        let input = parse_quote! {
            #[chunked(table = "entries", migrations = "migrations")]
            struct Entry {
                #[chunk_key]
                #[chunked(primary_key)]
                id: i64,
            }
        };
        let mut errors = Errors::new();
        let model = Model::new(&input, &mut errors);
        assert!(errors.is_empty());
        assert!(hold(&model, &mut errors).is_empty());
        let found: String = errors.finish().into_iter().map(|error| error.to_string()).collect();
        assert!(found.contains("the feature `migrations` of sqlx-chunked is off"), "{found}");
    }
}
