//! What ALTER TABLE does, operation by operation.

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, ColumnDef, ColumnOption,
    ConstraintUsingIndex, DataType, DropBehavior, Ident, RenameTableNameKind, TableConstraint,
};

use super::{
    columns::{Definition, define, flaws},
    create::{drop_index, key_of},
    keys::{Key, add, has_children, without_doubles},
    names::{identifier, path},
    place::Place,
    replayed::{About, Replayed, ReplayedColumn},
    schema::{Schema, Unclear},
};
use crate::{Column, Dialect, Kind, NotNull, TableName};

/// ALTER TABLE
pub(super) fn table(
    schema: &mut Schema,
    altered: &AlterTable,
    place: &Place,
) -> Result<(), Unclear> {
    let dialect = schema.dialect;
    let name = path(dialect, &altered.name).ok_or(Unclear)?;
    let Some(at) = schema.position(&name)? else {
        if altered.if_exists && !schema.is_unclear(&name.name) && !schema.is_taken(&name) {
            return Ok(());
        }
        return rename_index_as_table(schema, &name, altered, place);
    };
    if altered.table_type.is_some() {
        return Err(Unclear);
    }
    let mut table = schema.tables[at].clone();
    // The same unique constraint twice in one statement is one to PostgreSQL.
    let mut keys = Vec::new();
    let mut renamed = None;
    if dialect == Dialect::MySql {
        is_in_order(&table, &altered.operations)?;
    }
    for operation in ordered(dialect, &altered.operations) {
        let step = Step { schema, table: &mut table, keys: &mut keys, place };
        match operation {
            AlterTableOperation::RenameTable { table_name } => {
                let (RenameTableNameKind::As(to) | RenameTableNameKind::To(to)) = table_name;
                renamed = Some(new_name(dialect, &name, path(dialect, to).ok_or(Unclear)?)?);
            }
            AlterTableOperation::Inherit { parent } => {
                let parent = path(dialect, parent).ok_or(Unclear)?;
                let parent = schema.position(&parent)?.ok_or(Unclear)?;
                schema.tables[parent].kind = has_children();
                table.doubt("it inherits what becomes of another table", place);
            }
            AlterTableOperation::AttachPartitionOf { partition, .. } => {
                table.doubt("a partition is attached to it", place);
                let partition = path(dialect, partition).ok_or(Unclear)?;
                let partition = schema.position(&partition)?.ok_or(Unclear)?;
                schema.tables[partition].doubt("it is attached to another table", place);
            }
            operation => step.run(operation)?,
        }
    }
    for key in without_doubles(dialect, keys) {
        add(schema, &mut table, key, place)?;
    }
    schema.tables[at] = table;
    renamed.map_or(Ok(()), |name| schema.rename(at, name, place))
}

/// Returns the operations in the order in which a database takes them: PostgreSQL drops first and adds keys
/// last (`AlterTablePass` in its source), and MySQL makes keys of the columns as they are in the end.
fn ordered(dialect: Dialect, operations: &[AlterTableOperation]) -> Vec<&AlterTableOperation> {
    use AlterTableOperation as Op;
    let mut ordered: Vec<_> = operations.iter().collect();
    ordered.sort_by_key(|operation| match (dialect, operation) {
        (_, Op::AddConstraint { .. }) => 4,
        (
            Dialect::Postgres,
            Op::DropColumn { .. }
            | Op::DropConstraint { .. }
            | Op::AlterColumn { op: AlterColumnOperation::DropNotNull, .. },
        ) => 0,
        (
            Dialect::Postgres,
            Op::AlterColumn { op: AlterColumnOperation::SetDataType { .. }, .. },
        ) => 1,
        (Dialect::Postgres, Op::AddColumn { .. }) => 2,
        _ => 3,
    });
    ordered
}

/// On MySQL all operations of a statement mean the columns as they were: it is unclear what comes of it if
/// a name is given to another column in the same breath.
fn is_in_order(table: &Replayed, operations: &[AlterTableOperation]) -> Result<(), Unclear> {
    use AlterTableOperation as Op;
    let dialect = Dialect::MySql;
    let has = |name: &Ident| table.column(dialect, &identifier(dialect, name)).is_some();
    let is_taken = |operation: &Op| match operation {
        Op::RenameColumn { new_column_name: name, .. } => has(name),
        Op::ChangeColumn { old_name, new_name, .. } => {
            !old_name.value.eq_ignore_ascii_case(&new_name.value) && has(new_name)
        }
        Op::AddColumn { column_def, .. } => has(&column_def.name),
        _ => false,
    };
    if operations.iter().any(is_taken) { Err(Unclear) } else { Ok(()) }
}

