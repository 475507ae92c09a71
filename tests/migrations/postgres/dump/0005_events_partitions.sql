CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_rest PARTITION OF events (kind NOT NULL DEFAULT 'late', CONSTRAINT events_rest_kind CHECK (kind <> '')) DEFAULT;
CREATE UNIQUE INDEX ON events_2024 (kind);

-- made on each, then attached
CREATE UNIQUE INDEX events_at_id_idx ON ONLY events (at, id);
CREATE UNIQUE INDEX events_2023_at_id_idx ON events_2023 (at, id);
ALTER INDEX events_at_id_idx ATTACH PARTITION events_2023_at_id_idx;

-- by hand, for those that come from the old system
CREATE TABLE events_2022 (LIKE events INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE events_2022 ADD COLUMN source text, ADD CONSTRAINT events_2022_at CHECK (at >= '2022-01-01' AND at < '2023-01-01');
ALTER TABLE events ADD COLUMN source text;
ALTER TABLE events ATTACH PARTITION events_2022 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
ALTER TABLE events ALTER COLUMN kind SET NOT NULL;
