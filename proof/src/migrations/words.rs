//! What a statement names, whether it was understood or not.

use std::collections::BTreeSet;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::names::LONGEST;

/// The words of a statement, and the texts of its literals, all in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    words: BTreeSet<String>,
    texts: Vec<String>,
}

impl Words {
    /// The words of tokens.
    pub(super) fn of(tokens: &[TokenWithSpan]) -> Self {
        let mut found = Self::default();
        for TokenWithSpan { token, .. } in tokens {
            match token {
                Token::Word(word) => drop(found.words.insert(word.value.to_lowercase())),
                Token::Whitespace(_) => {}
                other => found.texts.extend(text(other).map(str::to_lowercase)),
            }
        }
        found
    }

    /// Text whose words are not known.
    pub(super) fn of_text(text: &str) -> Self {
        Self { words: BTreeSet::new(), texts: vec![text.to_lowercase()] }
    }

    /// Returns whether a name is among them, in upper or lower case; in literals, as a word of its own.
    pub(super) fn has(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        // PostgreSQL cuts longer words off.
        if name.len() >= LONGEST - 3 {
            let is_longer = |text: &String| text.contains(&name);
            return self.words.iter().any(is_longer) || self.texts.iter().any(is_longer);
        }
        self.words.contains(&name) || self.texts.iter().any(|text| has_word(text, &name))
    }

    /// Adds those of another statement.
    pub(super) fn extend(&mut self, others: &Self) {
        self.words.extend(others.words.iter().cloned());
        self.texts.extend(others.texts.iter().cloned());
    }
}

/// Returns the text of a literal.
pub(super) fn text(token: &Token) -> Option<&str> {
    match token {
        Token::SingleQuotedString(text)
        | Token::DoubleQuotedString(text)
        | Token::NationalStringLiteral(text)
        | Token::EscapedStringLiteral(text)
        | Token::UnicodeStringLiteral(text) => Some(text),
        Token::DollarQuotedString(quoted) => Some(&quoted.value),
        _ => None,
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
