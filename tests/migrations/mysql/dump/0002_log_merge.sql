-- one over all years; what is unique in each is not unique in all of them
CREATE TABLE log (
  id int NOT NULL AUTO_INCREMENT,
  at datetime NOT NULL,
  line varchar(200),
  PRIMARY KEY (id),
  UNIQUE KEY at_line (at, line)
) ENGINE=MERGE DEFAULT CHARSET=utf8mb3 UNION=(log_2022, log_2023) INSERT_METHOD=LAST;

CREATE TABLE log_2024 LIKE log_2023;
ALTER TABLE log UNION=(log_2022, log_2023, log_2024);
INSERT INTO log (at, line) VALUES ('2024-01-01', 'ALTER TABLE accounts; -- that is a line, too');
