DROP INDEX remarks_pinned;
DROP TRIGGER remarks_touch; -- it names updated_at, and follows its table through renames
ALTER TABLE notes DROP COLUMN pinned_in;
ALTER TABLE notes DROP COLUMN "updated_at" -- no semicolon
