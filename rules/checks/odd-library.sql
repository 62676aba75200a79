-- SPDX-License-Identifier: Apache-2.0
--
-- id: odd-library
-- title: Code of an odd file is mapped into a program
-- severity: medium
-- attack: T1574.006, T1055
-- why: A program runs code from a file in a folder for scratch, a home or
--   a hidden one, or, in what logins depend on, from a file that no
--   package has. Deleted files are told when nothing explains them.
-- false-positives: After upgrades programs run the old libraries,
--   deleted, until they are restarted: those of system folders are quiet.
--   Software that people unpacked in their homes.
-- author: the authors of halligan

SELECT p.host, p.process_id, m.value || ' in ' || coalesce(nullif(p.exe, ''),
    p.comm) AS object,
  m.value AS path, m.how, p.pid, p.uid, p.cmdline,
  CASE m.how WHEN 'no package' THEN 'high' WHEN 'odd' THEN
    CASE WHEN is_scratch(m.value) THEN 'high' ELSE 'low' END END AS severity,
  CASE WHEN m.how = 'deleted' AND m.value REGEXP '^/(usr|lib|lib64|opt)/'
      AND NOT is_hidden(m.value)
    THEN 'replaced by an upgrade' END AS quiet
FROM process p, (
  SELECT process_id, value, 'odd' AS how FROM process, json_each(maps_exec_odd)
  UNION ALL
  SELECT process_id, value, 'no package' FROM process,
      json_each(maps_exec_unpackaged)
  UNION ALL
  SELECT process_id, value, 'deleted' FROM process, json_each(maps_exec_deleted)) m
WHERE m.process_id = p.process_id AND m.value <> p.exe AND m.value <> p.exe
    || ' (deleted)'
  AND NOT (m.how = 'odd' AND (p.exe REGEXP '^/(home|root)/' OR is_scratch(p.exe)
      OR is_hidden(p.exe)))
