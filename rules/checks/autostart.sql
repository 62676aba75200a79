-- SPDX-License-Identifier: Apache-2.0
--
-- id: autostart
-- title: Something odd starts with the desktop
-- severity: medium
-- attack: T1547.013
-- why: Entries of XDG autostart run when somebody logs in to a desktop.
-- false-positives: Programs that people installed in their homes are told
--   as low.
-- author: the authors of halligan

SELECT host, fact_id, name || ': ' || exec AS object, path, evidence_id, account,
    exec, signs,
  CASE WHEN (SELECT count(*) FROM json_each(signs) j WHERE j.value IN (SELECT name
      FROM strong_sign)) > 0 OR is_scratch(exec) OR is_hidden(program_of(exec))
      THEN 'high' ELSE 'low' END AS severity
FROM autostart
WHERE coalesce(hidden, 0) = 0 AND ((SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) > 0
  OR is_scratch(exec) OR exec REGEXP '^/home/' OR is_hidden(program_of(exec)))
