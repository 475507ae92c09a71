CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    email TEXT UNIQUE NOT NULL,
    phone TEXT,
    name VARCHAR(120) NOT NULL
);
