CREATE TABLE urls (
  url varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title varchar(300) COLLATE utf8mb4_unicode_ci,
  host varchar(190) COLLATE utf8mb4_general_nopad_ci NOT NULL,
  body blob,
  sha1 binary(20) NOT NULL,
  UNIQUE KEY (url(255)),
  UNIQUE (title(20), host(10)),
  UNIQUE INDEX `body prefix` (body(16)),
  UNIQUE KEY host_sha1 USING BTREE (host, sha1)
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=DYNAMIC;
-- named after the column, and counted on: `title_2`
ALTER TABLE urls ADD UNIQUE (title, sha1);
ALTER TABLE urls DROP INDEX title;
CREATE UNIQUE INDEX title ON urls (title(300));
CREATE OR REPLACE UNIQUE INDEX title ON urls (title(299) DESC);
