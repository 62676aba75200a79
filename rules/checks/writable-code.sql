-- SPDX-License-Identifier: Apache-2.0
--
-- id: writable-code
-- title: Memory that may be written and run, in a program that makes no
--   code
-- severity: medium
-- attack: T1055.009
-- why: Code that was put into a running program lies in memory that is no
--   file's and may be both written and run.
-- false-positives: Whatever compiles while it runs: Java, Node, .NET,
--   browsers, regular expressions. Programs of packages are quiet.
-- author: the authors of halligan

SELECT host, process_id, coalesce(nullif(exe, ''), comm) AS object, nullif(exe,
    '') AS path,
  maps_rwx AS mappings, pid, uid, cmdline,
  CASE WHEN exe_packaged = 1 THEN 'package' END AS quiet
FROM process
WHERE maps_rwx > 0 AND kernel_thread = 0
  AND base_name(exe) NOT REGEXP
    '^(java|node|nodejs|dotnet|mono.*|qemu-.*|wine.*|php.*|ruby.*|python.*|luajit.*|chrome.*|chromium.*|firefox.*|gjs.*|polkitd|erlexec|beam[.]smp|electron|code)$'
