-- SPDX-License-Identifier: Apache-2.0
--
-- id: empty-environment
-- title: A program of root whose environment was wiped
-- severity: low
-- attack: T1036
-- why: Who starts a program by an exploit, or does not want to be found
--   by what the environment tells, leaves it empty; services of a host
--   have one.
-- false-positives: Some programs overwrite it to show their title.
--   Programs of packages are quiet.
-- author: the authors of halligan

SELECT host, process_id, coalesce(nullif(exe, ''), comm) AS object, nullif(exe,
    '') AS path,
  pid, ppid, cmdline, CASE WHEN exe_packaged = 1 THEN 'package' END AS quiet
FROM process
WHERE uid = 0 AND environ_empty = 1 AND kernel_thread = 0 AND pid > 2
  AND state IS NOT 'Z' AND exe <> ''
