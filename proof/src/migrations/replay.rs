//! The migrations, statement by statement.

use sqlparser::{
    ast::{AlterIndexOperation, ObjectType, Statement as Parsed},
    parser::Parser,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    alter, create,
    names::path,
    place::Place,
    reading::{is_in_unicode, is_qualified, is_routine, is_usual_path, names, what},
    replayed::ReplayedColumn,
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
    /// The reason why no statement can be understood any more.
    lost: Option<&'static str>,
}

const ANYTHING: &str = "code was run that could do anything";

const AS_A_TABLE: &str = "the schema may be written to as a table";

impl Replay {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            schema: Schema::new(dialect),
            routines: Routines::default(),
            is_path_unknown: false,
            lost: None,
        }
    }

    /// Runs a migration.
    pub(super) fn run(&mut self, file: &str, sql: &str) {
        for statement in split(self.schema.dialect, sql) {
            self.schema.advance();
            let place = Place { file: file.to_owned(), line: statement.line };
            if let Some(reason) = self.lost {
                self.schema.doubt_all(reason, &place);
            } else if !statement.is_clear || self.statement(&statement, &place).is_err() {
                self.schema.doubt_named(&statement.words, &place);
            }
        }
    }

    fn statement(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let words = &statement.words;
        let first = statement.word(0).unwrap_or_default();
        if is_in_unicode(statement) {
            self.schema.doubt_all("a name is written in codes of Unicode", place);
            return Ok(());
        }
        let defines_code = matches!(&*first, "CREATE" | "ALTER") && is_routine(&what(statement));
        if !defines_code {
            self.calls(statement, place);
        }
        // Wherever else it is set.
        let sets_path = words.has("search_path") && !defines_code;
        if sets_path && !matches!(&*first, "SET" | "SELECT" | "RESET") {
            self.is_path_unknown = true;
        }
        match &*first {
            "CREATE" | "ALTER" | "DROP" | "RENAME" => self.definition(statement, place),
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "COPY" | "TRUNCATE" => {
                self.manipulation(statement, place);
                Ok(())
            }
            "SELECT" | "WITH" | "TABLE" | "VALUES" => self.query(statement),
            "DO" | "CALL" => self.code(statement, place),
            "BEGIN" | "START" if words.has("atomic") => self.code(statement, place),
            "IF" | "WHILE" | "FOR" | "LOOP" | "REPEAT" | "CASE" | "ELSE" | "ELSEIF" | "UNTIL"
            | "END"
                if dialect == Dialect::MySql =>
            {
                self.lose("statements are run under conditions", place);
                Ok(())
            }
            "DELIMITER" => {
                self.lose("it is not clear where statements end from there on", place);
                Ok(())
            }
            "EXECUTE" | "PREPARE" | "IMPORT" | "DECLARE" => {
                self.schema.doubt_all(ANYTHING, place);
                Ok(())
            }
            "ROLLBACK" | "ABORT" => {
                self.schema.doubt_all("statements were taken back", place);
                Ok(())
            }
            "SET" => self.setting(statement, place),
            "USE" => {
                self.is_path_unknown = true;
                Ok(())
            }
            "RESET" if words.has("search_path") => {
                self.is_path_unknown = false;
                Ok(())
            }
            "PRAGMA" if words.has("writable_schema") => {
                self.schema.doubt_all(AS_A_TABLE, place);
                Ok(())
            }
            "BEGIN" | "START" | "COMMIT" | "END" | "SAVEPOINT" | "RELEASE" | "GRANT" | "REVOKE"
            | "COMMENT" | "ANALYZE" | "VACUUM" | "REINDEX" | "CLUSTER" | "LOCK" | "UNLOCK"
            | "OPTIMIZE" | "CHECK" | "REPAIR" | "FLUSH" | "RESET" | "NOTIFY" | "LISTEN"
            | "UNLISTEN" | "SHOW" | "DISCARD" | "CHECKPOINT" | "REFRESH" | "SECURITY" | "FETCH"
            | "CLOSE" | "DEALLOCATE" | "PRAGMA" | "ATTACH" | "DETACH" | "REASSIGN" | "LOAD"
            | "DESCRIBE" | "DESC" => Ok(()),
            _ => Err(Unclear),
        }
    }

    /// Gives up on everything from here on.
    fn lose(&mut self, reason: &'static str, place: &Place) {
        self.lost = Some(reason);
        self.schema.doubt_all(reason, place);
    }

    /// Code that is run at once.
    fn code(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        if effect(self.schema.dialect, statement, 1) == Effect::OnAnything {
            self.schema.doubt_all(ANYTHING, place);
        }
        Err(Unclear)
    }

    /// Rows are changed, which changes a table if they are those of the catalog.
    fn manipulation(&mut self, statement: &Statement, place: &Place) {
        let is_catalog = |at: usize| {
            statement.word(at).is_some_and(|word| {
                word.starts_with("PG_")
                    || word == "INFORMATION_SCHEMA"
                    || matches!(&*word, "SQLITE_MASTER" | "SQLITE_SCHEMA")
            })
        };
        if (1..statement.tokens.len().min(6)).any(is_catalog) {
            self.is_path_unknown = true;
            self.schema.doubt_all(AS_A_TABLE, place);
        }
    }

    /// Takes account of the routines that a statement names. What a definition names is called later, too.
    fn calls(&mut self, statement: &Statement, place: &Place) {
        for (words, effect) in self.routines.called(&statement.words) {
            self.is_path_unknown |= words.has("search_path") && words.has("set_config");
            match effect {
                Effect::None => {}
                Effect::OnNamed => self.schema.doubt_named(&words, place),
                Effect::OnAnything => {
                    self.schema.doubt_all(ANYTHING, place);
                    let defines = matches!(statement.word(0).as_deref(), Some("CREATE" | "ALTER"));
                    self.lost = defines.then_some("code that could do anything may be called");
                }
            }
        }
    }

    /// A query changes a table only by what it calls, or by `INTO`.
    fn query(&mut self, statement: &Statement) -> Result<(), Unclear> {
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
        // On the others no query changes a table, whatever it calls.
        if self.schema.dialect != Dialect::Postgres {
            return Ok(());
        }
        if statement.words.has("set_config") {
            // `set_config('search_path', '', …)`, after which names have their schema.
            let is_text = |token: &TokenWithSpan, expected: &str| matches!(&token.token, Token::SingleQuotedString(text) if text == expected);
            let empties = statement.tokens.windows(4).any(|tokens| {
                is_text(&tokens[0], "search_path")
                    && tokens[1].token == Token::Comma
                    && is_text(&tokens[2], "")
                    && tokens[3].token == Token::Comma
            });
            self.is_path_unknown |= statement.words.has("search_path") && !empties;
            return Ok(());
        }
        self.is_path_unknown |= statement.words.has("search_path");
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
    fn setting(&mut self, statement: &Statement, place: &Place) -> Result<(), Unclear> {
        /// Those of MySQL and MariaDB that change what is quoted how, alone or among others.
        const MODES: [&str; 8] = [
            "ansi",
            "ansi_quotes",
            "no_backslash_escapes",
            "oracle",
            "db2",
            "maxdb",
            "mssql",
            "postgresql",
        ];
        let words = &statement.words;
        if statement.reads(1, &["STATEMENT"]) {
            return Err(Unclear);
        }
        if words.has("sql_mode") {
            let is_number = |token: &TokenWithSpan| matches!(token.token, Token::Number(..));
            if MODES.iter().any(|mode| words.has(mode)) || statement.tokens.iter().any(is_number) {
                self.lose("it is not clear what is quoted from there on", place);
            }
        } else if words.has("search_path") {
            let is_usual = is_usual_path(statement);
            // After a transaction, that of the session is back.
            let is_local = statement.reads(1, &["LOCAL"]);
            self.is_path_unknown = !is_usual || (is_local && self.is_path_unknown);
        } else if words.has("schema") {
            self.is_path_unknown = true;
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
        if creates && statement.find(&["EVENT", "TRIGGER"]).is_some_and(|at| at <= 2) {
            self.lose("from there on, every change calls code", place);
            return Ok(());
        }
        if is_routine(&what) && !statement.reads(0, &["DROP"]) {
            return match self.routines.define(dialect, statement) {
                Effect::None => Ok(()),
                Effect::OnNamed | Effect::OnAnything => Err(Unclear),
            };
        }
        if is(&["TRIGGER"]) {
            // Triggers of SQLite and MySQL cannot change tables, and those of PostgreSQL only call. If one
            // seems to, its end was not found.
            let is_change = |at: usize| {
                matches!(
                    statement.word(at).as_deref(),
                    Some("ALTER" | "DROP" | "CREATE" | "RENAME")
                )
            };
            let changes = (1..statement.tokens.len()).any(is_change);
            return if creates && changes { Err(Unclear) } else { Ok(()) };
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
            self.cascade(place);
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
        if !is(&inert) {
            return Err(Unclear);
        }
        if creates {
            self.schema.others.extend(names(statement));
        }
        Ok(())
    }

    /// Doubts what may have gone with a type, a collation or the like.
    fn cascade(&mut self, place: &Place) {
        let dialect = self.schema.dialect;
        // Columns of its type go with a type.
        for table in &mut self.schema.tables {
            let is_custom = |column: &ReplayedColumn| {
                column.is_custom
                    || (dialect == Dialect::Postgres && column.column.collation.is_some())
            };
            let mut parts = table.indexes.iter().flat_map(|index| &index.index.parts);
            let is_own = parts.any(|part| {
                part.operators.is_some()
                    || (dialect == Dialect::Postgres && part.collation.is_some())
            });
            if is_own || table.columns.iter().any(is_custom) {
                table.doubt("what its columns are made of was dropped, and they may be", place);
            }
        }
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
        if self.is_path_unknown && (!is_qualified(&parsed) || !extras.likes.is_empty()) {
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
            } => create::drop_tables(schema, names, false, *if_exists, place),
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
                create::drop_tables(&mut self.schema, &[name], true, true, place)
            }
            _ => Err(Unclear),
        }
    }
}
