UPDATE "tickets" SET "number"=0 WHERE "number" IS NULL;
ALTER TABLE "tickets" ALTER COLUMN "number" SET NOT NULL;
ALTER TABLE "tickets" ALTER COLUMN "account_id" SET NOT NULL;
ALTER TABLE "tickets" ALTER COLUMN "state" SET DEFAULT NULL;
ALTER TABLE "users" ALTER COLUMN "encrypted_password" DROP NOT NULL;
COMMENT ON COLUMN "tickets"."number" IS 'per account; UNIQUE ("account_id", "number"), NOT NULL';
