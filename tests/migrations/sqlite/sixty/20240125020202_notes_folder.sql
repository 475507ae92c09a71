CREATE UNIQUE INDEX notes_folder_title ON notes (folder, title);
