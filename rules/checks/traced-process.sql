-- SPDX-License-Identifier: Apache-2.0
--
-- id: traced-process
-- title: A process that another one traces
-- severity: medium
-- attack: T1055.008
-- why: Who traces a process reads and writes its memory: that is how
--   passwords are taken from sshd, and code is put into a program that
--   runs.
-- false-positives: gdb and strace of people who look for a fault, which
--   is told as low.
-- author: the authors of halligan

SELECT p.host, p.process_id, coalesce(nullif(p.exe, ''), p.comm) || ' traced by ' ||
    coalesce(nullif(t.exe, ''), t.comm, 'pid ' || p.tracer) AS object,
  nullif(p.exe, '') AS path,
  CASE WHEN base_name(t.exe) IN ('gdb', 'strace', 'ltrace', 'rr', 'gdbserver',
      'lldb-server')
    AND t.exe_packaged IS NOT 0 THEN 'low'
    WHEN base_name(p.exe) GLOB 'sshd*' THEN 'high' END AS severity,
  p.pid, p.tracer, p.cmdline, t.cmdline AS tracer_cmdline, t.uid AS tracer_uid
FROM process p LEFT JOIN process t ON t.pid = p.tracer
WHERE p.tracer > 0
