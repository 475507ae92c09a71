ALTER TABLE remarks ADD COLUMN kind TEXT NOT NULL DEFAULT 'call';
ALTER TABLE remarks ADD COLUMN pinned_in INTEGER;
CREATE UNIQUE INDEX remarks_pinned ON remarks (contact_id, kind) WHERE pinned_in IS NOT NULL;
