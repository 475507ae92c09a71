//! Functions and procedures of the database: what they might do to tables when they are called.

use std::collections::BTreeMap;

use sqlparser::tokenizer::{Token, Tokenizer};

use super::{
    statements::{Statement, keyword, parser_of},
    words::{Words, text},
};
use crate::Dialect;

/// The routines that could change a table, by name.
#[derive(Debug, Default)]
pub(super) struct Routines(BTreeMap<String, Routine>);

/// A routine.
#[derive(Clone, Debug)]
struct Routine {
    words: Words,
    /// True if it runs statements that it makes at run time.
    is_dynamic: bool,
}

/// What a piece of code might do to tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// It may change what it names.
    OnNamed,
    /// It may change anything.
    OnAnything,
}

/// Words without which no code changes a table.
const CHANGING: [&str; 7] =
    ["alter", "create", "drop", "rename", "execute", "prepare", "immediate"];

impl Routines {
    /// Remembers the routine that a statement creates. Returns whether what it names may be changed by it.
    pub(super) fn create(&mut self, dialect: Dialect, statement: &Statement) -> Effect {
        let at = (1..statement.tokens.len()).find(|at| {
            matches!(statement.word(*at).as_deref(), Some("FUNCTION" | "PROCEDURE" | "EVENT"))
        });
        let effect = effect(dialect, statement, at.unwrap_or(1));
        let name = at.and_then(|at| routine_name(&statement.tokens[at + 1..]));
        if let Some(name) = name {
            if effect == Effect::None {
                self.0.remove(&name);
            } else {
                let is_dynamic = effect == Effect::OnAnything;
                self.0.insert(name, Routine { words: statement.words.clone(), is_dynamic });
            }
        }
        effect
    }

    /// Returns what the routines that a statement names may change.
    pub(super) fn called(&self, words: &Words) -> Vec<(Words, Effect)> {
        let called = self.0.iter().filter(|(name, _)| words.has(name));
        called
            .map(|(_, routine)| {
                let effect = if routine.is_dynamic { Effect::OnAnything } else { Effect::OnNamed };
                (routine.words.clone(), effect)
            })
            .collect()
    }
}

fn routine_name(tokens: &[sqlparser::tokenizer::TokenWithSpan]) -> Option<String> {
    let mut name = None;
    for token in tokens {
        match &token.token {
            Token::Word(word)
                if !matches!(&*word.value.to_uppercase(), "IF" | "NOT" | "EXISTS") =>
            {
                name = Some(word.value.to_lowercase());
            }
            Token::Word(_) | Token::Period => {}
            _ => break,
        }
        let next_is_period = tokens.iter().any(|other| other.token == Token::Period);
        if name.is_some() && !next_is_period {
            break;
        }
    }
    name
}

/// Returns what the code of a statement, from a place on, might do.
pub(super) fn effect(dialect: Dialect, statement: &Statement, from: usize) -> Effect {
    let tokens = &statement.tokens[from.min(statement.tokens.len())..];
    let mut found = code_effect(tokens);
    for token in tokens {
        let Some(body) = text(&token.token) else { continue };
        let mut code = Vec::new();
        let is_broken = Tokenizer::new(parser_of(dialect), body)
            .tokenize_with_location_into_buf(&mut code)
            .is_err();
        code.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        let own = code_effect(&code);
        found = match (found, own) {
            (Effect::OnAnything, _) | (_, Effect::OnAnything) => Effect::OnAnything,
            (Effect::None, Effect::None) if !is_broken => Effect::None,
            _ => Effect::OnNamed,
        };
    }
    // Other languages have other words.
    let language = statement.find(&["LANGUAGE"]).and_then(|at| {
        statement.tokens.get(at + 1).map(|token| match &token.token {
            Token::Word(word) => word.value.to_lowercase(),
            other => text(other).unwrap_or_default().to_lowercase(),
        })
    });
    match language.as_deref() {
        None | Some("sql" | "plpgsql") => found,
        Some(_) if found == Effect::None => Effect::OnNamed,
        Some(_) => found,
    }
}

fn code_effect(tokens: &[sqlparser::tokenizer::TokenWithSpan]) -> Effect {
    let mut found = Effect::None;
    for (at, token) in tokens.iter().enumerate() {
        let Some(word) = keyword(token).map(|word| word.to_lowercase()) else { continue };
        if !CHANGING.contains(&&*word) {
            continue;
        }
        found = Effect::OnNamed;
        let next = tokens.get(at + 1);
        let is_literal = next.is_some_and(|token| text(&token.token).is_some());
        let ends = tokens.get(at + 2).is_none_or(|token| {
            token.token == Token::SemiColon
                || matches!(keyword(token).as_deref(), Some("USING" | "INTO"))
        });
        // `EXECUTE FUNCTION`, as triggers have it.
        let is_name =
            next.and_then(keyword).is_some_and(|word| matches!(&*word, "FUNCTION" | "PROCEDURE"));
        if word == "prepare" || (word == "execute" && !is_name && !(is_literal && ends)) {
            return Effect::OnAnything;
        }
    }
    found
}
