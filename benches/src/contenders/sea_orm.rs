//! sea-orm's `cursor_by`, and its loader of related models.

/// The row of an author: one of the same table, by its `author_id`.
mod author {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "chunked_bench_entries")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i64,
        headline: String,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An entity, and the loop over it, for each type of `created`.
macro_rules! cursor_by {
    ($module:ident, $created:ty) => {
        pub(super) mod $module {
            use sea_orm::{Database, DatabaseConnection, LoaderTrait, entity::prelude::*};

            use crate::{
                BATCH, Error,
                contenders::Contender,
                entry::{Entry, Totals},
            };

            #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = "chunked_bench_entries")]
            pub(super) struct Model {
                #[sea_orm(primary_key)]
                id: i64,
                author_id: i64,
                created: $created,
                headline: String,
                score: f64,
                editor_id: Option<i64>,
            }

            #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
            pub(super) enum Relation {
                #[sea_orm(
                    belongs_to = "super::author::Entity",
                    from = "Column::AuthorId",
                    to = "super::author::Column::Id"
                )]
                Author,
            }

            impl Related<super::author::Entity> for Entity {
                fn to() -> RelationDef {
                    Relation::Author.def()
                }
            }

            impl ActiveModelBehavior for ActiveModel {}

            impl From<Model> for Entry<$created> {
                fn from(model: Model) -> Self {
                    let Model { id, author_id, created, headline, score, editor_id } = model;
                    Self { id, author_id, created, headline, score, editor_id }
                }
            }

            /// Reads batch after batch, each starting after the last id of the previous one.
            async fn read(
                database: &DatabaseConnection,
                mut take: impl AsyncFnMut(Vec<Model>) -> Result<(), Error>,
            ) -> Result<(), Error> {
                let mut last = None;
                loop {
                    let mut cursor = Entity::find().cursor_by(Column::Id);
                    if let Some(id) = last {
                        cursor.after(id);
                    }
                    let batch = cursor.first(u64::try_from(BATCH)?).all(database).await?;
                    let rows = batch.len();
                    last = batch.last().map(|model| model.id);
                    take(batch).await?;
                    if rows < BATCH {
                        return Ok(());
                    }
                }
            }

            pub(in crate::contenders) struct CursorBy(DatabaseConnection);

            impl Contender for CursorBy {
                async fn open(url: &str) -> Result<Self, Error> {
                    Ok(Self(Database::connect(url).await?))
                }

                async fn read(&mut self) -> Result<Totals, Error> {
                    let mut totals = Totals::default();
                    read(&self.0, async |batch| {
                        for model in batch {
                            totals.add(&Entry::from(model));
                        }
                        Ok(())
                    })
                    .await?;
                    Ok(totals)
                }
            }

            pub(in crate::contenders) struct LoadOne(DatabaseConnection);

            impl Contender for LoadOne {
                async fn open(url: &str) -> Result<Self, Error> {
                    Ok(Self(Database::connect(url).await?))
                }

                async fn read(&mut self) -> Result<Totals, Error> {
                    let mut totals = Totals::default();
                    read(&self.0, async |batch| {
                        let authors = batch.load_one(super::author::Entity, &self.0).await?;
                        for (model, author) in batch.into_iter().zip(authors) {
                            let entry = Entry::from(model);
                            totals.add_with(&entry, author.map(|author| author.id))?;
                        }
                        Ok(())
                    })
                    .await?;
                    Ok(totals)
                }
            }
        }
    };
}

cursor_by!(text, String);
cursor_by!(time, DateTimeUtc);
