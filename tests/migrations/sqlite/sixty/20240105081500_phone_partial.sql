CREATE UNIQUE INDEX IF NOT EXISTS contacts_phone ON contacts (phone) WHERE phone IS NOT NULL;
