-- The tables keep the columns of the original data. STRICT: a value of another type is an error.
-- There are no foreign keys: some flights go to airports, or are flown by planes, that the other
-- tables do not have.

DROP TABLE IF EXISTS airlines;
CREATE TABLE airlines (
    carrier TEXT NOT NULL PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE
) STRICT;

DROP TABLE IF EXISTS airports;
CREATE TABLE airports (
    faa   TEXT    NOT NULL PRIMARY KEY,
    name  TEXT    NOT NULL,
    lat   REAL    NOT NULL,
    lon   REAL    NOT NULL,
    alt   INTEGER NOT NULL,
    tz    INTEGER NOT NULL,
    dst   TEXT    NOT NULL,
    tzone TEXT
) STRICT;

DROP TABLE IF EXISTS planes;
CREATE TABLE planes (
    tailnum      TEXT    NOT NULL PRIMARY KEY,
    year         INTEGER,
    type         TEXT    NOT NULL,
    manufacturer TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    engines      INTEGER NOT NULL,
    seats        INTEGER NOT NULL,
    speed        INTEGER,
    engine       TEXT    NOT NULL
) STRICT;

DROP TABLE IF EXISTS weather;
CREATE TABLE weather (
    origin     TEXT    NOT NULL,
    year       INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    temp       REAL,
    dewp       REAL,
    humid      REAL,
    wind_dir   INTEGER,
    wind_speed REAL,
    wind_gust  REAL,
    precip     REAL    NOT NULL,
    pressure   REAL,
    visib      REAL    NOT NULL,
    time_hour  TEXT    NOT NULL,
    PRIMARY KEY (origin, time_hour)
) STRICT;

DROP TABLE IF EXISTS flights;
CREATE TABLE flights (
    id             INTEGER PRIMARY KEY,
    year           INTEGER NOT NULL,
    month          INTEGER NOT NULL,
    day            INTEGER NOT NULL,
    dep_time       INTEGER,
    sched_dep_time INTEGER NOT NULL,
    dep_delay      INTEGER,
    arr_time       INTEGER,
    sched_arr_time INTEGER NOT NULL,
    arr_delay      INTEGER,
    carrier        TEXT    NOT NULL,
    flight         INTEGER NOT NULL,
    tailnum        TEXT,
    origin         TEXT    NOT NULL,
    dest           TEXT    NOT NULL,
    air_time       INTEGER,
    distance       INTEGER NOT NULL,
    hour           INTEGER NOT NULL,
    minute         INTEGER NOT NULL,
    time_hour      TEXT    NOT NULL,
    UNIQUE (time_hour, carrier, flight)
) STRICT;
