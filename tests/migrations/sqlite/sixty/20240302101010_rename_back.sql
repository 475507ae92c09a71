ALTER TABLE remarks RENAME TO calls;
ALTER TABLE notes RENAME TO remarks;
ALTER TABLE calls RENAME TO notes;
