-- log_2022 <-> log_2023, three names in one go
DROP TABLE log;
RENAME TABLE log_2022 TO log_tmp, log_2023 TO log_2022, log_tmp TO log_2023;
ALTER TABLE log_2022 DROP PRIMARY KEY, MODIFY id int NOT NULL, ADD KEY (id);
ALTER TABLE log_2023 ENGINE=InnoDB, CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
RENAME TABLE log_2024 TO log, log_2022 TO log_2024;
