ALTER TABLE remarks ADD COLUMN message_id TEXT COLLATE RTRIM;
CREATE UNIQUE INDEX remarks_message ON remarks (message_id);
