CREATE TABLE contact_labels (
    contact_id INTEGER REFERENCES contacts,
    label_id INT REFERENCES labels,
    PRIMARY KEY (contact_id, label_id)
);
