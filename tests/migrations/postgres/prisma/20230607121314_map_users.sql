-- @@map("users") on model User; the rename is by hand
ALTER TABLE "User" RENAME TO "users";
ALTER INDEX "User_pkey" RENAME TO "users_pkey";
ALTER TABLE "User_email_key" RENAME TO "users_email_key";

-- CreateTable
CREATE TABLE "User" (
    "email" TEXT NOT NULL,
    "ssoSubject" TEXT,
    "raw" JSONB NOT NULL DEFAULT '{"table": "users"}',

    CONSTRAINT "User_pkey" PRIMARY KEY ("email"),
    CONSTRAINT "User_email_key" UNIQUE ("ssoSubject")
);