/// Returns the name of a table that is renamed: in the schema of the old one, unless another is said. On
/// MySQL a table can move to the current database that way, whose name is not known.
pub(super) fn new_name(
    dialect: Dialect,
    old: &TableName,
    new: TableName,
) -> Result<TableName, Unclear> {
    match (dialect, &old.schema, &new.schema) {
        (Dialect::MySql, Some(_), None) => Err(Unclear),
        (_, _, Some(_)) => Ok(new),
        (_, schema, None) => Ok(TableName { schema: schema.clone(), ..new }),
    }
}

/// PostgreSQL takes `ALTER TABLE … RENAME TO` for indexes, too.
fn rename_index_as_table(
    schema: &mut Schema,
    name: &TableName,
    altered: &AlterTable,
    place: &Place,
) -> Result<(), Unclear> {
    match altered.operations.as_slice() {
        [AlterTableOperation::RenameTable { table_name }]
            if schema.dialect == Dialect::Postgres =>
        {
            let (RenameTableNameKind::As(to) | RenameTableNameKind::To(to)) = table_name;
            let to = path(schema.dialect, to).ok_or(Unclear)?;
            rename_index(schema, name, &to.name, altered.if_exists, place)
        }
        _ => Err(Unclear),
    }
}

/// ALTER INDEX … RENAME TO
pub(super) fn rename_index(
    schema: &mut Schema,
    name: &TableName,
    to: &str,
    if_exists: bool,
    place: &Place,
) -> Result<(), Unclear> {
    match schema.index(name) {
        Some((table, index)) => {
            schema.tables[table].rename_index(index, to.to_owned(), place);
            Ok(())
        }
        None if if_exists && !schema.is_unclear(&name.name) => Ok(()),
        None => Err(Unclear),
    }
}

/// One operation on a table.
struct Step<'a> {
    schema: &'a Schema,
    table: &'a mut Replayed,
    keys: &'a mut Vec<Key>,
    place: &'a Place,
}

