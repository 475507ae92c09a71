//! The migrations, statement by statement.

use sqlparser::{
    ast::{AlterIndexOperation, ObjectType, Statement as Parsed},
    parser::Parser,
    tokenizer::Token,
};

use super::{
    alter, create,
    names::path,
    place::Place,
    rewrite::rewrite,
    routines::{Effect, Routines, effect},
    schema::{Schema, Unclear},
    special::Special,
    statements::{Statement, keyword, parser_of, split},
};
use crate::Dialect;

/// The state after the migrations so far.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) schema: Schema,
    routines: Routines,
    /// True if it is no longer known in which schema names without one are.
    is_path_unknown: bool,
    /// True if it is no longer known what is quoted how.
    is_quoting_unknown: bool,
}

impl Replay {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            schema: Schema::new(dialect),
            routines: Routines::default(),
            is_path_unknown: false,
            is_quoting_unknown: false,
        }
    }

    /// Runs a migration.
    pub(super) fn run(&mut self, file: &str, sql: &str) {
        for statement in split(self.schema.dialect, sql) {
            self.schema.advance();
            let place = Place { file: file.to_owned(), line: statement.line };
            if self.is_quoting_unknown {
                self.schema.doubt_all("it is not clear what is quoted from there on", &place);
            } else if !statement.is_clear || self.statement(&statement, &place).is_err() {
                self.schema.doubt_named(&statement.words, &place);
            }
        }
    }

    fn statement(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        let Some(first) = statement.word(0) else { return Err(Unclear) };
        match &*first {
            "CREATE" | "ALTER" | "DROP" | "RENAME" => self.definition(statement, place),
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "VALUES" => {
                self.calls(statement, place);
                Ok(())
            }
            "SELECT" | "WITH" | "TABLE" | "PERFORM" => self.query(statement, place),
            "DO" | "CALL" => {
                if effect(self.schema.dialect, statement, 1) == Effect::OnAnything {
                    self.schema.doubt_all("code was run that could do anything", place);
                }
                self.calls(statement, place);
                Err(Unclear)
            }
            "EXECUTE" | "PREPARE" | "DELIMITER" | "IMPORT" | "DECLARE" | "ELSE" | "ELSEIF"
            | "UNTIL" => {
                self.schema.doubt_all("a statement was run that could do anything", place);
                Ok(())
            }
            "END" if self.schema.dialect == Dialect::MySql => {
                self.schema.doubt_all("a statement was run that could do anything", place);
                Ok(())
            }
            "ROLLBACK" | "ABORT" => {
                self.schema.doubt_all("statements were taken back", place);
                Ok(())
            }
            "SET" => self.setting(statement),
            "USE" => {
                self.is_path_unknown = true;
                Ok(())
            }
            "RESET" if statement.words.has("search_path") => {
                self.is_path_unknown = false;
                Ok(())
            }
            "PRAGMA" if statement.words.has("writable_schema") => {
                self.schema.doubt_all("the schema may be written to as a table", place);
                Ok(())
            }
            "BEGIN" | "START" | "COMMIT" | "END" | "SAVEPOINT" | "RELEASE" | "GRANT" | "REVOKE"
            | "COMMENT" | "ANALYZE" | "VACUUM" | "REINDEX" | "CLUSTER" | "LOCK" | "UNLOCK"
            | "OPTIMIZE" | "CHECK" | "REPAIR" | "FLUSH" | "RESET" | "NOTIFY" | "LISTEN"
            | "UNLISTEN" | "SHOW" | "DISCARD" | "CHECKPOINT" | "REFRESH" | "SECURITY" | "FETCH"
            | "CLOSE" | "DEALLOCATE" | "TRUNCATE" | "COPY" | "PRAGMA" | "ATTACH" | "DETACH"
            | "REASSIGN" | "LOAD" | "DESCRIBE" | "DESC" => Ok(()),
            _ => Err(Unclear),
        }
    }

    /// Takes account of the routines that a statement names.
    fn calls(&mut self, statement: &Statement, place: &Place) {
        for (words, effect) in self.routines.called(&statement.words) {
            match effect {
                Effect::None => {}
                Effect::OnNamed => self.schema.doubt_named(&words, place),
                Effect::OnAnything => {
                    self.schema.doubt_all("code was run that could do anything", place);
                }
            }
        }
    }

    /// A query changes a table only by what it calls, or by `INTO`.
    fn query(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        /// Functions that change no table, whatever they are given.
        const HARMLESS: [&str; 12] = [
            "SETVAL",
            "NEXTVAL",
            "CURRVAL",
            "PG_GET_SERIAL_SEQUENCE",
            "COALESCE",
            "MAX",
            "MIN",
            "COUNT",
            "SUM",
            "NOW",
            "LOWER",
            "GREATEST",
        ];
        self.calls(statement, place);
        // On the others no query changes a table, whatever it calls.
        if self.schema.dialect != Dialect::Postgres {
            return Ok(());
        }
        if statement.words.has("set_config") {
            let empties = statement.tokens.iter().any(
                |token| matches!(&token.token, Token::SingleQuotedString(text) if text.is_empty()),
            );
            self.is_path_unknown |= statement.words.has("search_path") && !empties;
            return Ok(());
        }
        let calls = statement.tokens.windows(2).filter(|pair| pair[1].token == Token::LParen);
        let mut called = calls.filter_map(|pair| keyword(&pair[0]));
        let is_call = |word: &String| {
            !HARMLESS.contains(&&**word)
                && !matches!(
                    &**word,
                    "IN" | "AS" | "FROM" | "SELECT" | "VALUES" | "EXISTS" | "OVER"
                )
        };
        let writes = statement.words.has("into") && !statement.words.has("insert");
        if writes || called.any(|word| is_call(&word)) { Err(Unclear) } else { Ok(()) }
    }

    /// SET
    fn setting(&mut self, statement: &Statement) -> Result<(), Unclear> {
        let words = &statement.words;
        if words.has("search_path") {
            self.is_path_unknown = !is_usual_path(statement);
        } else if words.has("schema") {
            self.is_path_unknown = true;
        } else if words.has("sql_mode") {
            self.is_quoting_unknown |=
                ["ansi", "ansi_quotes", "no_backslash_escapes"].iter().any(|mode| words.has(mode));
        } else if statement.reads(1, &["STATEMENT"]) {
            return Err(Unclear);
        }
        Ok(())
    }

    /// CREATE, ALTER, DROP, RENAME
    fn definition(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        let what = what(statement);
        let is = |words: &[&str]| words.contains(&&*what);
        let creates = statement.reads(0, &["CREATE"]);
        let dialect = self.schema.dialect;
        if is(&["TABLE", "INDEX"]) {
            return self.parsed(statement, place);
        }
        if is(&["VIEW", "VIRTUAL"]) {
            return self.view(statement, place);
        }
        if creates && is(&["FUNCTION", "PROCEDURE", "EVENT"]) {
            if statement.find(&["EVENT", "TRIGGER"]).is_some_and(|at| at <= 2) {
                self.schema.doubt_all("from there on, every change calls code", place);
                return Ok(());
            }
            return match self.routines.create(dialect, statement) {
                Effect::None => Ok(()),
                Effect::OnNamed | Effect::OnAnything => Err(Unclear),
            };
        }
        if is(&["TRIGGER"]) {
            // Triggers of SQLite and MySQL cannot change tables, and those of PostgreSQL only call.
            self.calls(statement, place);
            return Ok(());
        }
        if is(&["SCHEMA", "OWNED", "FOREIGN", "DATABASE"]) {
            let changes = statement.reads(0, &["DROP"])
                || statement.words.has("rename")
                || statement.words.has("table");
            self.is_path_unknown |= statement.words.has("search_path");
            if changes {
                self.schema.doubt_all("a schema, and not a table, was changed", place);
            }
            return Ok(());
        }
        if is(&["ROLE", "USER"]) {
            self.is_path_unknown |= statement.words.has("search_path");
            return Ok(());
        }
        if is(&["RULE"]) && statement.words.has("select") {
            return Err(Unclear);
        }
        if statement.reads(0, &["DROP"]) && statement.words.has("cascade") && !is(&["SEQUENCE"]) {
            // Columns of its type go with a type.
            for table in &mut self.schema.tables {
                if table.columns.iter().any(|column| column.is_custom) {
                    table.doubt("what its columns are made of was dropped, and they may be", place);
                }
            }
            return Ok(());
        }
        let inert = [
            "SEQUENCE",
            "TYPE",
            "DOMAIN",
            "EXTENSION",
            "GROUP",
            "POLICY",
            "CAST",
            "COLLATION",
            "OPERATOR",
            "AGGREGATE",
            "STATISTICS",
            "PUBLICATION",
            "SUBSCRIPTION",
            "SERVER",
            "TEXT",
            "LANGUAGE",
            "CONVERSION",
            "TABLESPACE",
            "ACCESS",
            "RULE",
            "FUNCTION",
            "PROCEDURE",
            "ROUTINE",
            "EVENT",
            "DEFAULT",
            "SYSTEM",
            "FULLTEXT",
            "SPATIAL",
            "LARGE",
            "TRANSFORM",
        ];
        if is(&inert) { Ok(()) } else { Err(Unclear) }
    }

    /// Statements about tables and indexes.
    fn parsed(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let mut rewritten = statement.clone();
        let extras = rewrite(dialect, &mut rewritten);
        if extras.is_inert {
            return Ok(());
        }
        if let Some(special) = Special::of(dialect, &rewritten) {
            return if self.is_path_unknown {
                Err(Unclear)
            } else {
                special.run(&mut self.schema, place)
            };
        }
        let mut parser =
            Parser::new(parser_of(dialect)).with_tokens_with_locations(rewritten.tokens);
        let parsed = parser.parse_statement().map_err(|_| Unclear)?;
        if parser.peek_token_ref().token != Token::EOF {
            return Err(Unclear);
        }
        if self.is_path_unknown && !is_qualified(&parsed) {
            return Err(Unclear);
        }
        let schema = &mut self.schema;
        match &parsed {
            Parsed::CreateTable(created) => create::table(schema, created, &extras, place),
            Parsed::CreateIndex(created) => create::index(schema, created, place),
            Parsed::AlterTable(altered) => alter::table(schema, altered, place),
            Parsed::AlterIndex { name, operation } => {
                let AlterIndexOperation::RenameIndex { index_name } = operation;
                let name = path(dialect, name).ok_or(Unclear)?;
                let to = path(dialect, index_name).ok_or(Unclear)?;
                alter::rename_index(schema, &name, &to.name, extras.if_exists, place)
            }
            Parsed::RenameTable(renamed) => renamed.iter().try_for_each(|renamed| {
                let old = path(dialect, &renamed.old_name).ok_or(Unclear)?;
                let new = path(dialect, &renamed.new_name).ok_or(Unclear)?;
                alter::rename_table(schema, &old, new, place)
            }),
            Parsed::Drop {
                object_type: ObjectType::Table,
                if_exists,
                names,
                temporary: false,
                ..
            } => create::drop_tables(schema, names, *if_exists, place),
            Parsed::Drop { object_type: ObjectType::Index, if_exists, names, table, .. } => {
                create::drop_indexes(schema, names, table.as_ref(), *if_exists, place)
            }
            _ => Err(Unclear),
        }
    }

    /// CREATE VIEW, DROP VIEW, and virtual tables: only their names matter.
    fn view(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let at = statement.find(&["VIEW"]).or_else(|| statement.find(&["TABLE"])).ok_or(Unclear)?;
        let is_ahead = |word: &str| matches!(word, "IF" | "NOT" | "EXISTS");
        let ahead = (at + 1..statement.tokens.len())
            .take_while(|at| statement.word(*at).is_some_and(|word| is_ahead(&word)));
        let tokens = statement.tokens.get(at + 1 + ahead.count()..).unwrap_or_default();
        let mut parser =
            Parser::new(parser_of(dialect)).with_tokens_with_locations(tokens.to_vec());
        let name = parser.parse_object_name(false).map_err(|_| Unclear)?;
        if self.is_path_unknown && name.0.len() == 1 {
            return Err(Unclear);
        }
        let what = if statement.find(&["VIRTUAL"]).is_some_and(|virt| virt < at) {
            "a virtual table"
        } else {
            "a view"
        };
        match &*statement.word(0).unwrap_or_default() {
            "CREATE" if statement.find(&["TEMP"]).is_some_and(|temp| temp < at) => Err(Unclear),
            "CREATE" if statement.find(&["TEMPORARY"]).is_some_and(|temp| temp < at) => {
                Err(Unclear)
            }
            "CREATE" => create::opaque(&mut self.schema, &name, what, place),
            "DROP" if parser.peek_token_ref().token == Token::EOF => {
                create::drop_tables(&mut self.schema, &[name], true, place)
            }
            _ => Err(Unclear),
        }
    }
}

