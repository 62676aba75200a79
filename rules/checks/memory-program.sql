-- SPDX-License-Identifier: Apache-2.0
--
-- id: memory-program
-- title: A program that runs from memory alone
-- severity: high
-- attack: T1620, T1027
-- why: A program in a memory file (memfd_create) never was on a disk:
--   nothing that looks at files sees it.
-- false-positives: runc copies itself so when it starts a container;
--   runtimes with a just-in-time compiler map such memory, which is told
--   as medium.
-- author: the authors of halligan

SELECT host, process_id, exe AS object, exe AS path, sha256,
  CASE WHEN exe LIKE '/memfd:runc_cloned%' THEN 'runc' END AS quiet,
  NULL AS severity, pid, ppid, uid, comm, cmdline, cwd, start_ns
FROM process WHERE memfd = 1 OR exe LIKE '/memfd:%'
UNION ALL
SELECT p.host, p.process_id, coalesce(nullif(p.exe, ''), p.comm) || ' maps '
    || m.value,
  p.exe, p.sha256, NULL, 'medium', p.pid, p.ppid, p.uid, p.comm, p.cmdline,
  p.cwd, p.start_ns
FROM process p, json_each(p.maps_exec_memfd) m
WHERE coalesce(p.memfd, 0) = 0 AND p.exe NOT LIKE '/memfd:%'
  AND m.value NOT LIKE '/memfd:doublemapper%'
  AND m.value NOT LIKE '/memfd:pulseaudio%'
  AND m.value NOT LIKE '/memfd:wayland%'