impl Step<'_> {
    fn run(self, operation: &AlterTableOperation) -> Result<(), Unclear> {
        use AlterTableOperation as Op;
        match operation {
            Op::AddConstraint { constraint, .. } => self.add_constraint(constraint),
            Op::AddColumn { if_not_exists, column_def, .. } => {
                self.add_column(column_def, *if_not_exists)
            }
            Op::DropColumn { column_names, if_exists, drop_behavior, .. } => {
                let has_generated = self.table.columns.iter().any(|own| own.column.generated);
                if has_generated && *drop_behavior == Some(DropBehavior::Cascade) {
                    self.table.doubt(
                        "columns may have gone with one that they are computed of",
                        self.place,
                    );
                }
                column_names.iter().try_for_each(|name| {
                    drop_column(self.schema, self.table, name, *if_exists, self.place)
                })
            }
            Op::DropConstraint { name, if_exists, .. } => self.drop_constraint(name, *if_exists),
            Op::DropPrimaryKey { .. } => {
                let primary = self.table.indexes.iter().position(|index| index.is_primary);
                self.drop_index(primary.ok_or(Unclear)?);
                Ok(())
            }
            Op::DropIndex { name } => {
                let name = identifier(self.schema.dialect, name);
                let index = self.table.named_index(self.schema.dialect, &name)?;
                self.drop_index(index.ok_or(Unclear)?);
                Ok(())
            }
            Op::RenameColumn { old_column_name, new_column_name } => {
                self.rename_column(old_column_name, new_column_name)
            }
            Op::ChangeColumn { old_name, new_name, data_type, options, .. } => {
                self.redefine(old_name, new_name, data_type, options)
            }
            Op::ModifyColumn { col_name, data_type, options, .. } => {
                self.redefine(col_name, col_name, data_type, options)
            }
            Op::RenameConstraint { old_name, new_name } => {
                let dialect = self.schema.dialect;
                let old = identifier(dialect, old_name);
                // Others, such as checks, keep nothing apart.
                let renamed = |names: &mut Vec<String>| {
                    for name in names.iter_mut().filter(|name| **name == old) {
                        *name = identifier(dialect, new_name);
                    }
                };
                renamed(&mut self.table.others.inert);
                renamed(&mut self.table.others.not_null);
                if let Some(index) = self.table.named_index(dialect, &old)? {
                    self.table.rename_index(index, identifier(dialect, new_name), self.place);
                } else if self.table.indexes.iter().any(|index| !index.is_named) {
                    return Err(Unclear);
                }
                Ok(())
            }
            Op::AlterColumn { column_name, op } => self.alter_column(column_name, op),
            Op::DropForeignKey { .. }
            | Op::DisableRowLevelSecurity
            | Op::DisableRule { .. }
            | Op::DisableTrigger { .. }
            | Op::EnableAlwaysRule { .. }
            | Op::EnableAlwaysTrigger { .. }
            | Op::EnableReplicaRule { .. }
            | Op::EnableReplicaTrigger { .. }
            | Op::EnableRowLevelSecurity
            | Op::EnableRule { .. }
            | Op::EnableTrigger { .. }
            | Op::ForceRowLevelSecurity
            | Op::NoForceRowLevelSecurity
            | Op::ReplicaIdentity { .. }
            | Op::OwnerTo { .. }
            | Op::Algorithm { .. }
            | Op::Lock { .. }
            | Op::AutoIncrement { .. }
            | Op::ValidateConstraint { .. }
            | Op::SetLogged
            | Op::SetUnlogged
            | Op::SetOptionsParens { .. }
            | Op::ResetOptions { .. } => Ok(()),
            _ => Err(Unclear),
        }
    }

    fn drop_index(self, index: usize) {
        drop_index(self.schema.dialect, self.table, index, self.place);
    }

    fn add_constraint(self, constraint: &TableConstraint) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        match constraint {
            TableConstraint::PrimaryKeyUsingIndex(using) => self.promote(using, true),
            TableConstraint::UniqueUsingIndex(using) => self.promote(using, false),
            constraint => {
                self.keys.extend(key_of(dialect, self.table, constraint)?);
                Ok(())
            }
        }
    }

    /// Makes a constraint of a unique index, which takes its name.
    fn promote(self, using: &ConstraintUsingIndex, is_primary: bool) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let index = self.table.named_index(dialect, &identifier(dialect, &using.index_name))?;
        let index = index.ok_or(Unclear)?;
        let promoted = &mut self.table.indexes[index];
        promoted.is_constraint = true;
        promoted.is_primary = is_primary;
        promoted.index.flaws.extend(flaws(using.characteristics.as_ref())?);
        if let Some(name) = &using.name {
            promoted.index.name = Some(identifier(dialect, name));
            promoted.is_named = true;
        }
        let columns = promoted.columns();
        if is_primary {
            for name in &columns {
                self.table.column_mut(dialect, name).ok_or(Unclear)?.refuse_by_key();
                self.table.happened(self.place, About::Null(name.clone()));
            }
        }
        self.table.happened(self.place, About::Keys(columns));
        Ok(())
    }

    fn add_column(self, added: &ColumnDef, if_not_exists: bool) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let options = added.options.iter().map(|option| (option.name.as_ref(), &option.option));
        let collation = self.table.collation.as_deref();
        let defined = define(dialect, &added.name, &added.data_type, collation, options)?;
        let Definition { column, keys, others } = defined;
        if self.table.column(dialect, &column.column.name).is_some() {
            return if if_not_exists { Ok(()) } else { Err(Unclear) };
        }
        self.table.happened(self.place, About::Column(column.column.name.clone()));
        self.table.columns.push(column);
        self.table.others.extend(others);
        self.keys.extend(keys);
        Ok(())
    }

    /// Drops a constraint by name. One that is no key may be a NOT NULL (from PostgreSQL 18 on), unless its
    /// name is that of a check or a foreign key.
    fn drop_constraint(self, name: &Ident, if_exists: bool) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let name = identifier(dialect, name);
        if let Some(index) = self.table.named_index(dialect, &name)? {
            if self.table.others.inert.contains(&name) {
                return Err(Unclear);
            }
            // One without a constraint stays on PostgreSQL, which is content with that by IF EXISTS.
            if self.table.indexes[index].is_constraint || dialect == Dialect::MySql {
                self.drop_index(index);
            }
            return Ok(());
        }
        let is_made_for = |word: &str| {
            let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
            name.strip_suffix(word).is_some_and(|rest| rest.ends_with('_'))
        };
        let others = &self.table.others;
        let is_not_null = is_made_for("not_null") || others.not_null.contains(&name);
        let is_inert = others.inert.contains(&name) || is_made_for("fkey") || is_made_for("check");
        let is_certain = self.table.indexes.iter().all(|index| index.is_named);
        if is_certain && !is_not_null && (is_inert || if_exists) { Ok(()) } else { Err(Unclear) }
    }

    fn rename_column(self, old: &Ident, new: &Ident) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let (old, new) = (identifier(dialect, old), identifier(dialect, new));
        self.table.column(dialect, &old).ok_or(Unclear)?;
        self.table.rename_column(dialect, &old, &new);
        self.table.happened(self.place, About::Column(old));
        self.table.happened(self.place, About::Column(new));
        Ok(())
    }

    /// MODIFY and CHANGE say everything about a column anew, but for its keys, which stay.
    fn redefine(
        self,
        old: &Ident,
        new: &Ident,
        data_type: &DataType,
        options: &[ColumnOption],
    ) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let place = self.place;
        let options = options.iter().map(|option| (None, option));
        let collation = self.table.collation.as_deref();
        let Definition { mut column, keys, .. } =
            define(dialect, new, data_type, collation, options)?;
        let old = identifier(dialect, old);
        let new = column.column.name.clone();
        let primary = self.table.indexes.iter().any(|i| i.is_primary && i.has(dialect, &old));
        if primary {
            column.refuse_by_key();
        }
        let own = self.table.column_mut(dialect, &old).ok_or(Unclear)?;
        let name = own.column.name.clone();
        let described = Column { name, ..column.column.clone() };
        *own = ReplayedColumn { column: own.column.clone(), ..column };
        self.table.set_column(dialect, &described);
        if !dialect.is_same_column(&old, &new) {
            self.table.rename_column(dialect, &old, &new);
            self.table.happened(place, About::Column(old));
        }
        self.table.happened(place, About::Column(new));
        self.keys.extend(keys);
        Ok(())
    }

    fn alter_column(self, name: &Ident, op: &AlterColumnOperation) -> Result<(), Unclear> {
        let dialect = self.schema.dialect;
        let name = identifier(dialect, name);
        let place = self.place;
        let column = self.table.column_mut(dialect, &name).ok_or(Unclear)?;
        match op {
            AlterColumnOperation::SetNotNull => {
                column.column.not_null = NotNull::Yes;
                column.by_key = false;
            }
            AlterColumnOperation::DropNotNull => {
                column.column.not_null = NotNull::No;
                column.by_key = false;
            }
            AlterColumnOperation::SetDefault { .. } | AlterColumnOperation::DropDefault => {
                return Ok(());
            }
            AlterColumnOperation::SetDataType { data_type, .. } if dialect == Dialect::Postgres => {
                let ident = Ident::with_quote('"', &name);
                let defined = define(dialect, &ident, data_type, None, std::iter::empty())?;
                let Column { name: own, not_null, .. } = column.column.clone();
                let described = Column { name: own, not_null, ..defined.column.column.clone() };
                let by_key = column.by_key;
                *column =
                    ReplayedColumn { column: column.column.clone(), by_key, ..defined.column };
                self.table.set_column(dialect, &described);
                self.table.happened(place, About::Column(name));
                return Ok(());
            }
            // An identity refuses NULL already.
            AlterColumnOperation::AddGenerated { .. } => return Ok(()),
            _ => return Err(Unclear),
        }
        self.table.happened(place, About::Null(name));
        Ok(())
    }
}

