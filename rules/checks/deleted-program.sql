-- SPDX-License-Identifier: Apache-2.0
--
-- id: deleted-program
-- title: A running program whose file was deleted
-- severity: high
-- attack: T1070.004
-- why: Tools of intruders are often started and then deleted, so that no
--   file is left to be found. The program is still in memory, and can be
--   taken from /proc/PID/exe.
-- false-positives: After an upgrade a service runs its old program until
--   it is restarted: another file has the path then, and when a package
--   owns that path the finding is quiet.
-- author: the authors of halligan

SELECT host, process_id, exe AS object, exe AS path, sha256,
  CASE WHEN exe_replaced = 1 AND exe_packaged = 1 THEN 'package' END AS quiet,
  CASE WHEN exe_replaced = 1 THEN 'low' END AS severity,
  pid, ppid, uid, comm, cmdline, cwd, exe_replaced, exe_links, start_ns
FROM process
WHERE exe_deleted = 1 AND coalesce(memfd, 0) = 0 AND exe <> ''
  AND exe NOT LIKE '/memfd:%'
