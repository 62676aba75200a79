-- SPDX-License-Identifier: Apache-2.0
--
-- id: ebpf-program
-- title: A program of eBPF that may watch or hide
-- severity: medium
-- attack: T1205.002, T1014
-- why: Programs of eBPF in the kernel see and change what system calls
--   and packets say. Those of systemd are known by their names; the rest
--   is for somebody to know.
-- false-positives: Cilium, Falco, Tetragon, agents of cloud and security
--   products. Programs for cgroups are told for information.
-- author: the authors of halligan

SELECT b.host, b.fact_id, p.process_id, b.type || ' ' || coalesce(nullif(b.program,
    ''), b.name) AS object,
  b.type, b.program, b.tag, b.loaded_at, b.uid, b.pinned, b.holder, p.exe,
      p.exe_packaged,
  CASE WHEN b.program GLOB 'sd_*' OR b.program GLOB 'restrict_*' THEN 'systemd'
       WHEN p.exe_packaged = 1 AND base_name(p.exe) = 'systemd' THEN 'systemd'
       WHEN p.exe_packaged = 1 THEN 'package' END AS quiet,
  CASE WHEN p.exe_packaged = 0 THEN 'high'
       WHEN b.type LIKE 'cgroup%' OR b.type = 'socket_filter' THEN 'info'
           END AS severity
FROM bpf b LEFT JOIN process p ON p.pid = b.holder