fn drop_column(
    schema: &Schema,
    table: &mut Replayed,
    name: &Ident,
    if_exists: bool,
    place: &Place,
) -> Result<(), Unclear> {
    let dialect = schema.dialect;
    let name = identifier(dialect, name);
    if table.column(dialect, &name).is_none() {
        return if if_exists { Ok(()) } else { Err(Unclear) };
    }
    let keys = |index: &&super::replayed::ReplayedIndex| index.has(dialect, &name);
    let dropped: Vec<_> = table.indexes.iter().filter(keys).cloned().collect();
    // MySQL keeps the rest of the index, MariaDB may refuse.
    if dialect == Dialect::MySql && dropped.iter().any(|index| index.index.parts.len() > 1) {
        table.doubt("a column of an index of several is dropped", place);
    }
    let primary =
        table.indexes.iter().position(|index| index.is_primary && index.has(dialect, &name));
    if let Some(primary) = primary {
        drop_index(dialect, table, primary, place);
    }
    for index in &dropped {
        table.happened(place, About::Keys(index.columns()));
    }
    table.drop_column(dialect, &name);
    table.happened(place, About::Column(name));
    Ok(())
}

/// RENAME TABLE
pub(super) fn rename_table(
    schema: &mut Schema,
    old: &TableName,
    new: TableName,
    place: &Place,
) -> Result<(), Unclear> {
    let at = schema.position(old)?.ok_or(Unclear)?;
    if schema.tables[at].kind == Kind::Table || schema.dialect != Dialect::MySql {
        let new = new_name(schema.dialect, old, new)?;
        return schema.rename(at, new, place);
    }
    Err(Unclear)
}
