//! `#[chunked(word, word = value, word(list))]`, split at its commas, so that one wrong word does
//! not hide the others.

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};
use syn::{Attribute, LitStr, Meta, Path, Type, ext::IdentExt as _, parse::Parser};

use super::word::{self, Meaning, Owner, Place, Word};
use crate::{errors::Errors, suggest};

/// A word that is known to belong in its attribute, and the value it was given.
pub(super) struct Item<M: Meaning> {
    pub(super) word: &'static Word<M>,
    pub(super) span: Span,
    /// True if the word was written this way; false if this corrects a misspelling.
    verbatim: bool,
    value: Value,
}

enum Value {
    None,
    /// `= tokens`
    Equals(Punct, TokenStream),
    /// `(tokens)`
    List(Group),
}

/// A string and its place in the source.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Span,
}

/// Reads every `#[chunked(…)]` and `#[sqlx(…)]` among `attrs`. Unknown, misplaced and repeated
/// words are reported and left out; clear misspellings are reported and kept.
pub(super) fn read<M: Meaning>(attrs: &[Attribute], errors: &mut Errors) -> Vec<Item<M>> {
    let mut items: Vec<Item<M>> = Vec::new();
    for attr in attrs {
        let owner = if attr.path().is_ident(Owner::Chunked.name()) {
            Owner::Chunked
        } else if attr.path().is_ident(Owner::Sqlx.name()) {
            Owner::Sqlx
        } else {
            continue;
        };
        let Meta::List(list) = &attr.meta else {
            let words = suggest::list(word::listed::<M>(owner).map(Word::code));
            errors.push_over(
                &attr.meta,
                format_args!("`{}` holds its words in parentheses", owner.name()),
                format_args!("one of {words}"),
            );
            continue;
        };
        for tokens in split(list.tokens.clone()) {
            let Some(item) = item::<M>(&tokens, owner, errors) else {
                continue;
            };
            let first = items.iter().find(|other| std::ptr::eq(other.word, item.word));
            match first {
                Some(first) if !item.word.repeats => {
                    if item.verbatim {
                        twice(item.word.name, item.span, first.span, errors);
                    }
                }
                _ => items.push(item),
            }
        }
    }
    items
}

/// Reports something that was already given at `first`.
pub(super) fn twice(name: &str, second: Span, first: Span, errors: &mut Errors) {
    // Only the compiler knows lines; the macro's own tests do not.
    let line = if proc_macro::is_available() { first.unwrap().line() } else { 0 };
    errors.push_clear(
        second,
        format_args!("`{name}` is given twice"),
        format_args!("it is already given on line {line}: remove one of the two"),
    );
}

fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    let tokens: Vec<_> = tokens.into_iter().collect();
    tokens.split(comma).filter(|item| !item.is_empty()).map(<[_]>::to_vec).collect()
}

fn item<M: Meaning>(tokens: &[TokenTree], owner: Owner, errors: &mut Errors) -> Option<Item<M>> {
    let place = M::PLACE;
    let (name, value) = match tokens {
        [TokenTree::Ident(name)] => (name, Value::None),
        [TokenTree::Ident(name), TokenTree::Punct(equals), value @ ..]
            if equals.as_char() == '=' =>
        {
            (name, Value::Equals(equals.clone(), value.iter().cloned().collect()))
        }
        [TokenTree::Ident(name), TokenTree::Group(list)]
            if list.delimiter() == Delimiter::Parenthesis =>
        {
            (name, Value::List(list.clone()))
        }
        [TokenTree::Ident(name), wrong, ..] => {
            let name = name.unraw().to_string();
            let help = match (word::find::<M>(owner, &name), wrong) {
                (_, TokenTree::Ident(_)) => format!("with a comma between: `{name}, {wrong}`"),
                (Some(word), _) => format!("`{}`", word.code()),
                (None, _) => format!("`{}`", owner.code("word = \"value\"")),
            };
            errors.push(wrong.span(), format_args!("unexpected `{wrong}` after `{name}`"), help);
            return None;
        }
        [wrong, ..] => {
            let words = suggest::list(word::listed::<M>(owner).map(|word| word.form));
            errors.push(
                wrong.span(),
                format_args!("`{}` holds words, and `{wrong}` is none", owner.name()),
                format_args!("on {place} it knows {words}"),
            );
            return None;
        }
        [] => return None,
    };
    let written: TokenStream = tokens.iter().cloned().collect();
    let has_list = matches!(value, Value::List(_));
    let (word, verbatim) = known(name, &written, has_list, owner, errors)?;
    Some(Item { word, span: name.span(), verbatim, value })
}

