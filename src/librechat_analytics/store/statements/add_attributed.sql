-- Adds the agents and roots that Python found for the rows that attribute.sql left to it.
-- Frames: attributed_slowly, roots_found. Parameters: none.
DELETE FROM attributed WHERE in_doubt;

INSERT INTO attributed BY NAME FROM attributed_slowly;

INSERT INTO roots SELECT id, root FROM roots_found ANTI JOIN roots USING (id);