/// Returns what a definition is about: the word after those that only say how.
fn what(statement: &Statement) -> String {
    const HOW: [&str; 18] = [
        "OR",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "UNLOGGED",
        "GLOBAL",
        "LOCAL",
        "UNIQUE",
        "CONSTRAINT",
        "MATERIALIZED",
        "RECURSIVE",
        "TRUSTED",
        "PROCEDURAL",
        "ALGORITHM",
        "DEFINER",
        "SQL",
        "SECURITY",
        "ONLINE",
    ];
    // `DEFINER = root@localhost` and `ALGORITHM = MERGE` have words between.
    let mut at = 1;
    while at < statement.tokens.len() {
        match statement.word(at) {
            Some(word) if HOW.contains(&&*word) => at += 1,
            Some(word) => {
                let is_value = statement.tokens[at - 1].token == Token::Eq
                    || statement.tokens[at - 1].token == Token::AtSign;
                if !is_value {
                    return word;
                }
                at += 1;
            }
            None => at += 1,
        }
    }
    String::new()
}

/// Returns whether a statement sets the `search_path` to one by which names without a schema are in `public`.
fn is_usual_path(statement: &Statement) -> bool {
    let of_path = statement.tokens.iter().filter_map(|token| match &token.token {
        Token::Word(word) => Some(word.value.to_lowercase()),
        Token::SingleQuotedString(text) => Some(text.clone()),
        _ => None,
    });
    let mut schemas = of_path
        .skip_while(|word| word != "search_path")
        .skip(1)
        .filter(|word| !matches!(&**word, "to" | "$user"));
    schemas.next().is_none_or(|first| matches!(&*first, "" | "public" | "default"))
}

/// Returns whether a statement says the schema of what it is about.
fn is_qualified(parsed: &Parsed) -> bool {
    let is_path = |name: &sqlparser::ast::ObjectName| name.0.len() > 1;
    match parsed {
        Parsed::CreateTable(created) => is_path(&created.name),
        Parsed::CreateIndex(created) => is_path(&created.table_name),
        Parsed::AlterTable(altered) => is_path(&altered.name),
        Parsed::AlterIndex { name, .. } => is_path(name),
        Parsed::RenameTable(renamed) => {
            renamed.iter().all(|renamed| is_path(&renamed.old_name) && is_path(&renamed.new_name))
        }
        Parsed::Drop { names, .. } => names.iter().all(is_path),
        _ => false,
    }
}
