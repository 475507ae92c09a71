//! Functions and procedures of the database: what they might do to tables when they are called.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::{
    statements::{Statement, keyword, parser_of},
    words::{Words, text},
};
use crate::Dialect;

/// The routines of a database, by name. Those of one name are one.
#[derive(Debug, Default)]
pub(super) struct Routines(BTreeMap<String, Routine>);

/// A routine.
#[derive(Clone, Debug)]
struct Routine {
    words: Words,
    effect: Effect,
}

/// What a piece of code might do to tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Remembers the routine that a statement creates, or gives another name. Returns what it might do.
    pub(super) fn define(&mut self, dialect: Dialect, statement: &Statement) -> Effect {
        let at = (1..statement.tokens.len()).find(|at| {
            let word = statement.word(*at);
            matches!(word.as_deref(), Some("FUNCTION" | "PROCEDURE" | "EVENT" | "ROUTINE"))
        });
        let Some(at) = at else { return Effect::OnNamed };
        if statement.reads(0, &["ALTER"]) {
            let renamed = statement.find(&["RENAME", "TO"]).map(|at| at + 2);
            if let Some(name) = renamed.and_then(|at| routine_name(&statement.tokens[at..])) {
                for (words, effect) in self.called(&statement.words) {
                    self.remember(name.clone(), &words, effect);
                }
            }
            return Effect::None;
        }
        let effect = effect(dialect, statement, at);
        if let Some(name) = routine_name(&statement.tokens[at + 1..]) {
            self.remember(name, &statement.words, effect);
        }
        effect
    }

    fn remember(&mut self, name: String, words: &Words, effect: Effect) {
        let new = Routine { words: Words::default(), effect };
        let routine = self.0.entry(name).or_insert(new);
        routine.words.extend(words);
        routine.effect = routine.effect.max(effect);
    }

    /// Returns the routines that a statement names, and those that they name in turn.
    pub(super) fn called(&self, words: &Words) -> Vec<(Words, Effect)> {
        let mut seen = BTreeSet::new();
        let mut found: Vec<(Words, Effect)> = Vec::new();
        let mut next = vec![words.clone()];
        while let Some(words) = next.pop() {
            for (name, routine) in self.0.iter().filter(|(name, _)| words.has(name)) {
                if seen.insert(name) {
                    found.push((routine.words.clone(), routine.effect));
                    next.push(routine.words.clone());
                }
            }
        }
        found
    }
}

/// Returns the name of a routine without its schema.
fn routine_name(tokens: &[TokenWithSpan]) -> Option<String> {
    let words = tokens.iter().map_while(|token| match &token.token {
        Token::Word(word) => Some(Some(word.value.to_lowercase())),
        Token::Period => Some(None),
        _ => None,
    });
    let is_ahead = |word: &String| matches!(&**word, "if" | "not" | "exists");
    let words: Vec<_> = words.take(6).collect();
    let mut names = words.iter().skip_while(|word| word.as_ref().is_some_and(is_ahead));
    let first = names.next()?.clone()?;
    match (names.next(), names.next()) {
        (Some(None), Some(Some(name))) => Some(name.clone()),
        _ => Some(first),
    }
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
        let at_least = if is_broken { Effect::OnNamed } else { Effect::None };
        found = found.max(code_effect(&code)).max(at_least);
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
        Some(_) => found.max(Effect::OnNamed),
    }
}

fn code_effect(tokens: &[TokenWithSpan]) -> Effect {
    let mut found = Effect::None;
    for (at, token) in tokens.iter().enumerate() {
        let Some(word) = keyword(token).map(|word| word.to_lowercase()) else { continue };
        let effect = match &*word {
            "execute" => executed(&tokens[at + 1..]),
            "prepare" => Effect::OnAnything,
            word if CHANGING.contains(&word) => Effect::OnNamed,
            _ => Effect::None,
        };
        found = found.max(effect);
    }
    found
}

/// Returns what EXECUTE might do, by what comes after it.
fn executed(rest: &[TokenWithSpan]) -> Effect {
    let word = |at: usize| rest.get(at).and_then(keyword);
    // As triggers have it.
    if matches!(word(0).as_deref(), Some("FUNCTION" | "PROCEDURE")) {
        return Effect::None;
    }
    let is_format = word(0).as_deref() == Some("FORMAT");
    let literal = rest.get(if is_format { 2 } else { 0 }).map(|token| &token.token);
    match literal {
        Some(Token::SingleQuotedString(text)) if is_harmless(text) => Effect::None,
        Some(Token::SingleQuotedString(_)) if !is_format => {
            let is_whole = rest.get(1).is_none_or(|token| token.token == Token::SemiColon)
                || matches!(word(1).as_deref(), Some("USING" | "INTO"));
            if is_whole { Effect::OnNamed } else { Effect::OnAnything }
        }
        _ => Effect::OnAnything,
    }
}

/// Returns whether a statement that begins like this changes no table, whatever comes after.
fn is_harmless(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let begins = matches!(
        words.as_slice(),
        ["insert" | "update" | "delete" | "grant" | "revoke" | "comment", ..]
            | ["create" | "drop", "trigger", ..]
            | ["create", "or", "replace", "trigger", ..]
    );
    begins && !text.contains(';') && !text.to_lowercase().contains("pg_")
}
