-- What the reading that write_groups.sql has just written did, in the order of the fields of EndedMemberships.
-- Frames: none. Parameters: none. One row.
SELECT waited, existed, agreed, unconfirmed, wait FROM ends;
