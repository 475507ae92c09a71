CREATE TABLE "users" ("id" bigserial primary key, "account_id" bigint NOT NULL, "email" citext DEFAULT '' NOT NULL, "login" character varying, "encrypted_password" character varying DEFAULT '' NOT NULL, "reset_password_token" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL, CONSTRAINT "fk_rails_61ac11da2b"
FOREIGN KEY ("account_id")
  REFERENCES "accounts" ("id")
);
CREATE  INDEX  "index_users_on_account_id" ON "users"  ("account_id");
CREATE UNIQUE INDEX  "index_users_on_email" ON "users"  ("email");
CREATE UNIQUE INDEX  "index_users_on_reset_password_token" ON "users"  ("reset_password_token");
