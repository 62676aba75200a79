-- SPDX-License-Identifier: Apache-2.0
--
-- id: hidden-file
-- title: A file that the host's own ls or find does not show
-- severity: high
-- attack: T1014, T1564.001
-- why: The kernel has a file and ls or find leaves it out: it was changed,
--   or a library is loaded into every program to hide the file.
-- false-positives: A file that came or went between the two looks.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, seen_by, not_by, asked,
    note
FROM difference WHERE subject = 'file'
