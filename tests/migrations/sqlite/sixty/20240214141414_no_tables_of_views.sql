-- there is a view of this name: nothing is made
CREATE TABLE IF NOT EXISTS contact_remarks (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS main.ORDER_LINES (id INTEGER PRIMARY KEY, lot TEXT NOT NULL UNIQUE);
