-- SPDX-License-Identifier: Apache-2.0
--
-- id: history-off
-- title: The history of a shell is not kept
-- severity: medium
-- attack: T1070.003, T1562.003 [T1690]
-- why: A history that leads to /dev/null, cannot be written, or is
--   switched off by the environment keeps what was typed from being
--   known.
-- false-positives: Hardening does so for accounts of services. An empty
--   history of an account that never logged in is left out.
-- author: the authors of halligan

SELECT host, fact_id, NULL AS process_id, name AS object, name AS path, account,
    target, attributes, size, NULL AS variable,
  CASE WHEN target = '/dev/null' OR attributes & 16 THEN 'high' END AS severity
FROM history WHERE (coalesce(target, '') <> '' AND target REGEXP '^/dev/null$')
    OR attributes & 16
UNION ALL
SELECT p.host, NULL, p.process_id, e.value || ' in ' || coalesce(nullif(p.exe, ''),
    p.comm), nullif(p.exe, ''), NULL, NULL, NULL, NULL, e.value, NULL
FROM process p, json_each(p.environ) e
WHERE e.value REGEXP '^HISTFILE=(/dev/null)?$|^HIST(FILE)?SIZE=0$|^SAVEHIST=0$|^HISTIGNORE=[*]$'
UNION ALL
SELECT s.host, s.fact_id, NULL, s.name || ' switches it off', s.name, s.account,
    NULL, NULL, NULL, s.sample, NULL
FROM script s WHERE s.signs LIKE '%"history-off"%'
UNION ALL
SELECT host, fact_id, NULL, name || '=' || value || ' in ' || coalesce(path,
    source), path, NULL, NULL, NULL, NULL, NULL, NULL
FROM environment WHERE (name = 'HISTFILE' AND value IN ('', '/dev/null'))
    OR (name IN ('HISTSIZE', 'HISTFILESIZE') AND value = '0')
