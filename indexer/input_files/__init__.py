"""Files as input: their records read one at a time, whatever the files are packed in and the records wrapped in."""