/// Finds the word that `name` is (with `true`) or that it misspells (with `false`).
fn known<M: Meaning>(
    name: &Ident,
    written: &TokenStream,
    has_list: bool,
    owner: Owner,
    errors: &mut Errors,
) -> Option<(&'static Word<M>, bool)> {
    let place = M::PLACE;
    let (span, name) = (name.span(), name.unraw().to_string());
    // The only word that belongs on both, in different forms.
    let is_set = name == "unique" && owner == Owner::Chunked && place == Place::Field && has_list;
    if let Some(word) = word::find(owner, &name)
        && !is_set
    {
        return Some((word, true));
    }
    let code = owner.code(written);
    if word::find::<M::Elsewhere>(owner, &name).is_some() {
        let other = M::Elsewhere::PLACE;
        errors.push(
            span,
            format_args!("`{name}` belongs on {other}, not on {place}"),
            format_args!("`{code}` on {other}"),
        );
        return None;
    }
    let unknown = format!("unknown `{}` attribute `{name}`", owner.name());
    if word::find::<M>(owner.other(), &name).is_some() {
        errors.push(span, unknown, format_args!("`{}`", owner.other().code(written)));
        return None;
    }
    if name == "chunk_key" && place == Place::Field {
        errors.push(span, unknown, "`#[chunk_key]`, an attribute of its own");
        return None;
    }
    if let Some(word) = word::nearest(owner, &name) {
        errors.push_clear(span, unknown, format_args!("did you mean `{}`?", word.name));
        return Some((word, false));
    }
    let words = suggest::list(word::listed::<M>(owner).map(|word| word.form));
    errors.push(span, unknown, format_args!("on {place} it knows {words}"));
    None
}

impl<M: Meaning> Item<M> {
    /// `word`
    pub(super) fn flag(self, errors: &mut Errors) -> Option<Span> {
        if let Value::None = self.value {
            return Some(self.span);
        }
        self.wrong(errors, "takes no value");
        None
    }

    /// `word = "text"`
    pub(super) fn text(self, errors: &mut Errors) -> Option<Text> {
        let literal = self.literal(errors)?;
        Some(Text { value: literal.value(), span: literal.span() })
    }

    /// `word = "Type"`
    pub(super) fn ty(self, errors: &mut Errors) -> Option<Type> {
        let (name, code) = (self.word.name, self.word.code());
        let literal = self.literal(errors)?;
        let ty = literal.parse().ok();
        if ty.is_none() {
            let problem = format!("the value of `{name}` is not a type");
            errors.push(literal.span(), problem, format_args!("`{code}`"));
        }
        ty
    }

    /// `word = path`
    pub(super) fn path(self, errors: &mut Errors) -> Option<Path> {
        if let Value::Equals(_, tokens) = &self.value
            && let Ok(path) = Path::parse_mod_style.parse2(tokens.clone())
        {
            return Some(path);
        }
        self.wrong(errors, "takes a path");
        None
    }

    /// `word(name, name)`, with the span of the word.
    pub(super) fn names(self, errors: &mut Errors) -> Option<(Span, Vec<Ident>)> {
        if let Value::List(list) = &self.value {
            let names: Option<_> = split(list.stream())
                .into_iter()
                .map(|name| match name.as_slice() {
                    [TokenTree::Ident(name)] => Some(name.clone()),
                    _ => None,
                })
                .collect();
            if let Some(names) = names {
                return Some((self.span, names));
            }
        }
        if let Value::None = self.value {
            errors.push(
                self.span,
                "`unique` on the struct names no fields",
                "`#[chunked(unique(a, b))]`, or `#[chunked(unique)]` on a field",
            );
        } else {
            self.wrong(errors, "takes a list of field names");
        }
        None
    }

    /// `word` or `word(option)`, with `true` if the option was given.
    pub(super) fn option(self, option: &str, errors: &mut Errors) -> Option<(Span, bool)> {
        match &self.value {
            Value::None => return Some((self.span, false)),
            Value::List(list) if list.stream().to_string() == option => {
                return Some((self.span, true));
            }
            _ => {}
        }
        let (name, owner) = (self.word.name, self.word.owner);
        let code = [owner.code(name), owner.code(format_args!("{name}({option})"))];
        let help = suggest::list(code);
        errors.push(self.span, format_args!("`{name}` takes nothing but `{option}`"), help);
        None
    }

    fn literal(self, errors: &mut Errors) -> Option<LitStr> {
        if let Value::Equals(_, tokens) = &self.value
            && let Ok(literal) = syn::parse2(tokens.clone())
        {
            return Some(literal);
        }
        self.wrong(errors, "takes a string");
        None
    }

    /// Reports a value of the wrong kind, at the value if there is one.
    fn wrong(&self, errors: &mut Errors, takes: impl std::fmt::Display) {
        let name = self.word.name;
        let problem = format!("`{name}` {takes}");
        let missing = format!("`{name}` has no value");
        let help = format!("`{}`", self.word.code());
        match &self.value {
            Value::None => errors.push(self.span, missing, help),
            Value::Equals(equals, tokens) if tokens.is_empty() => {
                let problem = if self.word.is_flag() { problem } else { missing };
                errors.push(equals.span(), problem, help);
            }
            Value::Equals(_, tokens) => errors.push_over(tokens, problem, help),
            Value::List(list) => errors.push(list.span(), problem, help),
        }
    }
}
