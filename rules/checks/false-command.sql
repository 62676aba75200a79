-- SPDX-License-Identifier: Apache-2.0
--
-- id: false-command
-- title: A process that ps shows with other words than its own
-- severity: high
-- attack: T1014, T1036
-- why: The kernel has a name or a command line for a process and the host's
--   own ps shows another: ps was changed to pass it off as something
--   else.
-- false-positives: A process that changes what it calls itself several times a second;
--   it has to differ in three looks.
-- author: the authors of halligan

SELECT d.host, d.fact_id, 'pid ' || d.name || coalesce(': ' || nullif(p.exe, ''),
    '') AS object,
  nullif(p.exe, '') AS path, p.process_id, p.sha256, d.seen_by, d.not_by, d.asked,
  d.note, p.comm, p.cmdline, p.uid
FROM difference d LEFT JOIN process p ON p.pid = CAST(d.name AS INTEGER)
WHERE d.subject = 'command'
