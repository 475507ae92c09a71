ALTER TABLE contact_labels RENAME COLUMN label_id TO tag_id;
ALTER TABLE labels RENAME TO tags;
ALTER TABLE contact_labels RENAME TO contact_tags;
