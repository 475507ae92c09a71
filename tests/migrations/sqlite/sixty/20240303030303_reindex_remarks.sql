-- of what was "remarks" yesterday
DROP INDEX remarks_pinned;
CREATE UNIQUE INDEX remarks_pinned ON notes (contact_id, pinned_in);
